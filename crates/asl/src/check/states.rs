//! What every state must have, and the rules of the small state types.

use super::catalog::{STATE, TYPES};
use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Language, Shape, cut};
use super::machine::{self, Scope};
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use super::values::is_expression;
use super::{choice, errors, map, task};
use crate::edit;
use crate::syntax::{Kind, TextEdit};

const TYPE: Rule = Rule::error("MW-STATE-TYPE");
const NEXT_OR_END: Rule = Rule::error("MW-STATE-NEXT");
const DOWNGRADE: Rule = Rule::error("MW-STATE-LANGUAGE");
const WAIT: Rule = Rule::error("MW-WAIT");
const FAIL: Rule = Rule::error("MW-FAIL");
const RESULT_STATIC: Rule = Rule::warning("MW-PASS-RESULT", Group::DataFlow).code("PASS_RESULT_IS_STATIC");
const RESULT_WINS: Rule = Rule::warning("MW-PASS-PARAMETERS", Group::DataFlow);
const ASSIGN: Rule = Rule::error("MW-ASSIGN").group(Group::DataFlow);
const EXPRESS_WAIT: Rule = Rule::warning("L-03", Group::Operations);

pub(super) fn check<'d>(checker: &mut Checker<'d>, state: &Place<'_, 'd>, scope: Scope) {
    if !checker.is_object(state, "A state") {
        return;
    }
    let language = Language::of(state.node, scope.machine_language);
    if scope.machine_language == Language::Jsonata && language == Language::JsonPath {
        let message = format!(
            "{} asks for JSONPath, but the whole definition is JSONata. Remove QueryLanguage here or there.",
            cut(state.name())
        );
        checker
            .add(DOWNGRADE, state, message)
            .aws("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
        return;
    }
    checker.require(state, "A state", &["Type"]);
    let Some((kind, list)) = known_type(checker, state) else { return };
    let what = format!("a {kind} state");
    checker.fields(state, &Shape { what: &what, lists: &[STATE, list], language });
    if matches!(kind, "Pass" | "Task" | "Wait" | "Parallel" | "Map") {
        next_or_end(checker, state);
    }
    assign(checker, state);
    match kind {
        "Pass" => pass(checker, state),
        "Wait" => wait(checker, state, language, scope),
        "Fail" => fail(checker, state),
        "Choice" => choice::check(checker, state, language),
        "Task" => task::check(checker, state, language, scope),
        "Parallel" => parallel(checker, state, scope),
        "Map" => map::check(checker, state, language, scope),
        _ => {}
    }
    if matches!(kind, "Task" | "Parallel" | "Map") {
        errors::check(checker, state, language);
    }
}

fn known_type(
    checker: &mut Checker,
    state: &Place,
) -> Option<(&'static str, &'static [super::fields::Field])> {
    let kind = state.get("Type")?;
    let Some(text) = kind.node.as_str() else {
        checker.value(&kind, super::fields::Kind::Text, Language::JsonPath);
        return None;
    };
    let known = TYPES.iter().find(|(name, _)| *name == text);
    if known.is_none() {
        let names: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
        let message = format!("\"{}\" is no type of state. The types are {}.", cut(text), names.join(", "));
        let note = checker.add(TYPE, &kind, message);
        if let Some(name) = nearest(text, names.iter().copied()) {
            note.fix(format!("Write {name}"), vec![TextEdit::replace(kind.node.span, format!("\"{name}\""))]);
        }
    }
    known.copied()
}

fn next_or_end(checker: &mut Checker, state: &Place) {
    let next = state.node.member("Next").is_some();
    let end = state.node.get("End").is_some_and(|end| end.is_true());
    let document = checker.document;
    match (next, end) {
        (false, false) => {
            let pointer = format!("{}/End", state.pointer());
            let message = format!(
                "{} neither leads to another state nor ends the flow. Add Next, or \"End\": true.",
                cut(state.name())
            );
            let note =
                checker.add(NEXT_OR_END, state, message).aws("These fields are required: [Next or End]");
            if let Ok(edit) = edit::set_in(document, &pointer, &true.into()) {
                note.fix("End the flow here", vec![edit]);
            }
        }
        (true, true) => {
            let message = format!("{} has both Next and End. Remove one of them.", cut(state.name()));
            let members = state.node.members().unwrap_or_default();
            let index = members.iter().rposition(|member| member.key == "End");
            let note = checker
                .add(NEXT_OR_END, state, message)
                .aws("Only one of these fields is allowed: [Next, End]");
            if let Some(edit) = index.and_then(|index| edit::remove_child(state.node, index)) {
                note.fix("Remove End", vec![edit]);
            }
        }
        _ => {}
    }
}

/// Names of variables: letters, digits and `_`, first a letter, at most 80 characters.
pub(super) fn assign(checker: &mut Checker, owner: &Place) {
    let Some(assign) = owner.get("Assign") else { return };
    for variable in assign.members() {
        let name = variable.name().strip_suffix(".$").unwrap_or(variable.name());
        let good =
            name.starts_with(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if name == "states" || !good || name.chars().count() > 80 {
            let message = format!(
                "{} cannot name a variable: use letters, digits and _, a letter first, at most 80 characters, and not \"states\".",
                cut(name)
            );
            checker.add_on_key(ASSIGN, &variable, message);
        }
    }
}

fn pass(checker: &mut Checker, state: &Place) {
    let Some(result) = state.get("Result") else { return };
    if let Some(parameters) = state.get("Parameters") {
        checker.add_on_key(
            RESULT_WINS,
            &parameters,
            "Parameters has no effect beside Result, which is passed on instead. Remove one of them.",
        );
    }
    let path = |text: &str| text.starts_with("$.") || text.starts_with("$$.");
    if result.node.as_str().is_some_and(path)
        || result.node.members().is_some_and(|all| all.iter().any(|one| one.key.ends_with(".$")))
    {
        checker.add(
            RESULT_STATIC,
            &result,
            "Result is passed on as it stands; paths in it are not looked up. Use Parameters for that.",
        );
    }
}

fn wait(checker: &mut Checker, state: &Place, language: Language, scope: Scope) {
    let ways = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
    if !ways.iter().any(|way| state.node.member(way).is_some()) {
        checker
            .add(
                WAIT,
                state,
                "A Wait state needs one of Seconds, SecondsPath, Timestamp, TimestampPath. Add one.",
            )
            .aws("These fields are required: [Seconds or SecondsPath or Timestamp or TimestampPath]");
    }
    checker.exclusive(state, &ways);
    if let Some(timestamp) = state.get("Timestamp")
        && let Some(text) =
            timestamp.node.as_str().filter(|text| language == Language::JsonPath || !is_expression(text))
        && crate::program::rules::time(&text.into()).is_none()
    {
        let message = format!("\"{}\" is no time. Write it like 2026-03-14T01:59:00Z.", cut(text));
        checker.add(WAIT, &timestamp, message).aws("String does not match RFC3339 timestamp");
    }
    if let Some(seconds) =
        state.get("Seconds").filter(|seconds| scope.express && seconds.node.as_i64() > Some(300))
    {
        checker.add(EXPRESS_WAIT, &seconds, "An Express execution ends after five minutes, so it will never outlive this wait. Use STANDARD, or wait less.");
    }
}

fn fail(checker: &mut Checker, state: &Place) {
    checker.exclusive(state, &["Error", "ErrorPath"]);
    checker.exclusive(state, &["Cause", "CausePath"]);
    for field in ["Next", "End"] {
        if let Some(member) = state.get(field) {
            checker.add_on_key(
                FAIL,
                &member,
                format!("A Fail state ends the flow by itself. Remove {field}."),
            );
        }
    }
}

fn parallel<'d>(checker: &mut Checker<'d>, state: &Place<'_, 'd>, scope: Scope) {
    checker.require(state, "A Parallel state", &["Branches"]);
    let Some(branches) = state.get("Branches") else { return };
    if branches.node.elements().is_some_and(<[_]>::is_empty) {
        checker.add(TYPE, &branches, "A Parallel state needs at least one branch. Add one.");
    }
    for branch in branches.elements().filter(|branch| branch.node.kind != Kind::Missing) {
        machine::nested(checker, &branch, "a branch", scope);
    }
}
