//! The states of a definition as boxes and arrows, for drawing. Works on anything that has
//! states, however faulty.

use crate::jsonata::expression_text;
use crate::syntax::{Document, Node, join};
use serde::Serialize;
use std::collections::HashMap;

/// States drawn at most, and bytes of their pointers: nobody can look at more.
const MAX_NODES: usize = 5_000;
const MAX_POINTER_BYTES: usize = 4 << 20;
const MAX_LABEL_CHARS: usize = 60;

/// Boxes and arrows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Graph {
    /// Sets of states: the definition, then every branch and ItemProcessor, outer before inner.
    pub containers: Vec<Container>,
    /// All states, in the order of the text, outer before inner.
    pub nodes: Vec<GraphNode>,
    /// All arrows between states of one container.
    pub edges: Vec<Edge>,
    /// Whether states were left out because there are too many.
    pub truncated: bool,
}

/// A set of states with one start.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Container {
    /// JSON Pointer of the object that has `States`.
    pub pointer: String,
    /// Pointer of the Map or Parallel state around it; `None` for the definition itself.
    pub owner: Option<String>,
    /// What to write on it: empty, "Branch 2", "ItemProcessor".
    pub label: String,
    /// Pointer of the state that it starts with, when there is such a state.
    pub start: Option<String>,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GraphNode {
    /// JSON Pointer of the state.
    pub pointer: String,
    /// Pointer of its container.
    pub container: String,
    /// Its name.
    pub name: String,
    /// `Type`, or "" when it has none.
    #[serde(rename = "type")]
    pub state_type: String,
    /// One line about what it does.
    pub subtitle: String,
    /// Whether the flow can end here.
    pub end: bool,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Pointer of the state it leaves.
    pub from: String,
    /// Pointer of the state it reaches.
    pub to: String,
    /// Pointer of the field that names the target: where a state can be put onto the arrow.
    pub place: String,
    /// Why it is taken.
    pub kind: EdgeKind,
}

/// Why an arrow is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum EdgeKind {
    /// `Next`
    Next,
    /// A rule of a Choice state, in short.
    Choice(String),
    /// A Choice state's `Default`.
    Default,
    /// A rule of Catch, by its errors.
    Catch(String),
}

/// The boxes and arrows of a definition.
///
/// ```
/// let graph = asl::graph::graph(r#"{"StartAt": "A", "States": {
///     "A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"#);
/// assert_eq!(graph.nodes.len(), 2);
/// assert_eq!(graph.edges[0].to, "/States/B");
/// ```
pub fn graph(text: &str) -> Graph {
    let document = Document::parse(text);
    let mut builder = Builder { graph: Graph::default(), pointer_bytes: 0 };
    if let Some(root) = &document.root {
        builder.container(root, String::new(), None, String::new());
    }
    builder.graph
}

struct Builder {
    graph: Graph,
    pointer_bytes: usize,
}

impl Builder {
    fn container(&mut self, node: &Node, pointer: String, owner: Option<String>, label: String) {
        let members = node.get("States").and_then(Node::members).unwrap_or_default();
        let base = join(&pointer, "States");
        let names: HashMap<&str, String> = members
            .iter()
            .take(MAX_NODES)
            .map(|member| (member.key.as_str(), join(&base, &member.key)))
            .collect();
        let start = node.str_at("StartAt").and_then(|name| names.get(name)).cloned();
        self.graph.containers.push(Container { pointer: pointer.clone(), owner, label, start });
        for member in members {
            self.pointer_bytes += pointer.len() + member.key.len();
            if self.graph.nodes.len() >= MAX_NODES || self.pointer_bytes > MAX_POINTER_BYTES {
                self.graph.truncated = true;
                return;
            }
            let Some(at) = names.get(member.key.as_str()) else { continue };
            let state = &member.value;
            let state_type = state.str_at("Type").unwrap_or("").to_owned();
            let end = state.get("End").is_some_and(Node::is_true)
                || matches!(state_type.as_str(), "Succeed" | "Fail");
            self.graph.nodes.push(GraphNode {
                pointer: at.clone(),
                container: pointer.clone(),
                name: member.key.clone(),
                subtitle: subtitle(state, &state_type),
                state_type,
                end,
            });
            self.edges(state, at, &names);
            self.nested(state, at);
        }
    }

