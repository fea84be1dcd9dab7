use super::*;
use crate::execution::{Event, Outcome};
use std::collections::HashMap;

const SHOP: &str = r#"{
    "StartAt": "Orders",
    "States": {
        "Orders": {
            "Type": "Map", "ItemsPath": "$.orders", "ItemSelector": {"order.$": "$$.Map.Item.Value", "shop.$": "$.shop"},
            "ToleratedFailureCount": 1,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Price",
                "States": {
                    "Price": {
                        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "price", "Payload.$": "$"},
                        "ResultPath": "$.price", "Next": "Both",
                        "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}]
                    },
                    "Both": {
                        "Type": "Parallel", "End": true,
                        "Branches": [
                            {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Ship"}, "Ship": {"Type": "Pass", "Parameters": {"shipped.$": "$.order"}, "End": true}}},
                            {"StartAt": "Bill", "States": {"Bill": {"Type": "Fail", "Error": "NoMoney"}}}
                        ]
                    }
                }
            },
            "End": true
        }
    }
}"#;

fn around() -> Surroundings {
    let now = model::Timestamp(1_767_225_600_000);
    Surroundings { region: "us-east-1".into(), account: "000000000000".into(), now, seed: 7 }
}

fn output(text: &str) -> Pin {
    Pin::Output(text.into())
}

fn request(map: Option<&str>, input: &str, pins: &[(&str, Pin)]) -> FlowRequest {
    FlowRequest {
        definition: SHOP.into(),
        map: map.map(str::to_owned),
        input: input.into(),
        item: None,
        pins: pins.iter().map(|(name, pin)| ((*name).to_owned(), pin.clone())).collect::<HashMap<_, _>>(),
    }
}

/// Runs a test; every call that is not pinned answers its arguments.
fn run(request: &FlowRequest) -> Vec<FlowRun> {
    let mut test = FlowTest::new(request, &around()).unwrap();
    loop {
        match test.step() {
            FlowStep::Done(runs) => return runs,
            FlowStep::Call(id, call) => test.answer(Event::TaskSucceeded { id, output: call.arguments.clone() }),
        }
    }
}

fn text(run: &FlowRun) -> String {
    match &run.outcome {
        Outcome::Succeeded { output } => output.text().to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn an_item_runs_through_the_whole_child() {
    let item = r#"{"order":{"id":5},"shop":"A"}"#;
    let runs = run(&request(Some("Orders"), item, &[("Bill", output("\"billed\""))]));
    assert_eq!(runs.len(), 1);
    assert_eq!(text(&runs[0]), r#"[{"shipped":{"id":5}},"billed"]"#);
    let price = runs[0].events.iter().find(|event| event.kind.name() == "TaskSucceeded").unwrap();
    assert!(price.details.as_ref().unwrap()["output"].as_str().unwrap().contains("price"));
}

#[test]
fn a_pinned_error_meets_the_states_own_rules() {
    let busy = Pin::Error { error: "Busy".into(), cause: None };
    let runs = run(&request(Some("Orders"), "{}", &[("Price", busy)]));
    assert!(text(&runs[0]).contains("Busy"), "{}", text(&runs[0]));
    let tries = runs[0].events.iter().filter(|event| event.kind.name() == "TaskScheduled").count();
    assert_eq!(tries, 2);
}

#[test]
fn the_whole_machine_runs_with_its_map_runs() {
    let input = r#"{"shop":"A","orders":[1,2]}"#;
    let runs = run(&request(None, input, &[("Bill", output("0")), ("Price", output("1"))]));
    assert_eq!(runs.iter().map(|run| run.place.as_str()).collect::<Vec<_>>(), ["", "Orders 0", "Orders 1"]);
    // The pinned Price has no ResultPath: its output is its whole output.
    assert!(text(&runs[1]).contains("could not be found"), "{}", text(&runs[1]));
    assert!(text(&runs[0]).contains("States.ExceedToleratedFailureThreshold"), "{}", text(&runs[0]));
    let runs = run(&request(None, input, &[("Both", output("{\"ok\":true}"))]));
    assert_eq!(text(&runs[0]), r#"[{"ok":true},{"ok":true}]"#);
}

#[test]
fn a_given_item_takes_the_place_of_what_a_map_would_read() {
    let pins = [("Price", output("{\"order\":{\"id\":5}}")), ("Bill", output("0"))];
    let asked = FlowRequest {
        item: Some(r#"{"id":5}"#.into()),
        ..request(None, r#"{"shop":"A","orders":[]}"#, &pins)
    };
    let runs = run(&asked);
    assert_eq!(runs.iter().map(|run| run.place.as_str()).collect::<Vec<_>>(), ["", "Orders 0"]);
    let started = runs[1].events[0].details.as_ref().unwrap();
    assert_eq!(started["input"], r#"{"order":{"id":5},"shop":"A"}"#);
    assert_eq!(text(&runs[0]), r#"[[{"shipped":{"id":5}},0]]"#);
    let broken = FlowRequest { item: Some("{".into()), ..asked };
    assert!(
        FlowTest::new(&broken, &around()).err().unwrap().message.starts_with("The item must be valid JSON")
    );
}

#[test]
fn what_cannot_be_pinned_is_refused() {
    for (map, pin, message) in [
        (None, ("Nobody", "1"), "There is no state 'Nobody' to pin."),
        (None, ("Price", "{"), "The output pinned to 'Price' must be valid JSON."),
        (Some("Bill"), ("Price", "1"), "There is no distributed Map 'Bill'."),
    ] {
        let asked = request(map, "{}", &[(pin.0, output(pin.1))]);
        let error = FlowTest::new(&asked, &around()).err().unwrap();
        assert_eq!((error.code, error.message.as_str()), ("ValidationException", message));
    }
}
