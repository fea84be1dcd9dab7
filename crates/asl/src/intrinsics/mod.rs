//! Intrinsic functions: `States.Format('{}', $.name)`.

mod arguments;
mod array;
mod encoding;
mod eval;
mod maths;
mod parse;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use encoding::digest;
pub use parse::{Intrinsic, IntrinsicError};
