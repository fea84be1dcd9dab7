use super::*;
use crate::history::{HistoryEvent, render};
use crate::program::Program;

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

#[test]
fn a_pass_child_needs_only_its_end() {
    let driven = Driven::start(
        r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#,
        r#"{"spacing" : [1 , 2]}"#,
        ExecutionType::Express,
    );
    assert_eq!(driven.effects, [Effect::Finish]);
    assert_eq!(driven.output(), r#"{"spacing" : [1 , 2]}"#);
    assert_eq!(driven.execution.transitions(), 1);
}

#[test]
fn retries_wait_longer_each_time_and_end_at_the_cap() {
    let mut driven = Driven::standard(&task(
        r#""Retry":[{"ErrorEquals":["Boom"],"IntervalSeconds":3,"BackoffRate":2,"MaxDelaySeconds":10,"MaxAttempts":4}],"#,
    ));
    let mut delays = Vec::new();
    for _ in 0..4 {
        driven.fail("Boom");
        delays.push(driven.timers()[0].1);
        driven.fire();
        assert_eq!(driven.call().1.attempt as usize, delays.len());
    }
    assert_eq!(delays, [3, 6, 10, 10]);
    driven.fail("Boom");
    assert_eq!(driven.failure().0, "Boom");
    assert_eq!(driven.execution.retries(), 4);
    assert_eq!(driven.execution.transitions(), 5);
}

#[test]
fn the_first_matching_retrier_decides() {
    let mut driven = Driven::standard(&task(
        r#""Retry":[{"ErrorEquals":["Boom"],"MaxAttempts":0},{"ErrorEquals":["States.ALL"],"MaxAttempts":5}],"#,
    ));
    driven.fail("Boom");
    assert_eq!(driven.failure().0, "Boom");
}

#[test]
fn task_failed_catches_all_but_timeouts() {
    let catch = r#""TimeoutSeconds":9,"Catch":[{"ErrorEquals":["States.TaskFailed"],"Next":"C"}],"#;
    let mut driven = Driven::standard(&task(catch));
    driven.fail("Custom");
    assert_eq!(driven.output(), r#"{"Error":"Custom","Cause":"why"}"#);
    let mut driven = Driven::standard(&task(catch));
    driven.fire();
    assert_eq!(driven.failure(), ("States.Timeout".into(), String::new()));
    assert!(driven.names().contains(&"LambdaFunctionTimedOut"));
}

#[test]
fn a_missing_path_is_caught_by_nothing() {
    let mut driven = Driven::standard(&task(
        r#""OutputPath":"$.no","Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],"#,
    ));
    let (id, _) = driven.call();
    driven.handle(Event::TaskSucceeded { id, output: Payload::from_text("{}".into()) });
    let (error, cause) = driven.failure();
    assert_eq!(error, "States.Runtime");
    assert!(
        cause.starts_with("An error occurred while executing the state 'T' (entered at the event id #2). "),
        "{cause}"
    );
}

#[test]
fn a_heartbeat_puts_its_timeout_off() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"T","States":{"T":{"Type":"Task","HeartbeatSeconds":10,"TimeoutSeconds":60,
            "Resource":"arn:aws:states:us-east-1:000000000000:activity:a","End":true}}}"#,
    );
    let (id, call) = driven.call();
    assert!(call.token.is_some());
    driven.handle(Event::TaskStarted { id, worker_name: Some("w".into()) });
    driven.now = driven.now.plus_ms(8_000);
    driven.handle(Event::Heartbeat { id });
    assert_eq!(driven.timers()[0].1, 10);
    driven.fire();
    assert_eq!(driven.failure().0, "States.HeartbeatTimeout");
    assert_eq!(
        driven.names(),
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "ActivityScheduled",
            "ActivityStarted",
            "ActivityTimedOut",
            "ExecutionFailed"
        ]
    );
}

