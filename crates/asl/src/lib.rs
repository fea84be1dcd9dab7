//! Amazon States Language: parse, check, compile, run. Sans-IO.
//!
//! Deliberately unknown here: clocks, randomness, files, networks, async. Time comes in with each
//! event, randomness as a seed, and whatever must be done outside leaves as an effect.

pub mod check;
pub mod edit;
pub mod syntax;
pub mod value;

pub use value::Value;
