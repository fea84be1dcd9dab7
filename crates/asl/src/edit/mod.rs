//! Changes to a definition as the smallest edits of its text: key order, unknown fields,
//! indentation and everything else that was not asked about stay as they are.
//!
//! Every function reads a text and answers edits; [`crate::syntax::apply_edits`] gives the new text.

mod error;
mod flow;
mod layout;
mod members;
mod nested;
mod rules;
mod states;
#[cfg(test)]
mod tests;

pub use error::EditError;
pub use layout::Layout;
pub(crate) use members::set_in;
pub use members::{insert_element, insert_member, remove_child, remove_value, rename_key, set_value};
pub use nested::{Wrapper, wrap};
pub use rules::{insert_catch, insert_retry};
pub use states::{Where, add_state, duplicate_state, move_down, move_up, remove_state, rename_state};
