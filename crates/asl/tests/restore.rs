//! A restored execution goes on exactly as the original, from any point.

use asl::{ContextSeed, Effect, EffectId, Event, Execution, MapRunEnd, Outcome, Payload, Program, Start};
use model::{ExecutionType, Timestamp};
use proptest::prelude::*;

const DEFINITIONS: [&str; 5] = [
    // Retries with jitter, a timeout, a heartbeat, a catch.
    r#"{"StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","TimeoutSeconds":30,"HeartbeatSeconds":10,
             "Parameters":{"FunctionName":"f","Payload":{"id.$":"States.UUID()","in.$":"$","try.$":"$$.State.RetryCount"}},
             "Retry":[{"ErrorEquals":["Boom"],"MaxAttempts":2,"JitterStrategy":"FULL"},{"ErrorEquals":["States.Timeout"]}],
             "Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":"W"}],
             "ResultPath":"$.result","Next":"W"},
        "W":{"Type":"Wait","Seconds":5,"Next":"Z"},
        "Z":{"Type":"Pass","Parameters":{"all.$":"$","random.$":"States.MathRandom(1, 1000)"},"End":true}}}"#,
    // Branches of different lengths, one of them with a callback.
    r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Retry":[{"ErrorEquals":["Boom"],"MaxAttempts":1}],"Branches":[
        {"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Next":"W"},"W":{"Type":"Wait","Seconds":3,"End":true}}},
        {"StartAt":"B","States":{"B":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","Parameters":{"Token.$":"$$.Task.Token"},"End":true}}},
        {"StartAt":"C","States":{"C":{"Type":"Pass","Assign":{"x.$":"States.UUID()"},"Next":"D"},"D":{"Type":"Pass","Parameters":{"x.$":"$x"},"End":true}}}]}}}"#,
    // Iterations two at a time, each with a task and a nested map.
    r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":2,"ItemsPath":"$.items","End":true,
        "Catch":[{"ErrorEquals":["States.ALL"],"Next":"E"}],
        "ItemSelector":{"v.$":"$$.Map.Item.Value","i.$":"$$.Map.Item.Index","two":[1,2]},
        "ItemProcessor":{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","ResultPath":null,"Next":"N"},
            "N":{"Type":"Map","Parameters":{"n.$":"$$.Map.Item.Value"},"ItemsPath":"$.two","End":true,
                 "Iterator":{"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}}}}}},
        "E":{"Type":"Fail","ErrorPath":"$.Error","Cause":"caught"}}}"#,
    // JSONata with variables, and an activity.
    r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{
        "A":{"Type":"Pass","Assign":{"u":"{% $uuid() %}","n":"{% $random() %}"},"Next":"B"},
        "B":{"Type":"Task","Resource":"arn:aws:states:us-east-1:000000000000:activity:a","TimeoutSeconds":"{% 20 %}",
             "Arguments":{"u":"{% $u %}","c":"{% $states.context %}"},"Assign":{"r":"{% $states.result %}"},
             "Catch":[{"ErrorEquals":["States.ALL"],"Output":"{% $states.errorOutput %}","Next":"C"}],"Next":"C"},
        "C":{"Type":"Choice","Choices":[{"Condition":"{% $exists($r) %}","Next":"D"}],"Default":"D"},
        "D":{"Type":"Succeed","Output":{"u":"{% $u %}","n":"{% $n %}","in":"{% $states.input %}"}}}}"#,
    // A Map Run.
    r#"{"StartAt":"A","States":{
        "A":{"Type":"Pass","Assign":{"b":"photos"},"Next":"M"},
        "M":{"Type":"Map","End":true,"Retry":[{"ErrorEquals":["States.ExceedToleratedFailureThreshold"],"MaxAttempts":1}],
             "ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket.$":"$b"}},
             "ItemSelector":{"id.$":"States.UUID()","key.$":"$$.Map.Item.Value"},
             "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},
                 "StartAt":"X","States":{"X":{"Type":"Pass","End":true}}}}}}"#,
];

