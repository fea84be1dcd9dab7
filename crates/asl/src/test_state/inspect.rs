//! The data at each stage, evaluated on its own: a stage that fails is left out, and so are those
//! behind it. (The error itself comes from running the state.)

use super::machine::Tested;
use super::request::Request;
use super::response::InspectionData;
use crate::jsonata::JsonataTemplate;
use crate::map_run::{BatcherSpec, MapItem};
use crate::payload::Payload;
use crate::scope::{Rng, Scope, Variables};
use crate::value::Object;
use crate::{Path, Template, Value};
use model::limits::MAX_PAYLOAD_BYTES;

/// What the stages are evaluated with.
pub(super) struct Stages<'a> {
    pub tested: &'a Tested,
    pub input: &'a Payload,
    pub context: &'a Value,
    pub variables: &'a Variables,
}

impl Stages<'_> {
    /// The stages up to and, when there is a result, behind the call.
    pub fn of(&self, request: &Request, result: Option<&Payload>) -> InspectionData {
        let mut data = InspectionData { input: Some(text(self.input)), ..InspectionData::default() };
        match (self.tested.kind.as_str(), self.tested.jsonata) {
            ("Task", true) => {
                let arguments = self.jsonata("Arguments", self.input.value());
                data.after_arguments =
                    Some(arguments.map_or_else(|| text(self.input), |value| value.to_json()));
            }
            ("Map", _) => self.map(request, &mut data),
            ("Parallel", true) => {
                data.after_arguments =
                    self.jsonata("Arguments", self.input.value()).map(|value| value.to_json());
            }
            ("Parallel", false) | (_, true) => {}
            ("Pass", false) if self.tested.state.get("Result").is_some() => {}
            (kind, false) => {
                let Some(input) = self.input_path() else { return data };
                data.after_input_path = Some(text(&input));
                if matches!(kind, "Pass" | "Task") {
                    let Some(parameters) = self.template("Parameters", &input) else { return data };
                    data.after_parameters = Some(text(&parameters));
                    if kind == "Pass" {
                        self.behind(&parameters, &mut data);
                        return data;
                    }
                }
            }
        }
        let own =
            self.tested.state.get("Result").filter(|_| self.tested.kind == "Pass" && !self.tested.jsonata);
        if let Some(own) = own {
            let own = Payload::from_value(own.clone());
            data.result = Some(text(&own));
            self.behind(&own, &mut data);
        } else if let Some(result) = result {
            if self.tested.kind == "Task" {
                data.result = Some(text(result));
            }
            if !self.tested.jsonata {
                self.behind(result, &mut data);
            }
        }
        data
    }

    fn behind(&self, result: &Payload, data: &mut InspectionData) {
        let Some(selected) = self.template("ResultSelector", result) else { return };
        data.after_result_selector = Some(text(&selected));
        let combined = match self.tested.state.get("ResultPath") {
            Some(Value::Null) => Some(self.input.clone()),
            Some(Value::String(path)) if &**path != "$" => Path::parse(path)
                .ok()
                .and_then(|path| path.assign(self.input.value(), selected.value().clone()).ok())
                .map(Payload::from_value),
            _ => Some(selected),
        };
        data.after_result_path = combined.as_ref().map(text);
    }

    fn map(&self, request: &Request, data: &mut InspectionData) {
        let state = &self.tested.state;
        let number = |field: &str| state.get(field).and_then(Value::as_number);
        data.max_concurrency =
            Some(number("MaxConcurrency").and_then(serde_json::Number::as_u64).unwrap_or(0));
        data.tolerated_failure_count = number("ToleratedFailureCount").and_then(serde_json::Number::as_u64);
        data.tolerated_failure_percentage =
            number("ToleratedFailurePercentage").and_then(serde_json::Number::as_f64);
        if request.mock.as_ref().is_some_and(|mock| mock.error_output.is_some()) {
            return;
        }
        let Some(input) = self.input_path() else { return };
        let read = request
            .state_configuration
            .map_item_reader_data
            .as_deref()
            .and_then(|read| Value::from_json(read).ok());
        let items = match (&read, self.tested.jsonata) {
            (Some(read), _) => {
                let config = state.get("ItemReader").and_then(|reader| reader.get("ReaderConfig"));
                let pointer = config.and_then(|config| config.get("ItemsPointer")).and_then(Value::as_str);
                let found = pointer.map_or(Some(read.clone()), |pointer| walk(read, pointer));
                data.after_items_pointer = pointer.and(found.as_ref()).map(Value::to_json);
                found
            }
            (None, true) => self.jsonata("Items", input.value()).or_else(|| Some(input.value().clone())),
            (None, false) => {
                let path = self.tested.text("ItemsPath").unwrap_or("$");
                let found =
                    Path::parse(path).ok().and_then(|path| path.eval(&self.scope(input.value())).ok());
                data.after_items_path = found.as_ref().map(Value::to_json);
                found
            }
        };
        let Some(items) = items.as_ref().and_then(Value::as_array) else { return };
        let mut items = items.to_vec();
        if let Some(field) =
            ["ItemSelector", "Parameters"].into_iter().find(|field| state.get(field).is_some())
        {
            let selected =
                items.iter().enumerate().map(|(index, item)| self.select(field, &input, index, item));
            let Some(selected) = selected.collect::<Option<Vec<Value>>>() else { return };
            data.after_item_selector = Some(Value::from(selected.clone()).to_json());
            items = selected;
        }
        if let Some(batcher) = state.get("ItemBatcher") {
            data.after_item_batcher = Some(self.batches(batcher, &input, items).to_json());
        }
    }

    /// What the children of a batching Map receive.
    fn batches(&self, batcher: &Value, input: &Payload, items: Vec<Value>) -> Value {
        let limit =
            |field: &str| batcher.get(field).and_then(Value::as_number).and_then(serde_json::Number::as_u64);
        let most_items = limit("MaxItemsPerBatch").map_or(usize::MAX, |most| most.max(1) as usize);
        let most_bytes = limit("MaxInputBytesPerBatch").map_or(MAX_PAYLOAD_BYTES, |most| most as usize);
        let batch_input = batcher.get("BatchInput").and_then(|template| match self.tested.jsonata {
            true => self.eval(
                |scope| JsonataTemplate::compile("BatchInput", template).ok()?.eval(scope).ok(),
                input.value(),
            ),
            false => self.eval(|scope| Template::compile(template).ok()?.eval(scope).ok(), input.value()),
        });
        let spec = BatcherSpec {
            max_items: Some(most_items as u64),
            max_input_bytes: Some(most_bytes as u64),
            batch_input,
        };
        let batches = batches(&spec, items.into_iter()).into_iter();
        batches.map(|(batch, _)| batch.value().clone()).collect::<Vec<Value>>().into()
    }

    fn select(&self, field: &str, input: &Payload, index: usize, value: &Value) -> Option<Value> {
        let value = Payload::from_value(value.clone());
        let item = MapItem { index: index as u64, value: &value, key: None, source: "STATE_DATA" };
        let context = crate::context::with_item(self.context, &item);
        let template = self.tested.state.get(field)?;
        let rng = Rng::new(0);
        let scope = Scope::new(input.value(), &context, self.variables, &rng);
        match self.tested.jsonata {
            true => JsonataTemplate::compile(field, template).ok()?.eval(&scope).ok(),
            false => Template::compile(template).ok()?.eval(&scope).ok(),
        }
    }

    fn input_path(&self) -> Option<Payload> {
        match self.tested.state.get("InputPath").filter(|_| !self.tested.jsonata) {
            None => Some(self.input.clone()),
            Some(Value::Null) => Some(Payload::from_value(crate::value::Object::new().into())),
            Some(path) => {
                let path = Path::parse(path.as_str()?).ok()?;
                if path.is_root() && path.text() == "$" {
                    return Some(self.input.clone());
                }
                self.eval(|scope| path.eval(scope).ok(), self.input.value()).map(Payload::from_value)
            }
        }
    }

    fn template(&self, field: &str, on: &Payload) -> Option<Payload> {
        let Some(template) = self.tested.state.get(field) else { return Some(on.clone()) };
        let template = Template::compile(template).ok()?;
        self.eval(|scope| template.eval(scope).ok(), on.value()).map(Payload::from_value)
    }

    fn jsonata(&self, field: &str, on: &Value) -> Option<Value> {
        let template = JsonataTemplate::compile(field, self.tested.state.get(field)?).ok()?;
        self.eval(|scope| template.eval(scope).ok(), on)
    }

    fn eval(&self, eval: impl FnOnce(&Scope<'_>) -> Option<Value>, on: &Value) -> Option<Value> {
        eval(&self.scope(on))
    }

    fn scope<'s>(&'s self, on: &'s Value) -> Scope<'s> {
        static RNG: std::sync::LazyLock<Rng> = std::sync::LazyLock::new(|| Rng::new(0));
        Scope::new(on, self.context, self.variables, &RNG)
    }
}

