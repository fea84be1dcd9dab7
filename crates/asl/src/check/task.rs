//! Task states.

use super::checker::Checker;
use super::diagnostic::Group;
use super::fields::{Language, cut};
use super::machine::Scope;
use super::operations;
use super::place::Place;
use super::rule::Rule;

const RESOURCE: Rule = Rule::error("MW-TASK-RESOURCE").code("INVALID_RESOURCE");
const EXPRESS: Rule = Rule::error("MW-EXPRESS-PATTERN");
const HEARTBEAT: Rule = Rule::error("MW-TASK-HEARTBEAT");
const FUNCTION: Rule = Rule::error("MW-TASK-FUNCTION");
const TOKEN: Rule = Rule::warning("MW-TASK-TOKEN", Group::Operations);

pub(super) fn check(checker: &mut Checker, state: &Place, language: Language, scope: Scope) {
    checker.require(state, "A Task state", &["Resource"]);
    checker.exclusive(state, &["TimeoutSeconds", "TimeoutSecondsPath"]);
    checker.exclusive(state, &["HeartbeatSeconds", "HeartbeatSecondsPath"]);
    heartbeat(checker, state);
    if let Some(resource) = state.get("Resource")
        && let Some(arn) = resource.node.as_str()
    {
        arn_form(checker, &resource, arn);
        express(checker, &resource, arn, scope);
        arguments(checker, state, arn, language);
        operations::task(checker, state, arn, scope);
    }
}

fn heartbeat(checker: &mut Checker, state: &Place) {
    let seconds = |field| state.node.get(field).and_then(|node| node.as_i64());
    let (Some(heartbeat), Some(member)) = (seconds("HeartbeatSeconds"), state.get("HeartbeatSeconds")) else {
        return;
    };
    // AWS's default timeout is the 99,999,999 seconds that count as none.
    if seconds("TimeoutSeconds").is_some_and(|timeout| heartbeat >= timeout) {
        checker.add(
            HEARTBEAT,
            &member,
            "HeartbeatSeconds must be smaller than TimeoutSeconds, or no heartbeat is ever missed. Lower it.",
        );
    }
}

fn arn_form(checker: &mut Checker, resource: &Place, arn: &str) {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    if parts.len() < 6 || parts[0] != "arn" || parts[2].is_empty() {
        let message = format!(
            "\"{}\" is no ARN. A Lambda function reads arn:aws:lambda:<region>:<account>:function:<name>, a service arn:aws:states:::<service>:<action>.",
            cut(arn)
        );
        checker
            .add(RESOURCE, resource, message)
            .aws(format!("Value is not a valid resource ARN: {}", cut(arn)));
    }
}

fn express(checker: &mut Checker, resource: &Place, arn: &str, scope: Scope) {
    let pattern =
        [".sync:2", ".sync", ".waitForTaskToken"].into_iter().find(|pattern| arn.ends_with(pattern));
    let activity = arn.starts_with("arn:")
        && arn.splitn(6, ':').nth(5).is_some_and(|rest| rest.starts_with("activity:"));
    let what = match pattern {
        _ if !scope.express => return,
        Some(pattern) => format!("The pattern {pattern}"),
        None if activity => "An activity".to_owned(),
        None => return,
    };
    let message = format!(
        "{what} needs a STANDARD workflow, but this state runs in an EXPRESS one. Change the type, or call the service without waiting."
    );
    checker
        .add(EXPRESS, resource, message)
        .aws("Express state machine does not support '.sync' or '.waitForTaskToken' service integration");
}

fn arguments(checker: &mut Checker, state: &Place, arn: &str, language: Language) {
    let field = language.arguments();
    let arguments = state.get(field);
    if arn.contains(":states:::lambda:invoke") {
        let named = |place: &Place| {
            let members = place.node.members();
            members.is_none_or(|all| all.iter().any(|one| one.key.trim_end_matches(".$") == "FunctionName"))
        };
        if !arguments.as_ref().is_some_and(named) {
            let message = format!("lambda:invoke needs FunctionName in {field}. Add it.");
            checker
                .add(FUNCTION, arguments.as_ref().unwrap_or(state), message)
                .aws("The field 'FunctionName' is required but was missing");
        }
    }
    if arn.ends_with(".waitForTaskToken") {
        let text = arguments.map_or("", |place| place.node.span.slice(&checker.document.text));
        if !text.contains("Task.Token") && !text.contains("{%") {
            let message = format!(
                "This task waits for its token, but {field} does not send it ($$.Task.Token), so nobody can answer. Pass it on."
            );
            checker.add(TOKEN, state, message);
        }
    }
}
