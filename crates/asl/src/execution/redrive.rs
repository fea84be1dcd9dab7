//! Going on after a failure: from the failed state, and in a Parallel or inline Map only with the
//! branches or iterations that had not succeeded.

use super::run::Run;
use super::thread::{Fork, Phase, Thread, ThreadId};
use super::{Execution, Outcome};
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::{Program, StateId};
use crate::scope::Variables;
use crate::states;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// The machine's own fork at the moment when its execution failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stopped {
    fork: Fork,
    strands: Vec<Strand>,
}

/// A branch or iteration that had not succeeded: it goes on from its state. A fork within it starts anew.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Strand {
    index: u32,
    state: StateId,
    input: Payload,
    variables: Variables,
}

impl Run<'_> {
    /// Keeps what a redrive needs of the machine's own fork. `failed` is the strand that failed it,
    /// which no longer counts as live.
    pub fn keep_fork(&mut self, failed: Option<ThreadId>) {
        let Phase::Fork(fork) = &self.thread(0).phase else { return };
        let fork = (**fork).clone();
        let live = self.children(0).into_iter().filter(|child| Some(*child) != failed);
        let strands = failed.into_iter().chain(live).filter_map(|t| {
            let thread = self.thread(t);
            let (_, index) = thread.parent?;
            let (state, input, variables) = (thread.state, thread.input.clone(), thread.variables.clone());
            Some(Strand { index, state, input, variables })
        });
        self.exec.stopped = Some(Box::new(Stopped { strands: strands.collect(), fork }));
    }
}

impl Execution {
    /// Goes on from the failed state; `false` when it succeeded, still runs, or cannot be redriven.
    pub fn redrive(&mut self, program: &Program, now: Timestamp) -> bool {
        match self.outcome {
            None | Some(Outcome::Succeeded { .. }) => return false,
            Some(_) => self.outcome = None,
        }
        self.context.redrive_count += 1;
        self.context.redrive_time = Some(now);
        self.fixed = None;
        let count = (Field::RedriveCount, Part::Number(u64::from(self.context.redrive_count)));
        let root = &mut self.threads[0];
        root.last_event = self.history.record(now, root.last_event, EventKind::ExecutionRedriven, &[count]);
        root.retries.clear();
        root.phase = Phase::Entering;
        self.effects.clear();
        self.free.clear();
        self.threads.truncate(1);
        self.ready.clear();
        let stopped = self.stopped.take();
        let mut run = Run::new(self, program, now);
        match stopped {
            Some(stopped) => run.go_on(*stopped),
            None => run.exec.ready.push_back(0),
        }
        run.run();
        self.set_deadline(program, now);
        true
    }
}

impl Execution {
    /// Goes back to `waiting`, this execution as it stood before it ended, for a redrive of the Map
    /// Runs that it waited for then. Its history and its random numbers go on; the machine's time
    /// begins anew.
    pub fn reopen(&mut self, program: &Program, waiting: Execution, now: Timestamp) {
        let redriven = self.context.redrive_count + 1;
        let (history, rng) = (std::mem::take(&mut self.history), self.rng.clone());
        let (serial, transitions) = (self.serial.max(waiting.serial), self.transitions);
        *self = Execution { history, rng, serial, transitions, outcome: None, fixed: None, ..waiting };
        self.context.redrive_count = redriven;
        self.context.redrive_time = Some(now);
        let count = (Field::RedriveCount, Part::Number(u64::from(redriven)));
        let event = self.history.record(now, self.history.events(), EventKind::ExecutionRedriven, &[count]);
        self.threads[0].last_event = event;
        self.set_deadline(program, now);
    }
}

impl Run<'_> {
    fn go_on(&mut self, stopped: Stopped) {
        let Stopped { mut fork, strands } = stopped;
        fork.running = strands.len() as u32;
        let more = fork.next < fork.total;
        let last_event = self.thread(0).last_event;
        self.thread_mut(0).phase = Phase::Fork(Box::new(fork));
        for Strand { index, state, input, variables } in strands {
            self.spawn(Thread {
                parent: Some((0, index)),
                state,
                input,
                variables,
                last_event,
                entered_event: 0,
                entered_after: 0,
                entered_at: self.now,
                retries: Vec::new(),
                phase: Phase::Entering,
            });
        }
        if more {
            states::map::start_iterations(self, 0, None);
        }
    }
}
