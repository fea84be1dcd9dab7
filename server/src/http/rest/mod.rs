//! REST, `/api/v1`: authenticate, decode, call one use case, render.

mod accounts;
mod buckets;
mod caller;
mod estimates;
mod functions;
mod items;
mod jobs;
mod manifests;
mod openapi;
mod runs;
mod settings;

pub use caller::Caller;
pub use openapi::routes;
