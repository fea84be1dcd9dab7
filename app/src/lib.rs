//! The pages.

pub mod charts;
pub mod features;
pub mod ui;
