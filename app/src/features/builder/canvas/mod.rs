//! The graph of a definition: laid out by itself, drawn as cards and wires, walked by keyboard.
//!
//! [`GraphView`] is what the page gives; [`layout::layout`] places it; [`walk`] says where a key
//! leads; [`GraphCanvas`] draws. Nothing here knows ASL beyond the kinds of states.

mod add_menu;
mod arrange;
mod card;
pub mod graph;
pub mod layout;
mod placed;
mod view;
pub mod walk;

pub use graph::{GraphContainer, GraphEdge, GraphNode, GraphView, Level, NodeCounts, NodeKind, Wire};
pub use layout::Direction;
pub use view::{Edit, GraphCanvas, Place};
