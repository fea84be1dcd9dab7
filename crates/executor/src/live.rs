//! An execution with the effects that are still out: what is stored and goes on after a crash.

use asl::{Effect, EffectId, Event, Execution, Program, Start};
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// A running execution and what it waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Live {
    pub(crate) execution: Execution,
    /// Effects that have been taken from the execution and not been answered.
    pub(crate) outstanding: Vec<Effect>,
    /// Those that have begun outside for good: a job that runs, a task that a worker has, a Map Run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) under_way: Vec<EffectId>,
}

/// What the world outside has to do now.
#[derive(Debug)]
pub(crate) enum Step {
    Begin(Effect),
    /// After a restart: a call that waits for a worker, or a Map Run. Whether it is under way.
    Again(Effect, bool),
    Cancel(EffectId),
}

impl Live {
    pub(crate) fn start(program: &Program, start: Start, now: Timestamp) -> (Self, Vec<Step>) {
        Self::of(Execution::start(program, start, now)).begun()
    }

    /// An execution whose effects nobody has taken.
    pub(crate) fn of(execution: Execution) -> Self {
        Self { execution, outstanding: Vec::new(), under_way: Vec::new() }
    }

    /// An execution that has just been started, and what it asks for.
    pub(crate) fn begun(mut self) -> (Self, Vec<Step>) {
        let steps = self.collect();
        (self, steps)
    }

    /// Takes an event and says what is to be done. What has begun does not begin twice.
    pub(crate) fn handle(&mut self, program: &Program, event: Event, now: Timestamp) -> Vec<Step> {
        if let Event::TaskStarted { id, .. } | Event::TaskSubmitted { id, .. } | Event::MapRunStarted { id, .. } = &event {
            if self.under_way.contains(id) {
                return Vec::new();
            }
            if self.awaits(*id) {
                self.under_way.push(*id);
            }
        }
        if let Some(id) = answered(&event) {
            self.forget(id);
        }
        self.execution.handle(program, event, now);
        self.collect()
    }

    /// Goes on from the failed state; `None` when it cannot.
    pub(crate) fn redrive(&mut self, program: &Program, now: Timestamp) -> Option<Vec<Step>> {
        self.outstanding.clear();
        self.under_way.clear();
        self.execution.redrive(program, now).then(|| self.collect())
    }

    /// Goes back to where this execution waited before it ended.
    pub(crate) fn reopen(&mut self, program: &Program, waiting: Live, now: Timestamp) -> Vec<Step> {
        let Live { execution, outstanding, under_way } = waiting;
        self.execution.reopen(program, execution, now);
        (self.outstanding, self.under_way) = (outstanding, under_way);
        self.collect()
    }

    /// Whether an effect has not been answered.
    pub(crate) fn awaits(&self, id: EffectId) -> bool {
        self.outstanding.iter().any(|effect| effect_id(effect) == Some(id))
    }

    /// After a restart: everything that is out is begun again. Nobody could be heard in the meantime,
    /// so heartbeats are waited for anew.
    pub(crate) fn again(&mut self, program: &Program, now: Timestamp) -> Vec<Step> {
        let beating = self.outstanding.iter().filter_map(|effect| match effect {
            Effect::Invoke { id, call } if call.heartbeat_seconds.is_some() => Some(*id),
            _ => None,
        });
        for id in beating.collect::<Vec<_>>() {
            self.handle(program, Event::Heartbeat { id }, now);
        }
        self.outstanding.iter().cloned().map(|effect| self.once_more(effect)).collect()
    }

    fn once_more(&self, effect: Effect) -> Step {
        let under_way = effect_id(&effect).is_some_and(|id| self.under_way.contains(&id));
        match &effect {
            Effect::Invoke { call, .. } if call.token.is_none() => Step::Begin(effect),
            Effect::Invoke { .. } | Effect::StartMapRun { .. } => Step::Again(effect, under_way),
            _ => Step::Begin(effect),
        }
    }

    fn forget(&mut self, id: EffectId) {
        self.outstanding.retain(|effect| effect_id(effect) != Some(id));
        self.under_way.retain(|under_way| *under_way != id);
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an execution has only string keys and finite numbers")
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    fn collect(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(effect) = self.execution.poll_effect() {
            match effect {
                Effect::CancelTask { id } | Effect::CancelTimer { id } | Effect::AbortMapRun { id } => {
                    self.forget(id);
                    steps.push(Step::Cancel(id));
                }
                Effect::Finish => {}
                begun => {
                    // A redriven machine's time begins anew under the same name.
                    if let Some(id) = effect_id(&begun) {
                        self.forget(id);
                    }
                    self.outstanding.push(begun.clone());
                    steps.push(Step::Begin(begun));
                }
            }
        }
        steps
    }
}

/// The name of an effect that something comes back from.
pub(crate) fn effect_id(effect: &Effect) -> Option<EffectId> {
    match effect {
        Effect::Invoke { id, .. } | Effect::SetTimer { id, .. } | Effect::StartMapRun { id, .. } => Some(*id),
        _ => None,
    }
}

/// The effect that an event ends.
fn answered(event: &Event) -> Option<EffectId> {
    match event {
        Event::TaskSucceeded { id, .. }
        | Event::TaskFailed { id, .. }
        | Event::TimerFired { id }
        | Event::MapRunEnded { id, .. } => Some(*id),
        _ => None,
    }
}
