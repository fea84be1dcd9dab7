//! Runs a number of children, for counting instructions: `children KIND COUNT`, where KIND is
//! `pass`, `three` or `choice`. See `docs/CONFORMANCE.md`.

use asl::{ContextSeed, Effect, Event, Execution, Payload, Program, Start};
use model::{ExecutionType, Timestamp};

const NOW: Timestamp = Timestamp(1_767_225_600_000);
const ITEM: &str = r#"{"Etag":"\"d41d8cd98f00b204e9800998ecf8427e\"","Key":"photos/a.jpg","Size":183726}"#;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_else(|| "pass".into());
    let count: u64 = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(1_000);
    let definition = match kind.as_str() {
        "three" => {
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
                "B":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Next":"C"},
                "C":{"Type":"Succeed"}}}"#
        }
        "choice" => {
            r#"{"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"size.$":"$.Size"},"Next":"B"},
                "B":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericGreaterThan":1000,"Next":"C"}],"Default":"C"},
                "C":{"Type":"Succeed"}}}"#
        }
        _ => r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#,
    };
    let program = Program::compile(definition).expect("the definition compiles");
    let context = ContextSeed {
        execution_id: "arn:aws:states:us-east-1:000000000000:execution:machine/label:name".into(),
        execution_name: "name".into(),
        role_arn: "arn:aws:iam::000000000000:role/role".into(),
        start_time: NOW,
        redrive_count: 0,
        redrive_time: None,
        state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine/label".into(),
        state_machine_name: "machine/label".into(),
        execution_type: ExecutionType::Standard,
    };
    let answer = Payload::from_text(r#"{"ok":true}"#.into());
    let mut bytes = 0;
    for seed in 0..count {
        let start = Start { input: Payload::from_text(ITEM.into()), context: context.clone(), seed };
        let mut execution = Execution::start(&program, start, NOW);
        while let Some(effect) = execution.poll_effect() {
            if let Effect::Invoke { id, .. } = effect {
                execution.handle(&program, Event::TaskSucceeded { id, output: answer.clone() }, NOW);
            }
        }
        bytes += execution.take_history().0.len();
    }
    println!("{count} children, {bytes} bytes of history, {} bytes an execution", size_of::<Execution>());
}
