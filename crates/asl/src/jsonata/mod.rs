//! JSONata as AWS runs it: the language's own functions without `$eval`, plus `$partition`,
//! `$range`, `$hash`, `$random(seed)`, `$uuid` and `$parse`, over `$states` and variables.

mod convert;
mod expression;
mod functions;
mod guard;
mod limits;
mod messages;
mod references;
mod shortcut;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod uses;

pub use expression::{Expression, ExpressionError};
pub use template::{JsonataTemplate, expression_text};
