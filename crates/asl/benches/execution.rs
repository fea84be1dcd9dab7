//! What one child of a Map Run costs the interpreter.

use asl::{ContextSeed, Effect, Event, Execution, Payload, Program, Start};
use criterion::{Criterion, criterion_group, criterion_main};
use model::{ExecutionType, Timestamp};
use std::hint::black_box;
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn seed() -> ContextSeed {
    ContextSeed {
        execution_id: "arn:aws:states:us-east-1:000000000000:execution:machine/label:name".into(),
        execution_name: "name".into(),
        role_arn: "arn:aws:iam::000000000000:role/role".into(),
        start_time: NOW,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine/label".into(),
        state_machine_name: "machine/label".into(),
        execution_type: ExecutionType::Standard,
    }
}

/// Runs a child to its end, answering each call with `{"ok":true}`; its history is taken once.
fn child(program: &Program, seed: &ContextSeed, item: &Arc<str>, answer: &Payload) -> usize {
    let input = Payload::from_text(item.clone());
    let start = Start { input, context: seed.clone(), seed: 1 };
    let mut execution = Execution::start(program, start, NOW);
    while let Some(effect) = execution.poll_effect() {
        if let Effect::Invoke { id, .. } = effect {
            execution.handle(program, Event::TaskSucceeded { id, output: answer.clone() }, NOW);
        }
    }
    assert!(execution.outcome().is_some());
    execution.take_history().0.len()
}

fn record() -> String {
    let row = r#"{"id":17,"name":"a record of some length","tags":["a","b","c"],"price":12.5}"#;
    format!("{{\"rows\":[{}],\"bucket\":\"photos\"}}", [row; 12].join(","))
}

fn benches(c: &mut Criterion) {
    let seed = seed();
    let answer = Payload::from_text(r#"{"ok":true}"#.into());
    let small: Arc<str> =
        r#"{"Etag":"\"d41d8cd98f00b204e9800998ecf8427e\"","Key":"photos/2026/a.jpg","Size":183726}"#.into();
    let large: Arc<str> = record().into();
    let cases = [
        ("pass", &small, r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#),
        (
            "three_states",
            &small,
            r#"{"StartAt":"A","States":{
                "A":{"Type":"Pass","Next":"B"},
                "B":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Next":"C"},
                "C":{"Type":"Succeed"}}}"#,
        ),
        (
            "parameters_and_choice",
            &small,
            r#"{"StartAt":"A","States":{
                "A":{"Type":"Pass","Parameters":{"key.$":"$.Key","size.$":"$.Size"},"Next":"B"},
                "B":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericGreaterThan":1000,"Next":"C"}],"Default":"C"},
                "C":{"Type":"Succeed"}}}"#,
        ),
        (
            "jsonata_1_kb",
            &large,
            r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","End":true,
                "Output":{"total":"{% $sum($states.input.rows.price) %}","names":"{% $states.input.rows.name %}"}}}}"#,
        ),
    ];
    for (name, item, definition) in cases {
        let program = Program::compile(definition).expect("the definition compiles");
        c.bench_function(name, |b| b.iter(|| child(&program, black_box(&seed), black_box(item), &answer)));
    }
}

criterion_group!(group, benches);
criterion_main!(group);
