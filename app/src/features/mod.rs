//! The areas of the pages.

pub mod builder;
pub mod runs;
