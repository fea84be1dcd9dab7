//! Functions that are web services.

mod answer;
mod caller;
mod connect;

#[cfg(test)]
mod tests;

pub use caller::{Caller, HttpEndpoint};
