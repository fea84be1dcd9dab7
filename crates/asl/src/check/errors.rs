//! Retry and Catch.

use super::catalog::{CATCHER, RETRIER};
use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Language, Shape, cut};
use super::place::Place;
use super::rule::Rule;
use super::similar::nearest;
use super::states;
use crate::syntax::TextEdit;

const ERROR_EQUALS: Rule = Rule::error("MW-ERROR-EQUALS");
const ALL_ALONE: Rule = Rule::error("MW-ERROR-ALL-ALONE");
const ALL_LAST: Rule = Rule::error("MW-ERROR-ALL-LAST");
const UNKNOWN: Rule = Rule::warning("MW-ERROR-UNKNOWN", Group::Operations);
const UNCATCHABLE: Rule = Rule::warning("MW-ERROR-UNCATCHABLE", Group::Operations);
const DELAY: Rule = Rule::error("MW-RETRY-DELAY");

/// The errors that Step Functions itself raises.
/// Source: Amazon States Language specification; Developer Guide, "Handling errors".
const RESERVED: [&str; 18] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
    "States.UncaughtError",
];

pub(super) fn check(checker: &mut Checker, state: &Place, language: Language) {
    if let Some(retry) = state.get("Retry") {
        for rule in retry.elements() {
            checker.fields(&rule, &Shape { what: "a rule of Retry", lists: &[RETRIER], language });
            checker.require(&rule, "A rule of Retry", &["ErrorEquals"]);
            delays(checker, &rule);
        }
        rules(checker, &retry);
    }
    if let Some(catch) = state.get("Catch") {
        for rule in catch.elements() {
            checker.in_catch = true;
            checker.fields(&rule, &Shape { what: "a rule of Catch", lists: &[CATCHER], language });
            checker.in_catch = false;
            checker.require(&rule, "A rule of Catch", &["ErrorEquals", "Next"]);
            states::assign(checker, &rule);
        }
        rules(checker, &catch);
    }
}

fn delays(checker: &mut Checker, rule: &Place) {
    let interval = rule.node.get("IntervalSeconds").and_then(|node| node.as_i64()).unwrap_or(1);
    let Some(most) = rule.get("MaxDelaySeconds") else { return };
    if most.node.as_i64().is_some_and(|most| most <= interval) {
        let message = format!("MaxDelaySeconds must be greater than IntervalSeconds ({interval}).");
        checker.add(DELAY, &most, message);
    }
}

fn rules(checker: &mut Checker, list: &Place) {
    let count = list.node.elements().map_or(0, <[_]>::len);
    for (index, rule) in list.elements().enumerate() {
        let Some(names) = rule.get("ErrorEquals") else { continue };
        let Some(elements) = names.node.elements() else { continue };
        if elements.is_empty() {
            checker.add(
                ERROR_EQUALS,
                &names,
                "ErrorEquals is empty. Name at least one error, or States.ALL.",
            );
        }
        if elements.iter().any(|name| name.as_str() == Some("States.ALL")) {
            if elements.len() > 1 {
                let message = format!(
                    "States.ALL must stand alone in ErrorEquals of {}. Remove the other names.",
                    list.name()
                );
                let fix = vec![TextEdit::replace(names.node.span, "[\"States.ALL\"]")];
                checker.add(ALL_ALONE, &names, message).fix("Keep only States.ALL", fix);
            }
            if index + 1 < count {
                let message = format!(
                    "States.ALL must be the last rule of {}; the rules behind it would never apply. Move it to the end.",
                    list.name()
                );
                checker.add(ALL_LAST, &names, message);
            }
        }
        for name in names.elements() {
            match name.node.as_str() {
                None if !name.node.is_missing() => {
                    checker.add(
                        ERROR_EQUALS,
                        &name,
                        format!("An error's name must be a string, but is {}.", name.node.kind_name()),
                    );
                }
                Some("States.DataLimitExceeded") => {
                    checker.add(UNCATCHABLE, &name, "States.DataLimitExceeded ends the execution and cannot be retried or caught. Keep payloads below 256 KiB, for a Map with a ResultWriter.");
                }
                Some(text) if text.starts_with("States.") && !RESERVED.contains(&text) => {
                    let candidate = nearest(text, RESERVED);
                    let advice = candidate
                        .map_or("Names that begin with States. are reserved.".to_owned(), |known| {
                            format!("Did you mean {known}?")
                        });
                    let note = checker.add(
                        UNKNOWN,
                        &name,
                        format!("Step Functions raises no error {}. {advice}", cut(text)),
                    );
                    if let Some(known) = candidate {
                        note.fix(
                            format!("Write {known}"),
                            vec![TextEdit::replace(name.node.span, format!("\"{known}\""))],
                        );
                    }
                }
                _ => {}
            }
        }
    }
}
