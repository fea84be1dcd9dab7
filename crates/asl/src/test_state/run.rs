//! Running the state under test.

use super::context::{self, TestContext};
use super::inspect::Stages;
use super::machine::{Tested, stop_name};
use super::mock::{self, Answer};
use super::request::{InspectionLevel, Request, Surroundings};
use super::response::{ApiError, ErrorDetails, InspectionData, Response, Status};
use crate::Value;
use crate::context::{Extra, Fixed};
use crate::execution::failure::Failure;
use crate::execution::run::Run;
use crate::execution::thread::Phase;
use crate::execution::{
    ContextSeed, Effect, EffectId, Event, Execution, MapRunEnd, Outcome, Start, TaskCall,
};
use crate::history::{Kind as EventKind, Recorder};
use crate::map_run::{MapItem, MapItems, MapRunSpec};
use crate::payload::Payload;
use crate::program::{Program, StateId};
use crate::scope::Variables;
use model::ExecutionType;
use std::sync::Arc;

/// How far a test has come.
pub enum Progress {
    /// It is over.
    Done(Box<Response>),
    /// A task must be called; its answer goes to [`Pending::finish`].
    Call(Box<Pending>),
}

/// A test that waits for a call.
pub struct Pending {
    /// Comes back in the event.
    pub id: EffectId,
    /// What to call.
    pub call: Arc<TaskCall>,
    test: Test,
}

impl Pending {
    /// Goes on with the answer: `TaskSucceeded` or `TaskFailed` with this id.
    pub fn finish(self, event: Event) -> Response {
        self.test.answer(event)
    }
}

/// Starts a test; a Task state without a mock stops for its call.
pub fn begin(request: &Request, around: &Surroundings) -> Result<Progress, ApiError> {
    let tested = Tested::of(request)?;
    let answer = mock::check(request, &tested)?;
    let text = request.input.as_deref().unwrap_or("{}");
    let input = Payload::parse(text).map_err(|error| ApiError {
        code: "InvalidExecutionInput",
        message: format!("Invalid State Machine Execution Input: '{error}'"),
    })?;
    let variables = variables(request)?;
    let context = context::of(request, input.value(), around)?;
    tested.check()?;
    let program = tested.program(&context.state_name, answer.is_some())?;
    let test = Test::start(
        request.clone(),
        tested,
        program,
        Given { input, variables, context, seed: around.seed },
    )?;
    Ok(test.go(answer))
}

/// Runs a test to its end; `call` answers for a Task state without a mock.
pub fn run(
    request: &Request,
    around: &Surroundings,
    call: impl FnOnce(EffectId, &TaskCall) -> Event,
) -> Result<Response, ApiError> {
    Ok(match begin(request, around)? {
        Progress::Done(response) => *response,
        Progress::Call(pending) => {
            let event = call(pending.id, &pending.call);
            pending.finish(event)
        }
    })
}

fn variables(request: &Request) -> Result<Variables, ApiError> {
    let mut variables = Variables::default();
    let Some(text) = &request.variables else { return Ok(variables) };
    let fault = || ApiError::validation("Variables must be a valid JSON object");
    let value = Value::from_json(text).map_err(|_| fault())?;
    for (name, value) in value.as_object().ok_or_else(fault)? {
        variables.set(name.clone(), value.clone());
    }
    Ok(variables)
}

struct Given {
    input: Payload,
    variables: Variables,
    context: TestContext,
    seed: u64,
}

struct Test {
    request: Request,
    tested: Tested,
    program: Program,
    execution: Execution,
    input: Payload,
    variables: Variables,
    fixed: Fixed,
    state_name: Arc<str>,
    now: model::Timestamp,
    result: Option<Payload>,
    failure: Option<Failure>,
    spec: Option<Box<MapRunSpec>>,
}

