//! How a text is laid out, so that what is inserted looks like what is there.

use crate::Value;
use crate::syntax::{Document, Kind, Node, Span};

/// How the children of one container are laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Blanks before each child on its own line; `None` when all stand on one line.
    pub indent: Option<String>,
    /// What one more level adds.
    pub unit: String,
}

impl Layout {
    /// The layout of a container: seen from its first child, or guessed from the whole text.
    pub fn of(document: &Document, container: &Node) -> Self {
        let unit = unit(document);
        let indent = match children(container).first() {
            Some(first) => own_indent(&document.text, first.start),
            None => document
                .text
                .trim()
                .contains('\n')
                .then(|| format!("{}{unit}", line_indent(&document.text, container.span.start))),
        };
        Self { indent, unit }
    }

    /// The layout one level further in.
    pub fn deeper(&self) -> Self {
        Self {
            indent: self.indent.as_ref().map(|indent| format!("{indent}{}", self.unit)),
            unit: self.unit.clone(),
        }
    }

    /// What stands between the comma and the next child.
    pub fn separator(&self) -> String {
        self.indent.as_ref().map_or(" ".to_owned(), |indent| format!("\n{indent}"))
    }

    /// `value` as a child of the container.
    pub fn write(&self, value: &Value) -> String {
        let mut out = String::new();
        self.write_into(value, &mut out);
        out
    }

    fn write_into(&self, value: &Value, out: &mut String) {
        let (open, close, length) = match value {
            Value::Object(members) => ('{', '}', members.len()),
            Value::Array(elements) => ('[', ']', elements.len()),
            scalar => return out.push_str(&scalar.to_json()),
        };
        // A list of plain values reads better on one line.
        let flat = value
            .as_array()
            .is_some_and(|all| all.iter().all(|one| one.as_array().is_none() && one.as_object().is_none()));
        let inner = if flat { Self { indent: None, unit: String::new() } } else { self.deeper() };
        out.push(open);
        for index in 0..length {
            match &inner.indent {
                Some(indent) => out.push_str(&format!("{}\n{indent}", if index > 0 { "," } else { "" })),
                None => out.push_str(if index > 0 { ", " } else { "" }),
            }
            match value {
                Value::Object(members) => {
                    if let Some((key, member)) = members.get_index(index) {
                        out.push_str(&format!("{}: ", quote(key)));
                        inner.write_into(member, out);
                    }
                }
                _ => inner.write_into(&value.as_array().unwrap_or_default()[index], out),
            }
        }
        if let (Some(_), Some(indent), true) = (&inner.indent, &self.indent, length > 0) {
            out.push_str(&format!("\n{indent}"));
        }
        out.push(close);
    }

    /// Raw JSON text of several lines, moved from under `from` blanks to this place.
    pub fn shift(&self, raw: &str, from: &str) -> String {
        let Some(indent) = &self.indent else { return raw.to_owned() };
        let mut lines = raw.split('\n');
        let mut out = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            out.push('\n');
            match line.strip_prefix(from) {
                Some(rest) => out.push_str(&format!("{indent}{rest}")),
                None => out.push_str(line),
            }
        }
        out
    }
}

/// A JSON string literal.
pub(super) fn quote(text: &str) -> String {
    Value::from(text).to_json()
}

/// The places of a container's children: members with their keys, or elements.
pub(super) fn children(node: &Node) -> Vec<Span> {
    match &node.kind {
        Kind::Object(members) => members.iter().map(|member| member.span()).collect(),
        Kind::Array(elements) => elements.iter().map(|element| element.span).collect(),
        _ => Vec::new(),
    }
}

/// The blanks at the begin of the line that holds `offset`.
pub(super) fn line_indent(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The blanks before `offset`, when nothing else stands before it on its line.
fn own_indent(text: &str, offset: usize) -> Option<String> {
    let start = text[..offset].rfind('\n')? + 1;
    let before = &text[start..offset];
    before.chars().all(|c| c == ' ' || c == '\t').then(|| before.to_owned())
}

fn unit(document: &Document) -> String {
    let first = document.root.as_ref().and_then(|root| children(root).first().copied());
    first.and_then(|span| own_indent(&document.text, span.start)).unwrap_or_else(|| "  ".to_owned())
}
