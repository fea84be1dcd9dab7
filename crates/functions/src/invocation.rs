//! A call and its answer, in Lambda's terms.

use crate::gate::{Verdict, Whose};
use model::WorkspaceId;
use serde_json::json;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One call of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Whose call it is: names are looked up in its workspace, and runs take turns.
    pub whose: Whose,
    /// A name, a partial ARN or a full ARN; a version or alias may follow.
    pub function: Arc<str>,
    /// The event, as JSON text.
    pub payload: Arc<str>,
    /// The same for every delivery of the same attempt: child execution, state, attempt.
    pub idempotency_key: String,
    /// 0 for the first try, then the number of the retry.
    pub attempt: u32,
    /// When the task's time is up.
    pub deadline: Option<Instant>,
}

impl Invocation {
    /// A first attempt without a deadline, of no run.
    pub fn new(workspace: WorkspaceId, function: &str, payload: &str) -> Self {
        Self {
            whose: Whose { workspace, run: None },
            function: function.into(),
            payload: payload.into(),
            idempotency_key: String::new(),
            attempt: 0,
            deadline: None,
        }
    }
}

/// Lambda's `FunctionError`: the function ran and raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionError {
    /// It raised an exception.
    Unhandled,
    /// It returned an error on purpose.
    Handled,
}

impl FunctionError {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unhandled => "Unhandled",
            Self::Handled => "Handled",
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What Lambda's Invoke answers when the function ran, well or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `StatusCode`; 200.
    pub status: u16,
    /// JSON text: the result, or with a function error `errorType`, `errorMessage` and more.
    pub payload: Arc<str>,
    /// Whether the function raised.
    pub function_error: Option<FunctionError>,
    /// `$LATEST`.
    pub executed_version: Cow<'static, str>,
    /// The last of its log, as text.
    pub log_tail: Option<String>,
    /// `RequestId`, a UUID.
    pub request_id: String,
    /// How long it took, where the function runs as a process of this server.
    pub timing: Option<Timing>,
}

/// How long a call took in its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// The cold start, when this call was the first of its process. Not part of `duration`.
    pub init: Option<Duration>,
    /// From the call's arrival at the process to its answer.
    pub duration: Duration,
}

impl Answer {
    /// A result.
    pub fn of(payload: impl Into<Arc<str>>) -> Self {
        Self {
            status: 200,
            payload: payload.into(),
            function_error: None,
            executed_version: "$LATEST".into(),
            log_tail: None,
            request_id: request_id(),
            timing: None,
        }
    }

    /// What Lambda answers when a function raises.
    pub fn raised(error_type: &str, message: &str) -> Self {
        let request_id = request_id();
        let payload = json!({
            "errorMessage": message,
            "errorType": error_type,
            "requestId": request_id,
            "stackTrace": [],
        });
        let function_error = Some(FunctionError::Unhandled);
        Self { function_error, request_id, ..Self::of(payload.to_string()) }
    }
}

/// The function did not run, or its answer did not arrive. `error` is what Retry and Catch match.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct CallError {
    /// `Lambda.TooManyRequestsException`, `HttpEndpoint.ServerError`, `States.Timeout` …
    pub error: String,
    /// A sentence: what happened, where, and what to do.
    pub cause: String,
    /// How long the function asked to be left alone, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// What this tells of the function.
    pub verdict: Verdict,
}

impl CallError {
    /// An error that says nothing about when to come back, of a function that is well.
    pub fn new(error: &str, cause: impl Into<String>) -> Self {
        Self {
            error: error.to_owned(),
            cause: cause.into(),
            retry_after_ms: None,
            verdict: Verdict::Answered,
        }
    }
}

/// A random UUID, the form of Lambda's request ids.
pub(crate) fn request_id() -> String {
    let value: u128 = rand::random();
    let value = value & !(0xf << 76 | 0xc << 60) | 0x4 << 76 | 0x8 << 60;
    let mut id = String::with_capacity(36);
    for digit in (0..32).rev() {
        if matches!(digit, 23 | 19 | 15 | 11) {
            id.push('-');
        }
        id.push(char::from(b"0123456789abcdef"[(value >> (4 * digit)) as usize & 15]));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raising_function_answers_like_lambda() {
        let answer = Answer::raised("ValueError", "no \"cat\" here");
        let payload: serde_json::Value = serde_json::from_str(&answer.payload).unwrap();
        assert_eq!(answer.function_error, Some(FunctionError::Unhandled));
        assert_eq!(payload["errorType"], "ValueError");
        assert_eq!(payload["errorMessage"], "no \"cat\" here");
        assert_eq!(payload["requestId"], answer.request_id.as_str());
        assert!(payload["stackTrace"].is_array());
        let id = &answer.request_id;
        assert_eq!((id.len(), &id[14..15], id.matches('-').count()), (36, "4", 4), "{id}");
        assert!(["8", "9", "a", "b"].contains(&&id[19..20]), "{id}");
    }
}
