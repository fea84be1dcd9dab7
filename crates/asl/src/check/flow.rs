//! How the states of one container lead to each other.

use super::checker::Checker;
use super::diagnostic::{AwsPlace, Group};
use super::fields::cut;
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use crate::syntax::TextEdit;
use std::collections::HashMap;

const TARGET: Rule = Rule::error("MW-FLOW-TARGET").code("MISSING_TRANSITION_TARGET");
pub(super) const UNREACHABLE: Rule = Rule::error("MW-FLOW-UNREACHABLE").code("MISSING_TRANSITION_TARGET");
/// AWS asks no more than that some state names it.
const ISLAND: Rule = Rule::warning("MW-FLOW-ISLAND", Group::AslRules);
const NO_END: Rule = Rule::error("MW-FLOW-NO-END").code("MISSING_END_STATE");

/// Checks that all targets exist, that every state can be reached and that the flow can end.
pub(super) fn check(checker: &mut Checker, container: &Place) {
    let Some(states) = container.get("States") else { return };
    let members = states.node.members().unwrap_or_default();
    let numbers: HashMap<&str, usize> =
        members.iter().enumerate().map(|(number, member)| (member.key.as_str(), number)).collect();
    let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for (number, state) in states.members().enumerate() {
        each_target(&state, &mut |target| {
            if let Some(known) = known_target(checker, target, &numbers) {
                leads_to[number].push(known);
            }
        });
    }
    let Some(start) = container.get("StartAt") else { return };
    let start = known_target(checker, &start, &numbers);
    let ends = members.iter().any(|member| {
        let next = member.value.member("Next").is_none();
        match member.value.str_at("Type") {
            Some("Succeed" | "Fail") => true,
            // A state that lacks both has its own diagnostic; do not add a second one.
            Some("Choice") => false,
            _ => next,
        }
    });
    if !ends {
        let message =
            "No state ends this flow. Give one of them \"End\": true, or add a Succeed or Fail state.";
        let note = checker.add(NO_END, &states, message);
        note.aws("Workflow has no terminal state").aws_at(AwsPlace::Nowhere);
    }
    let mut named = vec![false; members.len()];
    for &target in leads_to.iter().flatten().chain(&start) {
        named[target] = true;
    }
    let reached = start.map_or_else(|| named.clone(), |start| reach(start, &leads_to));
    for (number, state) in states.members().enumerate().filter(|(number, _)| !reached[*number]) {
        if named[number] {
            let message = format!(
                "{} is only led to by states that can never run themselves. Let a state that runs name one of them, or remove them.",
                cut(state.name())
            );
            checker.add_on_key(ISLAND, &state, message);
            continue;
        }
        let message = format!(
            "Nothing leads to {}, so it can never run. Let another state name it in Next, or remove it.",
            cut(state.name())
        );
        checker
            .add_on_key(UNREACHABLE, &state, message)
            .aws(format!("State \"{}\" is not reachable.", cut(state.name())));
    }
}

/// Calls `visit` for every field of the state that names another state.
pub(super) fn each_target(state: &Place, visit: &mut dyn FnMut(&Place)) {
    for field in ["Next", "Default"] {
        if let Some(target) = state.get(field) {
            visit(&target);
        }
    }
    for rules in ["Choices", "Catch"] {
        let Some(rules) = state.get(rules) else { continue };
        for rule in rules.elements() {
            if let Some(target) = rule.get("Next") {
                visit(&target);
            }
        }
    }
}

fn known_target(checker: &mut Checker, target: &Place, numbers: &HashMap<&str, usize>) -> Option<usize> {
    let name = target.node.as_str()?;
    if let Some(number) = numbers.get(name) {
        return Some(*number);
    }
    if checker.full() {
        return None;
    }
    // Comparing with thousands of names for each of thousands of targets would take too long.
    let candidate = nearest(name, numbers.keys().copied().take(500));
    let advice = match candidate {
        Some(candidate) => format!("Did you mean {}?", cut(candidate)),
        None => "Add it, or name a state of the same level.".to_owned(),
    };
    let message =
        format!("{} leads to {}, but there is no such state here. {advice}", target.name(), cut(name));
    let note = checker.add(TARGET, target, message).aws(format!("Missing 'Next' target: {}", cut(name)));
    if let Some(candidate) = candidate {
        let quoted = crate::Value::from(candidate).to_json();
        note.fix(format!("Lead to {}", cut(candidate)), vec![TextEdit::replace(target.node.span, quoted)]);
    }
    None
}

fn reach(start: usize, leads_to: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; leads_to.len()];
    let mut open = vec![start];
    while let Some(number) = open.pop() {
        if !std::mem::replace(&mut reached[number], true) {
            open.extend(&leads_to[number]);
        }
    }
    reached
}
