//! What ends a run early, and what is kept of one.

mod common;

use common::{Server, WithJson, send};
use http::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Each item rests for a second; the odd ones fail then.
fn definition() -> String {
    json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "each", "ToleratedFailurePercentage": 100, "MaxConcurrency": 2,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Rest", "States": {
                "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Choose"},
                "Choose": {"Type": "Choice", "Default": "Good", "Choices": [{"Variable": "$.odd", "BooleanEquals": true, "Next": "Bad"}]},
                "Good": {"Type": "Succeed"}, "Bad": {"Type": "Fail", "Error": "Odd"}}},
        "End": true}}})
    .to_string()
}

async fn launch(server: &Server, token: &str, count: u64, more: Value) -> String {
    let made = send(server.request(token, Method::POST, "/jobs").with_json(&json!({"name": format!("rest-{count}"), "definition": definition()}))).await;
    let items: Value = (0..count).map(|n| json!({"id": format!("k{n}"), "odd": n % 2 == 1})).collect();
    let mut launch = json!({"job": made.json()["id"], "input": items});
    launch.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let launched = send(server.request(token, Method::POST, "/runs").with_json(&launch)).await;
    assert_eq!(launched.status, 201, "{}", launched.text);
    launched.json()["id"].as_str().unwrap().to_owned()
}

/// Until two items are in flight.
async fn until_running(server: &Server, token: &str, run: &str) {
    let began = Instant::now();
    loop {
        let detail = send(server.request(token, Method::GET, &format!("/runs/{run}"))).await.json();
        if detail["map_runs"][0]["execution_counts"]["running"] == 2 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{detail}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_stops_a_run_and_can_be_raised_while_it_runs() {
    let server = Server::start();
    let token = server.token("main");
    let spent = launch(&server, &token, 40, json!({"budget_usd": 0.0004})).await;
    let raised = launch(&server, &token, 6, json!({"budget_usd": 0.0004})).await;
    until_running(&server, &token, &raised).await;
    let limits = json!({"budget_usd": 1.0, "max_concurrency": 6});
    let change = server.request(&token, Method::PATCH, &format!("/runs/{raised}/limits")).with_json(&limits);
    assert_eq!(send(change).await.status, 204);
    let wrong = server.request(&token, Method::PATCH, &format!("/runs/{raised}/limits"));
    assert_eq!(send(wrong.with_json(&json!({"budget_usd": 0}))).await.code(), "invalid");
    let ended = server.run_ended(&token, &spent).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("Mapwright.BudgetExceeded")));
    let map_run = &ended["map_runs"][0];
    let counts = &map_run["item_counts"];
    assert_eq!(counts["aborted"], 0);
    assert!(counts["pending"].as_u64().unwrap() >= 30, "{counts}");
    // A start and three states: four transitions a child.
    assert_eq!(map_run["metered"]["transitions"], json!(4 * map_run["metered"]["children"].as_u64().unwrap()));
    assert_eq!(server.run_ended(&token, &raised).await["status"], "SUCCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_told_to_stop_may_finish_what_is_in_flight() {
    let server = Server::start();
    let token = server.token("main");
    let run = launch(&server, &token, 40, json!({})).await;
    until_running(&server, &token, &run).await;
    let stop = server.request(&token, Method::POST, &format!("/runs/{run}/stop?in_flight=finish"));
    assert_eq!(send(stop).await.status, 204);
    let ended = server.run_ended(&token, &run).await;
    let counts = &ended["map_runs"][0]["item_counts"];
    assert_eq!((&ended["status"], &counts["aborted"]), (&json!("ABORTED"), &json!(0)), "{counts}");
    assert!(counts["succeeded"].as_u64().unwrap() + counts["failed"].as_u64().unwrap() >= 2, "{counts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_drops_what_the_policy_does_not_keep() {
    for server in Server::on_both().await {
        let token = server.token("main");
        server.add_workspace("other");
        let neighbour = server.token("other");
        let run = launch(&server, &token, 8, json!({})).await;
        let theirs = launch(&server, &neighbour, 2, json!({})).await;
        for (token, run) in [(&token, &run), (&neighbour, &theirs)] {
            assert_eq!(server.run_ended(token, run).await["status"], "SUCCEEDED");
        }
        let get = |token: &str, path: String| send(server.request(token, Method::GET, &path));
        let put = |policy: Value| send(server.request(&token, Method::PUT, "/retention").with_json(&policy));
        assert_eq!(put(json!({"payload_days": 9, "run_days": 8})).await.code(), "invalid");
        assert_eq!(put(json!({"payload_days": 0, "keep_one_in": 4})).await.status, 204);
        let began = Instant::now();
        let item = |index: u64| get(&token, format!("/runs/{run}/items/{index}"));
        while !item(6).await.json()["input"].is_null() {
            assert!(began.elapsed() < Duration::from_secs(20), "the payload stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let dropped = item(6).await.json();
        assert_eq!((&dropped["output"], &dropped["row"]["key"], &dropped["row"]["status"]), (&Value::Null, &json!("k6"), &json!("SUCCEEDED")));
        let (sampled, failed) = (item(4).await.json(), item(5).await.json());
        assert_eq!(sampled["input"], json!({"id": "k4", "odd": false}).to_string());
        assert_eq!(failed["input"], json!({"id": "k5", "odd": true}).to_string());
        assert!(!failed["history"].as_array().unwrap().is_empty());
        let exported = get(&token, format!("/runs/{run}/export?format=csv&payloads=true")).await;
        assert_eq!((exported.status, exported.text.lines().count()), (200, 9), "{}", exported.text);
        let redrive = server.request(&token, Method::POST, &format!("/runs/{run}/redrive"));
        let refused = send(redrive.with_json(&json!({"select": "all"}))).await;
        assert!(refused.status == 409 && refused.text.contains("retention"), "{}", refused.text);
        assert_eq!(put(json!({"run_days": 0})).await.status, 204);
        while get(&token, format!("/runs/{run}")).await.status != 404 {
            assert!(began.elapsed() < Duration::from_secs(40), "the run stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let kept = get(&neighbour, format!("/runs/{theirs}/items/0")).await.json();
        assert_eq!(kept["input"], json!({"id": "k0", "odd": false}).to_string(), "another workspace's policy");
    }
}
