//! Drives an execution to its end in no time: timers fire in order on a clock that only they move.

use super::case::{ACCOUNT, REGION};
use super::world::World;
use super::{functions, map_runs};
use asl::{ContextSeed, Effect, EffectId, Event, Execution, Payload, Program, Start};
use model::{ExecutionType, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

pub const START: Timestamp = Timestamp(1_767_225_600_000);

/// An execution that has ended.
pub struct Ended {
    pub execution: Execution,
    pub history: Vec<Vec<u8>>,
}

/// Runs to the end. Panics after a million events: nothing in the cases needs so many.
pub fn run(
    case: &Value,
    world: &World,
    program: &Program,
    input: Payload,
    execution_type: ExecutionType,
) -> Ended {
    let mut now = START;
    let start = Start { input, context: seed(execution_type), seed: 42 };
    let mut execution = Execution::start(program, start, now);
    let mut agenda: BTreeMap<(Timestamp, u64), (EffectId, Event)> = BTreeMap::new();
    let mut serial = 0;
    let mut history = Vec::new();
    for _ in 0..1_000_000 {
        while let Some(effect) = execution.poll_effect() {
            let mut plan = |at: Timestamp, id: EffectId, event: Event| {
                serial += 1;
                agenda.insert((at, serial), (id, event));
            };
            match effect {
                Effect::Invoke { id, call } => {
                    let (event, seconds) = functions::answer(case, id, &call, now);
                    plan(now.plus_ms(seconds * 1000), id, event);
                }
                Effect::SetTimer { id, at } => plan(at.max(now), id, Event::TimerFired { id }),
                Effect::StartMapRun { id, spec } => {
                    let map_run_arn = format!("arn:aws:states:{REGION}:{ACCOUNT}:mapRun:machine/label:uuid");
                    plan(now, id, Event::MapRunStarted { id, map_run_arn });
                    let end = map_runs::run(case, world, program, &spec);
                    plan(now, id, Event::MapRunEnded { id, end });
                }
                Effect::CancelTask { id } | Effect::CancelTimer { id } | Effect::AbortMapRun { id } => {
                    agenda.retain(|_, (planned, _)| *planned != id);
                }
                Effect::Finish => {}
            }
        }
        let bytes = execution.take_history();
        if !bytes.is_empty() {
            history.push(bytes.0);
        }
        if execution.outcome().is_some() {
            return Ended { execution, history };
        }
        let ((at, _), (_, event)) =
            agenda.pop_first().expect("an execution that has not ended waits for something");
        now = at;
        execution.handle(program, event, now);
    }
    panic!("no end after a million events");
}

fn seed(execution_type: ExecutionType) -> ContextSeed {
    ContextSeed {
        execution_id: format!("arn:aws:states:{REGION}:{ACCOUNT}:execution:machine:name").into(),
        execution_name: "name".into(),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/role").into(),
        start_time: START,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine").into(),
        state_machine_name: "machine".into(),
        execution_type,
    }
}
