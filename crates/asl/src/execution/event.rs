//! What the world outside tells an execution, and how an execution ends.

use super::EffectId;
use crate::payload::Payload;
use model::RunStatus;
use serde::{Deserialize, Serialize};

/// Something that happened outside. Events for effects that are no longer waited for are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// An activity worker took the task. Other tasks need no such event.
    TaskStarted {
        /// The call.
        id: EffectId,
        /// The name the worker gave.
        worker_name: Option<String>,
    },
    /// A `.sync` or `.waitForTaskToken` request was accepted.
    TaskSubmitted {
        /// The call.
        id: EffectId,
        /// The service's answer to the request.
        output: Payload,
    },
    /// The task's result.
    TaskSucceeded {
        /// The call.
        id: EffectId,
        /// The result as AWS shapes it.
        output: Payload,
    },
    /// The task's error.
    TaskFailed {
        /// The call.
        id: EffectId,
        /// The error name.
        error: String,
        /// The cause.
        cause: Option<String>,
    },
    /// The worker of a callback or activity is alive.
    Heartbeat {
        /// The call.
        id: EffectId,
    },
    /// A timer's instant has come.
    TimerFired {
        /// The timer.
        id: EffectId,
    },
    /// A Map Run has an ARN and reads its items.
    MapRunStarted {
        /// The effect that asked for the run.
        id: EffectId,
        /// The run's ARN.
        map_run_arn: String,
    },
    /// A Map Run was redriven.
    MapRunRedriven {
        /// The effect that asked for the run.
        id: EffectId,
        /// The run's ARN.
        map_run_arn: String,
        /// How often it has been redriven.
        redrive_count: u32,
    },
    /// A Map Run has ended.
    MapRunEnded {
        /// The effect that asked for the run.
        id: EffectId,
        /// How.
        end: MapRunEnd,
    },
    /// StopExecution.
    Stop {
        /// The error name given.
        error: Option<String>,
        /// The cause given.
        cause: Option<String>,
    },
}

/// How a Map Run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MapRunEnd {
    /// Within its tolerated failures.
    Succeeded {
        /// The state's result: the children's outputs, or where they were written.
        output: Payload,
    },
    /// Beyond them, or unable to read or write.
    Failed {
        /// `States.ExceedToleratedFailureThreshold`, `States.ItemReaderFailed`, `States.ResultWriterFailed` …
        error: String,
        /// The cause.
        cause: Option<String>,
    },
    /// Stopped.
    Aborted,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// SUCCEEDED
    Succeeded {
        /// The last state's output.
        output: Payload,
    },
    /// FAILED
    Failed {
        /// The error name; a Fail state may have none.
        error: Option<String>,
        /// The cause.
        cause: Option<String>,
    },
    /// TIMED_OUT: the machine's `TimeoutSeconds`, or Express's five minutes.
    TimedOut {
        /// AWS gives none; only the event is called `States.Timeout`.
        error: Option<String>,
        /// AWS gives none.
        cause: Option<String>,
    },
    /// ABORTED: StopExecution.
    Aborted {
        /// The error name given to StopExecution.
        error: Option<String>,
        /// The cause given to StopExecution.
        cause: Option<String>,
    },
}

impl Outcome {
    /// The status that DescribeExecution shows.
    pub fn status(&self) -> RunStatus {
        match self {
            Self::Succeeded { .. } => RunStatus::Succeeded,
            Self::Failed { .. } => RunStatus::Failed,
            Self::TimedOut { .. } => RunStatus::TimedOut,
            Self::Aborted { .. } => RunStatus::Aborted,
        }
    }
}
