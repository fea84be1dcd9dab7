//! What a path, intrinsic or expression answers when it cannot be evaluated.

use crate::Value;

/// `States.Runtime`: a path that finds nothing, a value of the wrong kind.
pub const RUNTIME: &str = "States.Runtime";
/// `States.IntrinsicFailure`: an intrinsic function refused its arguments.
pub const INTRINSIC_FAILURE: &str = "States.IntrinsicFailure";
/// `States.QueryEvaluationError`: a JSONata expression failed.
pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
/// `States.ResultPathMatchFailure`: `ResultPath` does not fit the input.
pub const RESULT_PATH_MATCH_FAILURE: &str = "States.ResultPathMatchFailure";

/// A failure of evaluation in AWS's words: the state adds where it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalError {
    /// Error name, such as `States.Runtime`.
    pub error: String,
    /// What happened, without the "An error occurred while executing the state …" preamble.
    pub cause: String,
    /// JSONata: the field, such as `Output/total`.
    pub location: Option<String>,
    missing: Option<Box<MissingPath>>,
}

/// A definite path that found nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingPath {
    /// The path as written.
    pub path: String,
    /// What the path was applied to.
    pub input: Value,
    /// The path engine's reason, such as `No results for path: $['a']`.
    pub reason: String,
}

impl EvalError {
    /// An error of any name.
    pub fn new(error: &str, cause: impl Into<String>) -> Self {
        Self {
            error: error.to_owned(),
            cause: cause.into(),
            location: None,
            missing: None,
        }
    }

    /// A `States.Runtime` error.
    pub fn runtime(cause: impl Into<String>) -> Self {
        Self::new(RUNTIME, cause)
    }

    /// A path that found nothing. Until [`Self::in_field`] names the field, the cause is the
    /// form without one: `Invalid path '$.a': No results for path: $['a']`.
    pub fn path_not_found(path: &str, input: &Value, reason: String) -> Self {
        Self {
            cause: format!("Invalid path '{path}': {reason}"),
            missing: Some(Box::new(MissingPath {
                path: path.to_owned(),
                input: input.clone(),
                reason,
            })),
            ..Self::runtime("")
        }
    }

    /// A `States.QueryEvaluationError` at a field.
    pub fn query(location: &str, cause: impl Into<String>) -> Self {
        Self {
            location: Some(location.to_owned()),
            ..Self::new(QUERY_EVALUATION_ERROR, cause)
        }
    }

    /// The missing path, when that is what happened.
    pub fn missing(&self) -> Option<&MissingPath> {
        self.missing.as_deref()
    }

    /// Names the field a missing path was written for: `address.$`, `ItemsPath`. An error that
    /// already has its field, or is none of a missing path, stays as it is.
    pub fn in_field(mut self, field: &str) -> Self {
        if let Some(missing) = self.missing.take() {
            let MissingPath { path, input, .. } = *missing;
            self.cause = format!(
                "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{}'",
                input.to_json()
            );
        }
        self
    }
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error, self.cause)
    }
}

impl std::error::Error for EvalError {}
