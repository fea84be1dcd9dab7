//! TestState: one state, run once with the given input, context, variables and mocks, and what
//! the data looked like at each stage.
//!
//! Source: AWS Step Functions API reference, TestState; recorded cases.
//!
//! How a door uses it: read the body into a [`Request`] (a body that does not fit is its
//! `SerializationException` or `ValidationException`), then [`begin`]. An [`ApiError`] is answered
//! with status 400, its code as `__type`, and its message. [`Progress::Done`] is the answer, as JSON.
//! [`Progress::Call`] is a Task state without a mock: the door makes the call, bounded to five
//! minutes, and gives the event to [`Pending::finish`].
//!
//! [`FlowTest`] goes beyond AWS: one input through a whole machine or a Map's whole child.
//!
//! Deliberately unknown here: how a task is called.

mod context;
mod flow;
#[cfg(test)]
mod flow_tests;
mod inspect;
mod machine;
mod mock;
mod request;
mod response;
mod run;
#[cfg(test)]
mod tests;

pub use flow::{FlowRequest, FlowRun, FlowStep, FlowTest, Pin};
pub use request::{
    ErrorOutput, FieldValidation, InspectionLevel, Mock, Request, StateConfiguration, Surroundings,
};
pub use response::{ApiError, ErrorDetails, InspectionData, Response, Status};
pub use run::{Pending, Progress, begin, run};
