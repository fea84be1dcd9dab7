//! Whatever is thrown at it, the interpreter answers: no definition, input or event makes it panic.

use asl::{ContextSeed, Effect, Event, Execution, MapItem, MapRunEnd, Payload, Program, Start};
use model::{ExecutionType, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

/// The definitions of the copied cases, as seeds of mutations.
fn definitions() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of cases is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let definition = |file| {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
        serde_json::from_str(case["runs"][0]["definition"].as_str()?).ok()
    };
    let definitions: Vec<Value> = files.iter().filter_map(definition).collect();
    assert!(definitions.len() > 20, "the copied cases are there");
    definitions
}

/// Every place in a value.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    found.push(at.clone());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                pointers(member, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

fn strange() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(99999999999999u64),
        json!(""),
        json!("$"),
        json!("$$"),
        json!("$.a.b[0]"),
        json!("$..*"),
        json!("$x"),
        json!("$[?(@.a > 1)]"),
        json!("States.Array($, $$)"),
        json!("States.Format('{}', $.a)"),
        json!("{% $states.input %}"),
        json!("{% $states %}"),
        json!("{% 1 + 'a' %}"),
        json!("2026-01-01T00:00:00Z"),
        json!("DISTRIBUTED"),
        json!("JSONata"),
        json!("Pass"),
        json!("Task"),
        json!("Choice"),
        json!("Parallel"),
        json!("Map"),
        json!([]),
        json!([[], {}, 1]),
        json!({}),
        json!({"a.$": "$.a", "b": {"c.$": "$$.Execution"}}),
        json!({"ErrorEquals": ["States.ALL"], "Next": "Start"}),
        json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 0, "MaxAttempts": 3}]),
    ])
}

fn events() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0u8..8, 0..20)
}

fn drive(program: &Program, input: &str, kinds: &[u8]) {
    let mut now = Timestamp(1_767_225_600_000);
    let context = ContextSeed {
        execution_id: "e".into(),
        execution_name: "n".into(),
        role_arn: "r".into(),
        start_time: now,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: "m".into(),
        state_machine_name: "m".into(),
        execution_type: ExecutionType::Standard,
    };
    let input = Payload::parse(input).expect("the input is JSON");
    let mut execution = Execution::start(program, Start { input, context, seed: 3 }, now);
    let (mut ids, mut segments) = (Vec::new(), Vec::new());
    for kind in kinds {
        while let Some(effect) = execution.poll_effect() {
            match effect {
                Effect::Invoke { id, .. } | Effect::SetTimer { id, .. } => ids.push(id),
                Effect::StartMapRun { id, spec } => {
                    ids.push(id);
                    let value = Payload::from_text(r#"{"a":[1]}"#.into());
                    let item = MapItem { index: 1, value: &value, key: Some("k"), source: "STATE_DATA" };
                    let selected = spec.select(program, &item);
                    drive(&program.map_child(spec.map), &selected.map_or("1".into(), |p| p.text()), &[1, 2]);
                }
                _ => {}
            }
        }
        segments.push(execution.take_history().0);
        let Some(&id) = ids.get(usize::from(*kind) % ids.len().max(1)) else { break };
        now = now.plus_ms(1_000);
        let output = Payload::from_text(r#"{"a":{"b":[{"a":2}]}}"#.into());
        let event = match kind {
            0 => Event::Heartbeat { id },
            1 | 2 => Event::TaskSucceeded { id, output },
            3 => Event::TaskFailed { id, error: "Boom".into(), cause: None },
            4 | 5 => Event::TimerFired { id },
            6 => Event::MapRunEnded { id, end: MapRunEnd::Succeeded { output } },
            _ => Event::MapRunEnded { id, end: MapRunEnd::Aborted },
        };
        execution.handle(program, event, now);
        if execution.outcome().is_some() {
            execution.redrive(program, now);
        }
    }
    segments.push(execution.take_history().0);
    let rendered = asl::history::render(program, segments.iter().map(Vec::as_slice));
    assert_eq!(rendered.len() as u64, execution.events());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_definition_is_refused_or_runs(
        which in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), strange()), 1..4),
        kinds in events(),
        input in prop::sample::select(vec!["{}", "[]", "1", "null", r#"{"a":{"b":[1,"x"]},"Value":[1,2]}"#, r#"[[{"a":1}]]"#]),
    ) {
        let definitions = definitions();
        let mut definition = which.get(&definitions).clone();
        for (place, value) in mutations {
            let mut places = Vec::new();
            pointers(&definition, String::new(), &mut places);
            if let Some(found) = definition.pointer_mut(place.get::<String>(&places)) {
                *found = value;
            }
        }
        if let Ok(program) = Program::compile(&definition.to_string()) {
            drive(&program, input, &kinds);
        }
    }

    #[test]
    fn damaged_history_ends_where_it_is_damaged(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let program = Program::compile(r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#).expect("it compiles");
        asl::history::render(&program, [bytes.as_slice()]);
    }
}

#[test]
fn data_that_grows_with_every_state_comes_to_an_end() {
    for grow in [r#""Parameters":{"a.$":"$"}"#, r#""Parameters":{"a.$":"$","b.$":"$"}"#] {
        let definition = format!(r#"{{"StartAt":"A","States":{{"A":{{"Type":"Pass",{grow},"Next":"A"}}}}}}"#);
        let program = Program::compile(&definition).expect("it compiles");
        drive(&program, "{}", &[]);
    }
    let assign = r#"{"StartAt":"S","States":{"S":{"Type":"Pass","Assign":{"x":["y"]},"Next":"A"},
        "A":{"Type":"Pass","Assign":{"x.$":"States.Array($x, $x)"},"Next":"A"}}}"#;
    drive(&Program::compile(assign).expect("it compiles"), "{}", &[]);
}
