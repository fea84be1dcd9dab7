//! From ASL's graph to what the canvas draws, and from what the canvas asks to edits.

use super::canvas::{Edit, GraphContainer, GraphEdge, GraphNode, GraphView, Level, NodeKind, Place, Wire};
use super::fresh::fresh_state;
use super::state::Draft;
use asl::check::{Diagnostic, Severity};
use asl::edit::{self, EditError, Where, Wrapper};
use asl::graph::{EdgeKind, Graph};
use std::collections::{HashMap, HashSet};

/// What the canvas draws, with the worst problem of each state.
pub fn drawing(graph: &Graph, diagnostics: &[Diagnostic]) -> GraphView {
    let problems = problems(graph, diagnostics);
    let nodes = graph.nodes.iter().map(|node| GraphNode {
        id: node.pointer.clone(),
        scope: (!node.container.is_empty()).then(|| node.container.clone()),
        name: node.name.clone(),
        kind: kind(&node.state_type, &node.subtitle),
        subtitle: node.subtitle.clone(),
        problem: problems.get(node.pointer.as_str()).copied(),
        counts: None,
        end: node.end,
    });
    let edges = graph.edges.iter().map(|edge| {
        let (wire, label) = match &edge.kind {
            EdgeKind::Next => (Wire::Next, String::new()),
            EdgeKind::Choice(label) => (Wire::Rule, label.clone()),
            EdgeKind::Default => (Wire::Default, "otherwise".to_owned()),
            EdgeKind::Catch(label) => (Wire::Catch, label.clone()),
        };
        GraphEdge { from: edge.from.clone(), to: edge.to.clone(), label, wire }
    });
    let inner = graph.containers.iter().filter_map(|container| {
        let owner = container.owner.clone()?;
        let label = if container.label == "ItemProcessor" { String::new() } else { container.label.clone() };
        let start = container.start.clone().unwrap_or_default();
        Some(GraphContainer { id: container.pointer.clone(), owner, label, start })
    });
    let top = graph.containers.first().and_then(|container| container.start.clone());
    GraphView { start: top.unwrap_or_default(), nodes: nodes.collect(), edges: edges.collect(), containers: inner.collect() }
}

fn kind(state_type: &str, subtitle: &str) -> NodeKind {
    match state_type {
        "Task" => NodeKind::Task,
        "Choice" => NodeKind::Choice,
        "Parallel" => NodeKind::Parallel,
        "Map" if subtitle.starts_with("distributed") => NodeKind::DistributedMap,
        "Map" => NodeKind::Map,
        "Wait" => NodeKind::Wait,
        "Succeed" => NodeKind::Succeed,
        "Fail" => NodeKind::Fail,
        _ => NodeKind::Pass,
    }
}

/// The worst thing said about each state itself, not about those inside it.
fn problems<'g>(graph: &'g Graph, diagnostics: &[Diagnostic]) -> HashMap<&'g str, Level> {
    let states: HashSet<&str> = graph.nodes.iter().map(|node| node.pointer.as_str()).collect();
    let mut worst = HashMap::new();
    for found in diagnostics {
        let level = match found.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Hint => continue,
        };
        let mut at = found.pointer.as_str();
        while !at.is_empty() && !states.contains(at) {
            at = at.rfind('/').map_or("", |cut| &at[..cut]);
        }
        if let Some(state) = states.get(at) {
            let known = worst.entry(*state).or_insert(level);
            if level == Level::Error {
                *known = level;
            }
        }
    }
    worst
}

