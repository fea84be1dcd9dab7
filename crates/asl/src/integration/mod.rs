//! Service integrations: what a `Resource` means, and how answers become AWS's results and errors.

mod arguments;
mod lambda;
mod resource;
mod token;

pub(crate) use arguments::{check_arguments, region};
pub use lambda::{LambdaAnswer, lambda_refusal, lambda_result};
pub use resource::{Pattern, Resource, UnknownResource};
pub use token::read_task_token;
pub(crate) use token::task_token;
