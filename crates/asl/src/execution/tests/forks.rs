use super::*;

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