/// What the children of a batching Map receive, and how many items are in each batch.
pub(super) fn batches(batcher: &BatcherSpec, items: impl Iterator<Item = Value>) -> Vec<(Payload, u64)> {
    let most_items = batcher.max_items.map_or(usize::MAX, |most| most.max(1) as usize);
    let most_bytes = batcher.max_input_bytes.map_or(MAX_PAYLOAD_BYTES, |most| most as usize);
    let mut batches: Vec<Vec<Value>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let size = item.to_json().len() + 1;
        match batches.last_mut().filter(|batch| batch.len() < most_items && bytes + size <= most_bytes) {
            Some(batch) => batch.push(item),
            None => {
                bytes = 0;
                batches.push(vec![item]);
            }
        }
        bytes += size;
    }
    let batches = batches.into_iter().map(|batch| {
        let (own, count) = (batcher.batch_input.clone(), batch.len() as u64);
        let own = own.map(|value| ("BatchInput".into(), value));
        let members: Object = own.into_iter().chain([("Items".into(), batch.into())]).collect();
        (Payload::from_value(members.into()), count)
    });
    batches.collect()
}

fn walk(value: &Value, pointer: &str) -> Option<Value> {
    crate::syntax::split(pointer).iter().try_fold(value.clone(), |value, step| match &value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
        other => other.get(step).cloned(),
    })
}

fn text(payload: &Payload) -> String {
    payload.text().to_string()
}
