//! Trying a definition with one item before anything is launched: every state runs, Map and
//! Parallel too, calls are made unless their state is pinned, and nothing is stored.

use crate::context::Cx;
use crate::{Error, Service};
use asl::test_state::{FlowRequest, FlowRun, FlowStep, FlowTest, Pin};
use asl::{HistoryEvent, Outcome};
use model::{JobId, ManifestId, Permission};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// Calls of one test, and how long it may take.
const MAX_CALLS: usize = 1_000;
const MAX_TIME: Duration = Duration::from_secs(60);

/// What to try.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TestItem {
    /// The definition, as JSON text or as a JSON object.
    pub definition: Option<Value>,
    /// The job whose definition is tried, when `definition` is absent.
    pub job: Option<JobId>,
    /// The job's version; the newest when absent.
    pub version: Option<u32>,
    /// The one item that the distributed Map has, in place of what its ItemReader gives.
    pub item: Option<Value>,
    /// Take the item from this manifest instead.
    pub manifest: Option<ManifestId>,
    /// The item's index in the manifest, from 0.
    pub index: u64,
    /// The execution's input; `{}` when absent.
    pub input: Option<Value>,
    /// States that answer at once, by name.
    pub pins: HashMap<String, PinnedAnswer>,
}

/// What a pinned state answers: an output, or an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum PinnedAnswer {
    /// It fails.
    Error {
        /// The error's name.
        error: String,
        /// Its cause.
        cause: Option<String>,
    },
    /// It succeeds.
    Output {
        /// Its output.
        output: Value,
    },
}

/// What came of a test.
#[derive(Clone, Debug, Serialize)]
pub struct TestedItem {
    /// The whole execution first, then the children of its Map Runs in the order of their end.
    pub executions: Vec<TestedExecution>,
}

/// One execution of a test.
#[derive(Clone, Debug, Serialize)]
pub struct TestedExecution {
    /// Empty for the whole; `Sort 3` for the child with item or batch 3 of the Map `Sort`.
    pub place: String,
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub status: &'static str,
    /// The output when it succeeded.
    pub output: Option<Value>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The states that were entered, in order.
    pub states: Vec<TestedState>,
    /// The history, as GetExecutionHistory gives it.
    pub events: Vec<Value>,
}

/// One visit of a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestedState {
    /// Its name.
    pub name: String,
    /// What it was given.
    pub input: Value,
    /// What it gave; absent when it did not end.
    pub output: Option<Value>,
    /// Errors of its attempts, in order.
    pub errors: Vec<String>,
}

impl Service {
    /// Runs one item through a definition. Nothing is stored; calls are really made.
    ///
    /// # Errors
    /// No definition, one that does not compile, an item or a pin that is not there, more calls or
    /// more time than a test may take.
    pub async fn test_item(&self, cx: &Cx, asked: TestItem) -> Result<TestedItem, Error> {
        cx.require(Permission::Operate)?;
        let request = self.flow_request(cx, asked).await?;
        let refused = |error: asl::test_state::ApiError| Error::invalid("definition", error.message);
        let test = FlowTest::new(&request, &self.surroundings(cx)).map_err(refused)?;
        match tokio::time::timeout(MAX_TIME, self.call_and_answer(cx, test)).await {
            Ok(runs) => Ok(TestedItem { executions: runs?.into_iter().map(TestedExecution::from).collect() }),
            Err(_) => {
                let message = format!(
                    "A test may take {} s. Pin the states whose calls take long.",
                    MAX_TIME.as_secs()
                );
                Err(Error::invalid("pins", message))
            }
        }
    }

    async fn call_and_answer(&self, cx: &Cx, mut test: FlowTest) -> Result<Vec<FlowRun>, Error> {
        for _ in 0..=MAX_CALLS {
            match test.step() {
                FlowStep::Done(runs) => return Ok(runs),
                FlowStep::Call(id, call) => {
                    test.answer(self.executor.call(&cx.workspace.id, id, *call).await)
                }
            }
        }
        Err(Error::invalid(
            "pins",
            format!("A test may make {MAX_CALLS} calls. Pin the states that call most."),
        ))
    }

    async fn flow_request(&self, cx: &Cx, asked: TestItem) -> Result<FlowRequest, Error> {
        let definition =
            self.asked_definition(cx, &asked.definition, (asked.job.as_ref(), asked.version)).await?;
        let item = match (&asked.item, &asked.manifest) {
            (Some(item), _) => Some(item.to_string()),
            (None, Some(manifest)) => Some(self.manifest_item(cx, manifest, asked.index).await?),
            (None, None) => None,
        };
        let pins = asked.pins.into_iter().map(|(name, answer)| (name, Pin::from(answer))).collect();
        let input = asked.input.unwrap_or_else(|| json!({})).to_string();
        Ok(FlowRequest { definition, map: None, input, item, pins })
    }
}

impl From<PinnedAnswer> for Pin {
    fn from(answer: PinnedAnswer) -> Self {
        match answer {
            PinnedAnswer::Error { error, cause } => Self::Error { error, cause },
            PinnedAnswer::Output { output } => Self::Output(output.to_string()),
        }
    }
}

impl From<FlowRun> for TestedExecution {
    fn from(run: FlowRun) -> Self {
        let (status, output, error, cause) = match run.outcome {
            Outcome::Succeeded { output } => ("SUCCEEDED", Some(parsed(&output.text())), None, None),
            Outcome::Failed { error, cause } => ("FAILED", None, error, cause),
            Outcome::TimedOut { error, cause } => ("TIMED_OUT", None, error, cause),
            Outcome::Aborted { error, cause } => ("ABORTED", None, error, cause),
        };
        let states = visits(&run.events);
        let events = run.events.iter().map(HistoryEvent::to_json).collect();
        Self { place: run.place, status, output, error, cause, states, events }
    }
}

/// The visits of states in a history: `…StateEntered` to `…StateExited` of the same name, and the
/// errors between them.
fn visits(events: &[HistoryEvent]) -> Vec<TestedState> {
    let mut visits: Vec<TestedState> = Vec::new();
    let mut visit_of: HashMap<u64, usize> = HashMap::new();
    for event in events {
        let (name, details) = (event.kind.name(), event.details.as_ref());
        let text = |field: &str| details.and_then(|details| details.get(field)).and_then(Value::as_str);
        let visit = visit_of.get(&event.previous_event_id).copied();
        if name.ends_with("StateEntered") {
            visit_of.insert(event.id, visits.len());
            visits.push(TestedState {
                name: text("name").unwrap_or_default().to_owned(),
                input: text("input").map(parsed).unwrap_or_default(),
                output: None,
                errors: Vec::new(),
            });
            continue;
        }
        if name.ends_with("StateExited") {
            let state = text("name").unwrap_or_default();
            let open = visits.iter_mut().rev().find(|visit| visit.name == state && visit.output.is_none());
            if let Some(open) = open {
                open.output = text("output").map(parsed);
            }
        }
        let Some(at) = visit else { continue };
        visit_of.insert(event.id, at);
        if let Some(error) = text("error").filter(|_| name.ends_with("Failed") || name.ends_with("TimedOut"))
        {
            visits[at].errors.push(error.to_owned());
        }
    }
    visits
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