    fn nested(&mut self, state: &Node, at: &str) {
        for (index, branch) in
            state.get("Branches").and_then(Node::elements).unwrap_or_default().iter().enumerate()
        {
            let pointer = join(&join(at, "Branches"), &index.to_string());
            self.container(branch, pointer, Some(at.to_owned()), format!("Branch {}", index + 1));
        }
        if let Some(name) = ["ItemProcessor", "Iterator"].into_iter().find(|name| state.get(name).is_some())
            && let Some(processor) = state.get(name)
        {
            self.container(processor, join(at, name), Some(at.to_owned()), name.to_owned());
        }
    }

    fn edges(&mut self, state: &Node, from: &str, names: &HashMap<&str, String>) {
        let mut edge = |target: Option<&str>, place: String, kind: EdgeKind| {
            if let Some(to) = target.and_then(|name| names.get(name)) {
                self.pointer_bytes += from.len() + to.len() + place.len();
                if self.pointer_bytes <= MAX_POINTER_BYTES {
                    self.graph.edges.push(Edge { from: from.to_owned(), to: to.clone(), place, kind });
                }
            }
        };
        let rules = |field| state.get(field).and_then(Node::elements).unwrap_or_default().iter().enumerate();
        edge(state.str_at("Next"), format!("{from}/Next"), EdgeKind::Next);
        for (index, rule) in rules("Choices") {
            edge(
                rule.str_at("Next"),
                format!("{from}/Choices/{index}/Next"),
                EdgeKind::Choice(short(&condition(rule, 0))),
            );
        }
        edge(state.str_at("Default"), format!("{from}/Default"), EdgeKind::Default);
        for (index, rule) in rules("Catch") {
            let errors = rule.get("ErrorEquals").and_then(Node::elements).unwrap_or_default();
            let errors: Vec<&str> = errors.iter().filter_map(Node::as_str).take(5).collect();
            edge(
                rule.str_at("Next"),
                format!("{from}/Catch/{index}/Next"),
                EdgeKind::Catch(short(&errors.join(", "))),
            );
        }
    }
}