impl Test {
    fn start(request: Request, tested: Tested, program: Program, given: Given) -> Result<Self, ApiError> {
        let TestContext { fixed, state_name, entered: now } = given.context;
        let nothing: Arc<str> = "".into();
        let seed = ContextSeed {
            execution_id: nothing.clone(),
            execution_name: nothing.clone(),
            role_arn: nothing.clone(),
            start_time: now,
            redrive_count: 0,
            redrive_time: None,
            state_machine_id: nothing.clone(),
            state_machine_name: nothing,
            execution_type: ExecutionType::Express,
        };
        let start = Start { input: given.input.clone(), context: seed, seed: given.seed };
        let mut execution = Execution::start(&program, start, now);
        // The machine waits in its first stop: from there the tested state is entered as if it
        // were the first one, with the given variables and context.
        let state = (0..)
            .map(StateId)
            .take_while(|id| !program.state_name(*id).is_empty())
            .find(|id| program.state_name(*id) == state_name);
        let state = state.ok_or_else(|| ApiError::definition("The state under test is missing"))?;
        execution.fixed = Some(fixed.clone());
        execution.effects.clear();
        execution.history = Recorder::default();
        execution.history.record(now, 0, EventKind::ExecutionStarted, &[]);
        let thread = &mut execution.threads[0];
        thread.state = state;
        thread.phase = Phase::Entering;
        thread.variables = given.variables.clone();
        thread.last_event = 0;
        execution.ready.push_back(0);
        Ok(Self {
            request,
            tested,
            program,
            execution,
            input: given.input,
            variables: given.variables,
            fixed,
            state_name: state_name.into(),
            now,
            result: None,
            failure: None,
            spec: None,
        })
    }

    fn go(mut self, answer: Option<Answer>) -> Progress {
        Run::new(&mut self.execution, &self.program, self.now).run();
        loop {
            match self.execution.poll_effect() {
                None => return Progress::Done(Box::new(self.response(None))),
                Some(Effect::Invoke { id, call }) => {
                    let event = match answer {
                        None => return Progress::Call(Box::new(Pending { id, call, test: self })),
                        Some(Answer::Result { text, .. }) => {
                            Event::TaskSucceeded { id, output: Payload::from_text(text.into()) }
                        }
                        Some(Answer::Error { error, cause }) => Event::TaskFailed { id, error, cause },
                    };
                    return Progress::Done(Box::new(self.answer(event)));
                }
                Some(Effect::StartMapRun { id, spec }) => {
                    let end = self.map_run_end(&spec, answer);
                    self.spec = Some(spec);
                    return Progress::Done(Box::new(self.answer(Event::MapRunEnded { id, end })));
                }
                Some(Effect::SetTimer { id, .. }) if self.waits() => {
                    self.execution.handle(&self.program, Event::TimerFired { id }, self.now);
                }
                Some(Effect::SetTimer { at, .. }) => {
                    let delay = at.since_ms(self.now);
                    return Progress::Done(Box::new(self.response(Some(delay))));
                }
                Some(_) => {}
            }
        }
    }

    /// How the mock lets the Map Run end; an item that cannot be selected fails it before.
    fn map_run_end(&self, spec: &MapRunSpec, answer: Option<Answer>) -> MapRunEnd {
        let failed = |error: String, cause| MapRunEnd::Failed { error, cause };
        if let MapItems::Inline(items) = &spec.items {
            for (index, value) in items.as_array().unwrap_or_default().iter().enumerate() {
                let value = Payload::from_value(value.clone());
                let item = MapItem { index: index as u64, value: &value, key: None, source: "STATE_DATA" };
                if let Err(error) = spec.select(&self.program, &item) {
                    return failed(error.error, Some(error.cause));
                }
            }
        }
        match answer {
            Some(Answer::Result { iterations: Some(iterations), .. }) if mock::exceeded(spec, iterations) => {
                failed(mock::EXCEEDED.0.to_owned(), Some(mock::EXCEEDED.1.to_owned()))
            }
            Some(Answer::Result { text, .. }) => {
                MapRunEnd::Succeeded { output: Payload::from_text(text.into()) }
            }
            Some(Answer::Error { error, cause }) => failed(error, cause),
            None => MapRunEnd::Aborted,
        }
    }

    /// Whether the tested state itself is a Wait that has not ended.
    fn waits(&self) -> bool {
        self.tested.kind == "Wait"
            && matches!(self.execution.threads[0].phase, Phase::Wait(_))
            && self.next_state().is_none()
    }

