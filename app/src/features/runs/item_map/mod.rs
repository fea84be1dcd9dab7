//! The item map: every item of a run on one picture, at ten, ten thousand or ten million.
//!
//! [`layout`] says where a cell is, [`paint`] turns counts into pixels, [`words`] says the same in
//! sentences, [`cursor`] moves through it by keyboard; all four are plain and know no browser.
//! [`ItemMap`] puts them on the page.

pub mod cursor;
pub mod data;
pub mod fallback;
pub mod layout;
pub mod paint;
mod state;
mod surface;
mod view;
pub mod words;

pub use data::{BinCounts, Bins, ItemCells, bin_shift};
pub use layout::{Grid, MapKind};
pub use paint::Palette;
pub use view::ItemMap;
