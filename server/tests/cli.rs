//! The commands that speak to a server, their exit codes, and `check`.

mod common;

use common::{Server, WithJson, send};
use http::Method;
use serde_json::{Value, json};
use std::process::{Command, Output};

fn mapwright(server: &str, token: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.args(arguments).env("MAPWRIGHT_URL", server).env("MAPWRIGHT_TOKEN", token);
    command.output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn definition() -> String {
    json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "each",
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSONL"},
            "Parameters": {"Bucket": "none", "Key": "none"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Choose", "States": {
                "Choose": {"Type": "Choice", "Default": "Good", "Choices": [
                    {"Variable": "$.bad", "BooleanEquals": true, "Next": "Bad"}]},
                "Good": {"Type": "Succeed"},
                "Bad": {"Type": "Fail", "Error": "Broken", "Cause": "as told"}}},
        "ToleratedFailurePercentage": 40,
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "r"}},
        "End": true}}})
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_from_its_launch_to_its_results() {
    let server = Server::start();
    let token = server.token("main");
    server.put_object(&token, "out", "x", "x").await;
    let job = json!({"name": "lines", "definition": definition()});
    assert_eq!(send(server.request(&token, Method::POST, "/jobs").with_json(&job)).await.status, 201);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("items.jsonl");
    std::fs::write(&file, "{\"bad\":false}\n{\"bad\":false}\n{\"bad\":true}\n").unwrap();
    let cli = |arguments: &[&str]| mapwright(&server.url, &token, arguments);
    let manifest = file.to_str().unwrap();

    let estimate = cli(&["estimate", "lines", "--manifest", manifest]);
    let said = text(&estimate.stdout);
    assert!(said.starts_with("3 items\n") && said.contains("STANDARD"), "{said}{}", text(&estimate.stderr));
    let estimate = cli(&["estimate", "lines", "--items", "1000000", "--no-free-tier", "--json"]);
    let estimate: Value = serde_json::from_slice(&estimate.stdout).unwrap();
    assert_eq!(estimate["estimates"][1]["transitions"], json!(3_000_001), "Choose, then one of two");
    assert_eq!(cli(&["estimate", "lines"]).status.code(), Some(1));

    let run = cli(&["run", "lines", "--manifest", manifest, "--wait", "--json"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("SUCCEEDED: 3 of 3, 1 unsuccessful"), "{}", text(&run.stderr));
    let run: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&run["status"], &run["map_runs"][0]["item_counts"]["failed"]), (&json!("SUCCEEDED"), &json!(1)));
    let id = run["id"].as_str().unwrap();

    let status = cli(&["status", id]);
    assert!(text(&status.stdout).contains("3 items, 2 succeeded, 1 failed"), "{}", text(&status.stdout));
    let out = dir.path().join("out");
    let results = cli(&["results", id, "-o", out.to_str().unwrap()]);
    assert_eq!(results.status.code(), Some(0), "{}", text(&results.stderr));
    assert!(std::fs::read_to_string(out.join("FAILED_0.json")).unwrap().contains("Broken"));
    assert!(out.join("manifest.json").exists());

    let counted = cli(&["redrive", id, "--filter", "error:Broken", "--dry-run"]);
    assert!(text(&counted.stdout).starts_with("1 items"), "{}", text(&counted.stdout));
    let again = cli(&["redrive", id, "--filter", "error:Broken", "--wait"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));

    std::fs::write(&file, "{\"bad\":true}\n").unwrap();
    let failed = cli(&["run", "lines", "--manifest", manifest, "--wait"]);
    assert_eq!(failed.status.code(), Some(2), "{}", text(&failed.stderr));
    let refused = cli(&["redrive", id, "--filter", "colour:red"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("at character 1"), "{}", text(&refused.stderr));
    assert_eq!(cli(&["run", "nothing"]).status.code(), Some(1));
    assert_eq!(cli(&["run"]).status.code(), Some(1));
    assert_eq!(mapwright(&server.url, "mw_wrong", &["status", id]).status.code(), Some(1));
    assert_eq!(mapwright("http://127.0.0.1:9", &token, &["status", id]).status.code(), Some(3));
}

#[test]
fn check_points_at_lines_and_needs_no_server() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("job.json");
    let check = |definition: &str, more: &[&str]| {
        std::fs::write(&file, definition).unwrap();
        let arguments: Vec<&str> = ["check", file.to_str().unwrap()].into_iter().chain(more.iter().copied()).collect();
        mapwright("http://127.0.0.1:9", "", &arguments)
    };
    let wrong = check("{\n  \"StartAt\": \"A\",\n  \"States\": {\"B\": {\"Type\": \"Pass\", \"End\": true}}\n}", &[]);
    assert_eq!(wrong.status.code(), Some(2));
    let place = format!("{}:2:", file.display());
    assert!(text(&wrong.stdout).lines().any(|line| line.starts_with(&place) && line.contains(": error ")), "{}", text(&wrong.stdout));
    let as_json = check("{", &["--json"]);
    assert_eq!(as_json.status.code(), Some(2));
    let found: Value = serde_json::from_slice(&as_json.stdout).unwrap();
    assert_eq!(found[0]["line"], 1);
    let good = check(r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#, &[]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stdout));
}
