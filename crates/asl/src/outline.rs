//! What one child of a definition's distributed Map does, as far as the text tells: for estimates.
//! Works on anything that has states, however faulty.

use crate::graph::{Container, EdgeKind, Graph, GraphNode, graph};
use crate::syntax::{Document, Node};
use model::{ExecutionType, MapOutline, StateOutline, StateWork};
use std::collections::HashMap;

/// Passes over a set of states while shares flow around its loops.
const MAX_PASSES: usize = 64;
/// Containers inside each other that are followed.
const MAX_DEPTH: usize = 32;

/// The outline of a definition's first distributed Map.
///
/// ```
/// let outline = asl::outline(r#"{"StartAt": "All", "States": {"All": {"Type": "Map", "End": true,
///     "MaxConcurrency": 40, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"},
///     "StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}}}}}"#);
/// assert_eq!((outline.map.as_deref(), outline.max_concurrency), (Some("All"), Some(40)));
/// assert_eq!(outline.states[0].visits, 1.0);
/// ```
pub fn outline(text: &str) -> MapOutline {
    let document = Document::parse(text);
    let graph = graph(text);
    let map = graph
        .nodes
        .iter()
        .find(|node| node.state_type == "Map" && document.node_at(&node.pointer).is_some_and(is_distributed));
    let mut walk = Walk {
        document: &document,
        graph: &graph,
        map: map.map(|node| node.pointer.as_str()),
        assumed: Vec::new(),
    };
    let root = graph.containers.iter().find(|container| container.pointer.is_empty());
    let parent = root.map(|root| walk.container(root, 1.0, true, 0)).unwrap_or_default();
    let characters = text.chars().count() as u64;
    let Some(map) = map else {
        let assumed =
            vec!["There is no distributed Map here: the definition is taken as the child of one.".to_owned()];
        return MapOutline {
            items_per_batch: Some(1),
            max_concurrency: Some(0),
            parent_states: 1,
            definition_chars: characters,
            states: parent,
            assumed: assumed.into_iter().chain(walk.assumed).collect(),
            ..MapOutline::default()
        };
    };
    let inner = graph.containers.iter().find(|container| container.owner.as_deref() == Some(&map.pointer));
    let states = inner.map(|inner| walk.container(inner, 1.0, true, 0)).unwrap_or_default();
    let state = document.node_at(&map.pointer);
    let mut outline = MapOutline {
        map: Some(map.name.clone()),
        parent_states: parent.iter().map(|state| state.visits).sum::<f64>().round().max(1.0) as u64,
        definition_chars: characters,
        states,
        assumed: walk.assumed,
        ..MapOutline::default()
    };
    if let Some(state) = state {
        read_map(state, &mut outline);
    }
    outline
}

fn processor(state: &Node) -> Option<&Node> {
    state.get("ItemProcessor").or_else(|| state.get("Iterator"))
}

fn config(state: &Node) -> Option<&Node> {
    processor(state)?.get("ProcessorConfig")
}

fn is_distributed(state: &Node) -> bool {
    config(state).and_then(|config| config.str_at("Mode")) == Some("DISTRIBUTED")
}

fn read_map(state: &Node, outline: &mut MapOutline) {
    let config = config(state);
    // MaxConcurrency is also found inside ProcessorConfig, where people put it by mistake.
    let concurrency = state.get("MaxConcurrency").or_else(|| config?.get("MaxConcurrency"));
    let express = config.and_then(|config| config.str_at("ExecutionType")) == Some("EXPRESS");
    outline.execution_type = if express { ExecutionType::Express } else { ExecutionType::Standard };
    outline.max_concurrency = match concurrency {
        Some(node) => node.as_i64().map(|number| u32::try_from(number).unwrap_or(0)),
        None => state.get("MaxConcurrencyPath").is_none().then_some(0),
    };
    outline.items_per_batch = match state.get("ItemBatcher") {
        Some(batcher) => {
            batcher.get("MaxItemsPerBatch").and_then(Node::as_i64).map(|number| number.max(1) as u64)
        }
        None => Some(1),
    };
    let reader = state.get("ItemReader");
    let arguments = reader.and_then(|reader| reader.get("Parameters").or_else(|| reader.get("Arguments")));
    outline.lists = reader
        .and_then(|reader| reader.str_at("Resource"))
        .is_some_and(|resource| resource.ends_with(":s3:listObjectsV2"));
    outline.prefix = arguments.and_then(|arguments| arguments.str_at("Prefix")).map(str::to_owned);
    outline.label = state.str_at("Label").map(str::to_owned);
    outline.result_writer = state.get("ResultWriter").is_some();
    outline.tolerates_failures = [
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
    ]
    .iter()
    .any(|field| state.get(field).is_some());
    if outline.items_per_batch.is_none() {
        outline.assumed.push("How many items a batch has is only known at run time: one is assumed.".into());
    }
    if outline.max_concurrency.is_none() {
        outline.assumed.push("MaxConcurrency is only known at run time: no limit is assumed.".into());
    }
}

struct Walk<'a> {
    document: &'a Document,
    graph: &'a Graph,
    /// The Map whose children are outlined on their own.
    map: Option<&'a str>,
    assumed: Vec<String>,
}

