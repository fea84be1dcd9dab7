//! The functions that come with the server, for trying things out.

mod json;
mod objects;
mod table;
mod trouble;

#[cfg(test)]
mod tests;

pub use table::{Builtin, builtins};

use crate::invocation::Invocation;
use crate::source::{ObjectFault, ObjectSource};
use model::WorkspaceId;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// What a function gets.
pub struct Event {
    /// Whose call it is.
    pub workspace: WorkspaceId,
    /// The event as it was sent: JSON text.
    pub payload: Arc<str>,
    /// 0 for the first try.
    pub attempt: u32,
    /// See [`Invocation::idempotency_key`].
    pub idempotency_key: String,
    /// The objects that it may read.
    pub objects: Arc<dyn ObjectSource>,
    value: OnceLock<Value>,
}

impl Event {
    /// The event of a call.
    pub fn new(call: Invocation, objects: Arc<dyn ObjectSource>) -> Self {
        let Invocation { whose, payload, attempt, idempotency_key, .. } = call;
        Self { workspace: whose.workspace, payload, attempt, idempotency_key, objects, value: OnceLock::new() }
    }

    /// The event, read when first asked for. Text that is not JSON reads as `null`.
    pub fn value(&self) -> &Value {
        self.value.get_or_init(|| serde_json::from_str(&self.payload).unwrap_or_default())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.value().get(name)?.as_str()
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.value().get(name)?.as_f64()
    }
}

/// An exception: its type and message are what Catch sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The error name.
    pub error_type: String,
    /// A sentence.
    pub message: String,
}

impl Raised {
    /// An exception of a type.
    pub fn new(error_type: &str, message: impl Into<String>) -> Self {
        Self { error_type: error_type.to_owned(), message: message.into() }
    }
}

impl From<ObjectFault> for Raised {
    fn from(fault: ObjectFault) -> Self {
        Self { error_type: fault.code, message: fault.sentence }
    }
}

/// JSON text, or an exception.
pub type Outcome = Result<Arc<str>, Raised>;

/// A function inside this process.
#[async_trait::async_trait]
pub trait LocalFunction: Send + Sync {
    /// Runs it.
    async fn call(&self, event: Event) -> Outcome;
}
