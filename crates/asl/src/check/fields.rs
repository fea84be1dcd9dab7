//! Fields of an object: known or not, in the right language, of the right kind, all there.

use super::catalog::{ELSEWHERE, TYPES};
use super::checker::Checker;
use super::diagnostic::AwsPlace;
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use crate::edit;
use crate::syntax::{Node, TextEdit};
use std::collections::HashMap;

const UNKNOWN: Rule = Rule::tolerated("MW-FIELD-UNKNOWN");
const MISPLACED: Rule = Rule::tolerated("MW-FIELD-MISPLACED");
const DUPLICATE: Rule = Rule::tolerated("MW-FIELD-DUPLICATE");
const REQUIRED: Rule = Rule::error("MW-FIELD-REQUIRED");
const LANGUAGE: Rule = Rule::error("MW-FIELD-LANGUAGE");
const EXCLUSIVE: Rule = Rule::error("MW-FIELD-EXCLUSIVE");

/// The query language of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    JsonPath,
    Jsonata,
}

impl Language {
    /// The language that an object asks for with its `QueryLanguage`, or the one around it.
    pub fn of(node: &Node, around: Self) -> Self {
        match node.str_at("QueryLanguage") {
            Some("JSONata") => Self::Jsonata,
            Some("JSONPath") => Self::JsonPath,
            _ => around,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::JsonPath => Self::Jsonata,
            Self::Jsonata => Self::JsonPath,
        }
    }

    /// The field that holds the request of a Task or a reader.
    pub fn arguments(self) -> &'static str {
        match self {
            Self::JsonPath => "Parameters",
            Self::Jsonata => "Arguments",
        }
    }
}

/// What a field may hold. `…Expr` also takes `{% … %}` where the language is JSONata.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Any,
    Text,
    Bool,
    Int(i64, i64),
    IntExpr(i64, i64),
    Number(f64, f64),
    NumberExpr(f64, f64),
    OneOf(&'static [&'static str]),
    Object,
    Array,
    Path,
    PathOrNull,
    Reference,
    ReferenceOrNull,
    PathOrIntrinsic,
    Template,
    ObjectTemplate,
}

/// A field by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    only: Option<Language>,
}

/// A field of both languages.
pub(super) const fn both(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: None }
}

/// A field of JSONPath alone.
pub(super) const fn path(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: Some(Language::JsonPath) }
}

/// A field of JSONata alone.
pub(super) const fn ata(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, only: Some(Language::Jsonata) }
}

/// What the fields of an object are checked against.
pub(super) struct Shape<'s> {
    /// "a Task state", "ReaderConfig"
    pub what: &'s str,
    /// Lists that apply together.
    pub lists: &'s [&'static [Field]],
    pub language: Language,
}

