//! An error on its way to a Retry, a Catch, or the end of the execution.

use crate::Value;
use crate::eval_error::EvalError;
use crate::value::Object;

/// A task, or an execution, took too long.
pub(crate) const TIMEOUT: &str = "States.Timeout";
/// What a Retry or Catch may call a missed heartbeat; AWS reports it as `States.Timeout`.
const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";

/// A `States.*` or task error: a value of the interpreter, not a Rust error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    pub error: Option<String>,
    pub cause: Option<String>,
    /// An expression failed: EvaluationFailed is recorded, with the field where it stood.
    pub evaluation: Option<Option<String>>,
    /// The cause still lacks "An error occurred while executing the state …".
    pub needs_preamble: bool,
    /// No Retry and no Catch applies.
    pub terminal: bool,
    /// A heartbeat was missed: `States.HeartbeatTimeout` in a Retry or Catch means this too.
    pub heartbeat: bool,
}

impl Failure {
    /// An error as a task or a Fail state gives it.
    pub fn new(error: Option<String>, cause: Option<String>) -> Self {
        Self { error, cause, evaluation: None, needs_preamble: false, terminal: false, heartbeat: false }
    }

    /// A fault that the interpreter found: its cause will name the state.
    pub fn runtime(cause: impl Into<String>) -> Self {
        EvalError::runtime(cause).into()
    }

    /// A state's output beyond the payload limit.
    pub fn output_too_large(state: &str) -> Self {
        let cause = format!(
            "The state/task '{state}' returned a result with a size exceeding the maximum number of bytes service limit."
        );
        Self { terminal: true, ..Self::new(Some("States.DataLimitExceeded".into()), Some(cause)) }
    }

    /// Data that could be written but not read again.
    pub fn too_deep(state: &str) -> Self {
        let cause = format!("The data of the state '{state}' is nested too deeply.");
        Self { terminal: true, ..Self::new(Some(crate::eval_error::RUNTIME.into()), Some(cause)) }
    }

    /// Variables beyond the payload limit.
    pub fn variables_too_large(state: &str) -> Self {
        let cause = format!(
            "The variables assigned by the state '{state}' exceed the maximum number of bytes service limit."
        );
        Self { terminal: true, ..Self::new(Some("States.DataLimitExceeded".into()), Some(cause)) }
    }

    /// A JSONata field whose value the state cannot use.
    pub fn query(field: &str, cause: impl Into<String>) -> Self {
        EvalError::query(field, cause).into()
    }

    /// Whether an ErrorEquals list names this error.
    /// Source: Developer Guide, "Handling errors": States.ALL, States.TaskFailed, States.Timeout.
    pub fn matches(&self, errors: &[std::sync::Arc<str>]) -> bool {
        let error = self.error.as_deref().unwrap_or_default();
        !self.terminal
            && errors.iter().any(|named| match &**named {
                "States.ALL" => true,
                "States.TaskFailed" => error != TIMEOUT && error != HEARTBEAT_TIMEOUT,
                TIMEOUT => error == TIMEOUT || error == HEARTBEAT_TIMEOUT,
                HEARTBEAT_TIMEOUT => self.heartbeat || error == HEARTBEAT_TIMEOUT,
                named => named == error,
            })
    }

    /// `{"Error": …, "Cause": …}`: what a Catch passes on.
    pub fn output(&self) -> Value {
        let mut members = Object::new();
        if let Some(error) = &self.error {
            members.insert("Error".into(), error.as_str().into());
        }
        members.insert("Cause".into(), self.cause.as_deref().unwrap_or_default().into());
        members.into()
    }
}

impl From<EvalError> for Failure {
    fn from(e: EvalError) -> Self {
        let evaluation = (e.error == crate::eval_error::QUERY_EVALUATION_ERROR).then_some(e.location);
        let terminal = e.error == crate::eval_error::RUNTIME;
        Self { evaluation, needs_preamble: true, terminal, ..Self::new(Some(e.error), Some(e.cause)) }
    }
}