    fn answer(mut self, event: Event) -> Response {
        match &event {
            Event::TaskSucceeded { output, .. }
            | Event::MapRunEnded { end: MapRunEnd::Succeeded { output }, .. } => {
                self.result = Some(output.clone());
            }
            Event::TaskFailed { error, cause, .. }
            | Event::MapRunEnded { end: MapRunEnd::Failed { error, cause }, .. } => {
                self.failure = Some(Failure::new(Some(error.clone()), cause.clone()))
            }
            _ => {}
        }
        let done = self.request.state_configuration.retrier_retry_count.unwrap_or(0);
        let rules = self.tested.rules("Retry");
        let matches =
            |names: &Vec<Arc<str>>| self.failure.as_ref().is_some_and(|failure| failure.matches(names));
        let used = rules.iter().position(matches);
        self.execution.threads[0].retries =
            (0..rules.len()).map(|rule| if Some(rule) == used { done } else { 0 }).collect();
        self.execution.effects.clear();
        self.execution.handle(&self.program, event, self.now);
        let mut delay = None;
        while let Some(effect) = self.execution.poll_effect() {
            if let Effect::SetTimer { at, .. } = effect {
                delay = Some(at.since_ms(self.now));
            }
        }
        self.response(delay)
    }

    fn next_state(&self) -> Option<&str> {
        self.execution.current_state().and_then(|state| stop_name(self.program.state_name(state)))
    }

    fn response(mut self, delay_ms: Option<i64>) -> Response {
        let next_state = self.next_state().map(str::to_owned);
        let mut response = Response {
            output: None,
            error: None,
            cause: None,
            inspection_data: None,
            next_state,
            status: Status::Succeeded,
        };
        match self.execution.outcome() {
            Some(Outcome::Succeeded { output }) => response.output = Some(output.text().to_string()),
            Some(
                Outcome::Failed { error, cause }
                | Outcome::TimedOut { error, cause }
                | Outcome::Aborted { error, cause },
            ) => {
                (response.error, response.cause) = (error.clone(), cause.clone());
                response.status = Status::Failed;
            }
            None if response.next_state.is_some() => {
                response.output = Some(self.execution.threads[0].input.text().to_string());
                if self.caught(response.next_state.as_deref()) {
                    response.status = Status::CaughtError;
                }
            }
            None => response.status = Status::Retriable,
        }
        if let Some(failure) = self.failure.take() {
            // What the task reported, even where it was caught or will be retried.
            response.error = response.error.or(failure.error.clone());
            response.cause = response.cause.or(failure.cause.clone());
            self.failure = Some(failure);
        }
        if self.request.inspection_level != InspectionLevel::Info {
            response.inspection_data = Some(self.inspection(&response, delay_ms));
        }
        response
    }

    /// Whether a rule of Catch led on: the task failed, or the state went elsewhere than to `Next`.
    fn caught(&self, next: Option<&str>) -> bool {
        let fails = matches!(self.tested.kind.as_str(), "Task" | "Map" | "Parallel");
        fails && (self.failure.is_some() || self.tested.text("Next") != next)
    }

    fn inspection(&self, response: &Response, delay_ms: Option<i64>) -> InspectionData {
        let counts = matches!(self.tested.kind.as_str(), "Task" | "Map" | "Parallel");
        let extra = Extra { retries: counts.then_some(0), token: None };
        let context = self.fixed.within(&self.state_name, self.now, &extra);
        let stages = Stages {
            tested: &self.tested,
            input: &self.input,
            context: &context,
            variables: &self.variables,
        };
        let mut data = stages.of(&self.request, self.result.as_ref());
        if let Some(spec) = &self.spec {
            data.max_concurrency = Some(spec.max_concurrency.into());
            data.tolerated_failure_count = spec.tolerated_failure_count;
            data.tolerated_failure_percentage = spec.tolerated_failure_percentage;
        }
        if !self.execution.threads[0].variables.is_empty() {
            let all: crate::value::Object = self.execution.threads[0]
                .variables
                .iter()
                .map(|(name, value)| (name.into(), value.clone()))
                .collect();
            data.variables = Some(Value::from(all).to_json());
        }
        data.error_details =
            self.failure.as_ref().and_then(|failure| self.details(failure, response.status, delay_ms));
        data
    }

    fn details(&self, failure: &Failure, status: Status, delay_ms: Option<i64>) -> Option<ErrorDetails> {
        let rule = |field: &str| self.tested.rules(field).iter().position(|names| failure.matches(names));
        let details = match status {
            Status::Retriable => ErrorDetails {
                retry_index: rule("Retry"),
                retry_backoff_interval_seconds: delay_ms.map(|delay| delay / 1000),
                catch_index: None,
            },
            Status::CaughtError => ErrorDetails { catch_index: rule("Catch"), ..ErrorDetails::default() },
            _ => ErrorDetails { retry_index: rule("Retry"), ..ErrorDetails::default() },
        };
        (details != ErrorDetails::default()).then_some(details)
    }
}
