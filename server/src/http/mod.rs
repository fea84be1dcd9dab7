//! The doors: pages and server functions, REST, streams. Each authenticates, decodes, calls one use
//! case and renders.

mod codes;
mod docs;
mod guard;
mod lambda;
mod pages;
mod problem;
mod request_id;
mod rest;
mod router;
mod s3;
mod sessions;
mod sfn;
mod sigv4;
mod stream;

pub use router::{Doors, router};
