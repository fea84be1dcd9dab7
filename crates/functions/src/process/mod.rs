//! Functions that run as processes on this machine: behind Lambda's Runtime API, or as workers
//! that answer lines of JSON.
//!
//! A process runs as the server's own user and is not confined. That is why the operator has to
//! allow it, and why nothing of the server's own environment but `PATH` and `HOME` reaches it.

mod child;
mod failure;
mod job;
mod launch;
mod log;
pub mod package;
mod pipe;
mod pools;
mod runtime;

pub use launch::{RuntimeFamily, check};
pub use pools::{ProcessOptions, Processes};

pub(crate) use pools::Pool;
