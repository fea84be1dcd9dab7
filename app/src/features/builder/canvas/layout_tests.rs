use super::super::graph::{GraphEdge, NodeKind};
use super::*;

fn node(id: &str, scope: Option<&str>, kind: NodeKind, end: bool) -> GraphNode {
    GraphNode {
        id: id.into(),
        scope: scope.map(str::to_owned),
        name: id.into(),
        kind,
        subtitle: String::new(),
        problem: None,
        counts: None,
        end,
    }
}

fn edge(from: &str, to: &str) -> GraphEdge {
    GraphEdge { from: from.into(), to: to.into(), label: String::new(), wire: Wire::Next }
}

fn spot(placed: &Placed, id: &str) -> PlacedNode {
    placed.nodes.iter().find(|node| node.id == id).cloned().unwrap()
}

fn sample() -> GraphView {
    GraphView {
        start: "Map".into(),
        nodes: vec![
            node("Map", None, NodeKind::DistributedMap, false),
            node("Done", None, NodeKind::Succeed, false),
            node("Fetch", Some("m"), NodeKind::Task, false),
            node("Upload", Some("m"), NodeKind::Task, true),
        ],
        edges: vec![edge("Map", "Done"), edge("Fetch", "Upload")],
        containers: vec![GraphContainer {
            id: "m".into(),
            owner: "Map".into(),
            label: String::new(),
            start: "Fetch".into(),
        }],
    }
}

#[test]
fn steps_go_down_and_insides_stay_inside() {
    let placed = layout(&sample(), &HashSet::new(), Direction::Down);
    let [map, done, fetch, upload] = ["Map", "Done", "Fetch", "Upload"].map(|id| spot(&placed, id));
    assert!(map.open && !fetch.open);
    assert!(done.at.y >= map.at.y + map.height);
    assert!(upload.at.y >= fetch.at.y + fetch.height);
    assert!(fetch.at.x >= map.at.x && fetch.at.x + fetch.width <= map.at.x + map.width);
    assert!(fetch.at.y >= map.at.y + HEAD && upload.at.y + upload.height <= map.at.y + map.height);
    assert_eq!((map.level, fetch.level), (1, 2));
    assert_eq!(placed.dots.len(), 3, "two beginnings, one end");
    assert_eq!(placed.edges.len(), 5);
}

#[test]
fn folding_hides_the_inside() {
    let folded = HashSet::from(["Map".to_owned()]);
    let placed = layout(&sample(), &folded, Direction::Down);
    assert_eq!(placed.nodes.len(), 2);
    assert_eq!(spot(&placed, "Map").height, CARD_HEIGHT);
}

#[test]
fn from_the_left_the_steps_go_right() {
    let placed = layout(&sample(), &HashSet::new(), Direction::Right);
    let [map, done] = ["Map", "Done"].map(|id| spot(&placed, id));
    assert!(done.at.x >= map.at.x + map.width);
}

#[test]
fn empty_broken_and_looping_graphs_have_places_too() {
    assert_eq!(layout(&GraphView::default(), &HashSet::new(), Direction::Down).nodes.len(), 0);
    let mut view = sample();
    view.start = "nowhere".into();
    view.edges.push(edge("Done", "Done"));
    view.edges.push(edge("Done", "Map"));
    view.edges.push(edge("Done", "Map"));
    view.edges.push(edge("Fetch", "Done"));
    view.containers.push(GraphContainer {
        id: "m".into(),
        owner: "Fetch".into(),
        label: "loop".into(),
        start: "Fetch".into(),
    });
    let placed = layout(&view, &HashSet::new(), Direction::Down);
    assert!(placed.nodes.iter().all(|node| node.at.x.is_finite() && node.at.y.is_finite()));
}

/// Any graph at all gets a layout, the same each time: the server and the browser must agree.
#[test]
fn random_graphs_are_laid_out_alike_twice() {
    let mut seed = 17_u64;
    let mut roll = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..60 {
        let count = 1 + roll(12);
        let nodes =
            (0..count).map(|place| node(&place.to_string(), None, NodeKind::Task, roll(4) == 0)).collect();
        let edges = (0..roll(24)).map(|_| edge(&roll(count).to_string(), &roll(count).to_string())).collect();
        let view = GraphView { start: "0".into(), nodes, edges, containers: Vec::new() };
        let placed = layout(&view, &HashSet::new(), Direction::Down);
        assert_eq!(placed, layout(&view, &HashSet::new(), Direction::Down));
        for (place, one) in placed.nodes.iter().enumerate() {
            for other in &placed.nodes[place + 1..] {
                let apart = one.at.x + one.width <= other.at.x + 0.5
                    || other.at.x + other.width <= one.at.x + 0.5
                    || one.at.y + one.height <= other.at.y + 0.5
                    || other.at.y + other.height <= one.at.y + 0.5;
                assert!(apart, "{one:?} covers {other:?}");
            }
        }
    }
}
