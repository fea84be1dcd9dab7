//! TestState: one state, run once with the given input, context, variables and mocks, and what
//! the data looked like at each stage.
//!
//! Source: AWS Step Functions API reference, TestState; recorded cases.
//!
//! Deliberately unknown here: how a task is called. A Task state without a mock stops with
//! [`Progress::Call`]; the caller makes the call and goes on with its answer.

mod context;
mod inspect;
mod machine;
mod mock;
mod request;
mod response;
mod run;
#[cfg(test)]
mod tests;

pub use request::{
    ErrorOutput, FieldValidation, InspectionLevel, Mock, Request, StateConfiguration, Surroundings,
};
pub use response::{ApiError, ErrorDetails, InspectionData, Response, Status};
pub use run::{Pending, Progress, begin, run};
