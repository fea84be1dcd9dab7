//! Use cases: authorize, validate, call. The three doors (REST, server functions, the Step
//! Functions protocol) authenticate, decode, call one function here, and render.
//!
//! Every function takes a [`Cx`] first, which names the actor and the workspace and is only made
//! after authentication. No function reads tenant data without one.

mod accounts;
mod attempts;
mod context;
mod error;
mod functions;
mod jobs;
pub mod secrets;
mod service;

pub use accounts::{CreatedToken, NewToken, Setup};
pub use context::{Actor, Cx};
pub use error::{Error, Problem};
pub use functions::ListedFunction;
pub use jobs::{NewJob, NewVersion};
pub use service::{Deps, Service};
