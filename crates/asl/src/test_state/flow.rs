//! Beyond AWS's TestState: one input runs through a whole machine, or one item through the whole
//! child of a distributed Map. Map and Parallel run as they are; any state can be pinned, so that
//! it answers at once with a given output or error.

use super::machine::stand_in;
use super::mock::{EXCEEDED, exceeded};
use super::request::Surroundings;
use super::response::ApiError;
use crate::execution::{
    ContextSeed, Effect, EffectId, Event, Execution, MapRunEnd, Outcome, Start, TaskCall,
};
use crate::history::HistoryEvent;
use crate::map_run::{MapItem, MapItems, MapRunSpec};
use crate::payload::Payload;
use crate::program::Program;
use crate::scope::Rng;
use crate::value::Object;
use crate::{MapId, Value};
use model::{ExecutionType, Timestamp};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// Most items of all Map Runs of one test.
const MAX_ITEMS: usize = 10_000;

/// What a pinned state answers, in place of all that it would do. Its Assign, Retry and Catch hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Pin {
    /// Its output, as JSON text.
    Output(String),
    /// It fails.
    Error {
        /// The error's name.
        error: String,
        /// Its cause.
        cause: Option<String>,
    },
}

/// What to run.
#[derive(Clone, Debug, Default)]
pub struct FlowRequest {
    /// The whole definition.
    pub definition: String,
    /// The distributed Map whose child runs; the machine itself without one.
    pub map: Option<String>,
    /// The input, as JSON text.
    pub input: String,
    /// The one item that the outermost Map Runs have, as JSON text, in place of what their
    /// ItemReader or ItemsPath gives. What the path names must be there.
    pub item: Option<String>,
    /// Pinned states by name, at any depth.
    pub pins: HashMap<String, Pin>,
}

/// An execution of the test: the first is the whole, the others are children of its Map Runs.
#[derive(Clone, Debug)]
pub struct FlowRun {
    /// Empty for the whole; `Sort 3` for the child of the Map `Sort` that had item or batch 3, from 0.
    pub place: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Its events. A pinned state is shown as a Task.
    pub events: Vec<HistoryEvent>,
}

/// How far a test has come.
#[derive(Debug)]
pub enum FlowStep {
    /// A task that is not pinned must be called; its answer goes to [`FlowTest::answer`].
    Call(EffectId, Arc<TaskCall>),
    /// All runs, the whole one first.
    Done(Vec<FlowRun>),
}

/// A test in progress. Waits and retries take no time.
pub struct FlowTest {
    frames: Vec<Frame>,
    pins: HashMap<String, Pin>,
    item: Option<Value>,
    done: Vec<FlowRun>,
    items: usize,
    now: Timestamp,
    rng: Rng,
}

/// An execution, and what it waits for.
struct Frame {
    place: String,
    program: Program,
    execution: Execution,
    timers: BTreeMap<(Timestamp, EffectId), ()>,
    run: Option<MapRun>,
}

/// A Map Run whose children run one after the other.
struct MapRun {
    id: EffectId,
    spec: Box<MapRunSpec>,
    inputs: VecDeque<(Payload, u64)>,
    outputs: Vec<Value>,
    started: usize,
    failed: u64,
    total: u64,
}

impl FlowTest {
    /// Prepares a test.
    ///
    /// # Errors
    /// `InvalidDefinition`, `InvalidExecutionInput`, or `ValidationException` for a pin or Map that
    /// is not there.
    pub fn new(request: &FlowRequest, around: &Surroundings) -> Result<Self, ApiError> {
        let definition = Value::from_json(&request.definition)
            .map_err(|error| ApiError::definition(format!("Invalid State Machine Definition: '{error}'")))?;
        let mut left: Vec<&str> = request.pins.keys().map(String::as_str).collect();
        let definition = pinned(&definition, &mut left)?;
        if let Some(name) = left.first() {
            return Err(ApiError::validation(format!("There is no state '{name}' to pin.")));
        }
        for (name, pin) in &request.pins {
            if let Pin::Output(text) = pin {
                Payload::parse(text).map_err(|_| {
                    ApiError::validation(format!("The output pinned to '{name}' must be valid JSON."))
                })?;
            }
        }
        let program = Program::compile(&definition.to_json())
            .map_err(|error| ApiError::definition(format!("Invalid State Machine Definition: '{error}'")))?;
        let program = match &request.map {
            None => program,
            Some(name) => program.map_child(map_named(&program, name)?),
        };
        let input = Payload::parse(&request.input).map_err(|error| ApiError {
            code: "InvalidExecutionInput",
            message: format!("Invalid State Machine Execution Input: '{error}'"),
        })?;
        let item = request.item.as_deref().map(Value::from_json).transpose();
        let item =
            item.map_err(|error| ApiError::validation(format!("The item must be valid JSON: {error}.")))?;
        let mut test = Self {
            frames: Vec::new(),
            pins: request.pins.clone(),
            item,
            done: Vec::new(),
            items: 0,
            now: around.now,
            rng: Rng::new(around.seed),
        };
        test.start(String::new(), program, input, &seed(around));
        Ok(test)
    }

