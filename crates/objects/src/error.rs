//! What can go wrong with an object store, each in a sentence that says what, where and why.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use model::RefusedAddress;
use std::error::Error as StdError;
use std::fmt;

/// What was tried, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// A verb: `list`, `read`, `write`.
    pub operation: &'static str,
    /// Empty for calls on the whole store.
    pub bucket: String,
    /// A key or prefix; empty for calls on a bucket.
    pub key: String,
}

impl Call {
    /// A call on a key, a prefix, or (with an empty key) a bucket.
    pub fn new(operation: &'static str, bucket: &str, key: &str) -> Box<Self> {
        Box::new(Self { operation, bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bucket.is_empty() {
            true => write!(f, "{}", self.operation),
            false => write!(f, "{} s3://{}/{}", self.operation, self.bucket, self.key),
        }
    }
}

/// Trouble with an object store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store answered, and said no.
    #[error("Could not {call}. The store answered {status} {code}.{}", said(message))]
    Refused {
        /// What was tried.
        call: Box<Call>,
        /// The HTTP status.
        status: u16,
        /// S3's code, such as `AccessDenied`; `Unknown` when the answer had none.
        code: String,
        /// The store's own words; may be empty.
        message: String,
    },
    /// No answer: the name did not resolve, nothing listens, TLS failed, the connection broke.
    #[error("Could not {call}. {endpoint} did not answer: {cause}.")]
    Unreachable {
        /// What was tried.
        call: Box<Call>,
        /// The endpoint's URL, or the region for Amazon S3.
        endpoint: String,
        /// The innermost reason.
        cause: String,
    },
    /// The store took too long.
    #[error("Could not {call}. The store did not answer in time. Try again, or check its load.")]
    TimedOut {
        /// What was tried.
        call: Box<Call>,
    },
    /// The object was overwritten or removed while it was read.
    #[error("Could not {call}. The object changed while it was being read; start again.")]
    Changed {
        /// What was tried.
        call: Box<Call>,
    },
    /// The object does not fit where it was wanted.
    #[error("Could not {call}. The object has {size} bytes; the limit here is {limit} bytes.")]
    TooLarge {
        /// What was tried.
        call: Box<Call>,
        /// The object's size in bytes, or what was read of it so far.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The endpoint lies where this server may not go for a workspace.
    #[error("Could not {call}. {refused}")]
    Address {
        /// What was tried.
        call: Box<Call>,
        /// Which address, and why.
        refused: RefusedAddress,
    },
    /// The endpoint's settings make no sense.
    #[error("The object store's settings are wrong. {0}")]
    Endpoint(String),
    /// The embedded store did not start.
    #[error("The embedded object store in {dir} did not start: {cause}.")]
    Embedded {
        /// Its data folder.
        dir: String,
        /// Why.
        cause: String,
    },
}

fn said(message: &str) -> String {
    match message.trim() {
        "" => String::new(),
        text => format!(" It said: \"{text}\""),
    }
}

impl Error {
    /// S3's code when the store refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The store's own words when it refused.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The HTTP status when the store refused.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the bucket, key or upload is not there.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether a later try may succeed without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status >= 500 || *status == 429,
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            _ => false,
        }
    }

    /// What an SDK error means.
    pub(crate) fn from_sdk<E>(call: Box<Call>, endpoint: &str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        match &error {
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let meta = service.err().meta();
                let code = meta.code().unwrap_or(fallback_code(status)).to_owned();
                let mut message = meta.message().unwrap_or_default().to_owned();
                // Amazon names the right region, but only in a header.
                let home = service.raw().headers().get("x-amz-bucket-region");
                if let Some(region) = home.filter(|_| matches!(status, 301 | 307 | 400)) {
                    message = format!("{message} The bucket is in {region}.");
                }
                Self::Refused { call, status, code, message }
            }
            // No store was asked: what was asked for cannot be.
            SdkError::ConstructionFailure(_) => Self::Refused {
                call,
                status: 400,
                code: "InvalidArgument".into(),
                message: innermost(&error).to_string(),
            },
            SdkError::TimeoutError(_) => Self::TimedOut { call },
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Self::TimedOut { call },
            _ => Self::unreachable(call, endpoint, &error),
        }
    }

    /// No answer, with the innermost reason of a chain of errors.
    pub(crate) fn unreachable(call: Box<Call>, endpoint: &str, error: &(dyn StdError + 'static)) -> Self {
        match chain(error).find_map(|inner| inner.downcast_ref::<RefusedAddress>()) {
            Some(refused) => Self::Address { call, refused: refused.clone() },
            None => {
                Self::Unreachable { call, endpoint: endpoint.to_owned(), cause: innermost(error).to_string() }
            }
        }
    }
}

/// An error and what caused it.
fn chain<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn innermost<'e>(error: &'e (dyn StdError + 'static)) -> &'e (dyn StdError + 'static) {
    chain(error).last().unwrap_or(error)
}

/// HEAD answers carry no body, hence no code.
fn fallback_code(status: u16) -> &'static str {
    match status {
        301 | 307 => "PermanentRedirect",
        304 => "NotModified",
        403 => "Forbidden",
        404 => "NotFound",
        412 => "PreconditionFailed",
        416 => "InvalidRange",
        503 => "ServiceUnavailable",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_operation_place_and_answer() {
        let refused = |message: &str| Error::Refused {
            call: Call::new("list", "photos", "2026/"),
            status: 403,
            code: "AccessDenied".into(),
            message: message.into(),
        };
        assert_eq!(
            refused("").to_string(),
            "Could not list s3://photos/2026/. The store answered 403 AccessDenied."
        );
        assert!(refused("Access Denied").to_string().ends_with(" It said: \"Access Denied\""));
    }
}
