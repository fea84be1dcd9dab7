//! The machine that is run: the state under test, and a stop in place of every state it leads to.

use super::request::Request;
use super::response::ApiError;
use crate::check::{MachineType, invalid_definition};
use crate::value::Object;
use crate::{Program, Value};

/// Marks the stops, so that a state that leads to itself stops too.
const STOP: char = '\u{1}';
/// Stands for a mocked Parallel: the data passes through it as through a Task.
const STAND_IN: &str = "arn:aws:states:::mapwright:mocked";

/// What a mocked Parallel does with its result.
const DATA_FLOW: [&str; 12] = [
    "Comment",
    "QueryLanguage",
    "Next",
    "End",
    "Assign",
    "Output",
    "InputPath",
    "OutputPath",
    "ResultPath",
    "ResultSelector",
    "Retry",
    "Catch",
];

/// The state under test.
pub(super) struct Tested {
    /// The state as defined, with the language that holds for it.
    pub state: Value,
    /// The definition around it, when the request has one.
    whole: Option<String>,
    /// `Task`, `Map` …
    pub kind: String,
    pub jsonata: bool,
    /// Whether the whole definition is JSONata: then nested states are too.
    all_jsonata: bool,
}

impl Tested {
    /// Finds the state that a request means.
    pub fn of(request: &Request) -> Result<Self, ApiError> {
        let definition = Value::from_json(&request.definition).map_err(|error| {
            ApiError::definition(format!(
                "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {error} at /'"
            ))
        })?;
        let state = match &request.state_name {
            None => definition.clone(),
            Some(name) => find(&definition, name).cloned().ok_or_else(|| {
                ApiError::validation(format!("State name '{name}' not found in the state machine definition"))
            })?,
        };
        let language = state.get("QueryLanguage").or_else(|| definition.get("QueryLanguage"));
        let jsonata = language.and_then(Value::as_str) == Some("JSONata");
        let kind = state.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut members = state.as_object().cloned().unwrap_or_default();
        if jsonata {
            members.insert("QueryLanguage".into(), "JSONata".into());
        }
        let all_jsonata = request.state_name.is_some()
            && definition.get("QueryLanguage").and_then(Value::as_str) == Some("JSONata");
        let whole = request.state_name.is_some().then(|| request.definition.clone());
        Ok(Self { state: members.into(), whole, kind, jsonata, all_jsonata })
    }

    /// Refuses what AWS would not create.
    pub fn check(&self) -> Result<(), ApiError> {
        let refused = |machine: &str| match invalid_definition(machine, MachineType::Standard) {
            Some(message) => Err(ApiError::definition(message)),
            None => Ok(()),
        };
        if let Some(whole) = &self.whole {
            return refused(whole);
        }
        let mut states = Object::new();
        for target in targets(&self.state) {
            states.insert(target.into(), stop());
        }
        let name = "StateName";
        states.insert(name.into(), self.state.clone());
        refused(&self.machine(name, states).to_json())
    }

    /// The machine to run; it starts with a stop, so that the caller can prepare the rest.
    pub fn program(&self, name: &str, mocked: bool) -> Result<Program, ApiError> {
        let mut states = Object::new();
        states.insert(STOP.to_string().into(), stop());
        for target in targets(&self.state) {
            states.insert(format!("{STOP}{target}").into(), stop());
        }
        let mut state = retargeted(&self.state);
        match self.kind.as_str() {
            "Map" => state = distributed(&state),
            "Parallel" if mocked => state = stand_in(&state, &DATA_FLOW),
            _ => {}
        }
        states.insert(name.into(), state);
        Program::compile(&self.machine(&STOP.to_string(), states).to_json()).map_err(|error| {
            ApiError::definition(format!(
                "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {error}'"
            ))
        })
    }

    fn machine(&self, start: &str, states: Object) -> Value {
        let language = if self.all_jsonata { "JSONata" } else { "JSONPath" };
        let members: [(&str, Value); 3] =
            [("QueryLanguage", language.into()), ("StartAt", start.into()), ("States", states.into())];
        members.into_iter().map(|(name, value)| (name.into(), value)).collect::<Object>().into()
    }

    /// The text of a field of the state.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.state.get(field).and_then(Value::as_str)
    }

    /// The lists of error names of `Retry` or `Catch`.
    pub fn rules(&self, field: &str) -> Vec<Vec<std::sync::Arc<str>>> {
        let rules = self.state.get(field).and_then(Value::as_array).unwrap_or_default().iter();
        rules
            .map(|rule| {
                let names = rule.get("ErrorEquals").and_then(Value::as_array).unwrap_or_default().iter();
                names.filter_map(Value::as_str).map(Into::into).collect()
            })
            .collect()
    }
}

/// The state's own name for a stop; `None` for any other state.
pub(super) fn stop_name(name: &str) -> Option<&str> {
    name.strip_prefix(STOP)
}

fn stop() -> Value {
    let members: Object =
        [("Type".into(), "Wait".into()), ("Seconds".into(), 1i64.into()), ("End".into(), true.into())]
            .into_iter()
            .collect();
    members.into()
}

fn find<'v>(container: &'v Value, name: &str) -> Option<&'v Value> {
    let states = container.get("States")?.as_object()?;
    states.get(name).or_else(|| {
        states.values().find_map(|state| {
            let branches = state.get("Branches").and_then(Value::as_array).unwrap_or_default().iter();
            let inner = ["ItemProcessor", "Iterator"].into_iter().filter_map(|field| state.get(field));
            branches.chain(inner).find_map(|container| find(container, name))
        })
    })
}

fn targets(state: &Value) -> Vec<String> {
    let rules = ["Choices", "Catch"].into_iter().filter_map(|field| state.get(field)?.as_array()).flatten();
    let named =
        [state.get("Next"), state.get("Default")].into_iter().chain(rules.map(|rule| rule.get("Next")));
    named.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn retargeted(state: &Value) -> Value {
    let mut members = state.as_object().cloned().unwrap_or_default();
    for field in ["Next", "Default"] {
        if let Some(target) =
            members.get(field).and_then(Value::as_str).map(|target| format!("{STOP}{target}"))
        {
            members.insert(field.into(), target.into());
        }
    }
    for field in ["Choices", "Catch"] {
        if let Some(rules) = members.get(field).and_then(Value::as_array) {
            let rules: Vec<Value> = rules.iter().map(retargeted).collect();
            members.insert(field.into(), rules.into());
        }
    }
    members.into()
}

/// A Map that asks for a Map Run, whatever its mode: a mock answers that.
fn distributed(state: &Value) -> Value {
    let mut members = state.as_object().cloned().unwrap_or_default();
    for field in ["ItemProcessor", "Iterator"] {
        let Some(mut processor) = state.get(field).and_then(Value::as_object).cloned() else { continue };
        let config: [(&str, Value); 2] =
            [("Mode", "DISTRIBUTED".into()), ("ExecutionType", "STANDARD".into())];
        let config: Object = config.into_iter().map(|(name, value)| (name.into(), value)).collect();
        processor.insert("ProcessorConfig".into(), config.into());
        members.insert(field.into(), processor.into());
    }
    members.into()
}

/// A Task in the place of a state, with those of its fields that are kept.
pub(super) fn stand_in(state: &Value, kept: &[&str]) -> Value {
    let mut members: Object = state
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| kept.contains(&&***name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    members.insert("Type".into(), "Task".into());
    members.insert("Resource".into(), STAND_IN.into());
    members.into()
}
