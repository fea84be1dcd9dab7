//! Checking what a Task is about to send.

use super::Resource;
use crate::execution::failure::Failure;
use crate::payload::Payload;

/// The arguments as the integration takes them.
///
/// # Errors
/// `States.Runtime` for arguments that the integration cannot take.
pub(crate) fn check_arguments(_resource: &Resource, arguments: Payload) -> Result<Payload, Failure> {
    Ok(arguments)
}

/// The region in an ARN; empty when it is none.
pub(crate) fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}
