//! Why a text cannot be edited as asked.

use thiserror::Error;

/// Why an edit is not possible. The text is untouched then.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// No value stands at the pointer.
    #[error("There is nothing at {pointer}.")]
    NotFound {
        /// The JSON Pointer.
        pointer: String,
    },
    /// The value at the pointer is of the wrong kind for this edit.
    #[error("{pointer} is not {wanted}.")]
    WrongKind {
        /// The JSON Pointer.
        pointer: String,
        /// What it should be, with its article.
        wanted: &'static str,
    },
    /// A state of that name exists already.
    #[error("There is a state named {name} already.")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The states cannot be joined as asked.
    #[error("{reason}")]
    Flow {
        /// A sentence.
        reason: String,
    },
}

impl EditError {
    pub(super) fn not_found(pointer: &str) -> Self {
        Self::NotFound { pointer: pointer.to_owned() }
    }

    pub(super) fn flow(reason: impl Into<String>) -> Self {
        Self::Flow { reason: reason.into() }
    }
}
