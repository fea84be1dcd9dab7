//! Places for everything: layers from the top down (or from the left), each Map and Parallel laid
//! out by itself and then treated as one large state.

use super::graph::{GraphContainer, GraphNode, GraphView, Wire};
use super::placed::{Placed, PlacedDot, PlacedEdge, PlacedLabel, PlacedNode, Spot};
use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};
use std::collections::{HashMap, HashSet};

/// Width of a card.
pub const CARD_WIDTH: f64 = 212.0;
/// Height of a card.
pub const CARD_HEIGHT: f64 = 52.0;
/// Height of a frame's heading.
pub const HEAD: f64 = 52.0;
const PAD: f64 = 16.0;
const BRANCH_LABEL: f64 = 22.0;
const DOT: f64 = 14.0;
const MARGIN: f64 = 16.0;
/// Deeper nesting stays folded.
const DEEPEST: usize = 12;

/// The way that the steps go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the top.
    #[default]
    Down,
    /// From the left.
    Right,
}

/// Places a graph. States whose ids are in `folded` do not show their inside.
pub fn layout(view: &GraphView, folded: &HashSet<String>, direction: Direction) -> Placed {
    let plan = Plan { view, folded, direction };
    let inner = plan.scope(None, &view.start, 1);
    let mut placed = Placed {
        width: inner.width + 2.0 * MARGIN,
        height: inner.height + 2.0 * MARGIN,
        ..Placed::default()
    };
    placed.absorb(inner, Spot { x: MARGIN, y: MARGIN });
    placed
}

struct Plan<'a> {
    view: &'a GraphView,
    folded: &'a HashSet<String>,
    direction: Direction,
}

/// A state's size, and its inside if it shows it.
struct Sized {
    width: f64,
    height: f64,
    inside: Option<Placed>,
}

