//! Choice states.

use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Language, cut};
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use super::states;
use super::values::is_expression;
use crate::syntax::{Kind, TextEdit};

const RULE: Rule = Rule::error("MW-CHOICE");
const OPERAND: Rule = Rule::error("MW-CHOICE-OPERAND");
const NO_DEFAULT: Rule = Rule::warning("MW-CHOICE-DEFAULT", Group::Operations);

/// Kinds of operands by the operator's first word.
const FAMILIES: [&str; 4] = ["String", "Numeric", "Boolean", "Timestamp"];
const ORDERS: [&str; 5] = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"];
const TESTS: [&str; 6] = ["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"];
const OTHER_FIELDS: [&str; 9] =
    ["Variable", "Next", "And", "Or", "Not", "Comment", "Assign", "Output", "Condition"];

pub(super) fn check(checker: &mut Checker, state: &Place, language: Language) {
    checker.require(state, "A Choice state", &["Choices"]);
    let Some(choices) = state.get("Choices") else { return };
    if choices.node.elements().is_some_and(<[_]>::is_empty) {
        checker.add(RULE, &choices, "A Choice state needs at least one rule. Add one.");
    }
    for rule in choices.elements() {
        if !checker.is_object(&rule, "A choice rule") {
            continue;
        }
        checker.require(&rule, "A choice rule", &["Next"]);
        states::assign(checker, &rule);
        match language {
            Language::Jsonata => jsonata(checker, &rule),
            Language::JsonPath => comparison(checker, &rule, true),
        }
    }
    if state.node.member("Default").is_none() {
        let message = format!(
            "{} has no Default: an input that meets no rule fails with States.NoChoiceMatched. Add a Default.",
            cut(state.name())
        );
        checker.add(NO_DEFAULT, state, message);
    }
}

fn jsonata(checker: &mut Checker, rule: &Place) {
    checker.require(rule, "A choice rule in JSONata", &["Condition"]);
    for member in rule.members() {
        match member.name() {
            "Condition" => {
                let good = member.node.as_str().is_some_and(is_expression)
                    || matches!(member.node.kind, Kind::Bool(_));
                if !good && !member.node.is_missing() {
                    checker.add(RULE, &member, "Condition must be an expression such as \"{% $states.input.total > 10 %}\", or true or false.");
                }
                checker.expressions(&member);
            }
            "Assign" | "Output" => checker.expressions(&member),
            "Next" | "Comment" => {}
            name => {
                let message = format!(
                    "{} does not exist in a JSONata choice rule. Write the test in Condition.",
                    cut(name)
                );
                checker.add_on_key(RULE, &member, message);
            }
        }
    }
}

fn comparison(checker: &mut Checker, rule: &Place, top: bool) {
    if !checker.is_object(rule, "A choice rule") {
        return;
    }
    let mut tests = Vec::new();
    for member in rule.members() {
        match member.name() {
            "And" | "Or" => {
                tests.push(member.name());
                if member.node.elements().is_none_or(<[_]>::is_empty) {
                    checker.add(
                        RULE,
                        &member,
                        format!("{} needs a list of at least one rule.", member.name()),
                    );
                }
                member.elements().for_each(|inner| comparison(checker, &inner, false));
            }
            "Not" => {
                tests.push("Not");
                comparison(checker, &member, false);
            }
            "Variable" => checker.value(&member, super::fields::Kind::Path, Language::JsonPath),
            "Comment" => {}
            "Next" | "Assign" if !top => {
                let message =
                    format!("{} may only stand in the outermost rule. Move it there.", member.name());
                checker.add_on_key(RULE, &member, message);
            }
            "Next" => {}
            "Assign" => checker.template(&member),
            name if is_operator(name) => {
                tests.push(name);
                operand(checker, &member);
            }
            name => unknown(checker, &member, name),
        }
    }
    let compound = tests.iter().any(|test| matches!(*test, "And" | "Or" | "Not"));
    match tests.len() {
        0 => {
            checker.add(RULE, rule, "This rule tests nothing. Add Variable and a comparison such as StringEquals, or And, Or, Not.");
        }
        1 if !compound && rule.node.member("Variable").is_none() => {
            checker.require(rule, "A comparison", &["Variable"]);
        }
        1 => {}
        _ => {
            checker.add(
                RULE,
                rule,
                format!(
                    "A rule makes one test, but this one has {}. Join them with And.",
                    tests.join(" and ")
                ),
            );
        }
    }
}

fn unknown(checker: &mut Checker, member: &Place, name: &str) {
    let operators: Vec<String> = operators().collect();
    let known = operators.iter().map(String::as_str).chain(OTHER_FIELDS);
    let candidate = nearest(name, known);
    let advice = candidate.map_or_else(String::new, |known| format!(" Did you mean {known}?"));
    let note = checker.add_on_key(RULE, member, format!("{} is no comparison.{advice}", cut(name)));
    if let (Some(known), Some(span)) = (candidate, member.key_span()) {
        note.fix(format!("Rename it to {known}"), vec![TextEdit::replace(span, format!("\"{known}\""))]);
    }
}

fn operators() -> impl Iterator<Item = String> {
    let ordered = FAMILIES.iter().flat_map(|family| {
        let orders = ORDERS.iter().filter(move |order| *family != "Boolean" || **order == "Equals");
        orders.flat_map(move |order| [format!("{family}{order}"), format!("{family}{order}Path")])
    });
    ordered.chain(TESTS.iter().map(|test| (*test).to_owned())).chain(["StringMatches".to_owned()])
}

fn is_operator(name: &str) -> bool {
    name == "StringMatches" || TESTS.contains(&name) || {
        let plain = name.strip_suffix("Path").unwrap_or(name);
        FAMILIES.iter().any(|family| {
            let order = plain.strip_prefix(family);
            order.is_some_and(|order| ORDERS.contains(&order) && (*family != "Boolean" || order == "Equals"))
        })
    }
}

fn operand(checker: &mut Checker, member: &Place) {
    let (name, node) = (member.name(), member.node);
    if name.ends_with("Path") {
        return checker.value(member, super::fields::Kind::Path, Language::JsonPath);
    }
    let wanted = match name {
        _ if name.starts_with("Is") || name.starts_with("Boolean") => {
            (!matches!(node.kind, Kind::Bool(_))).then_some("true or false")
        }
        _ if name.starts_with("Numeric") => (!matches!(node.kind, Kind::Number(_))).then_some("a number"),
        _ if name.starts_with("Timestamp") => {
            let time = node.as_str().is_some_and(|text| crate::program::rules::time(&text.into()).is_some());
            (!time).then_some("a time such as \"2026-03-14T01:59:00Z\"")
        }
        _ => node.as_str().is_none().then_some("a string"),
    };
    if let Some(wanted) = wanted.filter(|_| !node.is_missing()) {
        checker.add(
            OPERAND,
            member,
            format!("{name} compares with {wanted}, but here stands {}.", node.kind_name()),
        );
    }
}