#[test]
fn a_callback_is_submitted_and_then_answered() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"T","States":{"T":{"Type":"Task","Parameters":{"Token.$":"$$.Task.Token"},
            "Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken","End":true}}}"#,
    );
    let (id, call) = driven.call();
    assert_eq!(call.arguments.value().get("Token").and_then(crate::Value::as_str), call.token.as_deref());
    let read = crate::integration::read_task_token(call.token.as_deref().unwrap());
    assert_eq!(read, Some(("arn:aws:states:us-east-1:000000000000:execution:m:n".into(), id)));
    driven.handle(Event::TaskSubmitted { id, output: Payload::from_text("{}".into()) });
    driven.handle(Event::TaskSucceeded { id, output: Payload::from_text("7".into()) });
    assert_eq!(driven.output(), "7");
    assert_eq!(driven.names()[2..6], ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]);
}

#[test]
fn a_job_that_is_not_accepted_fails_to_submit() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"T","States":{"T":{"Type":"Task","Parameters":{"StateMachineArn":"none"},
            "Resource":"arn:aws:states:::states:startExecution.sync:2","End":true}}}"#,
    );
    driven.fail("StepFunctions.StateMachineDoesNotExistException");
    let event = driven.events().into_iter().find(|event| event.kind.name() == "TaskSubmitFailed").unwrap();
    assert_eq!(
        serde_json::Value::from(event.details.unwrap()),
        serde_json::json!({"cause": "why", "error": "StepFunctions.StateMachineDoesNotExistException",
            "resource": "startExecution.sync:2", "resourceType": "states"})
    );
}

#[test]
fn late_and_foreign_events_change_nothing() {
    let mut driven =
        Driven::standard(&task(r#""TimeoutSeconds":5,"Retry":[{"ErrorEquals":["States.ALL"]}],"#));
    let (id, _) = driven.call();
    driven.fire();
    let before = driven.names();
    driven.handle(Event::TaskSucceeded { id, output: Payload::from_text("1".into()) });
    driven.handle(Event::TimerFired { id: EffectId(u64::MAX - 1) });
    driven.handle(Event::MapRunEnded { id, end: MapRunEnd::Aborted });
    assert_eq!(driven.names(), before);
}

#[test]
fn a_failing_branch_aborts_the_others() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":60,"End":true}}},
            {"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}}]}}}"#,
    );
    let (timer, _) = driven.timers()[0];
    driven.fail("Boom");
    assert!(driven.effects.contains(&Effect::CancelTimer { id: timer }));
    assert_eq!(driven.failure().0, "Boom");
    assert_eq!(
        driven.names()[7..],
        [
            "LambdaFunctionFailed",
            "WaitStateAborted",
            "TaskStateAborted",
            "ParallelStateFailed",
            "ExecutionFailed"
        ]
    );
}

#[test]
fn the_machine_times_out_and_stops() {
    let definition =
        r#"{"StartAt":"W","TimeoutSeconds":30,"States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
    let mut driven = Driven::standard(definition);
    assert_eq!(driven.timers().last(), Some(&(EffectId::EXECUTION_TIMER, 30)));
    driven.fire();
    assert_eq!(driven.execution.outcome().map(Outcome::status), Some(model::RunStatus::TimedOut));
    let mut driven = Driven::standard(definition);
    driven.handle(Event::Stop { error: None, cause: None });
    assert_eq!(driven.events().last().unwrap().details, Some(Default::default()));
    assert!(driven.effects.contains(&Effect::CancelTimer { id: EffectId::EXECUTION_TIMER }));
}

#[test]
fn express_has_five_minutes() {
    let driven = Driven::start(&task(""), "{}", ExecutionType::Express);
    assert_eq!(driven.timers(), [(EffectId::EXECUTION_TIMER, 300)]);
}

const LOOP: &str =
    r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"}}}"#;

#[test]
fn a_standard_loop_ends_with_its_history() {
    let mut driven = Driven::standard(LOOP);
    while driven.execution.outcome().is_none() {
        driven.fire();
    }
    assert_eq!(
        driven.failure(),
        (
            "States.Runtime".into(),
            "The execution reached the maximum number of history events (25000).".into()
        )
    );
    assert_eq!(driven.execution.events(), 25_000);
}

#[test]
fn the_last_event_is_the_end_wherever_the_limit_falls() {
    // One more iteration of three events shifts the limit to each of them in turn.
    for lead in 0..3 {
        let mut states = String::new();
        for i in 0..lead {
            states += &format!(
                r#""L{i}":{{"Type":"Pass","Next":"{}"}},"#,
                if i + 1 < lead { format!("L{}", i + 1) } else { "P".into() }
            );
        }
        let start = if lead == 0 { "P" } else { "L0" };
        let definition = format!(
            r#"{{"StartAt":"{start}","States":{{{states}"P":{{"Type":"Parallel","ResultPath":null,"Next":"P","Branches":[
                {{"StartAt":"A","States":{{"A":{{"Type":"Pass","End":true}}}}}},
                {{"StartAt":"B","States":{{"B":{{"Type":"Succeed"}}}}}}]}}}}}}"#
        );
        let mut driven = Driven::standard(&definition);
        while driven.execution.outcome().is_none() {
            driven.fire();
        }
        assert_eq!(driven.failure().0, "States.Runtime");
        let events = driven.events();
        assert_eq!((events.len(), events.last().unwrap().kind.name()), (25_000, "ExecutionFailed"));
    }
}

