//! The context object: what `$$` and `$states.context` show.

use crate::Value;
use crate::execution::ContextSeed;
use crate::map_run::MapItem;
use crate::payload::Payload;
use crate::value::Object;
use model::Timestamp;
use std::sync::Arc;

/// The parts that stay the same for a whole execution.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    execution: Value,
    machine: Value,
    given: Option<Value>,
}

impl Fixed {
    pub fn new(seed: &ContextSeed, input: &Payload) -> Self {
        let text = |text: &Arc<str>| Value::String(text.clone());
        let mut execution = Object::new();
        execution.insert("Id".into(), text(&seed.execution_id));
        execution.insert("Input".into(), input.value().clone());
        execution.insert("StartTime".into(), seed.start_time.to_rfc3339().into());
        execution.insert("Name".into(), text(&seed.execution_name));
        execution.insert("RoleArn".into(), text(&seed.role_arn));
        execution.insert("RedriveCount".into(), u64::from(seed.redrive_count).into());
        if let Some(at) = seed.redrive_time {
            execution.insert("RedriveTime".into(), at.to_rfc3339().into());
        }
        let mut machine = Object::new();
        machine.insert("Id".into(), text(&seed.state_machine_id));
        machine.insert("Name".into(), text(&seed.state_machine_name));
        Self { execution: execution.into(), machine: machine.into(), given: None }
    }

    /// A context object that somebody made up, for testing one state: its parts win over others.
    pub fn of(given: Value) -> Self {
        let part = |name: &str| given.get(name).cloned().unwrap_or_default();
        Self { execution: part("Execution"), machine: part("StateMachine"), given: Some(given) }
    }

    /// The context object within a state.
    pub fn within(&self, state: &Arc<str>, entered: Timestamp, extra: &Extra<'_>) -> Value {
        let mut context = Object::new();
        context.insert("Execution".into(), self.execution.clone());
        context.insert("StateMachine".into(), self.machine.clone());
        let mut fields = Object::new();
        fields.insert("Name".into(), Value::String(state.clone()));
        fields.insert("EnteredTime".into(), entered.to_rfc3339().into());
        if let Some(retries) = extra.retries {
            fields.insert("RetryCount".into(), u64::from(retries).into());
        }
        context.insert("State".into(), fields.into());
        if let Some(token) = extra.token {
            let mut task = Object::new();
            task.insert("Token".into(), token.into());
            context.insert("Task".into(), task.into());
        }
        for (name, value) in self.given.as_ref().and_then(Value::as_object).into_iter().flatten() {
            match (context.get_mut(name), value) {
                (Some(Value::Object(part)), Value::Object(given)) => {
                    Arc::make_mut(part).extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => drop(context.insert(name.clone(), value.clone())),
            }
        }
        context.into()
    }
}

/// The parts that only some states have.
#[derive(Default)]
pub(crate) struct Extra<'a> {
    pub retries: Option<u32>,
    pub token: Option<&'a str>,
}

/// The context object with `Map.Item`.
pub(crate) fn with_item(context: &Value, item: &MapItem<'_>) -> Value {
    let mut members = context.as_object().cloned().unwrap_or_default();
    let mut fields = Object::new();
    fields.insert("Index".into(), item.index.into());
    fields.insert("Value".into(), item.value.value().clone());
    if let Some(key) = item.key {
        fields.insert("Key".into(), key.into());
    }
    fields.insert("Source".into(), item.source.into());
    let mut map = Object::new();
    map.insert("Item".into(), fields.into());
    members.insert("Map".into(), map.into());
    members.into()
}
