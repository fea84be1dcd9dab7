//! Members and elements: set, insert, remove, rename.

use super::error::EditError;
use super::layout::{Layout, children, quote};
use crate::Value;
use crate::syntax::{Document, Kind, Member, Node, Span, TextEdit};

/// Sets the value at a pointer. Its container must exist; a missing member, or the element after
/// the last one (`/…/-` or its number), is added.
pub fn set_value(text: &str, pointer: &str, value: &Value) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    set_in(&document, pointer, value).map(|edit| vec![edit])
}

/// Removes the member or element at a pointer.
pub fn remove_value(text: &str, pointer: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let (parent, key) = parent_of(&document, pointer)?;
    let index = match &parent.kind {
        Kind::Object(members) => members.iter().rposition(|member| member.key == key),
        Kind::Array(elements) => key.parse().ok().filter(|index| *index < elements.len()),
        _ => None,
    };
    let edit = index.and_then(|index| remove_child(parent, index));
    edit.map(|edit| vec![edit]).ok_or_else(|| EditError::not_found(pointer))
}

/// Gives the member at a pointer another key, in place.
pub fn rename_key(text: &str, pointer: &str, key: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let (parent, old) = parent_of(&document, pointer)?;
    let member = parent.member(&old).ok_or_else(|| EditError::not_found(pointer))?;
    Ok(vec![TextEdit::replace(member.key_span, quote(key))])
}

/// Adds a member behind the last one.
pub fn insert_member(document: &Document, object: &Node, key: &str, value: &Value) -> TextEdit {
    let layout = Layout::of(document, object);
    insert_raw(&layout, object, &format!("{}: {}", quote(key), layout.write(value)))
}

/// Adds an element before the one at `index`, or behind the last one.
pub fn insert_element(document: &Document, array: &Node, index: usize, value: &Value) -> TextEdit {
    let layout = Layout::of(document, array);
    let raw = layout.write(value);
    match children(array).get(index) {
        Some(next) => TextEdit::insert(next.start, format!("{raw},{}", layout.separator())),
        None => insert_raw(&layout, array, &raw),
    }
}

/// Removes the child at `index` with its comma and its blanks.
pub fn remove_child(container: &Node, index: usize) -> Option<TextEdit> {
    remove_children(container, &[index]).pop()
}

/// Removes several children. Those at the end take the comma before them along.
pub(super) fn remove_children(container: &Node, indexes: &[usize]) -> Vec<TextEdit> {
    let places = children(container);
    let gone = |index: &usize| indexes.contains(index);
    let kept = (0..places.len()).rposition(|index| !gone(&index));
    let Some(kept) = kept else {
        let inside = Span::new(container.span.start + 1, container.span.end.saturating_sub(1));
        let last = places.last().map_or(inside.end, |last| inside.end.max(last.end));
        return vec![TextEdit::delete(Span::new(inside.start, last))];
    };
    let mut edits: Vec<TextEdit> = (0..kept)
        .filter(gone)
        .map(|index| TextEdit::delete(Span::new(places[index].start, places[index + 1].start)))
        .collect();
    if kept + 1 < places.len() {
        edits.push(TextEdit::delete(Span::new(places[kept].end, places[places.len() - 1].end)));
    }
    edits
}

/// The edit that sets the value at a pointer of a parsed text.
pub(crate) fn set_in(document: &Document, pointer: &str, value: &Value) -> Result<TextEdit, EditError> {
    if let Some(node) = document.node_at(pointer).filter(|node| !node.is_missing()) {
        let layout = match parent_of(document, pointer) {
            Ok((parent, _)) => Layout::of(document, parent),
            Err(_) => Layout { indent: Some(String::new()), unit: "  ".to_owned() },
        };
        return Ok(TextEdit::replace(node.span, layout.write(value)));
    }
    let (parent, key) = parent_of(document, pointer)?;
    match &parent.kind {
        Kind::Object(_) => match parent.member(&key) {
            Some(member) => Ok(fill_missing(document, parent, member, value)),
            None => Ok(insert_member(document, parent, &key, value)),
        },
        Kind::Array(elements) if key == "-" || key.parse() == Ok(elements.len()) => {
            Ok(insert_element(document, parent, elements.len(), value))
        }
        _ => Err(EditError::not_found(pointer)),
    }
}

/// The container of the value at a pointer, and the last step.
pub(super) fn parent_of<'a>(document: &'a Document, pointer: &str) -> Result<(&'a Node, String), EditError> {
    let cut = pointer.rfind('/').ok_or_else(|| EditError::not_found(pointer))?;
    let key = crate::syntax::split(&pointer[cut..]).pop().unwrap_or_default();
    let parent = document.node_at(if cut == 0 { "" } else { &pointer[..cut] });
    let parent = parent.ok_or_else(|| EditError::not_found(&pointer[..cut]))?;
    Ok((parent, key))
}

pub(super) fn insert_raw(layout: &Layout, container: &Node, raw: &str) -> TextEdit {
    if let Some(last) = children(container).last() {
        return TextEdit::insert(last.end, format!(",{}{raw}", layout.separator()));
    }
    let (open, close) = if container.elements().is_some() { ('[', ']') } else { ('{', '}') };
    let new_text = match &layout.indent {
        Some(indent) => {
            let outer = indent.strip_suffix(layout.unit.as_str()).unwrap_or("");
            format!("{open}\n{indent}{raw}\n{outer}{close}")
        }
        None => format!("{open}{raw}{close}"),
    };
    TextEdit::replace(container.span, new_text)
}

fn fill_missing(document: &Document, parent: &Node, member: &Member, value: &Value) -> TextEdit {
    let written = Layout::of(document, parent).write(value);
    let between = Span::new(member.key_span.end, member.value.span.start);
    let colon = if between.slice(&document.text).contains(':') { " " } else { ": " };
    TextEdit::replace(member.value.span, format!("{colon}{written}"))
}
