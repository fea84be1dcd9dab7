//! The item map.
