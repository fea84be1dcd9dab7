//! Which pipe worker gets a call.

use super::super::failure;
use super::super::job::{self, Job, Outcome};
use super::super::pools::Unit;
use super::worker;
use crate::invocation::{Answer, Invocation};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// How many processes may end under a call because of another before it fails itself.
const MAX_BYSTANDER: u32 = 3;

/// The workers of one function.
pub struct Pool {
    unit: Unit,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    workers: Vec<Seat>,
    /// Calls that no worker has room for, oldest first.
    overflow: VecDeque<Job>,
    next_id: u64,
    retired: bool,
}

/// A worker as the pool sees it.
struct Seat {
    id: u64,
    held: u32,
    calls: UnboundedSender<Job>,
}

impl Pool {
    /// No workers yet: they start when they are needed.
    pub fn new(unit: Unit) -> Arc<Self> {
        Arc::new(Self { unit, state: Mutex::default() })
    }

    /// What all its workers share.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Calls the function and waits for its answer.
    pub async fn call(self: &Arc<Self>, call: &Invocation) -> Outcome {
        let (job, outcome) = Job::new(call);
        self.give(&mut self.state(), job);
        job::outcome(outcome).await
    }

    /// Its workers end once they have answered.
    pub fn retire(&self) {
        let mut state = self.state();
        state.retired = true;
        let free = |seat: &Seat| seat.held == 0;
        state.workers.retain(|seat| !free(seat));
    }

    /// A worker has answered so many calls: it gets as many others, if they wait. `false` when it
    /// is to end, since it has none and nobody calls this pool any more.
    pub fn answered(&self, worker: u64, count: u32) -> bool {
        let mut guard = self.state();
        let state = &mut *guard;
        let Some(at) = state.workers.iter().position(|seat| seat.id == worker) else { return false };
        let seat = &mut state.workers[at];
        seat.held = seat.held.saturating_sub(count);
        while seat.held < self.unit.spec.pipeline
            && let Some(job) = state.overflow.pop_front()
        {
            if !job.is_abandoned() && seat.calls.send(job).is_ok() {
                seat.held += 1;
            }
        }
        if state.retired && seat.held == 0 {
            state.workers.remove(at);
            return false;
        }
        true
    }

    /// Takes a worker out that has had nothing to do for long; `false` when a call is on its way.
    pub fn leave(&self, worker: u64) -> bool {
        let mut state = self.state();
        let before = state.workers.len();
        state.workers.retain(|seat| seat.id != worker || seat.held > 0);
        state.workers.len() < before
    }

    /// A worker is no more. `left` are the calls that it held and is not to blame for.
    pub fn ended(self: &Arc<Self>, worker: u64, left: Vec<Job>, why: impl Fn(&Job) -> Answer) {
        let mut state = self.state();
        state.workers.retain(|seat| seat.id != worker);
        let mut failed = Vec::new();
        for mut job in left.into_iter().rev() {
            job.bystander += 1;
            match job.bystander > MAX_BYSTANDER {
                true => failed.push(job),
                false => state.overflow.push_front(job),
            }
        }
        let waiting: Vec<Job> = state.overflow.drain(..).collect();
        for job in waiting {
            self.give(&mut state, job);
        }
        drop(state);
        for job in failed {
            let answer = why(&job);
            job.finish(Ok(answer));
        }
    }

    /// No worker can be started: every call that waits learns why.
    pub fn could_not_start(&self, worker: u64, mut failed: Vec<Job>, error: &std::io::Error) {
        let program = self.unit.launch.command.first().map_or("", String::as_str);
        let mut state = self.state();
        state.workers.retain(|seat| seat.id != worker);
        failed.extend(state.overflow.drain(..));
        drop(state);
        for job in failed {
            let answer = failure::no_entrypoint(&job.request_id, program, error);
            job.finish(Ok(answer));
        }
    }

    /// To the worker that holds the fewest calls; to a new one, when all hold some and there may
    /// be more; else it waits.
    fn give(self: &Arc<Self>, state: &mut State, job: Job) {
        if job.is_abandoned() {
            return;
        }
        let processes = self.unit.spec.processes as usize;
        let all_busy = state.workers.iter().all(|seat| seat.held > 0);
        if all_busy && state.workers.len() < processes {
            return self.start(state, job);
        }
        match state.workers.iter_mut().min_by_key(|seat| seat.held) {
            Some(seat) if seat.held < self.unit.spec.pipeline => match seat.calls.send(job) {
                Ok(()) => seat.held += 1,
                // It has just ended, and will say so.
                Err(back) => state.overflow.push_back(back.0),
            },
            _ => state.overflow.push_back(job),
        }
    }

    fn start(self: &Arc<Self>, state: &mut State, job: Job) {
        let (calls, received) = unbounded_channel();
        let id = state.next_id;
        state.next_id += 1;
        if !self.unit.spawner.spawn(Box::pin(worker::run(self.clone(), id, received))) {
            return job.finish(Err(job::stopping()));
        }
        if calls.send(job).is_ok() {
            state.workers.push(Seat { id, held: 1, calls });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
