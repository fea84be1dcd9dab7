//! A graph with places.

use super::graph::Wire;

/// A point on the canvas, pixels from its top left.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Spot {
    pub x: f64,
    pub y: f64,
}

/// A card or a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    /// The state.
    pub id: String,
    /// The top left corner.
    pub at: Spot,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// How deep it is nested; the top is 1.
    pub level: usize,
    /// It shows its inside: a frame, not a card.
    pub open: bool,
}

/// Where a scope begins or ends.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedDot {
    /// The middle.
    pub at: Spot,
    /// The end, not the beginning.
    pub end: bool,
}

/// The name of a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedLabel {
    /// The top left corner.
    pub at: Spot,
    /// The words.
    pub text: String,
}

/// A step. An end without a state is the beginning or the end of its scope.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    /// From this state.
    pub from: Option<String>,
    /// To that one.
    pub to: Option<String>,
    /// The scope that it is in.
    pub scope: Option<String>,
    /// Its words.
    pub label: String,
    /// Why it is taken.
    pub wire: Wire,
    /// Its way.
    pub points: Vec<Spot>,
    /// Where its words and its ⊕ are.
    pub middle: Spot,
}

/// A whole graph with places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Frames before the cards inside them.
    pub nodes: Vec<PlacedNode>,
    /// The beginnings and ends.
    pub dots: Vec<PlacedDot>,
    /// The names of branches.
    pub labels: Vec<PlacedLabel>,
    /// The steps.
    pub edges: Vec<PlacedEdge>,
}

impl Placed {
    /// Takes over the parts of another, moved.
    pub fn absorb(&mut self, other: Placed, by: Spot) {
        let moved = |spot: Spot| Spot { x: spot.x + by.x, y: spot.y + by.y };
        self.nodes.extend(other.nodes.into_iter().map(|node| PlacedNode { at: moved(node.at), ..node }));
        self.dots.extend(other.dots.into_iter().map(|dot| PlacedDot { at: moved(dot.at), ..dot }));
        self.labels
            .extend(other.labels.into_iter().map(|label| PlacedLabel { at: moved(label.at), ..label }));
        self.edges.extend(other.edges.into_iter().map(|edge| PlacedEdge {
            points: edge.points.iter().copied().map(moved).collect(),
            middle: moved(edge.middle),
            ..edge
        }));
    }
}
