//! The use cases of the AWS Lambda API: functions from zip files, and calls of them.
//! Source: AWS Lambda API reference of 2015-03-31.

mod code;
mod error;
mod functions;
mod invoke;
mod requests;
mod view;

pub use error::LambdaError;
pub use invoke::{Invoke, PAYLOAD_BYTES};
pub use requests::{Concurrency, CreateFunction, ListFunctions, UpdateCode, UpdateConfiguration};
