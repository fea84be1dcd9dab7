//! Places for everything: layers from the top down (or from the left), each Map and Parallel laid
//! out by itself and then treated as one large state.

use super::arrange::{Arranged, Arrow, Boxed, arrange};
use super::graph::{GraphContainer, GraphNode, GraphView, Wire};
use super::placed::{Placed, PlacedDot, PlacedEdge, PlacedLabel, PlacedNode, Spot};
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
/// Definitions with more states are laid out plainly, so that no page waits for its graph.
const MANY: usize = 500;
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
        let sizes: Vec<Sized> = nodes.iter().map(|node| self.size(node, level)).collect();
        let mut boxes: Vec<Boxed> =
            sizes.iter().map(|size| Boxed { width: size.width, height: size.height }).collect();
        let (steps, dots) = self.steps(&nodes, start);
        boxes.extend(dots.iter().map(|_| Boxed { width: DOT, height: DOT }));
        let arrows: Vec<Arrow<'_>> = steps.iter().map(Step::arrow).collect();
        let Arranged { centres, ways } =
            arrange(&boxes, &arrows, self.direction, self.view.nodes.len() > MANY);

        let mut placed = Placed::default();
        for ((node, size), middle) in nodes.iter().zip(sizes).zip(&centres) {
            let Sized { width, height, inside } = size;
            let at = Spot { x: middle.x - width / 2.0, y: middle.y - height / 2.0 };
            let open = inside.is_some();
            placed.nodes.push(PlacedNode { id: node.id.clone(), at, width, height, level, open });
            if let Some(inside) = inside {
                placed.absorb(inside, at);
            }
        }
        placed.dots.extend(
            dots.iter().zip(&centres[nodes.len()..]).map(|(end, at)| PlacedDot { at: *at, end: *end }),
        );
        placed.edges.extend(steps.into_iter().zip(ways).map(|(step, (points, middle))| PlacedEdge {
            points,
            middle,
            scope: scope.map(str::to_owned),
            ..step.edge
        }));
        fit(placed)
    }

    /// The steps of a scope, with those from its beginning and to its end; and its dots, the end's
    /// marked. Dots come behind the states.
    fn steps(&self, nodes: &[&GraphNode], start: &str) -> (Vec<Step>, Vec<bool>) {
        let place_of: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(place, node)| (node.id.as_str(), place)).collect();
        let mut dots = Vec::new();
        let mut steps = Vec::new();
        if let Some(first) = place_of.get(start) {
            steps.push(Step { from: nodes.len(), to: *first, edge: plain(None, Some(start)) });
            dots.push(false);
        }
        for edge in &self.view.edges {
            let ends = (place_of.get(edge.from.as_str()), place_of.get(edge.to.as_str()));
            if let (Some(from), Some(to)) = ends {
                let way = plain(Some(&edge.from), Some(&edge.to));
                let edge = PlacedEdge { label: edge.label.clone(), wire: edge.wire, ..way };
                steps.push(Step { from: *from, to: *to, edge });
            }
        }
        // Succeed and Fail are ends that say so themselves.
        let ends = || nodes.iter().enumerate().filter(|(_, node)| node.end && !node.kind.is_terminal());
        if ends().next().is_some() {
            let end = nodes.len() + dots.len();
            dots.push(true);
            steps.extend(ends().map(|(place, node)| Step {
                from: place,
                to: end,
                edge: plain(Some(&node.id), None),
            }));
        }
        (steps, dots)
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
}

struct Step {
    from: usize,
    to: usize,
    edge: PlacedEdge,
}

impl Step {
    fn arrow(&self) -> Arrow<'_> {
        Arrow { from: self.from, to: self.to, label: &self.edge.label, strong: self.edge.wire != Wire::Catch }
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
