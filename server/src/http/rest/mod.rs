//! REST, `/api/v1`: authenticate, decode, call one use case, render.

mod accounts;
mod caller;
mod functions;
mod jobs;
mod openapi;
mod settings;

pub use caller::Caller;
pub use openapi::routes;
