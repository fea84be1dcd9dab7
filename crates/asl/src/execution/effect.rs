//! What an execution asks of the world outside.

use crate::integration::Resource;
use crate::map_run::MapRunSpec;
use crate::payload::Payload;
use crate::program::StateId;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Names one effect within its execution; events that answer it carry it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub u64);

impl EffectId {
    /// The timer of the machine's own `TimeoutSeconds`.
    pub(crate) const EXECUTION_TIMER: EffectId = EffectId(u64::MAX);

    pub(crate) fn new(thread: u32, serial: u32) -> Self {
        Self(u64::from(thread) << 32 | u64::from(serial))
    }

    pub(crate) fn thread(self) -> usize {
        (self.0 >> 32) as usize
    }
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// Something that must be done outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Call what a Task state names; answer with `TaskSucceeded` or `TaskFailed`.
    Invoke {
        /// Comes back with the answer.
        id: EffectId,
        /// What to call.
        call: Arc<TaskCall>,
    },
    /// The call's answer is no longer wanted.
    CancelTask {
        /// The call.
        id: EffectId,
    },
    /// Answer with `TimerFired` at this instant or later.
    SetTimer {
        /// Comes back when the time has come.
        id: EffectId,
        /// When.
        at: Timestamp,
    },
    /// The timer is no longer wanted.
    CancelTimer {
        /// The timer.
        id: EffectId,
    },
    /// Start a Map Run; answer with `MapRunStarted`, then `MapRunEnded`.
    StartMapRun {
        /// Comes back with both answers.
        id: EffectId,
        /// Everything the run needs.
        spec: Box<MapRunSpec>,
    },
    /// Stop a Map Run whose result is no longer wanted.
    AbortMapRun {
        /// The run.
        id: EffectId,
    },
    /// The execution has ended: see `Execution::outcome`.
    Finish,
}

/// One call of a Task state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskCall {
    /// The state that calls.
    pub state: StateId,
    /// What is called.
    pub resource: Resource,
    /// The call's input: the Lambda payload, or the integration's request.
    pub arguments: Payload,
    /// The task token, for `.waitForTaskToken` and activities.
    pub token: Option<String>,
    /// 0 for the first try, then the number of the retry.
    pub attempt: u32,
    /// Seconds until the execution gives the call up; it sets that timer itself.
    pub timeout_seconds: Option<u64>,
    /// Seconds within which a heartbeat must come; the execution keeps that timer too.
    pub heartbeat_seconds: Option<u64>,
    /// `Credentials.RoleArn`.
    pub role_arn: Option<String>,
}
