//! What a field holds: kinds, ranges, paths, templates, expressions.

use super::checker::Checker;
use super::diagnostic::Group;
use super::expressions::Fault;
use super::fields::{Kind, Language, cut};
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use crate::syntax::{self, TextEdit};

pub(super) const KIND: Rule = Rule::error("MW-FIELD-KIND");
const RANGE: Rule = Rule::error("MW-FIELD-RANGE");
const CHOICE: Rule = Rule::error("MW-FIELD-VALUE");
const PATH: Rule = Rule::error("MW-PATH").group(Group::DataFlow);
const TEMPLATE: Rule = Rule::error("MW-TEMPLATE").group(Group::DataFlow);
const EXPRESSION: Rule = Rule::error("MW-JSONATA").group(Group::DataFlow).code("INVALID_JSONATA_EXPRESSION");
const TOP_LEVEL: Rule =
    Rule::error("MW-JSONATA-TOP-LEVEL").group(Group::DataFlow).code("UNSUPPORTED_JSONATA_EXPRESSION");
const NO_DOLLAR: Rule = Rule::warning("MW-TEMPLATE-DOLLAR", Group::DataFlow).code("NO_DOLLAR");

impl Checker<'_> {
    /// Checks the value of a known field.
    pub fn value(&mut self, place: &Place, kind: Kind, language: Language) {
        let node = place.node;
        if node.is_missing() {
            return;
        }
        let expression = language == Language::Jsonata && node.as_str().is_some_and(is_expression);
        match kind {
            Kind::Any => {}
            Kind::Text if expression => self.expressions(place),
            Kind::IntExpr(..) | Kind::NumberExpr(..) if expression => self.expressions(place),
            Kind::Text => self.kind(place, node.as_str().is_some(), "a string"),
            Kind::Bool => self.kind(place, matches!(node.kind, syntax::Kind::Bool(_)), "true or false"),
            Kind::Object => self.kind(place, node.members().is_some(), "an object"),
            Kind::Array => self.kind(place, node.elements().is_some(), "an array"),
            Kind::Int(low, high) | Kind::IntExpr(low, high) => self.whole(place, low, high),
            Kind::Number(low, high) | Kind::NumberExpr(low, high) => self.number(place, low, high),
            Kind::OneOf(words) => self.one_of(place, words),
            Kind::Path => self.path(place, false),
            Kind::PathOrNull if node.kind == syntax::Kind::Null => {}
            Kind::PathOrNull => self.path(place, false),
            Kind::ReferenceOrNull if node.kind == syntax::Kind::Null => {}
            Kind::Reference | Kind::ReferenceOrNull => self.path(place, true),
            Kind::PathOrIntrinsic => {
                if !node.as_str().is_some_and(|text| text.starts_with("States.")) {
                    self.path(place, false);
                }
            }
            Kind::ObjectTemplate if node.members().is_none() => self.kind(place, false, "an object"),
            Kind::Template | Kind::ObjectTemplate => match language {
                Language::JsonPath => self.template(place),
                Language::Jsonata => self.expressions(place),
            },
        }
    }

    fn kind(&mut self, place: &Place, right: bool, wanted: &str) {
        if !right {
            let message = format!("{} must be {wanted}, but is {}.", place.name(), place.node.kind_name());
            let note = self.add(KIND, place, message);
            if wanted == "a string" {
                note.aws("Expected value of type [STRING]");
            }
        }
    }

    fn whole(&mut self, place: &Place, low: i64, high: i64) {
        match place.node.as_i64() {
            None => self.kind(place, false, "a whole number"),
            Some(number) if number < low => {
                let message = format!("{} must be at least {low}, but is {number}.", place.name());
                self.add(RANGE, place, message).aws(format!("Minimum value is {low}"));
            }
            Some(number) if number > high => {
                let message = format!("{} must be at most {high}, but is {number}.", place.name());
                self.add(RANGE, place, message).aws(format!("Maximum value is {high}"));
            }
            Some(_) => {}
        }
    }

    fn number(&mut self, place: &Place, low: f64, high: f64) {
        match place.node.as_f64() {
            None => self.kind(place, false, "a number"),
            Some(number) if number < low => {
                let message = format!("{} must be at least {low}, but is {number}.", place.name());
                self.add(RANGE, place, message).aws(format!("Minimum value is {low:?}"));
            }
            Some(number) if number > high => {
                let message = format!("{} must be at most {high}, but is {number}.", place.name());
                self.add(RANGE, place, message).aws(format!("Maximum value is {high:?}"));
            }
            Some(_) => {}
        }
    }

    fn one_of(&mut self, place: &Place, words: &[&'static str]) {
        let Some(text) = place.node.as_str() else { return self.kind(place, false, "a string") };
        if !words.contains(&text) {
            let message =
                format!("{} must be {}, but is \"{}\".", place.name(), words.join(" or "), cut(text));
            let aws = format!("Value should be one of the following: [{}]", words.join(", "));
            let note = self.add(CHOICE, place, message).aws(aws);
            if let Some(word) = nearest(text, words.iter().copied()) {
                note.fix(
                    format!("Write {word}"),
                    vec![TextEdit::replace(place.node.span, format!("\"{word}\""))],
                );
            }
        }
    }

    /// A path as the whole value of a field.
    fn path(&mut self, place: &Place, reference: bool) {
        let Some(text) = place.node.as_str() else { return self.kind(place, false, "a path in a string") };
        if let Err(reason) = super::expressions::path(text, reference) {
            let message = format!("{} is \"{}\", which is no path: {reason}", place.name(), cut(text));
            let note = self.add(PATH, place, message);
            if reference {
                note.aws("Value is not a Reference Path");
            }
        }
    }

    /// A JSONPath payload template: members named `….$` hold paths or intrinsic functions.
    pub fn template(&mut self, place: &Place) {
        for member in place.members() {
            match (member.name().ends_with(".$"), member.node.as_str()) {
                (true, Some(text)) => {
                    if let Err(reason) = super::expressions::path_or_intrinsic(text) {
                        let message = format!(
                            "{} holds \"{}\", which cannot be read: {reason}",
                            cut(member.name()),
                            cut(text)
                        );
                        self.add(TEMPLATE, &member, message);
                    }
                }
                (true, None) if !member.node.is_missing() => {
                    let message = format!(
                        "{} ends with .$ and must hold a path or an intrinsic function in a string, but is {}.",
                        cut(member.name()),
                        member.node.kind_name()
                    );
                    self.add(TEMPLATE, &member, message);
                }
                (false, Some(text))
                    if text.starts_with("$.")
                        || text.starts_with("$$.")
                        || text.starts_with("States.") && text.ends_with(')') =>
                {
                    let message = format!(
                        "{} looks like a path, but will be passed on as the text \"{}\". Name the field {0}.$ to have it looked up.",
                        cut(member.name()),
                        cut(text)
                    );
                    let note = self.add(NO_DOLLAR, &member, message);
                    if let Some(span) = member.key_span() {
                        let at = span.end - 1;
                        note.fix("Add .$ to the name", vec![TextEdit::insert(at, ".$")]);
                    }
                }
                _ => self.template(&member),
            }
        }
        for element in place.elements() {
            self.template(&element);
        }
    }

    /// JSONata expressions anywhere inside a value.
    pub fn expressions(&mut self, place: &Place) {
        if let Some(text) = place.node.as_str() {
            if !self.affords(text) {
                return;
            }
            let Err(fault) = super::expressions::jsonata(text, self.in_catch) else { return };
            let name = if place.name().is_empty() { "An element" } else { place.name() };
            match fault {
                Fault::Unreadable(reason, aws) => {
                    let message = format!("{} holds an expression that cannot be read: {reason}", cut(name));
                    let note = self.add(EXPRESSION, place, message);
                    if let Some(aws) = aws {
                        note.aws(aws);
                    }
                }
                Fault::TopLevel(found) => {
                    let (found, advice) = match found.as_str() {
                        "$" | "$$" => (found.clone(), "Start from $states.input.".to_owned()),
                        name => {
                            let name = cut(name);
                            let advice = format!("Write $states.input.{name}, or ${name} for a variable.");
                            (name, advice)
                        }
                    };
                    let message = format!(
                        "{} looks up {found}, but an expression has nothing to look in at its top level. {advice}",
                        cut(name)
                    );
                    let aws = match found.as_str() {
                        "$$" => "Reference to '$$' is not supported.".to_owned(),
                        found => format!("Reference to '{found}' at the top level is not supported."),
                    };
                    self.add(TOP_LEVEL, place, message).aws(aws);
                }
                Fault::ErrorOutput => {
                    let message = format!(
                        "{} looks up $states.errorOutput, which is there in the Output and Assign of a Catch only.",
                        cut(name)
                    );
                    self.add(TOP_LEVEL, place, message).aws("Field '$states.errorOutput' does not exist.");
                }
            }
            return;
        }
        for member in place.members() {
            self.expressions(&member);
        }
        for element in place.elements() {
            self.expressions(&element);
        }
    }
}

/// What reading an expression costs at most: the library's time for a chain of steps grows with
/// the square of its length.
pub(super) fn cost(text: &str) -> u64 {
    let steps = memchr::memchr_iter(b'.', text.as_bytes()).count() as u64;
    steps.min(1_000).pow(2) + text.len() as u64
}

/// Whether a string is marked as a JSONata expression.
pub(super) fn is_expression(text: &str) -> bool {
    text.starts_with("{%") && text.ends_with("%}") && text.len() >= 4
}
