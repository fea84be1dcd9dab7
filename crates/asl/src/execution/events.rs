//! What happens when the world outside answers.

use super::failure::Failure;
use super::run::Run;
use super::thread::{Phase, ThreadId};
use super::{Effect, EffectId, Event, MapRunEnd, Outcome};
use crate::states;

impl Run<'_> {
    /// Takes an event; those that nothing waits for change nothing.
    pub fn take(&mut self, event: Event) {
        match event {
            Event::Stop { error, cause } => self.finish(Outcome::Aborted { error, cause }),
            Event::TimerFired { id } if id == EffectId::EXECUTION_TIMER => {
                self.exec.timer_set = None;
                self.finish(Outcome::TimedOut { error: None, cause: None });
            }
            Event::TimerFired { id } => self.timer_fired(id),
            Event::TaskStarted { id, worker_name } => {
                if let Some(t) = self.task_of(id) {
                    states::task::started(self, t, worker_name.as_deref());
                }
            }
            Event::TaskSubmitted { id, output } => {
                if let Some(t) = self.task_of(id) {
                    states::task::submitted(self, t, &output);
                }
            }
            Event::Heartbeat { id } => {
                if let Some(t) = self.task_of(id) {
                    states::task::heartbeat(self, t);
                }
            }
            Event::TaskSucceeded { id, output } => {
                if let Some(t) = self.task_of(id) {
                    states::task::succeeded(self, t, output);
                }
            }
            Event::TaskFailed { id, error, cause } => {
                if let Some(t) = self.task_of(id) {
                    states::task::failed(self, t, Failure::new(Some(error), cause));
                }
            }
            Event::MapRunStarted { id, map_run_arn } => {
                if let Some(t) = self.map_run_of(id) {
                    states::map_run::started(self, t, &map_run_arn);
                }
            }
            Event::MapRunRedriven { id, map_run_arn, redrive_count } => {
                if let Some(t) = self.map_run_of(id) {
                    states::map_run::redriven(self, t, &map_run_arn, redrive_count);
                }
            }
            Event::MapRunEnded { id, end } => {
                if let Some(t) = self.map_run_of(id) {
                    self.map_run_ended(t, end);
                }
            }
        }
    }

    fn map_run_ended(&mut self, t: ThreadId, end: MapRunEnd) {
        states::map_run::ended(self, t, end);
    }

    fn timer_fired(&mut self, id: EffectId) {
        let t = id.thread();
        let Some(thread) = self.exec.threads.get_mut(t) else { return };
        let t = t as ThreadId;
        match &thread.phase {
            Phase::Wait(timer) if *timer == id => {
                let (_, state) = self.state_of(t);
                match states::wait::over(self, t, state) {
                    Ok(exit) => self.exit(t, state, exit),
                    Err(failure) => self.fail(t, failure),
                }
                self.exec.ready.push_back(t);
            }
            Phase::Backoff(timer) if *timer == id => {
                thread.phase = Phase::Retrying;
                self.exec.ready.push_back(t);
            }
            Phase::Yield(timer) if *timer == id => {
                thread.phase = Phase::Entering;
                self.exec.ready.push_back(t);
            }
            Phase::Task(task) if task.timeout == Some(id) => states::task::timed_out(self, t, false),
            Phase::Task(task) if task.heartbeat == Some(id) => {
                states::task::timed_out(self, t, true);
            }
            _ => {}
        }
    }

    fn task_of(&self, id: EffectId) -> Option<ThreadId> {
        match &self.exec.threads.get(id.thread())?.phase {
            Phase::Task(task) if task.call == id => Some(id.thread() as ThreadId),
            _ => None,
        }
    }

    fn map_run_of(&self, id: EffectId) -> Option<ThreadId> {
        match self.exec.threads.get(id.thread())?.phase {
            Phase::MapRun(run) if run == id => Some(id.thread() as ThreadId),
            _ => None,
        }
    }

    /// Gives up what a strand and the strands below it wait for. Nothing is recorded.
    pub fn abort_effects(&mut self, t: ThreadId) {
        for effect in outstanding(&self.exec.threads[t as usize].phase) {
            self.effect(effect);
        }
        if matches!(self.thread(t).phase, Phase::Fork(_)) {
            for child in self.children(t) {
                self.abort_effects(child);
                self.thread_mut(child).phase = Phase::Ended;
                self.exec.free.push(child);
            }
        }
    }

    /// The live strands of a fork.
    pub fn children(&self, t: ThreadId) -> Vec<ThreadId> {
        let threads = self.exec.threads.iter().enumerate();
        threads
            .filter(|(_, thread)| thread.parent.is_some_and(|(parent, _)| parent == t))
            .filter(|(_, thread)| !matches!(thread.phase, Phase::Ended))
            .map(|(child, _)| child as ThreadId)
            .collect()
    }
}

/// The effects that undo what a phase waits for.
fn outstanding(phase: &Phase) -> Vec<Effect> {
    match phase {
        Phase::Task(task) => {
            let timers = task.timeout.into_iter().chain(task.heartbeat);
            let timers = timers.map(|id| Effect::CancelTimer { id });
            std::iter::once(Effect::CancelTask { id: task.call }).chain(timers).collect()
        }
        Phase::Wait(id) | Phase::Backoff(id) | Phase::Yield(id) => vec![Effect::CancelTimer { id: *id }],
        Phase::MapRun(id) => vec![Effect::AbortMapRun { id: *id }],
        Phase::Entering | Phase::Retrying | Phase::Fork(_) | Phase::Ended => Vec::new(),
    }
}
