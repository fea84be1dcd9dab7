//! Task states that call functions.