/// Does what the canvas or the palette asks for.
pub fn perform(draft: &mut Draft, edit: Edit) -> Result<(), EditError> {
    match edit {
        Edit::Insert(place, kind) => insert(draft, place, kind),
        Edit::Delete(state) => {
            let edits = edit::remove_state(draft.text(), &state)?;
            draft.select(None);
            draft.apply(&edits);
            Ok(())
        }
        Edit::Duplicate(state) => edit::duplicate_state(draft.text(), &state).map(|edits| draft.apply(&edits)),
        Edit::MoveUp(state) => edit::move_up(draft.text(), &state).map(|edits| draft.apply(&edits)),
        Edit::MoveDown(state) => edit::move_down(draft.text(), &state).map(|edits| draft.apply(&edits)),
        Edit::Wrap(state) => {
            let name = draft.free_name("Each item");
            edit::wrap(draft.text(), &state, Wrapper::Map, &name).map(|edits| draft.apply(&edits))
        }
    }
}

/// Adds a state and chooses it.
fn insert(draft: &mut Draft, place: Place, kind: NodeKind) -> Result<(), EditError> {
    let name = draft.free_name(kind.label());
    let inner = draft.free_name("Process");
    let state = fresh_state(kind, &inner);
    let graph = draft.graph();
    let place = match place {
        Place::After(state) => Where::After(state),
        Place::Before(state) => Where::Before(state),
        Place::Edge { from: Some(from), to: Some(to), .. } => {
            let arrow = graph.edges.iter().find(|edge| edge.from == from && edge.to == to);
            arrow.map_or(Where::After(from), |edge| Where::On(edge.place.clone()))
        }
        Place::Edge { from: Some(from), to: None, .. } => Where::After(from),
        Place::Edge { from: None, scope, .. } => {
            let container = scope.unwrap_or_default();
            let empty = !graph.nodes.iter().any(|node| node.container == container);
            if empty { Where::Into(container) } else { Where::On(format!("{container}/StartAt")) }
        }
    };
    let edits = edit::add_state(draft.text(), &place, &name, &state)?;
    draft.apply(&edits);
    let added = draft.graph().nodes.iter().find(|node| node.name == name).map(|node| node.pointer.clone());
    draft.select(added);
    Ok(())
}

/// Where the palette puts a state: behind the chosen one, else at the end of the definition.
pub fn palette_place(draft: &Draft) -> Place {
    if let Some(state) = draft.selected() {
        return Place::After(state.to_owned());
    }
    let graph = draft.graph();
    let last = graph.nodes.iter().rev().find(|node| node.container.is_empty());
    last.map_or(Place::Edge { from: None, to: None, scope: None }, |node| Place::After(node.pointer.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_added_on_arrows_and_at_both_ends() {
        let mut draft = Draft::new(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"#);
        let edge = |from: Option<&str>, to: Option<&str>| Place::Edge { from: from.map(str::to_owned), to: to.map(str::to_owned), scope: None };
        perform(&mut draft, Edit::Insert(edge(Some("/States/A"), Some("/States/B")), NodeKind::Wait)).unwrap();
        assert_eq!(draft.selected(), Some("/States/Wait"));
        perform(&mut draft, Edit::Insert(edge(None, Some("/States/A")), NodeKind::DistributedMap)).unwrap();
        let graph = draft.graph();
        assert_eq!(graph.containers[0].start.as_deref(), Some("/States/Distributed Map"));
        assert_eq!(graph.edges.iter().filter(|edge| edge.to == "/States/Wait").count(), 1);
        assert!(draft.broken_line().is_none());
        let view = drawing(&graph, &draft.diagnostics());
        assert_eq!(view.node("/States/Distributed Map").unwrap().kind, NodeKind::DistributedMap);
        assert_eq!(view.containers.len(), 1);
    }

    #[test]
    fn every_kind_can_be_added_to_nothing() {
        for kind in NodeKind::ALL {
            let mut draft = Draft::new("{}");
            perform(&mut draft, Edit::Insert(palette_place(&draft.clone()), kind)).unwrap();
            assert!(!draft.graph().nodes.is_empty(), "{kind:?}");
            assert!(draft.diagnostics().iter().all(|found| found.group != asl::check::Group::Syntax), "{kind:?}");
        }
    }
}
