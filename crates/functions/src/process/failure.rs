//! How Lambda says that a function's process failed, as Step Functions sees it.
//! Source: AWS Lambda developer guide, "Understanding the Lambda execution environment" and
//! the answers of Invoke.

use crate::invocation::{Answer, FunctionError};
use serde_json::json;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// The largest result of a synchronous call, in bytes. Source: AWS Lambda quotas.
pub const MAX_RESULT_BYTES: usize = 6_291_556;

/// An answer with Lambda's `errorType` and `errorMessage`.
pub fn answer(request_id: &str, error_type: &str, what: &str) -> Answer {
    let message = format!("RequestId: {request_id} Error: {what}");
    let payload = json!({"errorType": error_type, "errorMessage": message});
    unhandled(request_id, payload.to_string())
}

/// An answer with the error that the function's runtime reported.
pub fn unhandled(request_id: &str, payload: String) -> Answer {
    let function_error = Some(FunctionError::Unhandled);
    Answer { function_error, request_id: request_id.to_owned(), ..Answer::of(payload) }
}

/// `Runtime.InvalidEntrypoint`: the program cannot be started.
pub fn no_entrypoint(request_id: &str, program: &str, error: &std::io::Error) -> Answer {
    answer(request_id, "Runtime.InvalidEntrypoint", &format!("fork/exec {program}: {error}"))
}

/// `Sandbox.Timedout`.
pub fn timed_out(request_id: &str, timeout_ms: u64) -> Answer {
    let seconds = timeout_ms as f64 / 1000.0;
    answer(request_id, "Sandbox.Timedout", &format!("Task timed out after {seconds:.2} seconds"))
}

/// `Runtime.ExitError`: the process ended in the middle of a call.
pub fn exited(request_id: &str, end: &End) -> Answer {
    answer(request_id, "Runtime.ExitError", &end.sentence())
}

/// `Function.ResponseSizeTooLarge`.
pub fn too_large(request_id: &str) -> Answer {
    let payload = json!({
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": format!("Response payload size exceeded maximum allowed payload size ({MAX_RESULT_BYTES} bytes)."),
    });
    unhandled(request_id, payload.to_string())
}

/// Why a process is no more.
#[derive(Clone, Debug)]
pub enum End {
    /// It ended by itself, or somebody else killed it.
    Exited(Option<ExitStatus>),
    /// It held more memory than it may, both in MiB, and was killed.
    Memory {
        /// What it held.
        used_mb: u64,
        /// What it may hold.
        limit_mb: u32,
    },
    /// It did not answer in time and was killed.
    TimedOut,
    /// The server or the function's registration ended, or nobody called it for a while.
    Stopped,
}

impl End {
    /// In Lambda's words.
    pub fn sentence(&self) -> String {
        match self {
            Self::Exited(None) => "Runtime exited without providing a reason".to_owned(),
            Self::Exited(Some(status)) => match (status.code(), status.signal()) {
                (Some(0), _) => "Runtime exited without providing a reason".to_owned(),
                (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
                (None, Some(signal)) => format!("Runtime exited with error: signal: {}", signal_name(signal)),
                (None, None) => "Runtime exited without providing a reason".to_owned(),
            },
            Self::Memory { used_mb, limit_mb } => {
                format!(
                    "Runtime exited with error: signal: killed (it held {used_mb} MB; its limit is {limit_mb} MB)"
                )
            }
            Self::TimedOut => "Runtime exited with error: signal: killed".to_owned(),
            Self::Stopped => "Runtime exited without providing a reason (its process was stopped)".to_owned(),
        }
    }
}

fn signal_name(signal: i32) -> String {
    match signal {
        6 => "aborted".to_owned(),
        9 => "killed".to_owned(),
        11 => "segmentation fault".to_owned(),
        15 => "terminated".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn read(answer: &Answer) -> (String, String) {
        let payload: Value = serde_json::from_str(&answer.payload).unwrap();
        let text = |name: &str| payload[name].as_str().unwrap().to_owned();
        (text("errorType"), text("errorMessage"))
    }

    #[test]
    fn failures_have_lambdas_words() {
        let (kind, message) = read(&timed_out("r-1", 3_000));
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("Sandbox.Timedout", "RequestId: r-1 Error: Task timed out after 3.00 seconds")
        );
        let exit = ExitStatus::from_raw(3 << 8);
        let (kind, message) = read(&exited("r-2", &End::Exited(Some(exit))));
        assert_eq!(kind, "Runtime.ExitError");
        assert_eq!(message, "RequestId: r-2 Error: Runtime exited with error: exit status 3");
        let (_, message) = read(&exited("r-3", &End::Exited(Some(ExitStatus::from_raw(9)))));
        assert!(message.ends_with("Runtime exited with error: signal: killed"));
        let (_, message) = read(&exited("r-4", &End::Exited(Some(ExitStatus::from_raw(0)))));
        assert!(message.ends_with("Runtime exited without providing a reason"));
        assert_eq!(read(&too_large("r-5")).0, "Function.ResponseSizeTooLarge");
    }
}
