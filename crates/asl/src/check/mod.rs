//! Everything that can be said about a definition without running it: all faults, warnings and
//! hints at once, each with its place, a plain sentence and, where there is one way to repair it,
//! the edit that does.
//!
//! Errors block a launch, warnings and hints do not. [`Profile::Strict`] judges like AWS,
//! [`Profile::Lenient`] accepts what this server can run all the same.

mod catalog;
mod checker;
mod choice;
mod dataflow;
mod diagnostic;
mod errors;
mod expressions;
mod fields;
mod flow;
mod machine;
mod map;
mod operations;
mod options;
mod place;
mod reader;
mod repair;
mod rule;
mod seed;
mod similar;
mod states;
mod task;
#[cfg(test)]
pub(crate) mod tests;
mod validate;
mod values;
mod writer;

pub use checker::check;
pub use diagnostic::{AwsPlace, Diagnostic, Fix, Group, Severity};
pub use options::{CheckOptions, MachineType, Profile};
pub use repair::{normalize, repair};
pub use validate::{AwsDiagnostic, Validation, invalid_definition, validate};