fn subtitle(state: &Node, state_type: &str) -> String {
    let count = |field: &str, one: &str, many: &str| {
        let count = state.get(field).and_then(Node::elements).map_or(0, <[_]>::len);
        format!("{count} {}", if count == 1 { one } else { many })
    };
    let first =
        |fields: &[&str]| fields.iter().find_map(|field| state.get(field)).map(plain).unwrap_or_default();
    let text = match state_type {
        "Task" => task(state),
        "Map" => map(state),
        "Parallel" => count("Branches", "branch", "branches"),
        "Choice" => count("Choices", "rule", "rules"),
        "Wait" => match state.get("Seconds").and_then(Node::as_i64) {
            Some(seconds) => format!("{seconds} s"),
            None => first(&["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]),
        },
        "Fail" => first(&["Error", "ErrorPath"]),
        _ => first(&["Comment"]),
    };
    short(&text)
}

fn task(state: &Node) -> String {
    let resource = state.str_at("Resource").unwrap_or("");
    let name = |arn: &str| arn.split(":function:").nth(1).unwrap_or(arn).to_owned();
    if let Some((_, call)) = resource.split_once(":states:::") {
        let arguments = state.get("Parameters").or_else(|| state.get("Arguments"));
        let called = [
            "FunctionName",
            "FunctionName.$",
            "StateMachineArn",
            "QueueUrl",
            "TopicArn",
            "TableName",
            "Bucket",
        ];
        let target = called.into_iter().find_map(|field| arguments?.str_at(field));
        return target.map_or(call.to_owned(), |target| format!("{call} {}", name(target)));
    }
    match resource.split_once(":activity:") {
        Some((_, activity)) => format!("activity {activity}"),
        None => name(resource),
    }
}

fn map(state: &Node) -> String {
    let processor = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
    let config = processor.and_then(|processor| processor.get("ProcessorConfig"));
    let word = |field| config.and_then(|config| config.str_at(field));
    let mut parts = vec!["inline".to_owned()];
    if word("Mode") == Some("DISTRIBUTED") {
        parts = vec!["distributed".to_owned(), word("ExecutionType").unwrap_or("STANDARD").to_owned()];
    }
    if let Some(most) = state.get("MaxConcurrency").and_then(Node::as_i64).filter(|most| *most > 0) {
        parts.push(format!("{most} at once"));
    }
    parts.join(" · ")
}

/// A choice rule in short; deep ones are cut off, nobody could read them in a label.
fn condition(rule: &Node, depth: usize) -> String {
    if let Some(condition) = rule.get("Condition") {
        let text = plain(condition);
        return expression_text(&text).map_or(text.clone(), |inner| inner.trim().to_owned());
    }
    if depth > 3 {
        return "…".to_owned();
    }
    if let Some(inner) = rule.get("Not") {
        return format!("not {}", condition(inner, depth + 1));
    }
    for (field, word) in [("And", " and "), ("Or", " or ")] {
        if let Some(rules) = rule.get(field).and_then(Node::elements) {
            let inner: Vec<String> = rules.iter().take(3).map(|rule| condition(rule, depth + 1)).collect();
            return inner.join(word);
        }
    }
    let test = rule
        .members()
        .unwrap_or_default()
        .iter()
        .find(|member| !matches!(member.key.as_str(), "Variable" | "Next" | "Comment" | "Assign"));
    let variable = rule.str_at("Variable").unwrap_or("");
    test.map_or_else(String::new, |test| format!("{variable} {} {}", test.key, plain(&test.value)))
}

fn plain(node: &Node) -> String {
    match node.as_str() {
        Some(text) => text.chars().take(MAX_LABEL_CHARS + 1).collect(),
        None => match node.members().is_some() || node.elements().is_some() {
            true => "…".to_owned(),
            false => node.to_value().to_json(),
        },
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_LABEL_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_states_are_drawn_inside_their_owner() {
        let text = r#"{"StartAt": "M", "States": {
            "M": {"Type": "Map", "MaxConcurrency": 9, "Next": "C", "Catch": [{"ErrorEquals": ["A", "B"], "Next": "F"}],
                "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                    "StartAt": "a/b", "States": {"a/b": {"Type": "Task", "End": true,
                        "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "arn:aws:lambda:r:1:function:f"}}}}},
            "C": {"Type": "Choice", "Choices": [{"Not": {"Variable": "$.x", "IsNull": true}, "Next": "P"}], "Default": "F"},
            "P": {"Type": "Parallel", "End": true, "Branches": [{}, {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "Next": "Nowhere"}}}]},
            "F": {"Type": "Fail", "Error": "Bad"}}}"#;
        let graph = graph(text);
        let lines: Vec<_> = graph
            .nodes
            .iter()
            .map(|node| format!("{} [{}] {}", node.pointer, node.state_type, node.subtitle))
            .collect();
        assert_eq!(
            lines,
            [
                "/States/M [Map] distributed · EXPRESS · 9 at once",
                "/States/M/ItemProcessor/States/a~1b [Task] lambda:invoke f",
                "/States/C [Choice] 1 rule",
                "/States/P [Parallel] 2 branches",
                "/States/P/Branches/1/States/W [Wait] 3 s",
                "/States/F [Fail] Bad",
            ]
        );
        let arrows: Vec<_> =
            graph.edges.iter().map(|edge| (edge.place.as_str(), edge.to.as_str(), &edge.kind)).collect();
        assert_eq!(
            arrows,
            [
                ("/States/M/Next", "/States/C", &EdgeKind::Next),
                ("/States/M/Catch/0/Next", "/States/F", &EdgeKind::Catch("A, B".into())),
                ("/States/C/Choices/0/Next", "/States/P", &EdgeKind::Choice("not $.x IsNull true".into())),
                ("/States/C/Default", "/States/F", &EdgeKind::Default),
            ]
        );
        assert_eq!(graph.containers.len(), 4);
        assert_eq!(graph.containers[1].start.as_deref(), Some("/States/M/ItemProcessor/States/a~1b"));
    }

    #[test]
    fn broken_texts_still_give_what_can_be_drawn() {
        let graph = graph(
            "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"Next\": \"B\" \"B\": {\"Type\":",
        );
        assert_eq!(graph.nodes[0].name, "A");
        assert_eq!(super::graph("nonsense").nodes, []);
    }
}
