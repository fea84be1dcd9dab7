//! The visual builder: one document as graph, form and code.

mod api;
pub mod canvas;
mod change;
mod drawing;
mod editor;
mod fields;
mod fresh;
mod inspector;
mod page;
mod palette;
mod problems;
mod rules;
mod save;
mod session;
mod state;
#[cfg(test)]
mod state_tests;
mod trial;

pub use page::BuilderPage;
