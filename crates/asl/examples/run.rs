//! Runs definitions in a world that echoes: `run < lines.jsonl`.
//!
//! A line is `{"definition": …, "input": …}`, or `{"test": …}` with a TestState request, or
//! `{"check": …}` with a definition. Every task answers its arguments, every timer fires at once.

use asl::test_state::{Request, Surroundings};
use asl::{ContextSeed, Effect, Event, Execution, Outcome, Payload, Program, Start};
use model::{ExecutionType, Timestamp};
use serde_json::Value;

const NOW: Timestamp = Timestamp(1_767_225_600_000);

fn main() {
    for line in std::io::stdin().lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str::<Value>(&line) {
            Ok(asked) => println!("{}\n", answer(&asked)),
            Err(error) => println!("no JSON: {error}\n"),
        }
    }
}

fn answer(asked: &Value) -> String {
    if let Some(request) = asked.get("test") {
        return test(request);
    }
    if let Some(definition) = asked.get("check") {
        let found = asl::check::invalid_definition(&text(definition), asl::check::MachineType::Standard);
        return found.unwrap_or_else(|| "accepted".into());
    }
    run(&text(&asked["definition"]), &text(asked.get("input").unwrap_or(&Value::Object(Default::default()))))
}

/// A definition or input may stand in the line as JSON or as a text of JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn test(request: &Value) -> String {
    let mut request = request.clone();
    for field in ["definition", "input", "context", "variables"] {
        if let Some(value) = request.get_mut(field) {
            *value = text(value).into();
        }
    }
    let request: Request = match serde_json::from_value(request) {
        Ok(request) => request,
        Err(error) => return error.to_string(),
    };
    let around =
        Surroundings { region: "us-east-1".into(), account: "000000000000".into(), now: NOW, seed: 7 };
    let echo = |id, call: &asl::TaskCall| Event::TaskSucceeded { id, output: call.arguments.clone() };
    match asl::test_state::run(&request, &around, echo) {
        Ok(response) => serde_json::to_string_pretty(&response).unwrap_or_default(),
        Err(error) => error.to_string(),
    }
}

fn run(definition: &str, input: &str) -> String {
    let refused = asl::check::invalid_definition(definition, asl::check::MachineType::Standard);
    let refused = refused.map(|message| format!("refused: {message}\n")).unwrap_or_default();
    let program = match Program::compile(definition) {
        Ok(program) => program,
        Err(error) => return format!("{refused}does not compile: {error}"),
    };
    let input = match Payload::parse(input) {
        Ok(input) => input,
        Err(error) => return format!("input: {error}"),
    };
    let mut execution = Execution::start(&program, Start { input, context: context(), seed: 7 }, NOW);
    let mut history = Vec::new();
    let mut now = NOW;
    while let Some(effect) = execution.poll_effect() {
        let event = match effect {
            Effect::Invoke { id, call } => Event::TaskSucceeded { id, output: call.arguments.clone() },
            Effect::SetTimer { id, at } if execution.outcome().is_none() => {
                now = now.max(at);
                Event::TimerFired { id }
            }
            Effect::StartMapRun { spec, .. } => {
                history.push(format!("Map Run: {}", serde_json::to_string(&spec).unwrap_or_default()));
                continue;
            }
            _ => continue,
        };
        execution.handle(&program, event, now);
    }
    let taken = execution.take_history().0;
    let events = asl::history::render(&program, [taken.as_slice()]);
    history.extend(events.into_iter().map(|event| {
        let details = event.details.map(|details| Value::from(details).to_string()).unwrap_or_default();
        format!("  {} {} {} {details}", event.id, event.previous_event_id, event.kind.name())
    }));
    let end = match execution.outcome() {
        Some(Outcome::Succeeded { output }) => format!("SUCCEEDED {}", output.text()),
        Some(other) => format!("{other:?}"),
        None => "still running".into(),
    };
    format!("{refused}{}\n{end}", history.join("\n"))
}

fn context() -> ContextSeed {
    ContextSeed {
        execution_id: "arn:aws:states:us-east-1:000000000000:execution:machine:name".into(),
        execution_name: "name".into(),
        role_arn: "arn:aws:iam::000000000000:role/role".into(),
        start_time: NOW,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".into(),
        state_machine_name: "machine".into(),
        execution_type: ExecutionType::Standard,
    }
}
