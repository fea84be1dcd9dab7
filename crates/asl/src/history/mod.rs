//! History: emitted compactly while an execution runs, rendered as AWS shows it when read.

use crate::program::Program;
use serde::{Deserialize, Serialize};

/// A run of events, encoded. Concatenate nothing: keep the segments in order and render them together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HistoryBytes(pub Vec<u8>);

impl HistoryBytes {
    /// Whether no event is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An event as GetExecutionHistory shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryEvent {
    /// From 1.
    pub id: u64,
    /// 0 for the first.
    pub previous_event_id: u64,
    /// When.
    pub timestamp: model::Timestamp,
    /// `PassStateEntered` …
    pub event_type: &'static str,
    /// `stateEnteredEventDetails` …; `None` for types without details.
    pub details_key: Option<&'static str>,
    /// The details.
    pub details: Option<serde_json::Value>,
}

/// Renders segments of one execution, in order. Damaged bytes end the list.
pub fn render<'a>(_program: &Program, _segments: impl IntoIterator<Item = &'a [u8]>) -> Vec<HistoryEvent> {
    Vec::new()
}
