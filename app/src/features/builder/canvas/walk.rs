//! Where a key leads from a state.

use super::graph::GraphView;
use super::layout::Direction;
use super::placed::{Placed, PlacedNode};

/// A direction on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arrow {
    Up,
    Down,
    Left,
    Right,
}

impl Arrow {
    /// The arrow of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            _ => None,
        }
    }

    /// The same arrow in a graph that goes down.
    fn turned(self, direction: Direction) -> Self {
        match (direction, self) {
            (Direction::Down, arrow) => arrow,
            (Direction::Right, Self::Right) => Self::Down,
            (Direction::Right, Self::Left) => Self::Up,
            (Direction::Right, Self::Down) => Self::Right,
            (Direction::Right, Self::Up) => Self::Left,
        }
    }
}

/// The state that an arrow leads to: along an edge forwards and backwards, to a neighbour beside,
/// into an open frame and out of it. `None`: nothing lies there.
pub fn step(
    view: &GraphView,
    placed: &Placed,
    from: &str,
    arrow: Arrow,
    direction: Direction,
) -> Option<String> {
    let here = placed.nodes.iter().find(|node| node.id == from)?;
    match arrow.turned(direction) {
        Arrow::Down if here.open => first_inside(view, from).or_else(|| next(view, placed, here)),
        Arrow::Down => next(view, placed, here),
        Arrow::Up => {
            previous(view, placed, here).or_else(|| view.parent_of(from).map(|parent| parent.id.clone()))
        }
        Arrow::Right => beside(view, placed, here, direction, 1.0),
        Arrow::Left => beside(view, placed, here, direction, -1.0)
            .or_else(|| view.parent_of(from).map(|parent| parent.id.clone())),
    }
}

fn first_inside(view: &GraphView, id: &str) -> Option<String> {
    let start = &view.inside(id).next()?.start;
    view.node(start).map(|node| node.id.clone())
}

fn next(view: &GraphView, placed: &Placed, here: &PlacedNode) -> Option<String> {
    let onward = view
        .edges
        .iter()
        .filter(|edge| edge.from == here.id && edge.to != here.id)
        .map(|edge| edge.to.as_str());
    let found = nearest(placed, here, onward);
    found.or_else(|| {
        // The last state of an inside leads on behind its frame.
        let parent = view.parent_of(&here.id)?;
        let frame = placed.nodes.iter().find(|node| node.id == parent.id)?;
        let onward = view
            .edges
            .iter()
            .filter(|edge| edge.from == parent.id && edge.to != parent.id)
            .map(|edge| edge.to.as_str());
        nearest(placed, frame, onward)
    })
}

fn previous(view: &GraphView, placed: &Placed, here: &PlacedNode) -> Option<String> {
    nearest(
        placed,
        here,
        view.edges
            .iter()
            .filter(|edge| edge.to == here.id && edge.from != here.id)
            .map(|edge| edge.from.as_str()),
    )
}

/// The state of the same parent that lies beside, and not much higher or lower.
fn beside(
    view: &GraphView,
    placed: &Placed,
    here: &PlacedNode,
    direction: Direction,
    sign: f64,
) -> Option<String> {
    let parent = |id: &str| view.parent_of(id).map(|parent| parent.id.as_str());
    let mine = parent(&here.id);
    let along = |node: &PlacedNode| {
        if direction == Direction::Down {
            node.at.x + node.width / 2.0
        } else {
            node.at.y + node.height / 2.0
        }
    };
    let across = |node: &PlacedNode| {
        if direction == Direction::Down {
            node.at.y + node.height / 2.0
        } else {
            node.at.x + node.width / 2.0
        }
    };
    placed
        .nodes
        .iter()
        .filter(|node| node.id != here.id && parent(&node.id) == mine)
        .filter(|node| (along(node) - along(here)) * sign > 1.0 && (across(node) - across(here)).abs() < 60.0)
        .min_by(|a, b| (along(a) - along(here)).abs().total_cmp(&(along(b) - along(here)).abs()))
        .map(|node| node.id.clone())
}

fn nearest<'a>(placed: &Placed, here: &PlacedNode, ids: impl Iterator<Item = &'a str>) -> Option<String> {
    let distance = |node: &PlacedNode| (node.at.x - here.at.x).abs() + (node.at.y - here.at.y).abs();
    ids.filter_map(|id| placed.nodes.iter().find(|node| node.id == id))
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .map(|node| node.id.clone())
}

#[cfg(test)]
mod tests {
    use super::super::graph::*;
    use super::super::layout::layout;
    use super::*;
    use std::collections::HashSet;

    fn node(id: &str, scope: Option<&str>) -> GraphNode {
        GraphNode {
            id: id.into(),
            scope: scope.map(str::to_owned),
            name: id.into(),
            kind: NodeKind::Task,
            subtitle: String::new(),
            problem: None,
            counts: None,
            end: false,
        }
    }

    #[test]
    fn arrows_follow_edges_and_enter_frames() {
        let edge = |from: &str, to: &str| GraphEdge {
            from: from.into(),
            to: to.into(),
            label: String::new(),
            wire: Wire::Next,
        };
        let view = GraphView {
            start: "A".into(),
            nodes: vec![
                node("A", None),
                node("B", None),
                node("C", None),
                node("D", None),
                node("x", Some("b")),
            ],
            edges: vec![edge("A", "B"), edge("A", "C"), edge("B", "D"), edge("C", "D")],
            containers: vec![GraphContainer {
                id: "b".into(),
                owner: "B".into(),
                label: String::new(),
                start: "x".into(),
            }],
        };
        let placed = layout(&view, &HashSet::from(["B".to_owned()]), Direction::Down);
        let go = |placed: &Placed, from: &str, arrow| step(&view, placed, from, arrow, Direction::Down);
        assert!(matches!(go(&placed, "A", Arrow::Down).as_deref(), Some("B" | "C")));
        assert_eq!(go(&placed, "D", Arrow::Down), None);
        assert_eq!(go(&placed, "C", Arrow::Up).as_deref(), Some("A"));
        let sideways: Vec<Option<String>> =
            [Arrow::Left, Arrow::Right].map(|arrow| go(&placed, "C", arrow)).to_vec();
        assert!(sideways.contains(&Some("B".into())), "{sideways:?}");

        let open = layout(&view, &HashSet::new(), Direction::Down);
        assert_eq!(go(&open, "B", Arrow::Down).as_deref(), Some("x"));
        assert_eq!(go(&open, "x", Arrow::Up).as_deref(), Some("B"));
        assert_eq!(go(&open, "x", Arrow::Down).as_deref(), Some("D"));
        assert_eq!(go(&open, "nobody", Arrow::Down), None);
    }
}
