//! The visual builder.

pub mod canvas;
