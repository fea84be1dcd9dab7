//! `states:startExecution`: what the called execution's start and end look like to the calling Task.

use super::Pattern;
use crate::Value;
use crate::execution::{EffectId, Event, Outcome, TaskCall};
use crate::payload::Payload;
use crate::value::Object;
use model::Timestamp;
use std::sync::Arc;

/// The called execution.
#[derive(Clone, Debug, PartialEq)]
pub struct CalledExecution {
    /// Its ARN.
    pub execution_arn: String,
    /// Its name.
    pub name: String,
    /// Its machine's ARN.
    pub state_machine_arn: String,
    /// Its input.
    pub input: Payload,
    /// When it started.
    pub start_date: Timestamp,
}

/// The event when the execution has started: the result, or for `.sync` and `.waitForTaskToken` the
/// accepted request.
pub fn execution_started(id: EffectId, call: &TaskCall, called: &CalledExecution) -> Event {
    let mut result = Object::new();
    result.insert("ExecutionArn".into(), called.execution_arn.as_str().into());
    result.insert("StartDate".into(), called.start_date.to_rfc3339().into());
    let output = Payload::from_value(result.into());
    match call.resource.pattern() {
        Pattern::RequestResponse => Event::TaskSucceeded { id, output },
        _ => Event::TaskSubmitted { id, output },
    }
}

/// The event when an execution that a `.sync` call started has ended: its description as the result,
/// or, for any other end than SUCCEEDED, as the cause of `States.TaskFailed`.
pub fn execution_ended(
    id: EffectId,
    call: &TaskCall,
    called: &CalledExecution,
    outcome: &Outcome,
    stop_date: Timestamp,
) -> Event {
    let parsed = call.resource.pattern() == Pattern::Sync2;
    let payload = |payload: &Payload| match parsed {
        true => payload.value().clone(),
        false => Value::String(Arc::clone(payload.as_text())),
    };
    let mut result = Object::new();
    let mut put = |name: &str, value: Value| result.insert(name.into(), value);
    if let Outcome::Failed { error, cause }
    | Outcome::TimedOut { error, cause }
    | Outcome::Aborted { error, cause } = outcome
    {
        for (name, text) in [("Cause", cause), ("Error", error)] {
            if let Some(text) = text {
                put(name, text.as_str().into());
            }
        }
    }
    put("ExecutionArn", called.execution_arn.as_str().into());
    put("Input", payload(&called.input));
    put("InputDetails", included());
    put("Name", called.name.as_str().into());
    if let Outcome::Succeeded { output } = outcome {
        put("Output", payload(output));
        put("OutputDetails", included());
    }
    put("RedriveCount", 0u64.into());
    put("StartDate", called.start_date.0.into());
    put("StateMachineArn", called.state_machine_arn.as_str().into());
    put("Status", outcome.status().as_str().into());
    put("StopDate", stop_date.0.into());
    let result: Value = result.into();
    match outcome {
        Outcome::Succeeded { .. } => Event::TaskSucceeded { id, output: Payload::from_value(result) },
        _ => Event::TaskFailed { id, error: "States.TaskFailed".into(), cause: Some(result.to_json()) },
    }
}

fn included() -> Value {
    let mut members = Object::new();
    members.insert("Included".into(), true.into());
    members.into()
}
