//! The states of one container and the fields that lead from one to another.

use super::error::EditError;
use super::layout::{Layout, quote};
use super::members::{insert_raw, parent_of, remove_child, remove_children};
use crate::syntax::{Document, Node, TextEdit};

/// What comes after a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Successor {
    /// Another state.
    State(String),
    /// The end of the flow, or nothing.
    End,
}

/// The container of some states.
pub(super) struct Flow<'d> {
    pub document: &'d Document,
    pub container: &'d Node,
    pub states: Option<&'d Node>,
}

impl<'d> Flow<'d> {
    /// The flow that the state at a pointer belongs to.
    pub fn around(document: &'d Document, pointer: &str) -> Result<Self, EditError> {
        let cut = pointer.rfind('/').and_then(|at| pointer[..at].strip_suffix("/States"));
        let container = cut.ok_or(EditError::WrongKind { pointer: pointer.to_owned(), wanted: "a state" })?;
        let flow = Self::of_container(document, container)?;
        flow.state(&flow.name_of(pointer)?)?;
        Ok(flow)
    }

    /// The flow whose arrow a field is.
    pub fn of_field(document: &'d Document, field: &str) -> Result<Self, EditError> {
        if let Some(container) = field.strip_suffix("/StartAt") {
            return Self::of_container(document, container);
        }
        let end = ["/Next", "/Default"].into_iter().find_map(|end| field.strip_suffix(end));
        let rule = end.ok_or_else(|| EditError::flow("This field is no arrow."))?;
        let state = match ["/Choices/", "/Catch/"]
            .into_iter()
            .find_map(|rules| rule.rfind(rules).map(|at| (at, rules)))
        {
            Some((at, rules)) if rule[at + rules.len()..].bytes().all(|byte| byte.is_ascii_digit()) => {
                &rule[..at]
            }
            _ => rule,
        };
        Self::around(document, state)
    }

    /// The flow of a container.
    pub fn of_container(document: &'d Document, pointer: &str) -> Result<Self, EditError> {
        let container = document.node_at(pointer).ok_or_else(|| EditError::not_found(pointer))?;
        if container.members().is_none() {
            return Err(EditError::WrongKind { pointer: pointer.to_owned(), wanted: "an object" });
        }
        Ok(Self { document, container, states: container.get("States") })
    }

    pub fn name_of(&self, pointer: &str) -> Result<String, EditError> {
        parent_of(self.document, pointer).map(|(_, name)| name)
    }

