//! States inside states: wrapping, and the names inside.

use super::error::EditError;
use super::flow::{Flow, Successor};
use super::layout::{Layout, line_indent, quote};
use crate::syntax::{Document, Node, Span, TextEdit, apply_edits};
use std::collections::HashSet;

/// What to wrap a state in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// A distributed Map whose ItemProcessor is the state.
    Map,
    /// A Parallel state whose only branch is the state.
    Parallel,
}

/// Wraps a state: the wrapper takes its place, arrows and Catch rules; the state is alone inside.
pub fn wrap(text: &str, pointer: &str, wrapper: Wrapper, name: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let old = flow.name_of(pointer)?;
    flow.free_name(name)?;
    let states = flow.states.ok_or_else(|| EditError::not_found(pointer))?;
    let member = states.member(&old).ok_or_else(|| EditError::not_found(pointer))?;
    let state = &member.value;
    let kind = state.str_at("Type").unwrap_or("");
    if matches!(kind, "Choice" | "Succeed" | "Fail") {
        return Err(EditError::flow(format!(
            "A {kind} state cannot be wrapped alone; its arrows would leave the wrapper."
        )));
    }
    let tail = match Flow::successor(state) {
        Successor::State(next) if next == old => format!("\"Next\": {}", quote(name)),
        Successor::State(next) => format!("\"Next\": {}", quote(&next)),
        Successor::End => "\"End\": true".to_owned(),
    };
    let catch = state.get("Catch").map_or_else(String::new, |catch| {
        let targets = catch.elements().unwrap_or_default().iter().filter_map(|rule| rule.get("Next"));
        let own = targets.filter(|target| target.as_str() == Some(&old));
        let raw =
            moved(&document, catch, own.map(|target| TextEdit::replace(target.span, quote(name))).collect());
        format!(",\n  \"Catch\": {raw}")
    });
    let inside = alone(&document, state);
    let (open, close) = match wrapper {
        Wrapper::Map => (
            "\"Type\": \"Map\",\n  \"ItemProcessor\": {\n    \"ProcessorConfig\": {\n      \"Mode\": \"DISTRIBUTED\",\n      \"ExecutionType\": \"STANDARD\"\n    },",
            "}",
        ),
        Wrapper::Parallel => ("\"Type\": \"Parallel\",\n  \"Branches\": [{", "}]"),
    };
    let template = format!(
        "{{\n  {open}\n    \"StartAt\": {0},\n    \"States\": {{\n      {0}: \u{0}\n    }}\n  {close}{catch},\n  {tail}\n}}",
        quote(&old)
    );
    let layout = Layout::of(&document, states);
    let indent = layout.indent.clone().unwrap_or_default();
    // Re-indented from two spaces a level to the text's own unit; one line when the text has one.
    let written = match &layout.indent {
        None => template.split('\n').map(str::trim).collect::<Vec<_>>().join(" "),
        Some(_) => {
            let lines = template.split('\n').map(|line| {
                let depth = (line.len() - line.trim_start().len()) / 2;
                format!("{}{}", layout.unit.repeat(depth), line.trim_start())
            });
            layout.shift(&lines.collect::<Vec<_>>().join("\n"), "")
        }
    };
    let deeper = Layout {
        indent: layout.indent.as_ref().map(|_| format!("{indent}{}", layout.unit.repeat(3))),
        unit: layout.unit.clone(),
    };
    let from = line_indent(&document.text, member.key_span.start);
    let written = written.replacen('\u{0}', &deeper.shift(&inside, from), 1);
    let mut edits = vec![TextEdit::replace(member.span(), format!("{}: {written}", quote(name)))];
    edits.extend(flow.retarget_except(&old, name, &[&old]));
    Ok(edits)
}