impl Checker<'_> {
    /// Checks every member of the object at `place`, and that it is an object.
    pub fn fields(&mut self, place: &Place, shape: &Shape) {
        if !self.is_object(place, shape.what) {
            return;
        }
        let mut seen = HashMap::new();
        for member in place.members() {
            if seen.insert(member.name(), ()).is_some() {
                let message = format!(
                    "{} stands twice in {}; only the last one counts. Remove one.",
                    member.name(),
                    shape.what
                );
                self.add_on_key(DUPLICATE, &member, message);
            }
            match shape.lists.iter().copied().flatten().find(|field| field.name == member.name()) {
                // Looking for what was meant reads the whole object again.
                None if self.full() || member.name() == "Comment" => {}
                None => self.unknown(place, &member, shape),
                Some(field) if field.only.is_some_and(|only| only != shape.language) => {
                    self.wrong_language(place, &member, shape);
                }
                Some(field) => self.value(&member, field.kind, shape.language),
            }
        }
    }

    /// Checks that the value is an object; a missing one has been reported already.
    pub fn is_object(&mut self, place: &Place, what: &str) -> bool {
        if place.node.members().is_none() && !place.node.is_missing() {
            let message = format!("{what} must be an object, but is {}.", place.node.kind_name());
            self.add(super::values::KIND, place, message);
        }
        place.node.members().is_some()
    }

    /// All of `names` must be there.
    pub fn require(&mut self, place: &Place, what: &str, names: &[&str]) {
        let missing: Vec<&str> =
            names.iter().copied().filter(|name| place.node.member(name).is_none()).collect();
        if !missing.is_empty() && place.node.members().is_some() {
            let message = format!(
                "{what} needs {}. Add {}.",
                missing.join(" and "),
                if missing.len() > 1 { "them" } else { "it" }
            );
            self.add(REQUIRED, place, message)
                .aws(format!("These fields are required: [{}]", missing.join(", ")));
        }
    }

    /// At most one of `names` may be there.
    pub fn exclusive(&mut self, place: &Place, names: &[&str]) {
        let present: Vec<&str> =
            names.iter().copied().filter(|name| place.node.member(name).is_some()).collect();
        if let [first, .., last] = present[..] {
            let Some(member) = place.get(last) else { return };
            let message = format!("{first} and {last} exclude each other. Keep one.");
            let aws = format!("There should only be one of the following fields: [{}]", names.join(", "));
            self.add_on_key(EXCLUSIVE, &member, message).aws(aws).aws_at(AwsPlace::Owner);
        }
    }

    fn unknown(&mut self, place: &Place, member: &Place, shape: &Shape) {
        let name = member.name();
        let homes = TYPES.iter().map(|(kind, list)| (format!("a {kind} state"), *list));
        let homes = homes.chain(ELSEWHERE.iter().map(|(what, list)| ((*what).to_owned(), *list)));
        let home = homes
            .filter(|(_, list)| list.iter().any(|field| field.name == name))
            .map(|(what, _)| what)
            .next();
        let aws = format!("Field '{}' is not supported", cut(name));
        if let Some(home) = home {
            let message = format!(
                "{name} has no place in {}; it belongs to {home}. Remove it or move it there.",
                shape.what
            );
            self.add_on_key(MISPLACED, member, message).aws(aws).aws_at(AwsPlace::Owner);
            return;
        }
        let here = shape
            .lists
            .iter()
            .copied()
            .flatten()
            .filter(|field| field.only.is_none_or(|only| only == shape.language));
        let candidate =
            nearest(name, here.map(|field| field.name)).filter(|known| place.node.member(known).is_none());
        let message = match candidate {
            Some(known) => format!("{} is not a field of {}. Did you mean {known}?", cut(name), shape.what),
            None => format!(
                "{} is not a field of {}. Nothing will read it; remove it, or keep notes in Comment.",
                cut(name),
                shape.what
            ),
        };
        let note = self.add_on_key(UNKNOWN, member, message).aws(aws).aws_at(AwsPlace::Owner);
        if let (Some(known), Some(span)) = (candidate, member.key_span()) {
            note.fix(format!("Rename it to {known}"), vec![TextEdit::replace(span, format!("\"{known}\""))]);
        }
    }

    fn wrong_language(&mut self, place: &Place, member: &Place, shape: &Shape) {
        let name = member.name();
        let twin = match name {
            "Parameters" => "Arguments",
            "Arguments" => "Parameters",
            "ItemsPath" => "Items",
            "Items" => "ItemsPath",
            "ResultPath" | "OutputPath" | "ResultSelector" => "Output",
            "Output" => "OutputPath or ResultSelector",
            _ => name.strip_suffix("Path").unwrap_or(""),
        };
        let advice = if twin.is_empty() { "Remove it.".to_owned() } else { format!("Use {twin} instead.") };
        let message = format!(
            "{name} does not exist in {}, the query language of {}. {advice}",
            shape.language.name(),
            shape.what
        );
        let aws = format!(
            "The QueryLanguage is set to '{}', but field '{name}' is only supported for the '{}' QueryLanguage",
            shape.language.name(),
            shape.language.other().name()
        );
        let document = self.document;
        let note = self.add_on_key(LANGUAGE, member, message).aws(aws).aws_at(AwsPlace::Owner);
        let index = place.node.members().unwrap_or_default().iter().rposition(|one| one.key == name);
        if let (true, Some(edit)) =
            (twin.is_empty(), index.and_then(|index| edit::remove_child(place.node, index)))
        {
            note.fix(format!("Remove {name}"), vec![edit]);
        } else if let ("Parameters" | "Arguments", Some(span)) = (name, member.key_span()) {
            // Only a request without paths or expressions means the same under the other name.
            let raw = member.node.span.slice(&document.text);
            if !raw.contains(".$\"") && !raw.contains("{%") {
                note.fix(
                    format!("Rename it to {twin}"),
                    vec![TextEdit::replace(span, format!("\"{twin}\""))],
                );
            }
        }
    }
}

/// A name short enough for a sentence.
pub(super) fn cut(name: &str) -> String {
    match name.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}
