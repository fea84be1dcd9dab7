//! A refused call, as AWS's clients know it.

use crate::Error;

/// Why a call was refused: AWS's error name and sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// For example `StateMachineDoesNotExist`.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
    /// `ValidationException.reason`.
    pub reason: Option<&'static str>,
}

impl ApiError {
    /// A refusal with a code and a sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), reason: None }
    }

    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    pub(super) fn because(reason: &'static str, message: impl Into<String>) -> Self {
        Self { reason: Some(reason), ..Self::validation(message) }
    }

    pub(super) fn no_machine(arn: &str) -> Self {
        Self::new("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{arn}'"))
    }

    pub(super) fn no_execution(arn: &str) -> Self {
        Self::new("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{arn}'"))
    }

    pub(super) fn no_resource(arn: &str) -> Self {
        Self::new("ResourceNotFound", format!("Resource not found: '{arn}'"))
    }

    pub(super) fn wrong_type() -> Self {
        Self::new("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    }

    /// Whether the fault is the server's.
    pub fn is_internal(&self) -> bool {
        self.code == "InternalFailure"
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Unauthenticated(_) => "UnrecognizedClientException",
            Error::Forbidden { .. } => "AccessDeniedException",
            Error::NotFound { .. } => "ResourceNotFound",
            Error::Invalid(_) => "ValidationException",
            Error::Conflict(_) | Error::Stale(_) => "ConflictException",
            Error::LimitExceeded(_) => "ThrottlingException",
            Error::Unavailable(_) => "ServiceUnavailable",
            Error::Internal(source) => {
                tracing::error!(error = %source, "a call of the Step Functions API failed");
                "InternalFailure"
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<executor::Error> for ApiError {
    fn from(error: executor::Error) -> Self {
        Error::from(error).into()
    }
}
