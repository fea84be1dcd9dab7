use super::*;

#[test]
fn the_machine_times_out_and_stops() {
    let definition =
        r#"{"StartAt":"W","TimeoutSeconds":30,"States":{"W":{"Type":"Wait","Seconds":60,"End":true}}}"#;
    let mut driven = Driven::standard(definition);
    assert_eq!(driven.timers().last(), Some(&(EffectId::EXECUTION_TIMER, 30)));
    driven.fire();
    assert_eq!(driven.execution.outcome(), Some(&Outcome::TimedOut { error: None, cause: None }));
    let events = driven.events();
    let last = events.last().unwrap();
    assert_eq!((last.kind.name(), last.previous_event_id), ("ExecutionTimedOut", 0));
    assert_eq!(last.details.as_ref().unwrap()["error"], "States.Timeout");
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
