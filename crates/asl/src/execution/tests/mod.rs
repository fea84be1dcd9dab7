use super::*;
use crate::history::{HistoryEvent, render};
use crate::program::Program;

mod forks;
mod limits;
mod redrive;
mod tasks;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

struct Driven {
    program: Program,
    execution: Execution,
    now: Timestamp,
    effects: Vec<Effect>,
    segments: Vec<Vec<u8>>,
}

impl Driven {
    fn start(definition: &str, input: &str, execution_type: ExecutionType) -> Self {
        let program = Program::compile(definition).unwrap();
        let context = ContextSeed {
            execution_id: "arn:aws:states:us-east-1:000000000000:execution:m:n".into(),
            execution_name: "n".into(),
            role_arn: "role".into(),
            start_time: NOW,
            redrive_count: 0,
            redrive_time: None,
            state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:m".into(),
            state_machine_name: "m".into(),
            execution_type,
        };
        let start = Start { input: Payload::parse(input).unwrap(), context, seed: 5 };
        let execution = Execution::start(&program, start, NOW);
        let mut driven = Self { program, execution, now: NOW, effects: Vec::new(), segments: Vec::new() };
        driven.collect();
        driven
    }

    fn standard(definition: &str) -> Self {
        Self::start(definition, r#"{"a":1}"#, ExecutionType::Standard)
    }

    fn collect(&mut self) {
        self.effects = std::iter::from_fn(|| self.execution.poll_effect()).collect();
        self.segments.push(self.execution.take_history().0);
    }

    fn handle(&mut self, event: Event) {
        self.execution.handle(&self.program, event, self.now);
        self.collect();
    }

    /// The call among the latest effects.
    fn call(&self) -> (EffectId, TaskCall) {
        let calls = self.effects.iter().filter_map(|effect| match effect {
            Effect::Invoke { id, call } => Some((*id, (**call).clone())),
            _ => None,
        });
        calls.fold(None, |_, call| Some(call)).expect("a call was asked for")
    }

    /// The seconds from now to the timers among the latest effects.
    fn timers(&self) -> Vec<(EffectId, i64)> {
        let timers = self.effects.iter().filter_map(|effect| match effect {
            Effect::SetTimer { id, at } => Some((*id, at.since_ms(self.now) / 1000)),
            _ => None,
        });
        timers.collect()
    }

    fn fail(&mut self, error: &str) {
        let (id, _) = self.call();
        self.handle(Event::TaskFailed { id, error: error.into(), cause: Some("why".into()) });
    }

    /// Lets the only timer fire that was set with the latest effects.
    fn fire(&mut self) {
        let (id, seconds) = *self.timers().last().expect("a timer was set");
        self.now = self.now.plus_ms(seconds * 1000);
        self.handle(Event::TimerFired { id });
    }

    fn events(&self) -> Vec<HistoryEvent> {
        render(&self.program, self.segments.iter().map(Vec::as_slice))
    }

    fn names(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| event.kind.name()).collect()
    }

    fn output(&self) -> String {
        match self.execution.outcome() {
            Some(Outcome::Succeeded { output }) => output.text().to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn failure(&self) -> (String, String) {
        match self.execution.outcome() {
            Some(Outcome::Failed { error, cause }) => {
                (error.clone().unwrap_or_default(), cause.clone().unwrap_or_default())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn task(fields: &str) -> String {
    format!(
        r#"{{"StartAt":"T","States":{{
            "T":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f",{fields}"End":true}},
            "C":{{"Type":"Pass","End":true}}}}}}"#
    )
}

fn chain(driven: &Driven) -> Vec<(&'static str, u64)> {
    driven.events().iter().map(|event| (event.kind.name(), event.previous_event_id)).collect()
}