    /// Goes on to the next call, or to the end.
    pub fn step(&mut self) -> FlowStep {
        while let Some(frame) = self.frames.last_mut() {
            match frame.execution.poll_effect() {
                Some(Effect::Invoke { id, call }) => {
                    match self.pins.get(frame.program.state_name(call.state)) {
                        None => return FlowStep::Call(id, call),
                        Some(pin) => self.answer(pin.event(id)),
                    }
                }
                Some(Effect::SetTimer { id, at }) => _ = frame.timers.insert((at, id), ()),
                Some(Effect::CancelTimer { id }) => frame.timers.retain(|(_, timer), ()| *timer != id),
                Some(Effect::StartMapRun { id, spec }) => self.map_run(id, spec),
                Some(_) => {}
                None => self.idle(),
            }
        }
        FlowStep::Done(std::mem::take(&mut self.done))
    }

    /// Takes the answer of a call: `TaskSucceeded` or `TaskFailed` with its id.
    pub fn answer(&mut self, event: Event) {
        if let Some(frame) = self.frames.last_mut() {
            frame.execution.handle(&frame.program, event, self.now);
        }
    }

    fn start(&mut self, place: String, program: Program, input: Payload, context: &ContextSeed) {
        let start = Start { input, context: context.clone(), seed: self.rng.next_u64() };
        let execution = Execution::start(&program, start, self.now);
        self.frames.push(Frame { place, program, execution, timers: BTreeMap::new(), run: None });
    }

    /// Nothing is left to do at once: the run ends, or its next timer fires.
    fn idle(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.execution.outcome().is_some() {
            return self.ended();
        }
        if let Some(((at, id), ())) = frame.timers.pop_first() {
            self.now = self.now.max(at);
            self.answer(Event::TimerFired { id });
        } else {
            // Nobody can answer a callback here.
            self.answer(Event::Stop {
                error: Some("Test.Waits".into()),
                cause: Some("The state waits for an answer that a test cannot give. Pin its output.".into()),
            });
        }
    }

    fn ended(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        let history = frame.execution.take_history().0;
        let Some(outcome) = frame.execution.outcome().cloned() else { return };
        let events = crate::history::render(&frame.program, [history.as_slice()]);
        let run = FlowRun { place: frame.place, outcome: outcome.clone(), events };
        if self.frames.is_empty() {
            self.done.insert(0, run);
            return;
        }
        self.done.push(run);
        if let Some(map) = self.frames.last_mut().and_then(|parent| parent.run.as_mut()) {
            match outcome {
                Outcome::Succeeded { output } => map.outputs.push(output.value().clone()),
                _ => map.failed += map.inputs.front().map_or(1, |(_, items)| *items),
            }
            map.inputs.pop_front();
        }
        self.next_child();
    }

    fn map_run(&mut self, id: EffectId, spec: Box<MapRunSpec>) {
        let outermost = self.frames.len() == 1;
        let Some(frame) = self.frames.last_mut() else { return };
        let map_run_arn = format!("arn:aws:states:::mapRun:test/{}", spec.state_name);
        frame.execution.handle(&frame.program, Event::MapRunStarted { id, map_run_arn }, self.now);
        let item = self.item.as_ref().filter(|_| outermost);
        let inputs = match inputs(&frame.program, &spec, item) {
            Ok(inputs) if self.items + inputs.len() <= MAX_ITEMS => inputs,
            Ok(_) => {
                return self.run_failed(
                    id,
                    "Test.TooManyItems",
                    format!("A test runs at most {MAX_ITEMS} items."),
                );
            }
            Err((error, cause)) => return self.run_failed(id, &error, cause),
        };
        self.items += inputs.len();
        let total = inputs.iter().map(|(_, items)| items).sum();
        let inputs = inputs.into();
        frame.run = Some(MapRun { id, spec, inputs, outputs: Vec::new(), started: 0, failed: 0, total });
        self.next_child();
    }

    fn run_failed(&mut self, id: EffectId, error: &str, cause: String) {
        let end = MapRunEnd::Failed { error: error.to_owned(), cause: Some(cause) };
        self.answer(Event::MapRunEnded { id, end });
    }

    /// Starts the Map Run's next child, or ends the run.
    fn next_child(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(map) = &mut frame.run else { return };
        if exceeded(&map.spec, (map.failed, map.total)) {
            let id = map.id;
            frame.run = None;
            return self.run_failed(id, EXCEEDED.0, EXCEEDED.1.to_owned());
        }
        let Some((input, _)) = map.inputs.front() else {
            let (id, outputs) = (map.id, std::mem::take(&mut map.outputs));
            frame.run = None;
            let output = Payload::from_value(outputs.into());
            return self.answer(Event::MapRunEnded { id, end: MapRunEnd::Succeeded { output } });
        };
        let place = format!("{} {}", map.spec.state_name, map.started);
        map.started += 1;
        let (child, input) = (frame.program.map_child(map.spec.map), input.clone());
        let context = frame.execution.context.clone();
        self.start(place, child, input, &context);
    }
}