#[test]
fn an_express_loop_yields() {
    let mut driven = Driven::start(LOOP, "{}", ExecutionType::Express);
    for _ in 0..4 {
        let turn = driven.timers().into_iter().find(|(id, _)| *id != EffectId::EXECUTION_TIMER);
        let before = driven.execution.transitions();
        driven.handle(Event::TimerFired { id: turn.expect("a turn was asked for").0 });
        assert_eq!(driven.execution.transitions(), before + 10_000);
    }
}

#[test]
fn a_redrive_starts_at_the_failed_state() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"from":"A"},"Next":"T"},
            "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}}"#,
    );
    driven.fail("Boom");
    assert!(driven.execution.redrive(&driven.program, driven.now));
    driven.collect();
    let (id, call) = driven.call();
    assert_eq!(&*call.arguments.text(), r#"{"from":"A"}"#);
    driven.handle(Event::TaskSucceeded { id, output: Payload::from_text("1".into()) });
    assert_eq!(driven.output(), "1");
    assert!(!driven.execution.redrive(&driven.program, driven.now));
    assert_eq!(driven.names()[8..10], ["ExecutionRedriven", "TaskStateEntered"]);
}

#[test]
fn nested_forks_end_together() {
    let driven = Driven::start(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"P","States":{
            "P":{"Type":"Parallel","End":true,"Branches":[
                {"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}},
                {"StartAt":"N","States":{"N":{"Type":"Map","ItemsPath":"$.n","End":true,
                    "Iterator":{"StartAt":"Y","States":{"Y":{"Type":"Pass","End":true}}}}}}]}}}}}}"#,
        r#"[{"n":[1,2]},{"n":[]}]"#,
        ExecutionType::Standard,
    );
    assert_eq!(driven.output(), r#"[[{"n":[1,2]},[1,2]],[{"n":[]},[]]]"#);
}

