//! Real pipe workers.

mod common;

use common::{House, json};
use functions::FunctionConfig;
use model::ProcessFunction;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn many_calls_are_on_their_way_at_once_and_each_gets_its_own_answer() {
    let house = House::new();
    house.pipe("w", |spec| spec.processes = 2);
    let calls = (0..2_000).map(|n| house.result("w", json!({"n": n, "text": "ä\n"})));
    for (n, result) in futures::future::join_all(calls).await.into_iter().enumerate() {
        assert_eq!(result, json!({"n": n, "text": "ä\n"}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_lambdas_form() {
    let house = House::new();
    house.pipe("w", |spec| spec.timeout_ms = 3_000);
    let raised = house.call("w", json!({"do": "raise"})).await;
    let message =
        json!({"errorType": "ValueError", "errorMessage": "no cat here", "requestId": raised.request_id});
    assert_eq!(json(&raised), message);
    let exited = house.call("w", json!({"do": "exit"})).await;
    let message = format!("RequestId: {} Error: Runtime exited with error: exit status 3", exited.request_id);
    assert_eq!(json(&exited), json!({"errorType": "Runtime.ExitError", "errorMessage": message}));
    let log = exited.log_tail.unwrap();
    assert!(log.contains("ready") && log.contains("last words"), "{log}");
    assert_eq!(house.result("w", json!([1])).await, json!([1]));
    let began = Instant::now();
    assert_eq!(house.failure("w", json!({"do": "sleep", "seconds": 60})).await.0, "Sandbox.Timedout");
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(
        house.failure("w", json!({"do": "big", "bytes": 6_291_555})).await.0,
        "Function.ResponseSizeTooLarge"
    );
    assert_eq!(
        house.failure("w", json!({"do": "big", "bytes": 9_000_000})).await.0,
        "Function.ResponseSizeTooLarge"
    );
    assert_eq!(house.result("w", json!([2])).await, json!([2]));
    let put = |command: &str| {
        let spec =
            ProcessFunction { command: vec![command.into()], directory: "/".into(), ..Default::default() };
        house.put("lost", FunctionConfig::Pipe(spec));
    };
    put("/no/such/program");
    assert_eq!(house.failure("lost", json!(1)).await.0, "Runtime.InvalidEntrypoint");
    put("false");
    assert_eq!(house.failure("lost", json!(1)).await.0, "Runtime.ExitError");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ends_its_worker_spares_those_behind_it() {
    let house = House::new();
    house.pipe("w", |_| {});
    house.result("w", json!(0)).await;
    let calls = (0..40).map(|n| {
        let payload = if n == 7 { json!({"do": "exit"}) } else { json!(n) };
        house.call("w", payload)
    });
    for (n, answer) in futures::future::join_all(calls).await.iter().enumerate() {
        match n {
            7 => assert_eq!(json(answer)["errorType"], "Runtime.ExitError"),
            n => assert_eq!(json(answer), n),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_calls_spread_over_the_processes_which_stop_when_idle() {
    let house = House::with(|options| options.idle_ms = 200);
    house.pipe("w", |spec| spec.processes = 3);
    let calls = (0..6).map(|_| house.result("w", json!({"do": "sleep", "seconds": 0.2})));
    let pids: HashSet<Value> = futures::future::join_all(calls).await.into_iter().collect();
    assert_eq!(pids.len(), 3);
    let gone = || pids.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists());
    for _ in 0..100 {
        if gone() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(gone(), "idle workers stop");
    assert_eq!(house.result("w", json!("again")).await, "again");
}
