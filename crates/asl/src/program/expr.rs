//! The evaluable fields of a state, whichever query language they are written in.

use super::{CompileError, state::Language};
use crate::Value;
use crate::eval_error::EvalError;
use crate::jsonata::JsonataTemplate;
use crate::scope::Scope;
use crate::template::{Query, Template};
use std::sync::Arc;

/// A payload template or a JSONata value.
#[derive(Debug)]
pub(crate) enum Expr {
    JsonPath(Template),
    Jsonata(JsonataTemplate),
}

impl Expr {
    /// Compiles `value`, which stands in `field` (`Arguments`, `Output` …) at the pointer `at`.
    pub fn compile(language: Language, value: &Value, field: &str, at: &str) -> Result<Self, CompileError> {
        let compiled = match language {
            Language::JsonPath => Template::compile(value).map(Self::JsonPath),
            Language::Jsonata => JsonataTemplate::compile(field, value).map(Self::Jsonata),
        };
        compiled.map_err(|errors| {
            let first = errors.into_iter().next();
            let (pointer, message) = first.map_or_else(Default::default, |e| (e.pointer, e.message));
            CompileError { message, location: format!("{at}{pointer}") }
        })
    }

    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::JsonPath(template) => template.eval(scope),
            Self::Jsonata(template) => template.eval(scope),
        }
    }
}

/// A number: written down, found by a path, or computed.
#[derive(Debug)]
pub(crate) enum NumberField {
    Literal(Value),
    /// The path or intrinsic, and the field's name: `MaxConcurrencyPath`.
    Path(Written, &'static str),
    /// The expression and the field's name.
    Jsonata(JsonataTemplate, &'static str),
}

impl NumberField {
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Path(query, field) => query.eval(scope).map_err(|e| e.in_field(field)),
            Self::Jsonata(template, _) => template.eval(scope),
        }
    }
}

/// A text: written down, found by a path or an intrinsic, or computed.
#[derive(Debug)]
pub(crate) enum TextField {
    Literal(Arc<str>),
    /// The path or intrinsic, and the field's name.
    Path(Written, &'static str),
    Jsonata(JsonataTemplate, &'static str),
}

impl TextField {
    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Literal(text) => Ok(Value::String(text.clone())),
            Self::Path(query, field) => query.eval(scope).map_err(|e| e.in_field(field)),
            Self::Jsonata(template, _) => template.eval(scope),
        }
    }
}

/// A path or an intrinsic, with its text.
#[derive(Debug)]
pub(crate) struct Written {
    query: Query,
    text: Arc<str>,
}

impl Written {
    pub fn compile(text: &str, at: &str) -> Result<Self, CompileError> {
        match Query::parse(text) {
            Ok(query) => Ok(Self { query, text: text.into() }),
            Err(message) => Err(CompileError { message, location: at.to_owned() }),
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn eval(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.query.eval(scope)
    }
}
