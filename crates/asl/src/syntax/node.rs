//! The nodes of the tree.

use super::span::Span;
use crate::Value;
use crate::value::Object;
use serde_json::Number;

/// One JSON value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// From the first to the last byte of the value.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text, unescaped.
    String(String),
    /// Values in order.
    Array(Vec<Node>),
    /// Members in order; a key may occur twice.
    Object(Vec<Member>),
    /// A value should stand here but does not (the document has an error at this place).
    Missing,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// The key with its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Member {
    /// From the key's first byte to the value's last.
    pub fn span(&self) -> Span {
        Span::new(self.key_span.start, self.value.span.end)
    }
}

impl Node {
    /// The members, if this is an object.
    pub fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn elements(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.kind {
            Kind::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// The whole number, if this is one; `3.0` is not.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.kind {
            Kind::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// Whether this is the literal `true`.
    pub fn is_true(&self) -> bool {
        self.kind == Kind::Bool(true)
    }

    /// Whether a value is missing at this place.
    pub fn is_missing(&self) -> bool {
        self.kind == Kind::Missing
    }

    /// The member of that name; the last one when there are several, as JSON readers do.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members()?.iter().rev().find(|member| member.key == key)
    }

    /// The value of that member.
    pub fn get(&self, key: &str) -> Option<&Node> {
        Some(&self.member(key)?.value)
    }

    /// The text of that member, if it is a string.
    pub fn str_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A word for the kind of value, with its article: "a string".
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "an array",
            Kind::Object(_) => "an object",
            Kind::Missing => "missing",
        }
    }

    /// The value without places; a missing one becomes `null`.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null | Kind::Missing => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::String(text) => Value::from(text.as_str()),
            Kind::Array(elements) => elements.iter().map(Node::to_value).collect::<Vec<_>>().into(),
            Kind::Object(members) => {
                let mut object = Object::with_capacity(members.len());
                for member in members {
                    object.insert(member.key.as_str().into(), member.value.to_value());
                }
                object.into()
            }
        }
    }
}
