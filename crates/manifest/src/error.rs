//! What can be wrong with a manifest.

use serde::{Deserialize, Serialize};

/// The item source cannot be read. A Map Run fails with [`ReadError::NAME`] and `cause`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{cause} (line {line}, byte {offset})")]
pub struct ReadError {
    /// AWS's words where they were recorded, else ours.
    pub cause: String,
    /// Line of the fault, from 1; 0 when the fault is not in the file.
    pub line: u64,
    /// Byte of the fault from the start of the file.
    pub offset: u64,
}

impl ReadError {
    /// The error name that AWS gives every fault of an item source.
    pub const NAME: &'static str = "States.ItemReaderFailed";

    pub(crate) fn new(cause: impl Into<String>, line: u64, offset: u64) -> Self {
        Self { cause: cause.into(), line, offset }
    }

    /// A fault of the configuration, found before any byte is read.
    pub(crate) fn start(cause: impl Into<String>) -> Self {
        Self::new(cause, 0, 0)
    }
}

/// A row of an upload that is no item; import goes on after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its first line, from 1.
    pub line: u64,
    /// Why, in a sentence without a full stop.
    pub reason: String,
    /// Its beginning, at most 120 characters.
    pub excerpt: String,
}

/// Something accepted that AWS would refuse or read differently; one for each code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// For example `W-MAP-03`.
    pub code: String,
    /// A sentence for people.
    pub text: String,
    /// Where it was first seen, from 1.
    pub line: u64,
    /// How often.
    pub count: u64,
}
