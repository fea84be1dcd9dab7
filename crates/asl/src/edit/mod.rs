//! Changes to a definition as the smallest edits of its text: key order, unknown fields,
//! indentation and everything else that was not asked about stay as they are.
//!
//! Every function reads a text and answers edits; [`crate::syntax::apply_edits`] gives the new text.

mod error;
mod layout;
mod members;

pub use error::EditError;
pub(crate) use members::set_in;
pub use layout::Layout;
pub use members::{insert_element, insert_member, remove_child, remove_value, rename_key, set_value};
