//! Service integrations: what a `Resource` means, and how answers become AWS's results and errors.

mod resource;

pub use resource::{Pattern, Resource, UnknownResource};