#[test]
fn a_map_run_is_asked_for_with_everything_it_needs() {
    let mut driven = Driven::start(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","Label":"L","MaxConcurrency":7,"End":true,
            "ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["k"],"MaxItemsPath":"$.most"},
                "Parameters":{"Bucket.$":"$.bucket","Key":"list.csv"}},
            "ItemSelector":{"bucket.$":"$.bucket","item.$":"$$.Map.Item.Value","at.$":"$$.Map.Item.Index"},
            "ItemBatcher":{"MaxItemsPerBatch":10,"BatchInput":{"b.$":"$.bucket"}},
            "ToleratedFailurePercentage":1.5,
            "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket.$":"$.bucket","Prefix":"out"}},
            "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"},
                "StartAt":"X","States":{"X":{"Type":"Pass","End":true}}}}}}"#,
        r#"{"bucket":"photos","most":3}"#,
        ExecutionType::Standard,
    );
    let [Effect::StartMapRun { id, spec }] = &driven.effects[..] else { panic!("{:?}", driven.effects) };
    let (id, spec) = (*id, spec.clone());
    let spec: crate::MapRunSpec = serde_json::from_str(&serde_json::to_string(&*spec).unwrap()).unwrap();
    let value = Payload::from_text(r#"{"k":"a.jpg"}"#.into());
    let item = crate::MapItem { index: 4, value: &value, key: None, source: "S3://photos/list.csv" };
    let selected = spec.select(&driven.program, &item).unwrap();
    assert_eq!(&*selected.text(), r#"{"bucket":"photos","item":{"k":"a.jpg"},"at":4}"#);
    let crate::MapItems::Reader(reader) = &spec.items else { panic!() };
    assert_eq!(reader.config.max_items, Some(3));
    assert_eq!(reader.arguments.to_json(), r#"{"Bucket":"photos","Key":"list.csv"}"#);
    assert_eq!((spec.max_concurrency, spec.tolerated_failure_percentage), (7, Some(1.5)));
    assert_eq!(spec.batcher.unwrap().batch_input.unwrap().to_json(), r#"{"b":"photos"}"#);
    assert_eq!(driven.program.state_name(driven.program.map_child(spec.map).start_state()), "X");
    driven.handle(Event::MapRunStarted { id, map_run_arn: "arn".into() });
    driven.handle(Event::MapRunEnded {
        id,
        end: MapRunEnd::Succeeded { output: Payload::from_text("[]".into()) },
    });
    assert_eq!(driven.output(), "[]");
}

/// Event names with what each names as its previous event.
fn chain(driven: &Driven) -> Vec<(&'static str, u64)> {
    driven.events().iter().map(|event| (event.kind.name(), event.previous_event_id)).collect()
}

#[test]
fn a_fault_that_nothing_catches_leaves_no_trace_of_its_fork() {
    let driven = Driven::standard(
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}],
            "Branches":[{"StartAt":"F","States":{"F":{"Type":"Pass","Parameters":{"m.$":"$.nope"},"End":true}}}]},
            "C":{"Type":"Pass","End":true}}}"#,
    );
    assert_eq!(
        chain(&driven),
        [
            ("ExecutionStarted", 0),
            ("ParallelStateEntered", 0),
            ("ParallelStateStarted", 2),
            ("PassStateEntered", 3),
            ("ExecutionFailed", 4)
        ]
    );
    assert_eq!(driven.failure().0, "States.Runtime");
}

#[test]
fn iterations_that_are_cut_say_so() {
    let mut driven = Driven::start(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{"StartAt":"R","States":{
            "R":{"Type":"Choice","Choices":[{"Variable":"$","NumericEquals":1,"Next":"Long"}],"Default":"Short"},
            "Long":{"Type":"Wait","Seconds":60,"End":true},
            "Short":{"Type":"Wait","Seconds":1,"Next":"Boom"},
            "Boom":{"Type":"Fail","Error":"Boom"}}}}}}"#,
        "[1,2]",
        ExecutionType::Standard,
    );
    driven.fire();
    let events = chain(&driven);
    let boom = events.iter().position(|(name, _)| *name == "FailStateEntered").unwrap();
    let last = boom as u64 + 1;
    assert_eq!(
        events[boom + 1..],
        [
            ("MapIterationAborted", last),
            ("WaitStateAborted", last),
            ("MapIterationFailed", last),
            ("MapStateFailed", last),
            ("ExecutionFailed", last + 4)
        ]
    );
}

