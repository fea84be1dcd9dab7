//! The context object of a test: given, or made up like that of an Express execution.

use super::request::{Request, Surroundings};
use super::response::ApiError;
use crate::Value;
use crate::context::Fixed;
use crate::scope::Rng;
use crate::value::Object;
use model::Timestamp;

/// What `$$` shows, and the state's name and time of entry.
pub(super) struct TestContext {
    pub fixed: Fixed,
    pub state_name: String,
    pub entered: Timestamp,
}

/// Allowed members; `true` means a number instead of a string.
const EXECUTION: &[(&str, Kind)] = &[
    ("Id", Kind::Text),
    ("Input", Kind::Any),
    ("Name", Kind::Text),
    ("RoleArn", Kind::Text),
    ("StartTime", Kind::Text),
    ("RedriveCount", Kind::Number),
    ("RedriveTime", Kind::Text),
];
const STATE: &[(&str, Kind)] =
    &[("EnteredTime", Kind::Text), ("Name", Kind::Text), ("RetryCount", Kind::Number)];
const MACHINE: &[(&str, Kind)] = &[("Id", Kind::Text), ("Name", Kind::Text)];
const TASK: &[(&str, Kind)] = &[("Token", Kind::Text)];

#[derive(Clone, Copy)]
enum Kind {
    Any,
    Text,
    Number,
}

pub(super) fn of(request: &Request, input: &Value, around: &Surroundings) -> Result<TestContext, ApiError> {
    let given = match &request.context {
        None => Value::Null,
        Some(text) => Value::from_json(text).map_err(|_| invalid("it must be valid JSON"))?,
    };
    check(&given)?;
    let text = |part: &str, field: &str| {
        given.get(part).and_then(|part| part.get(field)).and_then(Value::as_str).map(str::to_owned)
    };
    let entered = text("State", "EnteredTime").and_then(|time| Timestamp::parse_rfc3339(&time));
    let state_name = request.state_name.clone().or_else(|| text("State", "Name"));
    let rng = Rng::new(around.seed);
    let (machine, name) = (rng.next_uuid(), rng.next_uuid());
    let arn =
        |kind: &str, rest: &str| format!("arn:aws:states:{}:{}:{kind}:{rest}", around.region, around.account);
    let mut execution = object([
        ("Id", arn("express", &format!("{machine}:{name}")).into()),
        ("Input", input.clone()),
        ("Name", name.into()),
        ("StartTime", around.now.to_rfc3339().into()),
    ]);
    if let Some(role) = &request.role_arn {
        execution.insert("RoleArn".into(), role.as_str().into());
    }
    let machine = object([("Id", arn("stateMachine", &machine).into()), ("Name", machine.into())]);
    let mut whole = object([("Execution", execution.into()), ("StateMachine", machine.into())]);
    whole.extend(given.as_object().cloned().unwrap_or_default());
    Ok(TestContext {
        fixed: Fixed::of(whole.into()),
        state_name: state_name.unwrap_or_else(|| "StateName".to_owned()),
        entered: entered.unwrap_or(around.now),
    })
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn check(context: &Value) -> Result<(), ApiError> {
    if *context != Value::Null && context.as_object().is_none() {
        return Err(invalid("it must be an object"));
    }
    for (part, value) in context.as_object().into_iter().flatten() {
        let allowed = match &**part {
            "Execution" => EXECUTION,
            "State" => STATE,
            "StateMachine" => MACHINE,
            "Task" => TASK,
            "Map" => return Err(invalid("'Map' field is not supported when mocking a Context object")),
            other => return Err(invalid(&format!("Field '{other}' is not allowed"))),
        };
        let members = value.as_object().ok_or_else(|| invalid(&format!("{part} must be an object")))?;
        for (name, value) in members {
            let Some((_, kind)) = allowed.iter().find(|(allowed, _)| *allowed == &**name) else {
                return Err(invalid(&format!("Field '{name}' is not allowed")));
            };
            match kind {
                Kind::Text if value.as_str().is_none() => {
                    return Err(invalid(&format!("{part}.{name} must be a string")));
                }
                Kind::Number if value.as_number().is_none() => {
                    return Err(invalid(&format!("{part}.{name} must be a number")));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn invalid(reason: &str) -> ApiError {
    ApiError::validation(format!("Invalid Context object provided: {reason}"))
}
