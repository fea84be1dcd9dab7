//! `States.Format`, `States.StringToJson`, `States.JsonToString`, `States.StringSplit`

use super::arguments::Arguments;
use crate::Value;

/// A quoted text without its escapes: `\'`, `\{`, `\}`, `\\`.
pub(super) fn unescape(raw: &str) -> Value {
    if !raw.contains('\\') {
        return raw.into();
    }
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(c) => text.push(c),
                None => text.push('\\'),
            },
            c => text.push(c),
        }
    }
    text.into()
}

/// Fills `{}` one by one. In a pattern written in the definition, `\{` is a brace; in one that
/// came from a path there are no escapes to undo.
pub(super) fn format(arguments: &Arguments<'_>, literal: bool) -> Result<Value, String> {
    let pattern = arguments.text(0)?;
    let mut values = arguments.0.iter().skip(1);
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut places = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' if literal || matches!(chars.peek(), Some('{' | '}' | '\\')) => match chars.next()
            {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some(c) => text.push(c),
                None => text.push('\\'),
            },
            '{' if chars.peek() == Some(&'}') => {
                chars.next();
                places += 1;
                if let Some(value) = values.next() {
                    match value {
                        Value::String(part) => text.push_str(part),
                        other => text.push_str(&other.to_json()),
                    }
                }
            }
            '{' | '}' if literal => return Err("Matching '}' not found for '{'".into()),
            c => text.push(c),
        }
    }
    let given = arguments.0.len() - 1;
    match places == given {
        true => Ok(text.into()),
        false => Err(format!(
            "The number of arguments does not match the number of '{{}}' in the template: {given} given, {places} expected"
        )),
    }
}

pub(super) fn string_to_json(arguments: &Arguments<'_>) -> Result<Value, String> {
    // AWS reads an empty text as null.
    match arguments.text(0)? {
        text if text.trim().is_empty() => Ok(Value::Null),
        // For Java an integer has no negative zero.
        text if text.trim() == "-0" => Ok(0i64.into()),
        text => Value::from_json(text).map_err(|_| format!("Invalid JSON: {}", short(text))),
    }
}

fn short(text: &str) -> &str {
    match text.char_indices().nth(256) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

pub(super) fn json_to_string(arguments: &Arguments<'_>) -> Result<Value, String> {
    Ok(arguments.value(0).to_json().into())
}

/// Splits at any of the separator's characters; empty parts are left out.
pub(super) fn split(arguments: &Arguments<'_>) -> Result<Value, String> {
    let (text, separators) = (arguments.text(0)?, arguments.text(1)?);
    if separators.is_empty() {
        return Ok(vec![text.into()].into());
    }
    let parts = text.split(|c| separators.contains(c));
    let parts = parts.filter(|part| !part.is_empty()).map(Value::from);
    Ok(parts.collect::<Vec<_>>().into())
}