#[test]
fn a_catch_whose_output_fails_fails_the_state_again() {
    let driven = Driven::standard(
        r#"{"QueryLanguage":"JSONata","StartAt":"P","States":{
            "P":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"B","States":{"B":{"Type":"Fail","Error":"E"}}}],
                "Catch":[{"ErrorEquals":["Other"],"Next":"D"},
                    {"ErrorEquals":["States.ALL"],"Output":{"v":"{% $states.input.missing %}"},"Next":"D"}]},
            "D":{"Type":"Pass","End":true}}}"#,
    );
    assert_eq!(
        chain(&driven)[3..],
        [
            ("FailStateEntered", 3),
            ("ParallelStateFailed", 4),
            ("EvaluationFailed", 4),
            ("ParallelStateFailed", 6),
            ("ExecutionFailed", 7)
        ]
    );
    let details = driven.events()[5].details.clone().unwrap();
    assert_eq!(details["location"], "Catch[1]/Output/v");
}

#[test]
fn a_choice_without_a_match_is_a_runtime_fault() {
    let driven = Driven::standard(
        r#"{"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"Variable":"$.a","StringEquals":"x","Next":"D"}]},
            "D":{"Type":"Pass","End":true}}}"#,
    );
    let (error, cause) = driven.failure();
    assert_eq!(error, "States.Runtime");
    assert_eq!(
        cause,
        "An error occurred while executing the state 'C' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state."
    );
}

#[test]
fn a_selector_that_fails_cuts_what_has_started() {
    let driven = Driven::start(
        r#"{"QueryLanguage":"JSONata","StartAt":"M","States":{"M":{"Type":"Map","End":true,"Items":"{% $states.input %}",
            "ItemSelector":{"v":"{% $states.context.Map.Item.Value.v %}"},
            "ItemProcessor":{"StartAt":"L","States":{"L":{"Type":"Wait","Seconds":20,"End":true}}}}}}"#,
        r#"[{"v":1},{}]"#,
        ExecutionType::Standard,
    );
    assert_eq!(
        driven.names()[2..],
        [
            "MapStateStarted",
            "MapIterationStarted",
            "MapIterationAborted",
            "EvaluationFailed",
            "MapStateFailed",
            "ExecutionFailed"
        ]
    );
    assert_eq!(driven.failure().0, "States.QueryEvaluationError");
}

#[test]
fn a_redrive_runs_only_what_had_not_succeeded() {
    let mut driven = Driven::standard(
        r#"{"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[
            {"StartAt":"A","States":{"A":{"Type":"Pass","Result":"a","End":true}}},
            {"StartAt":"B","States":{"B":{"Type":"Pass","Result":"b","Next":"T"},
                "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}}]}}}"#,
    );
    driven.fail("Boom");
    let before = driven.events().len();
    let text = serde_json::to_string(&driven.execution).unwrap();
    driven.execution = serde_json::from_str(&text).unwrap();
    assert!(driven.execution.redrive(&driven.program, driven.now));
    driven.collect();
    assert_eq!(
        driven.names()[before..],
        ["ExecutionRedriven", "TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted"]
    );
    let (id, call) = driven.call();
    assert_eq!(&*call.arguments.text(), r#""b""#);
    driven.handle(Event::TaskSucceeded { id, output: Payload::from_text("1".into()) });
    assert_eq!(driven.output(), r#"["a",1]"#);
}

#[test]
fn a_redriven_map_finishes_its_items() {
    let mut driven = Driven::start(
        r#"{"StartAt":"M","States":{"M":{"Type":"Map","MaxConcurrency":1,"End":true,"ItemProcessor":{"StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","End":true}}}}}}"#,
        "[1,2,3]",
        ExecutionType::Standard,
    );
    let answer = |driven: &mut Driven| {
        let (id, call) = driven.call();
        driven.handle(Event::TaskSucceeded { id, output: call.arguments });
    };
    answer(&mut driven);
    driven.fail("Boom");
    assert!(driven.execution.redrive(&driven.program, driven.now));
    driven.collect();
    answer(&mut driven);
    answer(&mut driven);
    assert_eq!(driven.output(), "[1,2,3]");
}
