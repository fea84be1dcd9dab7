//! No door shows one workspace's things to another.

mod common;

use common::{Key, Server};
use http::Method;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/test";

/// The ids and ARNs of things in the workspace `main`.
struct Things {
    job: String,
    run: String,
    manifest: String,
    machine: String,
    execution: String,
    map_run: String,
}

const SECRET: &str = "only-for-main";

async fn things(server: &Server, token: &str, key: &Key) -> Things {
    server.put_object(token, "main-bucket", "in/a.jsonl", format!("{{\"word\":\"{SECRET}\"}}\n")).await;
    let generate = json!({"name": "m", "bucket": "main-bucket", "prefix": "in/"});
    let (status, manifest) = server.rest(token, Method::POST, "/manifests/generate", Some(generate)).await;
    assert!(status < 300, "{manifest}");
    let definition = json!({"Comment": SECRET, "StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "each",
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "End": true}}});
    let asked = json!({"name": "m", "definition": definition.to_string(), "roleArn": ROLE});
    let machine =
        server.call(key, "CreateStateMachine", asked).await["stateMachineArn"].as_str().unwrap().to_owned();
    let input = json!({"stateMachineArn": machine, "input": json!([SECRET]).to_string()});
    let execution =
        server.call(key, "StartExecution", input).await["executionArn"].as_str().unwrap().to_owned();
    server.ended(key, &execution).await;
    let map_runs = server.call(key, "ListMapRuns", json!({"executionArn": execution})).await;
    let (_, jobs) = server.rest(token, Method::GET, "/jobs", None).await;
    let (_, runs) = server.rest(token, Method::GET, "/runs", None).await;
    let id = |list: &Value| {
        let list = list.as_array().or_else(|| list["items"].as_array()).or_else(|| list["runs"].as_array());
        list.unwrap()[0]["id"].as_str().unwrap().to_owned()
    };
    Things {
        job: id(&jobs),
        run: id(&runs),
        manifest: manifest["id"].as_str().unwrap().to_owned(),
        machine,
        execution,
        map_run: map_runs["mapRuns"][0]["mapRunArn"].as_str().unwrap().to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rest_route_keeps_strangers_out() {
    let server = Server::start();
    let things = things(&server, &server.token("main"), &server.key("main")).await;
    server.add_workspace("other");
    let stranger = server.token("other");
    let document = server.client.get(format!("{}/api/openapi.json", server.url)).send().await.unwrap();
    let document: Value = serde_json::from_str(&document.text().await.unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 30, "the document lists the routes");
    let mut asked = 0;
    for (path, operations) in paths {
        for method in operations.as_object().unwrap().keys() {
            let concrete = path
                .replace("{bucket}", "main-bucket")
                .replace("{key}", "in/a.jsonl")
                .replace("{*key}", "in/a.jsonl")
                .replace("{n}", "1")
                .replace("{index}", "0")
                .replace("{name}", "manifest.json")
                .replace("{*name}", "manifest.json");
            let concrete = match path {
                path if path.contains("/jobs/") => concrete.replace("{id}", &things.job),
                path if path.contains("/manifests/") => concrete.replace("{id}", &things.manifest),
                _ => concrete.replace("{id}", &things.run),
            };
            let url = format!("{}{concrete}", server.url);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = || {
                let bodies = json!({"job": things.job, "manifest": things.manifest, "select": "all", "bucket": "main-bucket",
                    "definition": "{}", "name": "x", "role": "viewer", "email": "x@example.com"});
                server
                    .client
                    .request(method.clone(), &url)
                    .header("content-type", "application/json")
                    .body(bodies.to_string())
            };
            let nobody = request().send().await.unwrap();
            assert_eq!(nobody.status(), 401, "{method} {path} without a token");
            let answer = request().bearer_auth(&stranger).send().await.unwrap();
            let status = answer.status().as_u16();
            assert!(status < 500, "{method} {path}: {status}");
            let own = !path.contains('{') || path.contains("functions");
            assert!(own || (400..500).contains(&status), "{method} {path} answered a stranger with {status}");
            let text = answer.text().await.unwrap();
            for secret in [SECRET, &things.run, "main-bucket\""] {
                let echoed = status >= 400;
                assert!(echoed || !text.contains(secret), "{method} {path} tells {secret}: {text}");
            }
            asked += 1;
        }
    }
    assert!(asked > 40, "only {asked} routes were asked");
    let (status, still) =
        server.rest(&server.token("main"), Method::GET, &format!("/jobs/{}", things.job), None).await;
    assert_eq!((status, &still["name"]), (200, &json!("m")));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_states_api_keeps_strangers_out() {
    let server = Server::start();
    let things = things(&server, &server.token("main"), &server.key("main")).await;
    server.add_workspace("other");
    let stranger = server.key("other");
    let (machine, execution, map_run) = (&things.machine, &things.execution, &things.map_run);
    let version = format!("{machine}:1");
    for (operation, body) in [
        ("DescribeStateMachine", json!({"stateMachineArn": machine})),
        ("UpdateStateMachine", json!({"stateMachineArn": machine, "roleArn": ROLE})),
        ("PublishStateMachineVersion", json!({"stateMachineArn": machine})),
        ("ListStateMachineAliases", json!({"stateMachineArn": machine})),
        (
            "CreateStateMachineAlias",
            json!({"name": "a", "routingConfiguration": [{"stateMachineVersionArn": version, "weight": 100}]}),
        ),
        ("StartExecution", json!({"stateMachineArn": machine})),
        ("StartSyncExecution", json!({"stateMachineArn": machine})),
        ("ListExecutions", json!({"stateMachineArn": machine})),
        ("ListExecutions", json!({"mapRunArn": map_run})),
        ("DescribeExecution", json!({"executionArn": execution})),
        ("DescribeStateMachineForExecution", json!({"executionArn": execution})),
        ("GetExecutionHistory", json!({"executionArn": execution})),
        ("StopExecution", json!({"executionArn": execution})),
        ("RedriveExecution", json!({"executionArn": execution})),
        ("ListMapRuns", json!({"executionArn": execution})),
        ("DescribeMapRun", json!({"mapRunArn": map_run})),
        ("UpdateMapRun", json!({"mapRunArn": map_run, "maxConcurrency": 1})),
        ("TagResource", json!({"resourceArn": machine, "tags": []})),
        ("ListTagsForResource", json!({"resourceArn": machine})),
        ("DescribeActivity", json!({"activityArn": "arn:aws:states:us-east-1:000000000000:activity:a"})),
    ] {
        let refused = server.refused(&stranger, operation, body).await;
        assert!(refused.ends_with("DoesNotExist") || refused == "ResourceNotFound", "{operation}: {refused}");
    }
    let listed = server.call(&stranger, "ListStateMachines", json!({})).await;
    assert_eq!(listed["stateMachines"], json!([]));
    server.call(&stranger, "DeleteStateMachine", json!({"stateMachineArn": machine})).await;
    let key = server.key("main");
    server.call(&key, "DescribeStateMachine", json!({"stateMachineArn": machine})).await;
}
