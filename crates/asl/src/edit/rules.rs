//! Rules of Retry and Catch.

use super::error::EditError;
use super::members::{insert_element, insert_member};
use crate::Value;
use crate::syntax::{Document, TextEdit};

/// Inserts a rule of Retry before the one at `index`, or last. A States.ALL rule stays last.
pub fn insert_retry(
    text: &str,
    pointer: &str,
    index: usize,
    rule: &Value,
) -> Result<Vec<TextEdit>, EditError> {
    insert(text, pointer, "Retry", index, rule)
}

/// Inserts a rule of Catch before the one at `index`, or last. A States.ALL rule stays last.
pub fn insert_catch(
    text: &str,
    pointer: &str,
    index: usize,
    rule: &Value,
) -> Result<Vec<TextEdit>, EditError> {
    insert(text, pointer, "Catch", index, rule)
}

fn insert(
    text: &str,
    pointer: &str,
    field: &str,
    index: usize,
    rule: &Value,
) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let state = document.node_at(pointer).ok_or_else(|| EditError::not_found(pointer))?;
    if state.members().is_none() {
        return Err(EditError::WrongKind { pointer: pointer.to_owned(), wanted: "a state" });
    }
    let Some(list) = state.get(field) else {
        return Ok(vec![insert_member(&document, state, field, &vec![rule.clone()].into())]);
    };
    let Some(rules) = list.elements() else {
        return Err(EditError::WrongKind { pointer: format!("{pointer}/{field}"), wanted: "a list" });
    };
    let all = |rule: &crate::syntax::Node| {
        let names = rule.get("ErrorEquals").and_then(|names| names.elements()).unwrap_or_default();
        names.iter().any(|name| name.as_str() == Some("States.ALL"))
    };
    let last = rules.iter().position(all).unwrap_or(rules.len());
    Ok(vec![insert_element(&document, list, index.min(last), rule)])
}
