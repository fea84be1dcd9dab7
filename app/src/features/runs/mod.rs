//! Runs.

pub mod item_map;
