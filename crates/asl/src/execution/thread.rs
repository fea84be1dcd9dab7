//! A strand of an execution: the machine itself, a Parallel branch, or an inline Map's iteration.

use super::EffectId;
use crate::Value;
use crate::payload::Payload;
use crate::program::StateId;
use crate::scope::Variables;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// Index into an execution's threads.
pub(crate) type ThreadId = u32;

/// Where a strand stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Thread {
    /// The fork that waits for this strand, and its place there.
    pub parent: Option<(ThreadId, u32)>,
    pub state: StateId,
    /// The state's input, before InputPath.
    pub input: Payload,
    pub variables: Variables,
    /// The event that the next event names as its previous one.
    pub last_event: u64,
    pub entered_event: u64,
    /// The event before that one.
    pub entered_after: u64,
    pub entered_at: Timestamp,
    /// Retries of this state by retrier; empty before the first.
    pub retries: Vec<u32>,
    pub phase: Phase,
}

impl Thread {
    pub fn retry_count(&self) -> u32 {
        self.retries.iter().sum()
    }
}

/// What a strand waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Phase {
    /// To enter its state, as soon as it is its turn.
    Entering,
    /// To run its state again, as soon as it is its turn.
    Retrying,
    /// A task's answer.
    Task(Box<TaskWait>),
    /// A Wait state's instant.
    Wait(EffectId),
    /// The instant of a retry.
    Backoff(EffectId),
    /// Its branches or iterations.
    Fork(Box<Fork>),
    /// A Map Run.
    MapRun(EffectId),
    /// Its turn, after others had theirs.
    Yield(EffectId),
    /// Nothing: it has ended, and its place is free.
    Ended,
}

/// A task under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TaskWait {
    pub call: EffectId,
    pub timeout: Option<EffectId>,
    pub heartbeat: Option<EffectId>,
    pub heartbeat_seconds: u64,
    pub token: Option<String>,
    /// Whether the service has accepted the request; of interest to jobs and callbacks.
    pub submitted: bool,
}

/// Branches or iterations under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fork {
    /// The state's input after InputPath: what an ItemSelector's `$` is.
    pub input: Payload,
    /// An inline Map's items; `None` for Parallel.
    pub items: Option<Value>,
    pub total: u32,
    /// The next iteration to start.
    pub next: u32,
    pub running: u32,
    pub limit: u32,
    pub results: Vec<Option<Payload>>,
}
