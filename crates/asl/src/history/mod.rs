//! History: emitted compactly while an execution runs, rendered as AWS shows it when read.

mod kind;
mod recorder;
mod render;

pub use kind::Kind;
pub(crate) use recorder::{Part, Recorder};
pub use render::{HistoryEvent, render, render_with};

use serde::{Deserialize, Serialize};

/// A run of events, encoded. Segments are rendered together, in order; they are not concatenated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HistoryBytes(pub Vec<u8>);

impl HistoryBytes {
    /// Whether no event is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a value in an event's details is. The discriminants are the codes of the compact form: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Field {
    /// A state's number, shown as its name.
    State = 1,
    Input = 2,
    Output = 3,
    /// An object of variables.
    Assigned = 4,
    Error = 5,
    Cause = 6,
    Resource = 7,
    ResourceType = 8,
    Region = 9,
    Parameters = 10,
    TimeoutSeconds = 11,
    HeartbeatSeconds = 12,
    /// Of the state machine.
    RoleArn = 13,
    /// Of the task.
    CredentialsRoleArn = 14,
    Index = 15,
    Length = 16,
    MapRunArn = 17,
    RedriveCount = 18,
    WorkerName = 19,
    Location = 20,
    /// A state's number, shown as EvaluationFailed's `state`.
    EvaluatedState = 21,
}

impl Field {
    const ALL: [Field; 21] = [
        Field::State,
        Field::Input,
        Field::Output,
        Field::Assigned,
        Field::Error,
        Field::Cause,
        Field::Resource,
        Field::ResourceType,
        Field::Region,
        Field::Parameters,
        Field::TimeoutSeconds,
        Field::HeartbeatSeconds,
        Field::RoleArn,
        Field::CredentialsRoleArn,
        Field::Index,
        Field::Length,
        Field::MapRunArn,
        Field::RedriveCount,
        Field::WorkerName,
        Field::Location,
        Field::EvaluatedState,
    ];

    fn from_code(code: u8) -> Option<Field> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }
}
