//! States: add, remove, rename, duplicate, move, with the arrows between them.

use super::error::EditError;
use super::flow::{Flow, Successor};
use super::layout::{Layout, quote};
use super::members::{insert_member, insert_raw, remove_child};
use crate::Value;
use crate::syntax::{Document, Node, TextEdit};

/// Where a new state goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// Between the state at this pointer and all that leads to it.
    Before(String),
    /// Between the state at this pointer and its `Next` (a Choice state's `Default`).
    After(String),
    /// Onto one arrow: the pointer of the field that names the target, such as
    /// `/States/C/Choices/0/Next` or `/StartAt`.
    On(String),
    /// Into a container (its pointer) that has no state yet, as its start.
    Into(String),
}

/// Adds a state. Its own `Next` and `End` are set to what the place asks for.
pub fn add_state(text: &str, place: &Where, name: &str, state: &Value) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = match place {
        Where::Before(pointer) | Where::After(pointer) => Flow::around(&document, pointer)?,
        Where::On(field) => Flow::of_field(&document, field)?,
        Where::Into(container) => Flow::of_container(&document, container)?,
    };
    flow.free_name(name)?;
    let mut edits = Vec::new();
    let successor = match place {
        Where::Before(pointer) => {
            let old = flow.name_of(pointer)?;
            edits.extend(flow.retarget(&old, name));
            Successor::State(old)
        }
        Where::After(pointer) => {
            let before = flow.state(&flow.name_of(pointer)?)?;
            let successor = Flow::successor(before);
            edits.extend(flow.lead(before, &Successor::State(name.to_owned()))?);
            successor
        }
        Where::On(field) => {
            let target = document.node_at(field).ok_or_else(|| EditError::not_found(field))?;
            let old = target.as_str().ok_or_else(|| EditError::flow("This field names no state."))?;
            edits.push(TextEdit::replace(target.span, quote(name)));
            Successor::State(old.to_owned())
        }
        Where::Into(_) => {
            edits.push(flow.set_start(name));
            Successor::End
        }
    };
    let value = joined(state, &successor);
    edits.push(match flow.states {
        Some(states) => insert_member(&document, states, name, &value),
        None => insert_member(&document, flow.container, "States", &single(name, value)),
    });
    Ok(merge(edits))
}

/// Removes a state; what led to it leads to its successor. Rules of Choice and Catch that would
/// lead nowhere go too.
pub fn remove_state(text: &str, pointer: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let name = flow.name_of(pointer)?;
    let successor = match Flow::successor(flow.state(&name)?) {
        Successor::State(next) if next == name => Successor::End,
        other => other,
    };
    let states = flow.states.ok_or_else(|| EditError::not_found(pointer))?;
    let members = states.members().unwrap_or_default();
    let index =
        members.iter().rposition(|member| member.key == name).ok_or_else(|| EditError::not_found(pointer))?;
    let mut edits: Vec<TextEdit> = remove_child(states, index).into_iter().collect();
    match &successor {
        Successor::State(next) => edits.extend(flow.retarget_except(&name, next, &[&name])),
        Successor::End => edits.extend(flow.cut(&name)),
    }
    Ok(edits)
}

/// Renames a state and every reference to it.
pub fn rename_state(text: &str, pointer: &str, name: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let old = flow.name_of(pointer)?;
    if old == name {
        return Ok(Vec::new());
    }
    flow.free_name(name)?;
    let member =
        flow.states.and_then(|states| states.member(&old)).ok_or_else(|| EditError::not_found(pointer))?;
    let mut edits = vec![TextEdit::replace(member.key_span, quote(name))];
    edits.extend(flow.retarget(&old, name));
    Ok(edits)
}

/// Copies a state under a new name and puts the copy behind it; a copy of a state without `Next`
/// or `End` stands alone. States nested inside get new names too.
pub fn duplicate_state(text: &str, pointer: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let old = flow.name_of(pointer)?;
    let name = flow.new_name(&format!("{old} copy"));
    let state = flow.state(&old)?;
    let states = flow.states.ok_or_else(|| EditError::not_found(pointer))?;
    let raw = super::nested::copy(&document, state);
    let raw = format!("{}: {raw}", quote(&name));
    let mut edits = vec![insert_raw(&Layout::of(&document, states), states, &raw)];
    if state.member("Next").is_some() || state.member("End").is_some() {
        edits.extend(flow.lead(state, &Successor::State(name))?);
    }
    Ok(merge(edits))
}

/// Swaps a state with the one before it.
pub fn move_up(text: &str, pointer: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let name = flow.name_of(pointer)?;
    let before = flow
        .before(&name)
        .ok_or_else(|| EditError::flow(format!("No state leads to {name} by Next, so it cannot move up.")))?;
    swap(&flow, &before, &name)
}

/// Swaps a state with the one behind it.
pub fn move_down(text: &str, pointer: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text);
    let flow = Flow::around(&document, pointer)?;
    let name = flow.name_of(pointer)?;
    match Flow::successor(flow.state(&name)?) {
        Successor::State(next) if next != name => swap(&flow, &name, &next),
        _ => Err(EditError::flow(format!("Nothing follows {name}, so it cannot move down."))),
    }
}

/// Turns `… → first → second → …` into `… → second → first → …`.
fn swap(flow: &Flow, first: &str, second: &str) -> Result<Vec<TextEdit>, EditError> {
    let (first_node, second_node) = (flow.state(first)?, flow.state(second)?);
    let plain = |node: &Node| node.member("Next").is_some() || node.member("End").is_some();
    if !plain(first_node) || !plain(second_node) {
        return Err(EditError::flow("Only states with Next or End can change places."));
    }
    let behind = match Flow::successor(second_node) {
        // A loop of the two stays one.
        Successor::State(next) if next == first => Successor::State(second.to_owned()),
        other => other,
    };
    let mut edits = flow.retarget_except(first, second, &[first, second]);
    edits.extend(flow.lead(second_node, &Successor::State(first.to_owned()))?);
    edits.extend(flow.lead(first_node, &behind)?);
    Ok(edits)
}

/// The state with the `Next`, `End` or `Default` that its place asks for.
fn joined(state: &Value, successor: &Successor) -> Value {
    let Some(members) = state.as_object() else { return state.clone() };
    let mut members = members.clone();
    let kind = state.get("Type").and_then(Value::as_str).unwrap_or("");
    members.shift_remove("Next");
    members.shift_remove("End");
    match (kind, successor) {
        ("Succeed" | "Fail", _) => {}
        ("Choice", Successor::State(next)) => drop(members.insert("Default".into(), next.as_str().into())),
        ("Choice", Successor::End) => {}
        (_, Successor::State(next)) => drop(members.insert("Next".into(), next.as_str().into())),
        (_, Successor::End) => drop(members.insert("End".into(), true.into())),
    }
    members.into()
}

fn single(name: &str, state: Value) -> Value {
    let states: crate::value::Object = [(name.into(), state)].into_iter().collect();
    states.into()
}

/// Drops edits that stand twice.
fn merge(mut edits: Vec<TextEdit>) -> Vec<TextEdit> {
    let mut seen: Vec<TextEdit> = Vec::new();
    edits.retain(|edit| {
        let new = edit.span.start == edit.span.end || !seen.contains(edit);
        seen.push(edit.clone());
        new
    });
    edits
}