    pub fn state(&self, name: &str) -> Result<&'d Node, EditError> {
        let state = self.states.and_then(|states| states.get(name));
        state.filter(|state| state.members().is_some()).ok_or_else(|| EditError::not_found(name))
    }

    pub fn free_name(&self, name: &str) -> Result<(), EditError> {
        match self.document.root.as_ref().is_some_and(|root| super::nested::has_state(root, name)) {
            true => Err(EditError::NameTaken { name: name.to_owned() }),
            false => Ok(()),
        }
    }

    /// `wanted`, or the first of `wanted 2`, `wanted 3` … that no state has.
    pub fn new_name(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted} {number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| self.free_name(name).is_ok()).expect("there are more numbers than states")
    }

    /// What follows a state: `Next`, for a Choice state `Default`.
    pub fn successor(state: &Node) -> Successor {
        let next = state.str_at("Next").or_else(|| state.str_at("Default"));
        next.map_or(Successor::End, |next| Successor::State(next.to_owned()))
    }

    /// The first state whose `Next` is `name`.
    pub fn before(&self, name: &str) -> Option<String> {
        let members = self.states?.members()?.iter();
        members
            .filter(|state| state.value.str_at("Next") == Some(name) && state.key != name)
            .map(|state| state.key.clone())
            .next()
    }

    /// Makes every reference to `old` one to `new`.
    pub fn retarget(&self, old: &str, new: &str) -> Vec<TextEdit> {
        let found = self.references(old);
        found.into_iter().map(|reference| TextEdit::replace(reference.target.span, quote(new))).collect()
    }

    /// The same, leaving out the references inside some states.
    pub fn retarget_except(&self, old: &str, new: &str, except: &[&str]) -> Vec<TextEdit> {
        let found = self
            .references(old)
            .into_iter()
            .filter(|reference| reference.state.is_none_or(|state| !except.contains(&state)));
        found.map(|reference| TextEdit::replace(reference.target.span, quote(new))).collect()
    }

    /// Ends what led to `name`: `Next` becomes `End`, rules go away, the start moves on.
    pub fn cut(&self, name: &str) -> Vec<TextEdit> {
        let mut edits = Vec::new();
        let mut rules: Vec<(&Node, Vec<usize>)> = Vec::new();
        for reference in self.references(name).into_iter().filter(|reference| reference.state != Some(name)) {
            match (reference.state, reference.rule) {
                (None, _) => {
                    let others = self.states.and_then(Node::members).unwrap_or_default().iter();
                    let other = others.map(|member| &member.key).find(|other| *other != name);
                    edits.extend(other.map(|other| TextEdit::replace(reference.target.span, quote(other))));
                }
                (Some(_), Some((list, index))) => {
                    match rules.last_mut().filter(|(last, _)| last.span == list.span) {
                        Some((_, indexes)) => indexes.push(index),
                        None => rules.push((list, vec![index])),
                    }
                }
                (Some(_), None) => edits.extend(self.end(reference.holder, reference.field)),
            }
        }
        edits.extend(rules.iter().flat_map(|(list, indexes)| remove_children(list, indexes)));
        edits
    }

    /// Makes a state lead to a successor: the edit of its `Next` or `End` (of a Choice, `Default`).
    pub fn lead(&self, state: &Node, to: &Successor) -> Result<Vec<TextEdit>, EditError> {
        let kind = state.str_at("Type").unwrap_or("");
        if matches!(kind, "Succeed" | "Fail") {
            return Err(EditError::flow(format!("A {kind} state ends the flow; nothing can follow it.")));
        }
        let field = if kind == "Choice" { "Default" } else { "Next" };
        let Successor::State(name) = to else {
            return Ok(self.end(state, field).into_iter().collect());
        };
        if let Some(next) = state.get(field) {
            return Ok(vec![TextEdit::replace(next.span, quote(name))]);
        }
        let raw = format!("{}: {}", quote(field), quote(name));
        Ok(vec![match state.member("End") {
            Some(end) if kind != "Choice" => TextEdit::replace(end.span(), raw),
            _ => insert_raw(&Layout::of(self.document, state), state, &raw),
        }])
    }

    /// Sets the container's `StartAt`.
    pub fn set_start(&self, name: &str) -> TextEdit {
        match self.container.get("StartAt") {
            Some(start) => TextEdit::replace(start.span, quote(name)),
            None => super::members::insert_member(self.document, self.container, "StartAt", &name.into()),
        }
    }

    fn end(&self, state: &Node, field: &str) -> Option<TextEdit> {
        let members = state.members()?;
        let index = members.iter().rposition(|member| member.key == field)?;
        match field == "Next" && state.member("End").is_none() {
            true => Some(TextEdit::replace(members[index].span(), "\"End\": true")),
            false => remove_child(state, index),
        }
    }

    fn references(&self, name: &str) -> Vec<Reference<'d>> {
        let mut found = Vec::new();
        if let Some(target) = self.container.get("StartAt").filter(|start| start.as_str() == Some(name)) {
            found.push(Reference {
                state: None,
                holder: self.container,
                field: "StartAt",
                rule: None,
                target,
            });
        }
        for member in self.states.and_then(Node::members).unwrap_or_default() {
            let (state, holder) = (Some(member.key.as_str()), &member.value);
            for field in ["Next", "Default"] {
                if let Some(target) = holder.get(field).filter(|target| target.as_str() == Some(name)) {
                    found.push(Reference { state, holder, field, rule: None, target });
                }
            }
            for list in ["Choices", "Catch"].into_iter().filter_map(|list| holder.get(list)) {
                for (index, rule) in list.elements().unwrap_or_default().iter().enumerate() {
                    if let Some(target) = rule.get("Next").filter(|target| target.as_str() == Some(name)) {
                        found.push(Reference {
                            state,
                            holder: rule,
                            field: "Next",
                            rule: Some((list, index)),
                            target,
                        });
                    }
                }
            }
        }
        found
    }
}

/// A field that names a state.
struct Reference<'d> {
    /// The state that holds it; `None` for `StartAt`.
    state: Option<&'d str>,
    holder: &'d Node,
    field: &'static str,
    /// The list and number of the rule that holds it.
    rule: Option<(&'d Node, usize)>,
    target: &'d Node,
}
