//! Service integrations: what a `Resource` means, and how answers become AWS's results and errors.

mod lambda;
mod resource;
mod s3;
mod start_execution;
mod token;

pub use lambda::{LambdaAnswer, lambda_refusal, lambda_result};
pub use resource::{Pattern, Resource, UnknownResource};
pub use s3::{S3Entry, S3Listing, S3Object, s3_done, s3_listing, s3_object, s3_put, s3_refusal};
pub use start_execution::{CalledExecution, execution_ended, execution_started};
pub use token::read_task_token;
pub(crate) use token::task_token;