impl Walk<'_> {
    /// The states of a container and of those inside it, when it is entered `entered` times.
    fn container(
        &mut self,
        container: &Container,
        entered: f64,
        certain: bool,
        depth: usize,
    ) -> Vec<StateOutline> {
        let nodes: Vec<&GraphNode> =
            self.graph.nodes.iter().filter(|node| node.container == container.pointer).collect();
        let visits = self.visits(container, &nodes, entered);
        let mut found = Vec::new();
        for (node, visits) in nodes.into_iter().zip(visits) {
            let certain = certain && (visits - entered).abs() < 1e-9;
            let state = self.document.node_at(&node.pointer);
            let work = state.map_or(StateWork::Nothing, |state| work(state, &node.state_type));
            if visits <= 0.0 {
                continue;
            }
            found.push(StateOutline { name: node.name.clone(), work, visits, certain });
            if self.map == Some(&node.pointer) || depth == MAX_DEPTH {
                continue;
            }
            if node.state_type == "Map" {
                self.assumed.push(match state.is_some_and(is_distributed) {
                    true => format!("{} is a distributed Map inside a child: counted with one item, without the start of its own children.", node.name),
                    false => format!("{} is an inline Map: counted with one item.", node.name),
                });
            }
            let inside =
                self.graph.containers.iter().filter(|inner| inner.owner.as_deref() == Some(&node.pointer));
            for inner in inside {
                found.extend(self.container(inner, visits, certain, depth + 1));
            }
        }
        found
    }

    /// How often each of a container's states is entered: a Choice sends equal shares along its
    /// rules, a Catch is not taken.
    fn visits(&mut self, container: &Container, nodes: &[&GraphNode], entered: f64) -> Vec<f64> {
        let place: HashMap<&str, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.pointer.as_str(), at)).collect();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
        for edge in self.graph.edges.iter().filter(|edge| !matches!(edge.kind, EdgeKind::Catch(_))) {
            if let (Some(&from), Some(&to)) = (place.get(edge.from.as_str()), place.get(edge.to.as_str())) {
                next[from].push(to);
            }
        }
        let mut total = vec![0.0; nodes.len()];
        let mut flow = vec![0.0; nodes.len()];
        if let Some(&start) = container.start.as_deref().and_then(|start| place.get(start)) {
            flow[start] = entered;
        }
        for _ in 0..MAX_PASSES.max(nodes.len()) {
            let mut onward = vec![0.0; nodes.len()];
            for (at, &share) in flow.iter().enumerate().filter(|(_, share)| **share > 1e-6) {
                total[at] += share;
                for &to in &next[at] {
                    onward[to] += share / next[at].len() as f64;
                }
            }
            flow = onward;
            if flow.iter().all(|share| *share <= 1e-6) {
                return total;
            }
        }
        self.assumed.push(
            "A loop has no way out that is known before the run: its states may be entered more often."
                .into(),
        );
        total
    }
}

fn work(state: &Node, state_type: &str) -> StateWork {
    match state_type {
        "Wait" => StateWork::Wait(state.get("Seconds").and_then(Node::as_f64)),
        "Task" => {
            let resource = state.str_at("Resource").unwrap_or("");
            match resource.contains(":lambda:") {
                true => StateWork::Function,
                false => StateWork::Call,
            }
        }
        _ => StateWork::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(states: &str) -> MapOutline {
        outline(&format!(
            r#"{{"StartAt": "Before", "States": {{"Before": {{"Type": "Pass", "Next": "Each"}}, "Each": {{"Type": "Map", "End": true,
            "ItemBatcher": {{"MaxItemsPerBatch": 10}}, "ToleratedFailurePercentage": 5, "ResultWriter": {{}},
            "ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {{"Bucket": "b", "Prefix": "raw/"}}}},
            "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS", "MaxConcurrency": 7}},
            {states}}}}}}}}}"#
        ))
    }

    #[test]
    fn a_map_says_what_an_estimate_needs() {
        let one = child(
            r#""StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}"#,
        );
        assert_eq!((one.map.as_deref(), one.execution_type), (Some("Each"), ExecutionType::Express));
        assert_eq!((one.items_per_batch, one.max_concurrency, one.parent_states), (Some(10), Some(7), 2));
        assert!(one.lists && one.result_writer && one.tolerates_failures);
        assert_eq!(one.prefix.as_deref(), Some("raw/"));
        let expected =
            StateOutline { name: "A".into(), work: StateWork::Function, visits: 1.0, certain: true };
        assert_eq!(one.states, [expected]);
    }

    #[test]
    fn a_choice_splits_and_a_catch_is_not_taken() {
        let one = child(
            r#""StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "L"}], "Default": "R"},
            "L": {"Type": "Pass", "Next": "Z"}, "R": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Z",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}]}, "F": {"Type": "Fail"}, "Z": {"Type": "Succeed"}}"#,
        );
        let visits: Vec<(&str, f64, bool)> =
            one.states.iter().map(|state| (state.name.as_str(), state.visits, state.certain)).collect();
        assert_eq!(visits, [("C", 1.0, true), ("L", 0.5, false), ("R", 0.5, false), ("Z", 1.0, true)]);
    }

    #[test]
    fn loops_branches_and_nothing_end() {
        let poll = child(
            r#""StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "Next": "C"},
            "C": {"Type": "Choice", "Choices": [{"Variable": "$.done", "BooleanEquals": false, "Next": "W"}], "Default": "S"}, "S": {"Type": "Succeed"}}"#,
        );
        assert!((poll.states[0].visits - 2.0).abs() < 1e-3 && !poll.states[0].certain);
        let forever = child(r#""StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}"#);
        assert!(forever.assumed[0].contains("loop"));
        let parallel = child(
            r#""StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}, {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]}}"#,
        );
        assert_eq!(parallel.states.len(), 3);
        assert_eq!(outline("").states, []);
        assert_eq!(outline("{\"States\": 4}").map, None);
    }
}
