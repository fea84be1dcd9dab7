use super::*;

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
