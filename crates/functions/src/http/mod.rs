//! Functions that are web services.

mod answer;
mod caller;
mod connect;
mod endpoint;
mod lambda;
mod notify;
mod peer;
mod pool;
pub mod sigv4;

#[cfg(test)]
mod tests;

pub use caller::Caller;
pub use endpoint::{HttpEndpoint, PreparedEndpoint};
pub use lambda::LambdaEndpoint;
pub use notify::Notifier;
