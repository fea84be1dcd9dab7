//! Reading the members of a definition's objects, with faults that say where.

use super::CompileError;
use super::compile::path;
use super::expr::{Expr, NumberField, TextField, Written};
use super::state::{Language, PathField, Retrier};
use crate::Value;
use crate::jsonata::JsonataTemplate;
use crate::value::Object;
use std::sync::Arc;

/// A fault at a JSON pointer.
pub(super) fn fault(message: &str, location: String) -> CompileError {
    CompileError { message: message.to_owned(), location }
}

/// An object of the definition and where it stands.
pub(super) struct Fields<'a> {
    members: &'a Object,
    at: String,
}

impl<'a> Fields<'a> {
    pub fn new(value: &'a Value, at: &str) -> Result<Self, CompileError> {
        match value.as_object() {
            Some(members) => Ok(Self { members, at: at.to_owned() }),
            None => Err(fault("expected an object", at.to_owned())),
        }
    }

    /// The pointer of a member, or of the object itself.
    pub fn at(&self, name: &str) -> String {
        if name.is_empty() { self.at.clone() } else { format!("{}/{name}", self.at) }
    }

    pub fn missing(&self, name: &str) -> CompileError {
        fault(&format!("{name} is missing"), self.at.clone())
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    pub fn object(&self, name: &str) -> Result<Option<&'a Object>, CompileError> {
        self.typed(name, "an object", Value::as_object)
    }

    /// A member that is an object with members of its own.
    pub fn fields(&self, name: &str) -> Result<Option<Fields<'a>>, CompileError> {
        self.get(name).map(|value| Fields::new(value, &self.at(name))).transpose()
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, CompileError> {
        self.typed(name, "a string", Value::as_str)
    }

    pub fn owned_text(&self, name: &str) -> Result<Option<String>, CompileError> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, CompileError> {
        self.typed(name, "true or false", Value::as_bool)
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, CompileError> {
        self.typed(name, "a number", |v| v.as_number().and_then(serde_json::Number::as_f64))
    }

    pub fn array(&self, name: &str) -> Result<Option<&'a [Value]>, CompileError> {
        self.typed(name, "an array", Value::as_array)
    }

    fn typed<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, CompileError> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(found) => Ok(Some(found)),
                None => Err(fault(&format!("{name} must be {what}"), self.at(name))),
            },
        }
    }

    pub fn expr(&self, language: Language, name: &str) -> Result<Option<Expr>, CompileError> {
        self.get(name).map(|value| Expr::compile(language, value, name, &self.at(name))).transpose()
    }

    /// The same within an element: AWS calls the field `Catch[1]/Output`.
    pub fn expr_within(
        &self,
        language: Language,
        element: &str,
        name: &str,
    ) -> Result<Option<Expr>, CompileError> {
        let field = format!("{element}/{name}");
        self.get(name).map(|value| Expr::compile(language, value, &field, &self.at(name))).transpose()
    }

    pub fn path_field(&self, name: &str) -> Result<PathField, CompileError> {
        match self.get(name) {
            None => Ok(PathField::Whole),
            Some(Value::Null) => Ok(PathField::Nothing),
            Some(Value::String(text)) if &**text == "$" => Ok(PathField::Whole),
            Some(Value::String(text)) => Ok(PathField::Path(path(text, &self.at(name))?)),
            Some(_) => Err(fault(&format!("{name} must be a path or null"), self.at(name))),
        }
    }

    /// A number with its twins: `X`, `XPath` (JSONPath), `{% %}` (JSONata).
    pub fn number_field(
        &self,
        language: Language,
        name: &'static str,
        path_name: &'static str,
    ) -> Result<Option<NumberField>, CompileError> {
        if let Some(text) = self.text_if(language, path_name)? {
            return Ok(Some(NumberField::Path(Written::compile(text, &self.at(path_name))?, path_name)));
        }
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(_)) if language == Language::Jsonata => {
                Ok(self.jsonata(name)?.map(|template| NumberField::Jsonata(template, name)))
            }
            Some(number @ Value::Number(_)) => Ok(Some(NumberField::Literal(number.clone()))),
            Some(_) => Err(fault(&format!("{name} must be a number"), self.at(name))),
        }
    }

    /// A text with its twins: `X`, `XPath` (a path or an intrinsic), `{% %}` (JSONata).
    pub fn text_field(
        &self,
        language: Language,
        name: &'static str,
        path_name: &'static str,
    ) -> Result<Option<TextField>, CompileError> {
        if let Some(text) = self.text_if(language, path_name)? {
            return Ok(Some(TextField::Path(Written::compile(text, &self.at(path_name))?, path_name)));
        }
        match self.text(name)? {
            Some(_) if language == Language::Jsonata => {
                Ok(self.jsonata(name)?.map(|template| TextField::Jsonata(template, name)))
            }
            text => Ok(text.map(|text| TextField::Literal(text.into()))),
        }
    }

    fn text_if(&self, language: Language, name: &str) -> Result<Option<&'a str>, CompileError> {
        if language == Language::JsonPath { self.text(name) } else { Ok(None) }
    }

    fn jsonata(&self, name: &str) -> Result<Option<JsonataTemplate>, CompileError> {
        match self.expr(Language::Jsonata, name)? {
            Some(Expr::Jsonata(template)) => Ok(Some(template)),
            _ => Ok(None),
        }
    }

    pub fn texts(&self, name: &str) -> Result<Vec<Arc<str>>, CompileError> {
        let mut texts = Vec::new();
        for value in self.array(name)?.unwrap_or_default() {
            match value {
                Value::String(text) => texts.push(text.clone()),
                _ => return Err(fault(&format!("{name} must hold strings"), self.at(name))),
            }
        }
        Ok(texts)
    }

    /// The objects of an array member.
    pub fn each(&self, name: &str) -> Result<Vec<Fields<'a>>, CompileError> {
        let values = self.array(name)?.unwrap_or_default();
        values
            .iter()
            .enumerate()
            .map(|(i, value)| Fields::new(value, &format!("{}/{i}", self.at(name))))
            .collect()
    }

    pub fn retriers(&self) -> Result<Vec<Retrier>, CompileError> {
        self.each("Retry")?.iter().map(Self::retrier).collect()
    }

    fn retrier(&self) -> Result<Retrier, CompileError> {
        Ok(Retrier {
            errors: self.texts("ErrorEquals")?,
            interval_seconds: self.number("IntervalSeconds")?.unwrap_or(1.0).max(0.0),
            backoff_rate: self.number("BackoffRate")?.unwrap_or(2.0).max(0.0),
            max_attempts: self.number("MaxAttempts")?.unwrap_or(3.0) as u32,
            max_delay_seconds: self.number("MaxDelaySeconds")?,
            full_jitter: self.text("JitterStrategy")? == Some("FULL"),
        })
    }

    /// Whether any text in here may look at the context object. Nested states are not looked at.
    pub fn mentions_context(&self) -> bool {
        let nested = ["Branches", "ItemProcessor", "Iterator", "Comment", "Next", "Resource"];
        self.members.iter().any(|(name, value)| !nested.contains(&&**name) && mentions(value))
    }
}

fn mentions(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            // `$states` on its own could lead to the context by another name.
            let mut whole = text.match_indices("$states");
            text.contains("$$")
                || text.contains("context")
                || whole.any(|(at, found)| !text[at + found.len()..].starts_with('.'))
        }
        Value::Array(items) => items.iter().any(mentions),
        Value::Object(members) => members.values().any(mentions),
        _ => false,
    }
}
