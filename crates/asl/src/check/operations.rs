//! What will go wrong at run time although the definition is correct, and what it will cost.

use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::cut;
use super::machine::Scope;
use super::map::MapFacts;
use super::place::Place;
use super::rule::Rule;
use crate::Value;
use crate::edit;
use crate::value::Object;

const RETRY: Rule = Rule::warning("MW-TASK-RETRY", Group::Operations);
const RETRY_TIMEOUT: Rule = Rule::hint("MW-RETRY-TIMEOUT", Group::Operations);
const TIMEOUT: Rule = Rule::warning("MW-TASK-TIMEOUT", Group::Operations);
const CONCURRENCY: Rule = Rule::warning("MW-MAP-CONCURRENCY", Group::Operations);
const TOLERANCE: Rule = Rule::warning("L-14", Group::Operations);
const EXPRESS: Rule = Rule::hint("MW-COST-EXPRESS", Group::Cost);

/// Runs of fewer items can well be started again.
const MANY_ITEMS: u64 = 10_000;

pub(super) fn task(checker: &mut Checker, state: &Place, arn: &str, scope: Scope) {
    let document = checker.document;
    let lambda = arn.contains(":states:::lambda:invoke") || arn.starts_with("arn:aws:lambda:");
    let timed =
        state.node.member("TimeoutSeconds").is_some() || state.node.member("TimeoutSecondsPath").is_some();
    let retry = state.get("Retry");
    if lambda && retry.is_none() {
        let message = format!(
            "{} calls a function without Retry: a passing fault of Lambda, such as throttling, fails it. Add a rule.",
            cut(state.name())
        );
        let edit = edit::insert_member(document, state.node, "Retry", &vec![lambda_retry()].into());
        checker.add(RETRY, state, message).fix("Retry Lambda's passing faults", vec![edit]);
    }
    if !timed {
        let seconds: i64 = if scope.express { 60 } else { 300 };
        let message = format!(
            "{} has no TimeoutSeconds: if the call never answers, it waits {}. Add one.",
            cut(state.name()),
            if scope.express { "until the execution ends" } else { "for more than three years" }
        );
        let edit = edit::insert_member(document, state.node, "TimeoutSeconds", &seconds.into());
        checker.add(TIMEOUT, state, message).fix(format!("Time out after {seconds} seconds"), vec![edit]);
    } else if let Some(retry) = retry.filter(|retry| !covers_timeout(retry)) {
        let message = format!(
            "No rule of Retry in {} covers States.Timeout, so a call that times out is not repeated.",
            cut(state.name())
        );
        checker.add_on_key(RETRY_TIMEOUT, &retry, message);
    }
}

pub(super) fn map(checker: &mut Checker, state: &Place, processor: &Place, facts: &MapFacts) {
    let document = checker.document;
    let has = |field: &str| state.node.member(field).is_some();
    let misplaced = |field: &str| {
        processor.node.get("ProcessorConfig").is_some_and(|config| config.member(field).is_some())
    };
    if !has("MaxConcurrency") && !has("MaxConcurrencyPath") && !misplaced("MaxConcurrency") {
        let message = "Without MaxConcurrency up to 10,000 children run at once; what they call may not bear that. Set a limit.";
        let edit = edit::insert_member(document, state.node, "MaxConcurrency", &1000i64.into());
        checker.add(CONCURRENCY, state, message).fix("Limit to 1,000 at once", vec![edit]);
    }
    let tolerances = [
        "ToleratedFailurePercentage",
        "ToleratedFailurePercentagePath",
        "ToleratedFailureCount",
        "ToleratedFailureCountPath",
    ];
    let few = checker.options.expected_items.is_some_and(|items| items <= MANY_ITEMS);
    if !few && !tolerances.iter().any(|field| has(field) || misplaced(field)) {
        let message = "No failure is tolerated: one failed item out of millions fails the whole run. Set ToleratedFailurePercentage or ToleratedFailureCount.";
        let edit = edit::insert_member(document, state.node, "ToleratedFailurePercentage", &5i64.into());
        checker.add(TOLERANCE, state, message).fix("Tolerate 5 % failures", vec![edit]);
    }
    if !facts.express_children && short(processor) {
        let message = "The children only call functions. As EXPRESS they would cost a fraction, if each ends within five minutes and may run twice.";
        if let Some(config) = processor.get("ProcessorConfig") {
            checker.add(EXPRESS, &config, message);
        }
    }
}

fn lambda_retry() -> Value {
    let errors = [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ];
    let rule: Object = [
        ("ErrorEquals".into(), errors.iter().map(|error| Value::from(*error)).collect::<Vec<_>>().into()),
        ("IntervalSeconds".into(), 1i64.into()),
        ("MaxAttempts".into(), 3i64.into()),
        ("BackoffRate".into(), 2i64.into()),
        ("JitterStrategy".into(), "FULL".into()),
    ]
    .into_iter()
    .collect();
    rule.into()
}

fn covers_timeout(retry: &Place) -> bool {
    let names = retry
        .node
        .elements()
        .unwrap_or_default()
        .iter()
        .filter_map(|rule| rule.get("ErrorEquals")?.elements());
    names.flatten().any(|name| matches!(name.as_str(), Some("States.Timeout" | "States.ALL")))
}

/// Whether every state of the child is sure to fit an Express execution: no waiting for others.
fn short(processor: &Place) -> bool {
    let states = processor.node.get("States").and_then(|states| states.members()).unwrap_or_default();
    !states.is_empty()
        && states.iter().all(|state| match state.value.str_at("Type") {
            Some("Task") => state.value.str_at("Resource").is_some_and(|arn| {
                !arn.contains(".sync") && !arn.contains(".waitForTaskToken") && !arn.contains(":activity:")
            }),
            Some("Wait" | "Map" | "Parallel") => false,
            _ => true,
        })
}
