//! One execution: a plain value that takes events and gives effects.

mod effect;
mod event;

pub use effect::{Effect, EffectId, TaskCall};
pub use event::{Event, MapRunEnd, Outcome};

use crate::history::HistoryBytes;
use crate::payload::Payload;
use crate::program::{Program, StateId};
use model::{ExecutionType, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

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
    input: Payload,
    context: ContextSeed,
    seed: u64,
    outcome: Option<Outcome>,
    effects: VecDeque<Effect>,
}

impl Execution {
    /// Starts, and runs until something outside is needed.
    pub fn start(_program: &Program, start: Start, _now: Timestamp) -> Execution {
        Execution {
            input: start.input,
            context: start.context,
            seed: start.seed,
            outcome: None,
            effects: VecDeque::new(),
        }
    }

    /// Takes an event, and runs until something outside is needed.
    pub fn handle(&mut self, _program: &Program, _event: Event, _now: Timestamp) {}

    /// The next thing to do outside; `None` when all have been taken.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// How it ended, once it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    /// The events since the last call.
    pub fn take_history(&mut self) -> HistoryBytes {
        HistoryBytes::default()
    }

    /// Goes on from the failed state; `false` when it succeeded, still runs, or cannot be redriven.
    pub fn redrive(&mut self, _program: &Program, _now: Timestamp) -> bool {
        false
    }

    /// State transitions so far, as AWS bills them: one a state entered, one a retry.
    pub fn transitions(&self) -> u64 {
        0
    }

    /// The state it is in; the failed one after a failure. Inside Parallel and Map, the outer state.
    pub fn current_state(&self) -> Option<StateId> {
        None
    }

    /// Retries so far.
    pub fn retries(&self) -> u32 {
        0
    }
}
