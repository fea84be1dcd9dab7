//! Amazon States Language: parse, check, compile, run. Sans-IO.
//!
//! Deliberately unknown here: clocks, randomness, files, networks, async. Time comes in with each
//! event, randomness as a seed, and whatever must be done outside leaves as an effect.

pub mod eval_error;
pub mod intrinsics;
pub mod jsonata;
pub mod jsonpath;
pub mod scope;
pub mod template;
pub mod value;

pub use eval_error::EvalError;
pub use jsonata::{Expression, JsonataTemplate};
pub use jsonpath::Path;
pub use scope::{Rng, Scope, Variables};
pub use template::{Query, Template, TemplateError};
pub use value::Value;
