//! REST, `/api/v1`: authenticate, decode, call one use case, render.

mod access_keys;
mod accounts;
mod admit;
mod buckets;
mod caller;
mod estimates;
mod etag;
mod extract;
mod functions;
mod items;
mod jobs;
mod limits;
mod manifests;
mod openapi;
mod page;
mod runs;
mod settings;
mod webhooks;

pub use admit::{Entrance, admit};
pub use caller::Caller;
pub use limits::RateLimits;
pub use openapi::routes;
