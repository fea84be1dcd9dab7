//! The queue of a function's calls, and how many processes it has.

use super::super::job::{self, Job, Outcome};
use super::super::pools::Unit;
use super::worker;
use crate::invocation::{Answer, Invocation};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The processes of one function.
pub struct Pool {
    unit: Unit,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Calls that no process has yet, oldest first.
    queue: VecDeque<Job>,
    /// Processes that wait for a call; the one that waits the shortest last, so that surplus ones
    /// stay idle and stop.
    idle: Vec<(u64, oneshot::Sender<Job>)>,
    /// Processes that have begun to start and not asked for a call yet.
    starting: u32,
    /// Processes that have asked for a call.
    ready: u32,
    next_id: u64,
    retired: bool,
}

/// What a process that asks for a call gets.
pub enum Next {
    /// This call.
    Job(Job),
    /// The one that comes this way.
    Wait(oneshot::Receiver<Job>),
    /// None any more: it is to end.
    End,
}

impl Pool {
    /// No processes yet: they start when they are needed.
    pub fn new(unit: Unit) -> Arc<Self> {
        Arc::new(Self { unit, state: Mutex::default() })
    }

    /// What all its processes share.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Calls the function and waits for its answer.
    pub async fn call(self: &Arc<Self>, call: &Invocation) -> Outcome {
        let (job, outcome) = Job::new(call);
        self.hand_over(job);
        job::outcome(outcome).await
    }

    fn hand_over(self: &Arc<Self>, mut job: Job) {
        let mut state = self.state();
        while let Some((_, idle)) = state.idle.pop() {
            // A process that has just gone gives the call back.
            match idle.send(job) {
                Ok(()) => return,
                Err(back) => job = back,
            }
        }
        state.queue.push_back(job);
        self.start_as_needed(&mut state);
    }

    /// No new processes wait: those that there are end once the queue is empty.
    pub fn retire(&self) {
        let mut state = self.state();
        state.retired = true;
        // Their receivers learn from this that they are to end.
        state.idle.clear();
    }

    /// A process asks for a call.
    pub fn next(&self, worker: u64) -> Next {
        let mut state = self.state();
        while let Some(job) = state.queue.pop_front() {
            if !job.is_abandoned() {
                return Next::Job(job);
            }
        }
        if state.retired {
            return Next::End;
        }
        let (sender, receiver) = oneshot::channel();
        state.idle.retain(|(id, _)| *id != worker);
        state.idle.push((worker, sender));
        Next::Wait(receiver)
    }

    /// Takes a process out of those that wait; `false` when a call is on its way to it.
    pub fn leave(&self, worker: u64) -> bool {
        let mut state = self.state();
        let before = state.idle.len();
        state.idle.retain(|(id, _)| *id != worker);
        state.idle.len() < before
    }

    /// A process has started up.
    pub fn became_ready(&self) {
        let mut state = self.state();
        state.starting = state.starting.saturating_sub(1);
        state.ready += 1;
    }

    /// A process is no more, after it became ready or before.
    pub fn ended(self: &Arc<Self>, worker: u64, was_ready: bool) {
        let mut state = self.state();
        state.idle.retain(|(id, _)| *id != worker);
        let count = if was_ready { &mut state.ready } else { &mut state.starting };
        *count = count.saturating_sub(1);
        self.start_as_needed(&mut state);
    }

    /// A process could not start up. The oldest call learns why; all of them, when there is no
    /// process that could take the others.
    pub fn could_not_start(&self, why: impl Fn(&Job) -> Answer) {
        let mut state = self.state();
        let failed: Vec<Job> = match state.ready {
            0 => state.queue.drain(..).collect(),
            _ => state.queue.pop_front().into_iter().collect(),
        };
        drop(state);
        for job in failed {
            let answer = why(&job);
            job.finish(Ok(answer));
        }
    }

    fn start_as_needed(self: &Arc<Self>, state: &mut State) {
        let wanted = u32::try_from(state.queue.len()).unwrap_or(u32::MAX);
        while state.starting < wanted && state.starting + state.ready < self.unit.spec.processes {
            let id = state.next_id;
            state.next_id += 1;
            state.starting += 1;
            if !self.unit.spawner.spawn(Box::pin(worker::run(self.clone(), id))) {
                state.starting -= 1;
                for job in state.queue.drain(..) {
                    job.finish(Err(job::stopping()));
                }
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
