//! The definition as a whole, and every nested set of states.

use super::catalog::{BRANCH, MACHINE};
use super::checker::Checker;
use super::fields::{Language, Shape, cut};
use super::flow;
use super::options::MachineType;
use super::place::Place;
use super::rule::Rule;
use super::states;
use model::limits::{EXPRESS_TIMEOUT_MS, MAX_NAME_CHARS};

const NAME: Rule = Rule::error("L-09").code("INVALID_STATE_NAME");
const NAME_TWICE: Rule = Rule::error("MW-STATE-DUPLICATE").code("DUPLICATE_STATE_NAME");
const NO_STATES: Rule = Rule::error("MW-STATES-EMPTY");
const EXPRESS_TIMEOUT: Rule = Rule::warning("L-03", super::diagnostic::Group::Operations);

/// What is true for all states of a container.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    /// The language that the whole definition sets; a state may only leave JSONPath.
    pub machine_language: Language,
    /// Whether these states run in an EXPRESS execution.
    pub express: bool,
    /// How many distributed Maps stand around them.
    pub distributed_depth: usize,
}

pub(super) fn check<'d>(checker: &mut Checker<'d>, root: &Place<'_, 'd>) {
    let language = Language::of(root.node, Language::JsonPath);
    let shape = Shape { what: "the definition", lists: &[MACHINE], language };
    checker.fields(root, &shape);
    checker.require(root, "The definition", &["StartAt", "States"]);
    let express = checker.options.machine_type == MachineType::Express;
    if let Some(timeout) = root
        .get("TimeoutSeconds")
        .filter(|timeout| express && timeout.node.as_i64() > Some(EXPRESS_TIMEOUT_MS / 1000))
    {
        checker.add(EXPRESS_TIMEOUT, &timeout, "An Express execution ends after five minutes, so a longer TimeoutSeconds has no effect. Lower it to 300.");
    }
    container(checker, root, Scope { machine_language: language, express, distributed_depth: 0 });
}

/// A Parallel branch or an ItemProcessor: its own fields and its states.
pub(super) fn nested<'d>(checker: &mut Checker<'d>, place: &Place<'_, 'd>, what: &str, scope: Scope) {
    let shape = Shape { what, lists: &[BRANCH], language: scope.machine_language };
    checker.fields(place, &shape);
    checker.require(place, what, &["StartAt", "States"]);
    container(checker, place, scope);
}

fn container<'d>(checker: &mut Checker<'d>, place: &Place<'_, 'd>, scope: Scope) {
    let Some(states) = place.get("States") else { return };
    if states.node.members().is_some_and(<[_]>::is_empty) {
        checker.add(NO_STATES, &states, "States is empty. Add at least one state.");
    }
    for state in states.members() {
        name(checker, &state);
        states::check(checker, &state, scope);
    }
    flow::check(checker, place);
}

fn name<'d>(checker: &mut Checker<'d>, state: &Place<'_, 'd>) {
    let name = state.name();
    let chars = name.chars().count();
    if chars == 0 || chars > MAX_NAME_CHARS {
        let message = format!(
            "A state's name must have 1 to {MAX_NAME_CHARS} characters; \"{}\" has {chars}. Rename it.",
            cut(name)
        );
        checker.add_on_key(NAME, state, message);
    }
    if let Some(first) = checker.state_names.get(name) {
        let line = checker.document.position(first.start).line;
        let message = format!(
            "There is another state named {} (line {line}). Names must be unique in the whole definition, nested states included; rename one.",
            cut(name)
        );
        checker.add_on_key(NAME_TWICE, state, message).aws(format!("Duplicate State name: {}", cut(name)));
    } else if let Some(span) = state.key_span() {
        checker.state_names.insert(name, span);
    }
}
