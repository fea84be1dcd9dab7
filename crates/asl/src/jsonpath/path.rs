//! The compiled path and its doors: parse, ask, evaluate.

use super::ast::{Segment, is_definite};
use super::eval::{Finder, Miss};
use super::parse::parse_whole;
use crate::scope::Scope;
use crate::{EvalError, Value};
use std::sync::Arc;

/// What a path starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// `$`: the state's input (or result, or output).
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a variable.
    Variable(Arc<str>),
}

/// A text that is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at position {offset}")]
pub struct PathError {
    /// Where, in bytes from the start of the text.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// A compiled JSONPath. Cloning shares.
#[derive(Clone, Debug)]
pub struct Path {
    text: Arc<str>,
    root: Root,
    segments: Arc<[Segment]>,
    definite: bool,
}

impl Path {
    /// Compiles a path that starts with `$`, `$$` or `$name`.
    ///
    /// ```
    /// use asl::jsonpath::Path;
    /// assert!(Path::parse("$.items[0]['odd key']").unwrap().is_reference_path());
    /// assert!(!Path::parse("$.items[?(@.price < 10)]").unwrap().is_definite());
    /// assert!(Path::parse("items").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, PathError> {
        parse_whole(text)
    }

    pub(super) fn new(text: &str, root: Root, segments: Vec<Segment>) -> Self {
        Self {
            text: text.into(),
            root,
            definite: is_definite(&segments),
            segments: segments.into(),
        }
    }

    /// The path as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the path starts from.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// True for the bare root: `$`, `$$` or `$name`.
    pub fn is_root(&self) -> bool {
        self.segments.is_empty()
    }

    /// True when the path names at most one value; otherwise it answers an array.
    pub fn is_definite(&self) -> bool {
        self.definite
    }

    /// True for a Reference Path: members and non-negative indexes only.
    pub fn is_reference_path(&self) -> bool {
        self.segments.iter().all(|segment| match segment {
            Segment::Member(_) => true,
            Segment::Index(index) => *index >= 0,
            _ => false,
        })
    }

    /// Evaluates in a scope. A definite path that finds nothing is an error that carries the
    /// path and what it was applied to ([`EvalError::missing`]).
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match &self.root {
            Root::Input => self.eval_on(scope.input),
            Root::Context => self.eval_on(scope.context),
            Root::Variable(name) => match scope.variables.get(name) {
                Some(value) => self.eval_on(value),
                None => {
                    let reason = format!("No variable is assigned: ${name}");
                    Err(EvalError::path_not_found(&self.text, scope.input, reason))
                }
            },
        }
    }

    /// Evaluates on a value taken as the root, whatever the root is.
    pub fn eval_on(&self, root: &Value) -> Result<Value, EvalError> {
        if self.segments.is_empty() {
            return Ok(root.clone());
        }
        Finder::new(root)
            .eval(&self.segments, root, self.definite)
            .map_err(|miss| match miss {
                Miss::NotFound(reason) => EvalError::path_not_found(&self.text, root, reason),
                Miss::Failed(cause) => {
                    EvalError::runtime(format!("Invalid path '{}': {cause}", self.text))
                }
            })
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
