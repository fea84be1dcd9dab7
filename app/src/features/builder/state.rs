//! The one document behind the graph, the form and the code: its text, how it came to be so, and
//! what follows from it. No view is asked for anything; each shows what stands here.

use super::change::Change;
use asl::Value;
use asl::check::{CheckOptions, Diagnostic, Severity, check, repair};
use asl::edit::{self, EditError};
use asl::graph::{Graph, graph};
use asl::syntax::{Document, TextEdit, apply_edits, join, split};
use asl::value::Object;
use std::sync::Arc;

/// Steps that can be undone.
const UNDO_STEPS: usize = 200;
/// Keystrokes closer together than this are one step, in milliseconds.
const TYPING_PAUSE_MS: u64 = 1_000;

/// A definition being edited.
#[derive(Clone, Debug)]
pub struct Draft {
    document: Arc<Document>,
    undo: Vec<Change>,
    redo: Vec<Change>,
    /// When the last keystroke came, while the newest step is typing.
    typed_at: Option<u64>,
    selected: Option<String>,
    graph: Arc<Graph>,
    diagnostics: Arc<Vec<Diagnostic>>,
}

impl Draft {
    /// Begins with a text. Nothing can be undone yet.
    pub fn new(text: &str) -> Self {
        let mut draft = Self {
            document: Arc::new(Document::parse("")),
            undo: Vec::new(),
            redo: Vec::new(),
            typed_at: None,
            selected: None,
            graph: Arc::default(),
            diagnostics: Arc::default(),
        };
        draft.read(text.to_owned());
        draft.graph = Arc::new(graph(text));
        draft
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.document.text
    }

    /// The text as a tree; faulty places are missing values.
    pub fn document(&self) -> Arc<Document> {
        self.document.clone()
    }

    /// The graph of the last text that was JSON.
    pub fn graph(&self) -> Arc<Graph> {
        self.graph.clone()
    }

    /// What is wrong or could be better.
    pub fn diagnostics(&self) -> Arc<Vec<Diagnostic>> {
        self.diagnostics.clone()
    }

    /// The line of the first fault, while the text is not JSON and the graph is an older one.
    pub fn broken_line(&self) -> Option<usize> {
        let fault = self.document.errors.iter().map(|error| error.span.start).min();
        match self.document.is_valid() {
            true => None,
            false => Some(self.document.position(fault.unwrap_or(0)).line),
        }
    }

