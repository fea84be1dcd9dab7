use super::*;

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
    assert_eq!(driven.failure().0, "States.Timeout");
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
fn a_missed_heartbeat_is_caught_by_both_its_names() {
    for (named, caught) in
        [("States.HeartbeatTimeout", true), ("States.Timeout", true), ("States.TaskFailed", false)]
    {
        let mut driven = Driven::standard(&format!(
            r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","HeartbeatSeconds":10,"End":true,
                "Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
                "Catch":[{{"ErrorEquals":["{named}"],"Next":"H"}}]}},"H":{{"Type":"Succeed"}}}}}}"#
        ));
        driven.fire();
        let succeeded = matches!(driven.execution.outcome(), Some(Outcome::Succeeded { .. }));
        assert_eq!(succeeded, caught, "{named}");
    }
    // A task's own timeout is no missed heartbeat.
    let mut driven = Driven::standard(
        r#"{"StartAt":"T","States":{"T":{"Type":"Task","TimeoutSeconds":10,"End":true,
            "Resource":"arn:aws:states:us-east-1:000000000000:activity:a",
            "Catch":[{"ErrorEquals":["States.HeartbeatTimeout"],"Next":"H"}]},"H":{"Type":"Succeed"}}}"#,
    );
    driven.fire();
    assert_eq!(driven.failure().0, "States.Timeout");
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
