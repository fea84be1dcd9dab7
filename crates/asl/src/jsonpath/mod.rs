//! JSONPath in the dialect of Amazon States Language: Jayway's, with the roots `$$` and `$name`.
//!
//! A definite path (members and single indexes only) answers the value it names, or an error
//! when there is none; any other path answers an array of what it found, which may be empty.

mod assign;
mod ast;
mod compare;
mod eval;
mod filter_eval;
mod filter_parse;
mod function;
mod parse;
mod path;
#[cfg(test)]
mod tests;

pub(crate) use compare::equal_values;
pub(crate) use parse::parse_prefix;
pub use path::{Path, PathError, Root};