impl Plan<'_> {
    fn scope(&self, scope: Option<&str>, start: &str, level: usize) -> Placed {
        let nodes: Vec<&GraphNode> =
            self.view.nodes.iter().filter(|node| node.scope.as_deref() == scope).collect();
        let mut sizes: Vec<Sized> = nodes.iter().map(|node| self.size(node, level)).collect();
        let place_of: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(place, node)| (node.id.as_str(), place)).collect();
        let (graph, steps) = self.arrange(&nodes, &sizes, &place_of, start);

        let mut placed = Placed::default();
        let centre = |key: &str| {
            graph
                .node(key)
                .map(|node| Spot { x: node.x.unwrap_or(0.0), y: node.y.unwrap_or(0.0) })
                .unwrap_or_default()
        };
        for (place, node) in nodes.iter().enumerate() {
            let middle = centre(&key(place));
            let Sized { width, height, inside } = &mut sizes[place];
            let at = Spot { x: middle.x - *width / 2.0, y: middle.y - *height / 2.0 };
            placed.nodes.push(PlacedNode {
                id: node.id.clone(),
                at,
                width: *width,
                height: *height,
                level,
                open: inside.is_some(),
            });
            if let Some(inside) = inside.take() {
                placed.absorb(inside, at);
            }
        }
        for (key, end) in [("start", false), ("end", true)] {
            if graph.has_node(key) {
                placed.dots.push(PlacedDot { at: centre(key), end });
            }
        }
        for (number, step) in steps.into_iter().enumerate() {
            let Some(label) = graph.edge(&step.keys.0, &step.keys.1, Some(&number.to_string())) else {
                continue;
            };
            let mut points: Vec<Spot> =
                label.points.iter().map(|point| Spot { x: point.x, y: point.y }).collect();
            self.dock(&mut points, graph.node(&step.keys.0), graph.node(&step.keys.1));
            let halfway = points.get(points.len() / 2).copied().unwrap_or_default();
            let middle = Spot { x: label.x.unwrap_or(halfway.x), y: label.y.unwrap_or(halfway.y) };
            placed.edges.push(PlacedEdge { points, middle, scope: scope.map(str::to_owned), ..step.edge });
        }
        fit(placed)
    }

    /// Lets a wire that goes onward leave at the far side and arrive at the near side, away from
    /// the corners. Wires that go back keep their way.
    fn dock(&self, points: &mut [Spot], from: Option<&NodeLabel>, to: Option<&NodeLabel>) {
        let [first, .., last] = points else { return };
        let (Some(from), Some(to)) = (from.and_then(side), to.and_then(side)) else { return };
        let within =
            |value: f64, middle: f64, reach: f64| value.clamp(middle - reach * 0.3, middle + reach * 0.3);
        match self.direction {
            Direction::Down if from.0.y + from.2 <= to.0.y - to.2 => {
                *first = Spot { x: within(first.x, from.0.x, from.1), y: from.0.y + from.2 };
                *last = Spot { x: within(last.x, to.0.x, to.1), y: to.0.y - to.2 };
            }
            Direction::Right if from.0.x + from.1 <= to.0.x - to.1 => {
                *first = Spot { x: from.0.x + from.1, y: within(first.y, from.0.y, from.2) };
                *last = Spot { x: to.0.x - to.1, y: within(last.y, to.0.y, to.2) };
            }
            _ => {}
        }
    }

    fn size(&self, node: &GraphNode, level: usize) -> Sized {
        let branches: Vec<&GraphContainer> = self.view.inside(&node.id).collect();
        if branches.is_empty() || level >= DEEPEST || self.folded.contains(&node.id) {
            return Sized { width: CARD_WIDTH, height: CARD_HEIGHT, inside: None };
        }
        let mut inside = Placed::default();
        let (mut x, mut tallest) = (PAD, 0.0_f64);
        for branch in branches {
            let part = self.scope(Some(&branch.id), &branch.start, level + 1);
            let (width, height) = (part.width.max(80.0), part.height);
            let above = if branch.label.is_empty() { 0.0 } else { BRANCH_LABEL };
            if above > 0.0 {
                inside.labels.push(PlacedLabel { at: Spot { x, y: HEAD }, text: branch.label.clone() });
            }
            inside.absorb(part, Spot { x, y: HEAD + above });
            x += width + PAD * 1.5;
            tallest = tallest.max(height + above);
        }
        let width = (x - PAD * 0.5).max(CARD_WIDTH + 2.0 * PAD);
        // A narrow inside stands in the middle of its frame.
        let shift = Spot { x: ((width - (x - PAD * 0.5)) / 2.0).max(0.0), y: 0.0 };
        let mut centred = Placed::default();
        centred.absorb(inside, shift);
        Sized { width, height: HEAD + tallest + PAD, inside: Some(centred) }
    }

    /// Hands the scope to the layered layout; also the steps, in the order of their names there.
    fn arrange(
        &self,
        nodes: &[&GraphNode],
        sizes: &[Sized],
        place_of: &HashMap<&str, usize>,
        start: &str,
    ) -> (Graph<NodeLabel, EdgeLabel>, Vec<Step>) {
        let mut graph =
            Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
        let box_of = |width: f64, height: f64| NodeLabel { width, height, ..NodeLabel::default() };
        for (place, size) in sizes.iter().enumerate() {
            graph.set_node(key(place), Some(box_of(size.width, size.height)));
        }
        let mut steps = Vec::new();
        if let Some(first) = place_of.get(start) {
            graph.set_node("start", Some(box_of(DOT, DOT)));
            steps.push(Step::new("start".into(), key(*first), plain(None, Some(start))));
        }
        for edge in &self.view.edges {
            let (Some(from), Some(to)) = (place_of.get(edge.from.as_str()), place_of.get(edge.to.as_str()))
            else {
                continue;
            };
            let edge = PlacedEdge {
                label: edge.label.clone(),
                wire: edge.wire,
                ..plain(Some(&edge.from), Some(&edge.to))
            };
            steps.push(Step::new(key(*from), key(*to), edge));
        }
        if nodes.iter().any(|node| node.end) {
            graph.set_node("end", Some(box_of(DOT, DOT)));
        }
        for (place, node) in nodes.iter().enumerate().filter(|(_, node)| node.end) {
            steps.push(Step::new(key(place), "end".into(), plain(Some(&node.id), None)));
        }
        for (number, step) in steps.iter().enumerate() {
            let words = if step.edge.label.is_empty() { 22.0 } else { label_width(&step.edge.label) + 28.0 };
            let weight = if step.edge.wire == Wire::Catch { 1 } else { 2 };
            let label = EdgeLabel {
                width: words,
                height: 22.0,
                weight,
                labelpos: LabelPos::Center,
                ..EdgeLabel::default()
            };
            graph.set_edge(step.keys.0.clone(), step.keys.1.clone(), Some(label), Some(&number.to_string()));
        }
        let rankdir = if self.direction == Direction::Down { RankDir::TB } else { RankDir::LR };
        dagre::layout(
            &mut graph,
            Some(LayoutOptions {
                rankdir,
                nodesep: 28.0,
                edgesep: 16.0,
                ranksep: 18.0,
                ..LayoutOptions::default()
            }),
        );
        (graph, steps)
    }
}

