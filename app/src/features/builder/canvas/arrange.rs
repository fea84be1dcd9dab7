//! Boxes and arrows to places: the layered layout of `dagre`, and a plain one for graphs that are
//! too large for it.

use super::layout::{Direction, label_width};
use super::placed::Spot;
use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

/// Boxes and arrows of one scope up to which `dagre` stays quick: its time grows with the third
/// power (measured, unoptimised: 0.2 s at 110, 5 s at 460).
const QUICK: usize = 120;

/// Between two layers of the plain layout, with room for an arrow's words.
const LAYER_GAP: f64 = 58.0;
const NEIGHBOUR_GAP: f64 = 28.0;

/// A box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boxed {
    pub width: f64,
    pub height: f64,
}

/// An arrow between two boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrow<'a> {
    pub from: usize,
    pub to: usize,
    pub label: &'a str,
    /// Stay short rather than others.
    pub strong: bool,
}

/// Where everything is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arranged {
    /// The middles of the boxes.
    pub centres: Vec<Spot>,
    /// The ways of the arrows, and where their words are.
    pub ways: Vec<(Vec<Spot>, Spot)>,
}

/// Places boxes and arrows. Positions may be negative. `hurry`: plainly, this is one of many scopes.
pub fn arrange(boxes: &[Boxed], arrows: &[Arrow<'_>], direction: Direction, hurry: bool) -> Arranged {
    let quick = !hurry && boxes.len() + arrows.len() <= QUICK;
    let mut arranged =
        if quick { layered(boxes, arrows, direction) } else { plain(boxes, arrows, direction) };
    for (arrow, (points, _)) in arrows.iter().zip(&mut arranged.ways) {
        let end = |place: usize| (arranged.centres[place], boxes[place]);
        dock(points, end(arrow.from), end(arrow.to), direction);
    }
    arranged
}

fn layered(boxes: &[Boxed], arrows: &[Arrow<'_>], direction: Direction) -> Arranged {
    let mut graph = Graph::with_options(GraphOptions { directed: true, multigraph: true, compound: false });
    for (place, size) in boxes.iter().enumerate() {
        let label = NodeLabel { width: size.width, height: size.height, ..NodeLabel::default() };
        graph.set_node(place.to_string(), Some(label));
    }
    for (number, arrow) in arrows.iter().enumerate() {
        let words = if arrow.label.is_empty() { 22.0 } else { label_width(arrow.label) + 28.0 };
        let weight = if arrow.strong { 2 } else { 1 };
        let label = EdgeLabel {
            width: words,
            height: 22.0,
            weight,
            labelpos: LabelPos::Center,
            ..EdgeLabel::default()
        };
        graph.set_edge(arrow.from.to_string(), arrow.to.to_string(), Some(label), Some(&number.to_string()));
    }
    let rankdir = if direction == Direction::Down { RankDir::TB } else { RankDir::LR };
    let options =
        LayoutOptions { rankdir, nodesep: 28.0, edgesep: 16.0, ranksep: 18.0, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));

    let centre = |place: usize| {
        let node = graph.node(&place.to_string());
        node.map(|node| Spot { x: node.x.unwrap_or(0.0), y: node.y.unwrap_or(0.0) }).unwrap_or_default()
    };
    let way = |(number, arrow): (usize, &Arrow<'_>)| {
        let Some(label) =
            graph.edge(&arrow.from.to_string(), &arrow.to.to_string(), Some(&number.to_string()))
        else {
            return (Vec::new(), Spot::default());
        };
        let points: Vec<Spot> = label.points.iter().map(|point| Spot { x: point.x, y: point.y }).collect();
        let halfway = points.get(points.len() / 2).copied().unwrap_or_default();
        (points, Spot { x: label.x.unwrap_or(halfway.x), y: label.y.unwrap_or(halfway.y) })
    };
    Arranged {
        centres: (0..boxes.len()).map(centre).collect(),
        ways: arrows.iter().enumerate().map(way).collect(),
    }
}

/// Each box one layer after the last one that leads to it; arrows that go back do not count.
/// Boxes of a layer stand side by side in their order. Linear in boxes and arrows.
fn plain(boxes: &[Boxed], arrows: &[Arrow<'_>], direction: Direction) -> Arranged {
    let turned = direction == Direction::Right;
    let across = |size: &Boxed| if turned { size.height } else { size.width };
    let along = |size: &Boxed| if turned { size.width } else { size.height };
    let spot = |across: f64, along: f64| {
        if turned { Spot { x: along, y: across } } else { Spot { x: across, y: along } }
    };

    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (place, layer) in layers_of(boxes.len(), arrows).into_iter().enumerate() {
        if layers.len() <= layer {
            layers.resize(layer + 1, Vec::new());
        }
        layers[layer].push(place);
    }
    let mut centres = vec![Spot::default(); boxes.len()];
    let mut at = 0.0;
    for layer in layers {
        let depth = layer.iter().map(|place| along(&boxes[*place])).fold(0.0, f64::max);
        let gaps = NEIGHBOUR_GAP * layer.len().saturating_sub(1) as f64;
        let mut side = -(layer.iter().map(|place| across(&boxes[*place])).sum::<f64>() + gaps) / 2.0;
        for place in layer {
            let size = across(&boxes[place]);
            centres[place] = spot(side + size / 2.0, at + depth / 2.0);
            side += size + NEIGHBOUR_GAP;
        }
        at += depth + LAYER_GAP;
    }
    let way = |arrow: &Arrow<'_>| {
        let (from, to) = (centres[arrow.from], centres[arrow.to]);
        let middle = Spot { x: (from.x + to.x) / 2.0, y: (from.y + to.y) / 2.0 };
        (vec![from, middle, to], middle)
    };
    let ways = arrows.iter().map(way).collect();
    Arranged { centres, ways }
}

/// The layer of each box: the longest way to it, found in topological order. What lies on a circle
/// is entered at its first box.
fn layers_of(count: usize, arrows: &[Arrow<'_>]) -> Vec<usize> {
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for arrow in arrows.iter().filter(|arrow| arrow.from != arrow.to) {
        onward[arrow.from].push(arrow.to);
        waiting[arrow.to] += 1;
    }
    let mut layers = vec![0; count];
    let mut done = vec![false; count];
    let mut ready: Vec<usize> = (0..count).rev().filter(|place| waiting[*place] == 0).collect();
    let mut first_left = 0;
    loop {
        let Some(place) = ready.pop() else {
            // Only circles are left: begin at the first box of them.
            while first_left < count && done[first_left] {
                first_left += 1;
            }
            if first_left == count {
                return layers;
            }
            ready.push(first_left);
            continue;
        };
        if done[place] {
            continue;
        }
        done[place] = true;
        for to in onward[place].iter().filter(|to| !done[**to]).copied().collect::<Vec<_>>() {
            layers[to] = layers[to].max(layers[place] + 1);
            waiting[to] = waiting[to].saturating_sub(1);
            if waiting[to] == 0 {
                ready.push(to);
            }
        }
    }
}

/// Lets an arrow that goes onward leave at the far side and arrive at the near side, away from the
/// corners. Arrows that go back keep their way.
fn dock(points: &mut [Spot], from: (Spot, Boxed), to: (Spot, Boxed), direction: Direction) {
    let [first, .., last] = points else { return };
    let within = |value: f64, middle: f64, size: f64| value.clamp(middle - size * 0.15, middle + size * 0.15);
    let ((from, from_box), (to, to_box)) = (from, to);
    let far = |middle: f64, size: f64| middle + size / 2.0;
    let near = |middle: f64, size: f64| middle - size / 2.0;
    match direction {
        Direction::Down if far(from.y, from_box.height) <= near(to.y, to_box.height) => {
            *first = Spot { x: within(first.x, from.x, from_box.width), y: far(from.y, from_box.height) };
            *last = Spot { x: within(last.x, to.x, to_box.width), y: near(to.y, to_box.height) };
        }
        Direction::Right if far(from.x, from_box.width) <= near(to.x, to_box.width) => {
            *first = Spot { x: far(from.x, from_box.width), y: within(first.y, from.y, from_box.height) };
            *last = Spot { x: near(to.x, to_box.width), y: within(last.y, to.y, to_box.height) };
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: usize, to: usize) -> Arrow<'static> {
        Arrow { from, to, label: "", strong: true }
    }

    #[test]
    fn layers_follow_the_longest_way_and_survive_circles() {
        assert_eq!(layers_of(4, &[arrow(0, 1), arrow(1, 2), arrow(0, 2), arrow(2, 3)]), [0, 1, 2, 3]);
        assert_eq!(layers_of(3, &[arrow(0, 1), arrow(1, 2), arrow(2, 1)]), [0, 1, 2]);
        assert_eq!(layers_of(2, &[arrow(0, 1), arrow(1, 0), arrow(1, 1)]), [0, 1]);
        assert_eq!(layers_of(0, &[]), [0; 0]);
    }

    #[test]
    fn five_thousand_boxes_are_placed_at_once() {
        let boxes = vec![Boxed { width: 212.0, height: 52.0 }; 5_000];
        let arrows: Vec<Arrow<'_>> = (1..5_000)
            .map(|place| arrow(place - 1, place))
            .chain((0..900).map(|n| arrow(n * 5, n * 3)))
            .collect();
        let arranged = arrange(&boxes, &arrows, Direction::Down, false);
        assert_eq!((arranged.centres.len(), arranged.ways.len()), (5_000, arrows.len()));
        assert!(arranged.centres[4_999].y > arranged.centres[0].y);
    }
}
