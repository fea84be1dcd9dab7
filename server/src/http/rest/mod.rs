//! REST, `/api/v1`: authenticate, decode, call one use case, render.

mod accounts;
mod buckets;
mod caller;
mod functions;
mod jobs;
mod items;
mod manifests;
mod runs;
mod openapi;
mod settings;

pub use caller::Caller;
pub use openapi::routes;