/// The text of a state that ends its own flow: `Next` is `End`, Catch is gone.
fn alone(document: &Document, state: &Node) -> String {
    let mut edits = Vec::new();
    for (index, member) in state.members().unwrap_or_default().iter().enumerate() {
        match member.key.as_str() {
            "Next" => edits.push(TextEdit::replace(member.span(), "\"End\": true")),
            "Catch" => edits.extend(super::members::remove_child(state, index)),
            _ => {}
        }
    }
    moved(document, state, edits)
}

/// The text of a state alone, after edits of the whole text.
fn moved(document: &Document, state: &Node, edits: Vec<TextEdit>) -> String {
    let base = state.span.start;
    let edits = edits.into_iter().map(|edit| TextEdit {
        span: Span::new(edit.span.start - base, edit.span.end - base),
        new_text: edit.new_text,
    });
    apply_edits(state.span.slice(&document.text), &edits.collect::<Vec<_>>())
}

/// The text of a copy of a state: nested states have new names, and labels, which must be
/// unique too, are gone.
pub(super) fn copy(document: &Document, state: &Node) -> String {
    let mut spans = Vec::new();
    let mut labels = Vec::new();
    names_inside(state, &mut spans, &mut labels);
    let mut names = HashSet::new();
    if let Some(root) = &document.root {
        all_names(root, &mut names);
    }
    let inside: Vec<&str> = spans.iter().filter_map(|(_, name)| *name).collect();
    let numbered = (2..).map(|number| format!(" copy {number}"));
    let mut suffixes = std::iter::once(" copy".to_owned()).chain(numbered);
    let free =
        |suffix: &String| inside.iter().all(|name| !names.contains(format!("{name}{suffix}").as_str()));
    let suffix = suffixes.find(free).expect("there are more numbers than states");
    let edits = spans.iter().map(|(span, _)| TextEdit::insert(span.end - 1, suffix.as_str())).chain(labels);
    moved(document, state, edits.collect())
}

/// The keys of nested states (with the name) and the strings that name them; deletions of labels.
fn names_inside<'d>(state: &'d Node, out: &mut Vec<(Span, Option<&'d str>)>, labels: &mut Vec<TextEdit>) {
    let label = state.members().unwrap_or_default().iter().position(|member| member.key == "Label");
    labels.extend(label.and_then(|index| super::members::remove_child(state, index)));
    for container in containers(state) {
        let names = container.get("States").and_then(Node::members).unwrap_or_default();
        let mut name = |target: Option<&Node>| {
            if let Some(target) = target
                .filter(|target| target.as_str().is_some_and(|text| names.iter().any(|one| one.key == text)))
            {
                out.push((target.span, None));
            }
        };
        name(container.get("StartAt"));
        for inner in names {
            name(inner.value.get("Next"));
            name(inner.value.get("Default"));
            for rule in ["Choices", "Catch"]
                .into_iter()
                .filter_map(|list| inner.value.get(list)?.elements())
                .flatten()
            {
                name(rule.get("Next"));
            }
        }
        for inner in names {
            out.push((inner.key_span, Some(&inner.key)));
            names_inside(&inner.value, out, labels);
        }
    }
}

/// Whether any state of a container or below has this name.
pub(super) fn has_state(container: &Node, name: &str) -> bool {
    let states = container.get("States").and_then(Node::members).unwrap_or_default();
    states
        .iter()
        .any(|state| state.key == name || containers(&state.value).any(|inner| has_state(inner, name)))
}

fn all_names<'d>(container: &'d Node, out: &mut HashSet<&'d str>) {
    for state in container.get("States").and_then(Node::members).unwrap_or_default() {
        out.insert(&state.key);
        containers(&state.value).for_each(|inner| all_names(inner, out));
    }
}

fn containers(state: &Node) -> impl Iterator<Item = &Node> {
    let branches = state.get("Branches").and_then(Node::elements).unwrap_or_default().iter();
    branches.chain(["ItemProcessor", "Iterator"].into_iter().filter_map(|name| state.get(name)))
}
