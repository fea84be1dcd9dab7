//! A refused call of the Lambda API.

use crate::Error;

/// Why a call was refused: Lambda's error name, its HTTP status and a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LambdaError {
    /// For example 404.
    pub status: u16,
    /// For example `ResourceNotFoundException`.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl LambdaError {
    /// A refusal; its status is that of its name.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let status = match code {
            "ResourceNotFoundException" => 404,
            "PreconditionFailedException" => 412,
            "ResourceConflictException" => 409,
            "RequestEntityTooLargeException" | "RequestTooLargeException" => 413,
            "TooManyRequestsException" => 429,
            "AccessDeniedException"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignatureException" => 403,
            "ServiceException" => 500,
            "EC2ThrottledException" | "EFSIOException" | "SdkClientException" => 502,
            _ => 400,
        };
        Self { status, code: code.to_owned(), message: message.into() }
    }

    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValueException", message)
    }

    pub(super) fn not_found(arn: &str) -> Self {
        Self::new("ResourceNotFoundException", format!("Function not found: {arn}"))
    }
}

impl From<Error> for LambdaError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Unauthenticated(_) => "UnrecognizedClientException",
            Error::Forbidden { .. } => "AccessDeniedException",
            Error::NotFound { .. } => "ResourceNotFoundException",
            Error::Invalid(_) => "InvalidParameterValueException",
            Error::Conflict(_) => "ResourceConflictException",
            Error::Stale(_) => "PreconditionFailedException",
            Error::LimitExceeded(_) => "TooManyRequestsException",
            Error::Unavailable(_) => "ServiceException",
            Error::Internal(source) => {
                tracing::error!(error = %source, "a call of the Lambda API failed");
                "ServiceException"
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<store::Error> for LambdaError {
    fn from(error: store::Error) -> Self {
        Error::from(error).into()
    }
}
