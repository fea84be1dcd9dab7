//! Lifecycles, with AWS's spelling on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where an item's child execution stands. The discriminants are the ledger's four bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum ItemStatus {
    /// Not started.
    #[default]
    Pending = 0,
    /// Started, not ended.
    Running = 1,
    /// Ended well.
    Succeeded = 2,
    /// Ended with an error.
    Failed = 3,
    /// Ended by a time limit.
    TimedOut = 4,
    /// Stopped before its end.
    Aborted = 5,
    /// Running, and past its first attempt.
    Retrying = 6,
}

impl ItemStatus {
    /// Every status, in the order of the ledger's codes.
    pub const ALL: [ItemStatus; 7] = [
        ItemStatus::Pending,
        ItemStatus::Running,
        ItemStatus::Succeeded,
        ItemStatus::Failed,
        ItemStatus::TimedOut,
        ItemStatus::Aborted,
        ItemStatus::Retrying,
    ];

    /// The status of a ledger code; unknown codes read as pending.
    pub fn from_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or_default()
    }

    /// Whether the item has an outcome.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::TimedOut | Self::Aborted)
    }

    /// AWS's word: `SUCCEEDED`, `TIMED_OUT` …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
            Self::Retrying => "RETRYING",
        }
    }
}

impl fmt::Display for ItemStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an execution or a Map Run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunStatus {
    /// Not ended.
    Running,
    /// Ended well.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Ended by the definition's `TimeoutSeconds`.
    TimedOut,
    /// Stopped.
    Aborted,
}

impl RunStatus {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// Reads AWS's word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    /// Whether nothing more happens by itself.
    pub fn is_final(self) -> bool {
        self != Self::Running
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `ProcessorConfig.ExecutionType` and the type of a state machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionType {
    /// Exactly-once states, up to a year, history kept.
    #[default]
    Standard,
    /// At-least-once, up to five minutes.
    Express,
}

impl ExecutionType {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Express => "EXPRESS",
        }
    }
}
