//! A lossless JSON tree: every node knows where it stands in the text, and a text with faults
//! still gives a tree together with all its faults.
//!
//! Deliberately unknown here: what the JSON means. `check` reads the tree, `edit` patches the text.

mod document;
mod lines;
mod node;
mod parser;
mod pointer;
mod span;
mod strings;
#[cfg(test)]
mod tests;

pub use document::Document;
pub use lines::{LineIndex, Position};
pub use node::{Kind, Member, Node};
pub use parser::{MAX_DEPTH, MAX_ERRORS, SyntaxError, SyntaxErrorKind};
pub use pointer::{escape, join, split};
pub use span::{Span, TextEdit, apply_edits};