/// The middle of a box, and half its width and height.
fn side(node: &NodeLabel) -> Option<(Spot, f64, f64)> {
    Some((Spot { x: node.x?, y: node.y? }, node.width / 2.0, node.height / 2.0))
}

struct Step {
    keys: (String, String),
    edge: PlacedEdge,
}

impl Step {
    fn new(from: String, to: String, edge: PlacedEdge) -> Self {
        Self { keys: (from, to), edge }
    }
}

fn plain(from: Option<&str>, to: Option<&str>) -> PlacedEdge {
    PlacedEdge {
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        scope: None,
        label: String::new(),
        wire: Wire::Next,
        points: Vec::new(),
        middle: Spot::default(),
    }
}

fn key(place: usize) -> String {
    format!("n{place}")
}

/// How wide a label is, about: it is cut when its words are longer.
pub fn label_width(text: &str) -> f64 {
    (text.chars().count() as f64 * 7.0 + 16.0).min(176.0)
}

/// Moves everything so that it begins at zero, and says how large it is.
fn fit(placed: Placed) -> Placed {
    let (mut low, mut high) =
        (Spot { x: f64::INFINITY, y: f64::INFINITY }, Spot { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
    let mut see = |x: f64, y: f64| {
        low = Spot { x: low.x.min(x), y: low.y.min(y) };
        high = Spot { x: high.x.max(x), y: high.y.max(y) };
    };
    for node in &placed.nodes {
        see(node.at.x, node.at.y);
        see(node.at.x + node.width, node.at.y + node.height);
    }
    for dot in &placed.dots {
        see(dot.at.x - DOT / 2.0, dot.at.y - DOT / 2.0);
        see(dot.at.x + DOT / 2.0, dot.at.y + DOT / 2.0);
    }
    for edge in &placed.edges {
        edge.points.iter().for_each(|point| see(point.x, point.y));
        let half = if edge.label.is_empty() { 11.0 } else { label_width(&edge.label) / 2.0 + 14.0 };
        see(edge.middle.x - half, edge.middle.y - 11.0);
        see(edge.middle.x + half, edge.middle.y + 11.0);
    }
    if !low.x.is_finite() {
        return placed;
    }
    let mut moved = Placed { width: high.x - low.x, height: high.y - low.y, ..Placed::default() };
    moved.absorb(placed, Spot { x: -low.x, y: -low.y });
    moved
}

/// A wire's way as an SVG path: curves that leave and arrive in the direction of the graph.
pub fn curve(points: &[Spot], direction: Direction) -> String {
    use std::fmt::Write;
    let Some(first) = points.first() else { return String::new() };
    let mut path = format!("M{:.1} {:.1}", first.x, first.y);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let _ = match direction {
            Direction::Down => write!(
                path,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                a.x,
                (a.y + b.y) / 2.0,
                b.x,
                (a.y + b.y) / 2.0,
                b.x,
                b.y
            ),
            Direction::Right => write!(
                path,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                (a.x + b.x) / 2.0,
                a.y,
                (a.x + b.x) / 2.0,
                b.y,
                b.x,
                b.y
            ),
        };
    }
    path
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
