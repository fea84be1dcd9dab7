//! What the `Resource` of a Task state means.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// How the state waits for the called service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pattern {
    /// The service's answer is the result.
    #[default]
    RequestResponse,
    /// `.sync`: the end of the job that was started is the result.
    Sync,
    /// `.sync:2`: the same, with the output as JSON rather than text.
    Sync2,
    /// `.waitForTaskToken`: the result comes by SendTaskSuccess or SendTaskFailure.
    WaitForTaskToken,
}

impl Pattern {
    /// The ending of the resource: ``, `.sync`, `.sync:2`, `.waitForTaskToken`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::RequestResponse => "",
            Self::Sync => ".sync",
            Self::Sync2 => ".sync:2",
            Self::WaitForTaskToken => ".waitForTaskToken",
        }
    }

    fn split(action: &str) -> (&str, Self) {
        [Self::WaitForTaskToken, Self::Sync2, Self::Sync]
            .into_iter()
            .find_map(|pattern| Some((action.strip_suffix(pattern.suffix())?, pattern)))
            .unwrap_or((action, Self::RequestResponse))
    }
}

/// What a Task state calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Resource {
    /// `arn:aws:lambda:R:A:function:NAME`: the arguments are the event, the payload is the result.
    LambdaFunction {
        /// As written in the definition.
        arn: Arc<str>,
    },
    /// `arn:aws:states:::lambda:invoke`: the arguments are an Invoke request.
    LambdaInvoke {
        /// Request-response or callback.
        pattern: Pattern,
    },
    /// `arn:aws:states:R:A:activity:NAME`.
    Activity {
        /// As written in the definition.
        arn: Arc<str>,
    },
    /// `arn:aws:states:::aws-sdk:s3:ACTION`.
    S3 {
        /// `getObject`, `putObject`, `listObjectsV2` …
        action: String,
    },
    /// `arn:aws:states:::states:startExecution…`.
    StartExecution {
        /// Any of the four.
        pattern: Pattern,
    },
    /// Any other integration; an `aws-sdk` one has the service `aws-sdk:NAME`.
    Other {
        /// `sqs`, `dynamodb`, `http`, `aws-sdk:sfn` …
        service: String,
        /// `sendMessage`, `putItem` …
        action: String,
        /// How to wait.
        pattern: Pattern,
    },
}

/// A `Resource` that names nothing callable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The resource provided {0} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."
)]
pub struct UnknownResource(pub String);

impl Resource {
    /// Reads an ARN.
    ///
    /// # Errors
    /// When the text is not an ARN of a function, an activity or a service integration.
    pub fn parse(arn: &str) -> Result<Self, UnknownResource> {
        Self::read(arn).ok_or_else(|| UnknownResource(arn.to_owned()))
    }

    fn read(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        (parts.next()? == "arn").then_some(())?;
        let (_partition, service, region, _account, rest) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        match service {
            "lambda" => {
                let name = rest.strip_prefix("function:")?;
                (!name.is_empty()).then(|| Self::LambdaFunction { arn: arn.into() })
            }
            "states" if rest.starts_with("activity:") => Some(Self::Activity { arn: arn.into() }),
            "states" if region.is_empty() => Self::integration(rest),
            _ => None,
        }
    }

    fn integration(rest: &str) -> Option<Self> {
        let sdk = rest.strip_prefix("aws-sdk:");
        let (service, action) = sdk.unwrap_or(rest).split_once(':')?;
        let (action, pattern) = Pattern::split(action);
        if service.is_empty() || action.is_empty() {
            return None;
        }
        Some(match (sdk.is_some(), service, action) {
            (true, "s3", _) if pattern == Pattern::RequestResponse => Self::S3 { action: action.to_owned() },
            (false, "lambda", "invoke") => Self::LambdaInvoke { pattern },
            (false, "states", "startExecution") => Self::StartExecution { pattern },
            (true, ..) => {
                Self::Other { service: format!("aws-sdk:{service}"), action: action.to_owned(), pattern }
            }
            _ => Self::Other { service: service.to_owned(), action: action.to_owned(), pattern },
        })
    }

    /// How the state waits.
    pub fn pattern(&self) -> Pattern {
        match self {
            Self::LambdaInvoke { pattern }
            | Self::StartExecution { pattern }
            | Self::Other { pattern, .. } => *pattern,
            _ => Pattern::RequestResponse,
        }
    }

    /// The history's `resourceType`: `lambda`, `aws-sdk:s3`, `states` …
    pub fn resource_type(&self) -> Cow<'_, str> {
        match self {
            Self::LambdaFunction { .. } | Self::LambdaInvoke { .. } => "lambda".into(),
            Self::Activity { .. } => "activity".into(),
            Self::S3 { .. } => "aws-sdk:s3".into(),
            Self::StartExecution { .. } => "states".into(),
            Self::Other { service, .. } => service.as_str().into(),
        }
    }

    /// The history's `resource`: `invoke`, `startExecution.sync:2`, or the whole ARN of a function or an activity.
    pub fn resource_name(&self) -> Cow<'_, str> {
        match self {
            Self::LambdaFunction { arn } | Self::Activity { arn } => arn.as_ref().into(),
            Self::LambdaInvoke { pattern } => format!("invoke{}", pattern.suffix()).into(),
            Self::S3 { action } => action.as_str().into(),
            Self::StartExecution { pattern } => format!("startExecution{}", pattern.suffix()).into(),
            Self::Other { action, pattern, .. } => format!("{action}{}", pattern.suffix()).into(),
        }
    }
}

/// As in a definition.
impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LambdaFunction { arn } | Self::Activity { arn } => f.write_str(arn),
            _ => write!(f, "arn:aws:states:::{}:{}", self.resource_type(), self.resource_name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_printed_back() {
        for arn in [
            "arn:aws:lambda:us-east-1:000000000000:function:f:prod",
            "arn:aws:states:us-east-1:000000000000:activity:a",
            "arn:aws:states:::lambda:invoke",
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "arn:aws:states:::states:startExecution.sync:2",
            "arn:aws:states:::states:startExecution.sync",
            "arn:aws:states:::aws-sdk:s3:getObject",
            "arn:aws:states:::aws-sdk:sfn:startExecution.waitForTaskToken",
            "arn:aws:states:::sqs:sendMessage",
        ] {
            assert_eq!(Resource::parse(arn).unwrap().to_string(), arn);
        }
        assert_eq!(
            Resource::parse("arn:aws:states:::aws-sdk:s3:getObject").unwrap().resource_type(),
            "aws-sdk:s3"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        for arn in [
            "",
            "lambda",
            "arn:aws:states:::",
            "arn:aws:states:::lambda",
            "arn:aws:lambda:r:a:function:",
            "arn:aws:ec2:r:a:x",
        ] {
            assert!(Resource::parse(arn).is_err(), "{arn}");
        }
    }
}
