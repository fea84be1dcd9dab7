//! REST, `/api/v1`: authenticate, decode, call one use case, render.

mod accounts;
mod buckets;
mod caller;
mod manifests;
mod openapi;

pub use caller::Caller;
pub use openapi::routes;
