//! Processes behind Lambda's Runtime API: each has a listener of its own on the loopback address,
//! so it only ever sees its own function's calls, and has one call at a time.
//! Source: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes".

mod api;
mod pool;
mod worker;

pub use pool::Pool;