/// Something that may happen next: an answer to the oldest open question, or a timer.
#[derive(Clone, Debug)]
enum Happening {
    Succeed,
    Fail(&'static str),
    Heartbeat,
    Timer,
    Stop,
}

fn happenings() -> impl Strategy<Value = Vec<(Happening, bool)>> {
    let happening = prop_oneof![
        6 => Just(Happening::Succeed),
        2 => Just(Happening::Fail("Boom")),
        1 => Just(Happening::Fail("Other")),
        1 => Just(Happening::Heartbeat),
        4 => Just(Happening::Timer),
        1 => Just(Happening::Stop),
    ];
    prop::collection::vec((happening, any::<bool>()), 1..24)
}

/// What is open: calls, timers, Map Runs.
#[derive(Default)]
struct Open {
    calls: Vec<EffectId>,
    runs: Vec<EffectId>,
    timers: Vec<(Timestamp, EffectId)>,
}

impl Open {
    fn take(&mut self, effect: &Effect) {
        match effect {
            Effect::Invoke { id, .. } => self.calls.push(*id),
            Effect::StartMapRun { id, .. } => self.runs.push(*id),
            Effect::SetTimer { id, at } => self.timers.push((*at, *id)),
            Effect::CancelTask { id } => self.calls.retain(|open| open != id),
            Effect::AbortMapRun { id } => self.runs.retain(|open| open != id),
            Effect::CancelTimer { id } => self.timers.retain(|(_, open)| open != id),
            Effect::Finish => {}
        }
    }

    fn event(&mut self, happening: &Happening, now: &mut Timestamp) -> Option<Event> {
        let output = Payload::from_text(r#"{"ok":[1,2]}"#.into());
        let timer = |open: &mut Self, now: &mut Timestamp| {
            open.timers.sort();
            let (at, id) = (!open.timers.is_empty()).then(|| open.timers.remove(0))?;
            *now = at.max(*now);
            Some(Event::TimerFired { id })
        };
        match happening {
            Happening::Stop => Some(Event::Stop { error: Some("Stopped".into()), cause: None }),
            Happening::Heartbeat => Some(Event::Heartbeat { id: *self.calls.first()? }),
            Happening::Timer => timer(self, now),
            Happening::Succeed | Happening::Fail(_) if self.calls.is_empty() => {
                let Some(id) = self.runs.pop() else { return timer(self, now) };
                let end = match happening {
                    Happening::Fail(_) => MapRunEnd::Failed {
                        error: "States.ExceedToleratedFailureThreshold".into(),
                        cause: None,
                    },
                    _ => MapRunEnd::Succeeded { output },
                };
                Some(Event::MapRunEnded { id, end })
            }
            Happening::Succeed => Some(Event::TaskSucceeded { id: self.calls.remove(0), output }),
            Happening::Fail(error) => {
                let id = self.calls.remove(0);
                Some(Event::TaskFailed { id, error: (*error).into(), cause: Some("why".into()) })
            }
        }
    }
}

/// Effects, history and outcome of a run; `restore` says after which events it is written and read.
fn run(
    program: &Program,
    script: &[(Happening, bool)],
    restore: bool,
) -> (Vec<Effect>, Vec<serde_json::Value>, Option<Outcome>, Option<bool>) {
    let mut now = Timestamp(1_767_225_600_000);
    let context = ContextSeed {
        execution_id: "arn:aws:states:us-east-1:000000000000:execution:m:n".into(),
        execution_name: "n".into(),
        role_arn: "role".into(),
        start_time: now,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:m".into(),
        state_machine_name: "m".into(),
        execution_type: ExecutionType::Standard,
    };
    let input = Payload::from_text(r#"{"items": [1, 2, 3]}"#.into());
    let mut execution = Execution::start(program, Start { input, context, seed: 99 }, now);
    let (mut open, mut effects, mut segments) = (Open::default(), Vec::new(), Vec::new());
    for (happening, here) in script {
        let again = |execution: &mut Execution| {
            if restore && *here {
                let text = serde_json::to_string(&execution).expect("an execution can be written");
                *execution = serde_json::from_str(&text).expect("an execution can be read");
            }
        };
        again(&mut execution);
        while let Some(effect) = execution.poll_effect() {
            open.take(&effect);
            effects.push(effect);
        }
        again(&mut execution);
        segments.push(execution.take_history().0);
        now = now.plus_ms(7);
        if let Some(event) = open.event(happening, &mut now) {
            execution.handle(program, event, now);
        }
    }
    let outcome = execution.outcome().cloned();
    let redriven = outcome.is_some().then(|| execution.redrive(program, now));
    effects.extend(std::iter::from_fn(|| execution.poll_effect()));
    segments.push(execution.take_history().0);
    let events = asl::history::render(program, segments.iter().map(Vec::as_slice));
    (effects, events.iter().map(asl::HistoryEvent::to_json).collect(), outcome, redriven)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_restored_execution_goes_on_as_the_original(which in 0..DEFINITIONS.len(), script in happenings()) {
        let program = Program::compile(DEFINITIONS[which]).expect("the definition compiles");
        let (original, restored) = (run(&program, &script, false), run(&program, &script, true));
        prop_assert_eq!(&original, &restored);
        let ids: Vec<_> = original.1.iter().map(|event| event["id"].as_u64()).collect();
        let expected: Vec<_> = (1..=ids.len() as u64).map(Some).collect();
        prop_assert_eq!(ids, expected, "events are numbered without gaps");
    }
}
