//! One execution: a plain value that takes events and gives effects.

mod effect;
mod event;
mod events;
pub(crate) mod failure;
mod redrive;
mod retry;
pub(crate) mod run;
pub(crate) mod thread;

#[cfg(test)]
mod tests;

pub use effect::{Effect, EffectId, TaskCall};
pub use event::{Event, MapRunEnd, Outcome};

use crate::context::Fixed;
use crate::history::{Field, HistoryBytes, Kind as EventKind, Part, Recorder};
use crate::payload::Payload;
use crate::program::{Program, StateId};
use crate::scope::{Rng, Variables};
use model::limits::EXPRESS_TIMEOUT_MS;
use model::{ExecutionType, Timestamp};
use run::Run;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use thread::{Phase, Thread, ThreadId};

/// What starts an execution.
#[derive(Clone, Debug)]
pub struct Start {
    /// The execution's input.
    pub input: Payload,
    /// Who it is.
    pub context: ContextSeed,
    /// Feeds States.UUID, States.MathRandom, jitter and task tokens: from a good source, secret.
    pub seed: u64,
}

/// What the context object says about the execution and its machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextSeed {
    /// The execution's ARN.
    pub execution_id: Arc<str>,
    /// The execution's name.
    pub execution_name: Arc<str>,
    /// The role's ARN.
    pub role_arn: Arc<str>,
    /// When it started.
    pub start_time: Timestamp,
    /// How often it has been redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    pub redrive_time: Option<Timestamp>,
    /// The machine's ARN.
    pub state_machine_id: Arc<str>,
    /// The machine's name.
    pub state_machine_name: Arc<str>,
    /// Standard: 25,000 events, a year. Express: five minutes.
    pub execution_type: ExecutionType,
}

/// A running or ended execution. Serialised and restored, it goes on exactly as the original.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Execution {
    pub(crate) input: Payload,
    pub(crate) context: ContextSeed,
    pub(crate) rng: Rng,
    /// Strand 0 is the machine itself.
    pub(crate) threads: Vec<Thread>,
    /// Places of ended strands.
    pub(crate) free: Vec<ThreadId>,
    pub(crate) ready: VecDeque<ThreadId>,
    /// The number of the latest effect.
    pub(crate) serial: u32,
    pub(crate) effects: VecDeque<Effect>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) history: Recorder,
    pub(crate) transitions: u64,
    pub(crate) retries: u32,
    /// When the machine's time is over, if a timer says so.
    pub(crate) timer_set: Option<Timestamp>,
    /// What a redrive goes on with, when the failed state is a Parallel or an inline Map.
    pub(crate) stopped: Option<Box<redrive::Stopped>>,
    #[serde(skip)]
    pub(crate) fixed: Option<Fixed>,
}

impl Execution {
    /// Starts, and runs until something outside is needed.
    pub fn start(program: &Program, start: Start, now: Timestamp) -> Execution {
        Self::begin(program, start, now, false)
    }

    /// The same for an execution whose input is kept beside its history: the history only refers to
    /// it, and is read by `history::render_with`.
    pub fn start_beside(program: &Program, start: Start, now: Timestamp) -> Execution {
        Self::begin(program, start, now, true)
    }

    fn begin(program: &Program, start: Start, now: Timestamp, beside: bool) -> Execution {
        let mut history = Recorder::default();
        let input = if beside { Part::Kept(&start.input) } else { Part::Payload(&start.input) };
        let fields = [
            (Field::Input, input),
            (Field::RoleArn, Part::Text(&start.context.role_arn)),
        ];
        history.record(now, 0, EventKind::ExecutionStarted, &fields);
        let root = Thread {
            parent: None,
            state: program.start_state(),
            input: start.input.clone(),
            variables: Variables::default(),
            // AWS's first state names no previous event.
            last_event: 0,
            entered_event: 0,
            entered_after: 0,
            entered_at: now,
            retries: Vec::new(),
            phase: Phase::Entering,
        };
        let mut execution = Execution {
            input: start.input,
            context: start.context,
            rng: Rng::new(start.seed),
            threads: vec![root],
            free: Vec::new(),
            ready: VecDeque::from([0]),
            serial: 0,
            effects: VecDeque::new(),
            outcome: None,
            history,
            transitions: 0,
            retries: 0,
            timer_set: None,
            stopped: None,
            fixed: None,
        };
        Run::new(&mut execution, program, now).run();
        execution.set_deadline(program, now);
        execution
    }

    /// Takes an event, and runs until something outside is needed. After the end nothing happens.
    pub fn handle(&mut self, program: &Program, event: Event, now: Timestamp) {
        if self.outcome.is_some() {
            return;
        }
        let mut run = Run::new(self, program, now);
        run.take(event);
        run.run();
    }

    /// The next thing to do outside; `None` when all have been taken.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What it received.
    pub fn input(&self) -> &Payload {
        &self.input
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The events since the last call.
    pub fn take_history(&mut self) -> HistoryBytes {
        self.history.take()
    }

    /// State transitions so far, as AWS bills them: one a state entered, one a retry.
    pub fn transitions(&self) -> u64 {
        self.transitions
    }

    /// The state it is in; the failed one after a failure. Inside Parallel and Map, the outer state.
    pub fn current_state(&self) -> Option<StateId> {
        match self.outcome {
            Some(Outcome::Succeeded { .. }) => None,
            _ => self.threads.first().map(|thread| thread.state),
        }
    }

    /// Retries so far.
    pub fn retries(&self) -> u32 {
        self.retries
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.history.events()
    }

    fn set_deadline(&mut self, program: &Program, now: Timestamp) {
        let own = program.timeout_seconds().map(|seconds| (seconds.min(1 << 40) * 1000) as i64);
        let most = match self.context.execution_type {
            ExecutionType::Express => Some(EXPRESS_TIMEOUT_MS),
            ExecutionType::Standard => None,
        };
        let Some(ms) = own.into_iter().chain(most).min() else { return };
        if self.outcome.is_none() {
            let at = now.plus_ms(ms);
            self.timer_set = Some(at);
            self.effects.push_back(Effect::SetTimer { id: EffectId::EXECUTION_TIMER, at });
        }
    }
}