    /// How many faults forbid a launch.
    pub fn error_count(&self) -> usize {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Error).count()
    }

    /// The JSON Pointer of the chosen state.
    pub fn selected(&self) -> Option<&str> {
        self.selected.as_deref()
    }

    /// Chooses a state by its JSON Pointer.
    pub fn select(&mut self, pointer: Option<String>) {
        self.selected = pointer;
    }

    /// The innermost state around a byte of the text.
    pub fn state_at(&self, offset: usize) -> Option<String> {
        let at = self.document.pointer_at(offset);
        let around = |pointer: &str| at.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let states = self.graph.nodes.iter().map(|node| &node.pointer).filter(|pointer| around(pointer));
        states.max_by_key(|pointer| pointer.len()).cloned()
    }

    /// Takes the text of the code pane. Keystrokes within a second are one step.
    pub fn type_text(&mut self, text: &str, now_ms: u64) {
        if text == self.text() {
            return;
        }
        let merges = self.redo.is_empty() && self.typed_at.is_some_and(|at| now_ms.saturating_sub(at) < TYPING_PAUSE_MS);
        let base = match self.undo.last().filter(|_| merges) {
            Some(last) => last.revert(self.text()),
            None => self.text().to_owned(),
        };
        if merges {
            self.undo.pop();
        }
        self.push(Change::between(&base, text));
        self.read(text.to_owned());
        self.typed_at = Some(now_ms);
    }

    /// Makes the edits of one action: one step.
    pub fn apply(&mut self, edits: &[TextEdit]) {
        self.replace(apply_edits(self.text(), edits));
    }

    /// Puts another text in place: one step.
    pub fn replace(&mut self, text: String) {
        self.typed_at = None;
        if text != self.text() {
            self.push(Change::between(self.text(), &text));
            self.read(text);
        }
    }

    /// Every fix that the diagnostics offer, as one step.
    pub fn fix_all(&mut self) {
        let repaired = repair(self.text(), &CheckOptions::default());
        self.replace(repaired);
    }

    /// Takes the newest step back. Whether there was one.
    pub fn undo(&mut self) -> bool {
        self.typed_at = None;
        let Some(step) = self.undo.pop() else { return false };
        let text = step.revert(self.text());
        self.read(text);
        self.redo.push(step);
        true
    }

    /// Makes the step again that was taken back last. Whether there was one.
    pub fn redo(&mut self) -> bool {
        self.typed_at = None;
        let Some(step) = self.redo.pop() else { return false };
        let text = step.make(self.text());
        self.read(text);
        self.undo.push(step);
        true
    }

    /// Whether there is something to undo, and to redo.
    pub fn can(&self) -> (bool, bool) {
        (!self.undo.is_empty(), !self.redo.is_empty())
    }

    /// Sets a field below a value, with the objects on the way to it; `None` removes it and every
    /// object that is empty then.
    pub fn set_field(&mut self, base: &str, path: &str, value: Option<Value>) -> Result<(), EditError> {
        let pointer = format!("{base}{path}");
        match value {
            Some(value) => {
                let (at, value) = self.with_parents(base, path, value);
                let edits = edit::set_value(self.text(), &at, &value)?;
                self.apply(&edits);
            }
            None if self.document.node_at(&pointer).is_some() => {
                let at = self.emptied(base, path);
                let edits = edit::remove_value(self.text(), &at)?;
                self.apply(&edits);
            }
            None => {}
        }
        Ok(())
    }

    /// Makes a state lead to another one of its container, or end.
    pub fn set_next(&mut self, state: &str, next: Option<&str>) -> Result<(), EditError> {
        let (field, value, other) = match next {
            Some(name) => ("Next", Value::from(name), "End"),
            None => ("End", Value::Bool(true), "Next"),
        };
        let (at, other) = (join(state, field), join(state, other));
        let text = match self.document.node_at(&other).is_some() {
            true => apply_edits(self.text(), &edit::remove_value(self.text(), &other)?),
            false => self.text().to_owned(),
        };
        let edits = edit::set_value(&text, &at, &value)?;
        self.replace(apply_edits(&text, &edits));
        Ok(())
    }

    /// Renames the state at a pointer; it stays chosen.
    pub fn rename(&mut self, state: &str, name: &str) -> Result<(), EditError> {
        let edits = edit::rename_state(self.text(), state, name)?;
        self.apply(&edits);
        let container = state.rfind('/').map_or("", |at| &state[..at]);
        self.selected = Some(join(container, name));
        Ok(())
    }

    /// A name that no state has: `wanted`, `wanted 2` …
    pub fn free_name(&self, wanted: &str) -> String {
        let taken = |name: &str| self.graph.nodes.iter().any(|node| node.name == name);
        let numbered = (2_u32..).map(|number| format!("{wanted} {number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or_else(|| wanted.to_owned())
    }

    fn push(&mut self, step: Change) {
        self.redo.clear();
        if self.undo.len() == UNDO_STEPS {
            self.undo.remove(0);
        }
        self.undo.push(step);
    }

    fn read(&mut self, text: String) {
        let name = self.selected.as_deref().and_then(|pointer| split(pointer).pop());
        self.document = Arc::new(Document::parse(&text));
        self.diagnostics = Arc::new(check(&text, &CheckOptions::default()));
        if self.document.is_valid() {
            self.graph = Arc::new(graph(&text));
            let known = |pointer: &str| self.graph.nodes.iter().any(|node| node.pointer == pointer);
            if self.selected.as_deref().is_some_and(|pointer| !known(pointer)) {
                let same = self.graph.nodes.iter().find(|node| Some(&node.name) == name.as_ref());
                self.selected = same.map(|node| node.pointer.clone());
            }
        }
    }

    /// The first place on the way to a field that is not there yet, and what to put there.
    fn with_parents(&self, base: &str, path: &str, value: Value) -> (String, Value) {
        let steps = split(path);
        let mut at = base.to_owned();
        for (place, step) in steps.iter().enumerate() {
            at = join(&at, step);
            if self.document.node_at(&at).is_none() {
                let inner = steps[place + 1..].iter().rev().fold(value, |inner, step| {
                    let mut object = Object::default();
                    object.insert(step.as_str().into(), inner);
                    object.into()
                });
                return (at, inner);
            }
        }
        (at, value)
    }

    /// The outermost value below `base` that holds nothing but the field.
    fn emptied(&self, base: &str, path: &str) -> String {
        let mut at = format!("{base}{path}");
        while let Some(parent) = at.rfind('/').map(|cut| at[..cut].to_owned()).filter(|parent| parent.len() > base.len()) {
            let alone = self.document.node_at(&parent).and_then(|node| node.members()).is_some_and(|all| all.len() == 1);
            if !alone {
                break;
            }
            at = parent;
        }
        at
    }
}
