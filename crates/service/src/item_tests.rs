//! Trying a definition with one item before anything is launched: every state runs, Map and
//! Parallel too, calls are made unless their state is pinned, and nothing is stored.

use crate::context::Cx;
use crate::{Error, Service};
use asl::test_state::{FlowRequest, FlowRun, FlowStep, FlowTest, Pin};
use asl::{HistoryEvent, Outcome};
use model::{Permission, PinnedAnswer, RunStatus, TestItem, TestedExecution, TestedItem, TestedState};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// Calls of one test, and how long it may take.
const MAX_CALLS: usize = 1_000;
const MAX_TIME: Duration = Duration::from_secs(60);

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
            Ok(runs) => Ok(TestedItem { executions: runs?.into_iter().map(tested).collect() }),
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
                    test.answer(self.executor.call(&cx.workspace.id, id, call).await)
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
        let pins = asked.pins.into_iter().map(|(name, answer)| (name, pin(answer))).collect();
        let input = asked.input.unwrap_or_else(|| json!({})).to_string();
        Ok(FlowRequest { definition, map: None, input, item, pins })
    }
}

fn pin(answer: PinnedAnswer) -> Pin {
    match answer {
        PinnedAnswer::Error { error, cause } => Pin::Error { error, cause },
        PinnedAnswer::Output { output } => Pin::Output(output.to_string()),
    }
}

fn tested(run: FlowRun) -> TestedExecution {
    let (status, output, error, cause) = match run.outcome {
        Outcome::Succeeded { output } => (RunStatus::Succeeded, Some(parsed(&output.text())), None, None),
        Outcome::Failed { error, cause } => (RunStatus::Failed, None, error, cause),
        Outcome::TimedOut { error, cause } => (RunStatus::TimedOut, None, error, cause),
        Outcome::Aborted { error, cause } => (RunStatus::Aborted, None, error, cause),
    };
    let states = visits(&run.events);
    let events = run.events.iter().map(HistoryEvent::to_json).collect();
    TestedExecution { place: run.place, status, output, error, cause, states, events }
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
        // The end of the whole follows its last state, and is no attempt of it.
        let Some(at) = visit.filter(|_| !name.starts_with("Execution")) else { continue };
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
