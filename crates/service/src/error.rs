//! The one error that every door renders.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The field or JSON pointer it concerns; empty = the whole input.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the token does not work.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The actor may not do this.
    #[error("this needs the permission \"{needed}\"; {has}")]
    Forbidden {
        /// The permission's name.
        needed: &'static str,
        /// What the actor has instead, as half a sentence.
        has: String,
    },
    /// There is no such thing in this workspace.
    #[error("there is no {what} \"{id}\" in this workspace")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The input is wrong.
    #[error("{}", join(.0))]
    Invalid(Vec<Problem>),
    /// The input is right, but not now.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else wrote first: what the caller saw is no longer so.
    #[error("{0}")]
    Stale(String),
    /// Too much or too often.
    #[error("{0}")]
    LimitExceeded(String),
    /// Something outside does not answer: an object store, an endpoint.
    #[error("{0}")]
    Unavailable(String),
    /// Our fault; the log knows more.
    #[error("something went wrong on the server")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem { field: field.to_owned(), message: message.into() }])
    }

    /// Something that is not there.
    pub fn not_found(what: &'static str, id: impl ToString) -> Self {
        Self::NotFound { what, id: id.to_string() }
    }

    /// A fault of ours.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The stable code that doors show; each has a page at `/docs/errors/CODE`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => "unauthenticated",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not-found",
            Self::Invalid(_) => "invalid",
            Self::Conflict(_) => "conflict",
            Self::Stale(_) => "precondition-failed",
            Self::LimitExceeded(_) => "limit-exceeded",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// The HTTP status that doors answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated(_) => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid(_) => 422,
            Self::Conflict(_) => 409,
            Self::Stale(_) => 412,
            Self::LimitExceeded(_) => 429,
            Self::Unavailable(_) => 502,
            Self::Internal(_) => 500,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Taken { what, name } => {
                Self::Conflict(format!("The {what} \"{name}\" exists already. Choose another name."))
            }
            other => Self::internal(other),
        }
    }
}

fn join(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems
        .iter()
        .map(|p| match p.field.is_empty() {
            true => p.message.clone(),
            false => format!("{}: {}", p.field, p.message),
        })
        .collect();
    lines.join("; ")
}