impl Pin {
    fn event(&self, id: EffectId) -> Event {
        match self {
            Self::Output(text) => {
                Event::TaskSucceeded { id, output: Payload::from_text(text.as_str().into()) }
            }
            Self::Error { error, cause } => {
                Event::TaskFailed { id, error: error.clone(), cause: cause.clone() }
            }
        }
    }
}

/// The children's inputs, and how many items are in each.
fn inputs(
    program: &Program,
    spec: &MapRunSpec,
    item: Option<&Value>,
) -> Result<Vec<(Payload, u64)>, (String, String)> {
    let values: Vec<(Option<String>, Value)> = match &spec.items {
        _ if item.is_some() => item.into_iter().map(|item| (None, item.clone())).collect(),
        MapItems::Inline(Value::Array(items)) => items.iter().map(|item| (None, item.clone())).collect(),
        MapItems::Inline(Value::Object(members)) => members
            .iter()
            .map(|(key, value)| (Some(key.to_string()), crate::states::map::pair(key, value)))
            .collect(),
        MapItems::Inline(_) => Vec::new(),
        MapItems::Reader(_) => {
            let cause =
                format!("A test reads no objects. Give an item, or pin the output of '{}'.", spec.state_name);
            return Err(("States.ItemReaderFailed".to_owned(), cause));
        }
    };
    let mut items = Vec::with_capacity(values.len());
    for (index, (key, value)) in values.into_iter().enumerate() {
        let value = Payload::from_value(value);
        let item = MapItem { index: index as u64, value: &value, key: key.as_deref(), source: "STATE_DATA" };
        items.push(spec.select(program, &item).map_err(|error| (error.error, error.cause))?);
    }
    let Some(batcher) = &spec.batcher else {
        return Ok(items.into_iter().map(|item| (item, 1)).collect());
    };
    Ok(super::inspect::batches(batcher, items.iter().map(|item| item.value().clone())))
}

fn map_named(program: &Program, name: &str) -> Result<MapId, ApiError> {
    let found = program.distributed_maps().find(|map| map.state_name == name).map(|map| map.map);
    found.ok_or_else(|| ApiError::validation(format!("There is no distributed Map '{name}'.")))
}

/// The definition with stand-ins for the states named in `left`; those found leave it.
fn pinned(container: &Value, left: &mut Vec<&str>) -> Result<Value, ApiError> {
    let mut members = container.as_object().cloned().unwrap_or_default();
    let states = members.get("States").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut changed = Object::with_capacity(states.len());
    for (name, state) in &states {
        let pin = left.iter().position(|pin| *pin == &**name);
        let state = match pin.map(|pin| left.swap_remove(pin)) {
            Some(_) => pinned_state(name, state)?,
            None => inner(state, left)?,
        };
        changed.insert(name.clone(), state);
    }
    if !changed.is_empty() {
        members.insert("States".into(), changed.into());
    }
    Ok(members.into())
}

/// A state that is not pinned itself, with the pins inside it.
fn inner(state: &Value, left: &mut Vec<&str>) -> Result<Value, ApiError> {
    let mut members = state.as_object().cloned().unwrap_or_default();
    for field in ["ItemProcessor", "Iterator"] {
        if let Some(processor) = state.get(field) {
            members.insert(field.into(), pinned(processor, left)?);
        }
    }
    if let Some(branches) = state.get("Branches").and_then(Value::as_array) {
        let branches: Result<Vec<Value>, ApiError> =
            branches.iter().map(|branch| pinned(branch, left)).collect();
        members.insert("Branches".into(), branches?.into());
    }
    Ok(members.into())
}

fn pinned_state(name: &str, state: &Value) -> Result<Value, ApiError> {
    let kept = ["Comment", "QueryLanguage", "Next", "End", "Assign", "Retry", "Catch"];
    match state.get("Type").and_then(Value::as_str) {
        Some("Choice") => Err(ApiError::validation(format!(
            "'{name}' is a Choice, which has no output of its own. Pin the state before it."
        ))),
        Some("Succeed" | "Fail") => {
            let mut members = stand_in(state, &kept).as_object().cloned().unwrap_or_default();
            members.insert("End".into(), true.into());
            Ok(members.into())
        }
        _ => Ok(stand_in(state, &kept)),
    }
}

fn seed(around: &Surroundings) -> ContextSeed {
    let arn =
        |kind: &str, rest: &str| format!("arn:aws:states:{}:{}:{kind}:{rest}", around.region, around.account);
    ContextSeed {
        execution_id: arn("execution", "test:test").into(),
        execution_name: "test".into(),
        role_arn: format!("arn:aws:iam::{}:role/test", around.account).into(),
        start_time: around.now,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: arn("stateMachine", "test").into(),
        state_machine_name: "test".into(),
        execution_type: ExecutionType::Standard,
    }
}
