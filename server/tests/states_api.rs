//! The Step Functions API as a client of AWS sees it, on both databases.

mod common;

use common::{Key, Server, mapping};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::000000000000:role/test";

fn pass() -> String {
    json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}).to_string()
}

async fn machine(server: &Server, key: &Key, name: &str, definition: String) -> String {
    let asked = json!({"name": name, "definition": definition, "roleArn": ROLE});
    let made = server.call(key, "CreateStateMachine", asked).await;
    made["stateMachineArn"].as_str().unwrap().to_owned()
}

async fn start(server: &Server, key: &Key, machine: &str, input: Value) -> String {
    let asked = json!({"stateMachineArn": machine, "input": input.to_string()});
    let started = server.call(key, "StartExecution", asked).await;
    started["executionArn"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_have_revisions_versions_aliases_and_tags() {
    for server in Server::on_both().await {
        let key = server.key("main");
        let arn = machine(&server, &key, "m", pass()).await;
        assert_eq!(machine(&server, &key, "m", pass()).await, arn, "the same request is the same machine");
        let other = json!({"name": "m", "definition": mapping(), "roleArn": ROLE});
        assert_eq!(server.refused(&key, "CreateStateMachine", other).await, "StateMachineAlreadyExists");
        let broken = json!({"name": "x", "definition": "{}", "roleArn": ROLE});
        assert_eq!(server.refused(&key, "CreateStateMachine", broken).await, "InvalidDefinition");

        let described = server.call(&key, "DescribeStateMachine", json!({"stateMachineArn": arn})).await;
        assert_eq!((&described["definition"], &described["type"]), (&json!(pass()), &json!("STANDARD")));
        assert_eq!(described.get("revisionId"), None);

        let uses_n = json!({"StartAt": "Set", "States": {"Set": {"Type": "Pass", "Assign": {"n": 1}, "Next": "Use"},
            "Use": {"Type": "Pass", "Parameters": {"n.$": "$n"}, "End": true}}});
        let of_variables = machine(&server, &key, "variables", uses_n.to_string()).await;
        let described = server.call(&key, "DescribeStateMachine", json!({"stateMachineArn": of_variables})).await;
        assert_eq!(described["variableReferences"], json!({"Use": ["n"]}));

        let first = server.call(&key, "PublishStateMachineVersion", json!({"stateMachineArn": arn})).await;
        let first = first["stateMachineVersionArn"].as_str().unwrap().to_owned();
        assert_eq!(first, format!("{arn}:1"));
        let update = json!({"stateMachineArn": arn, "definition": mapping(), "publish": true});
        let second = server.call(&key, "UpdateStateMachine", update).await["stateMachineVersionArn"].clone();
        assert_eq!(second, json!(format!("{arn}:2")));
        let nothing = json!({"stateMachineArn": arn});
        assert_eq!(server.refused(&key, "UpdateStateMachine", nothing).await, "MissingRequiredParameter");
        let page = json!({"stateMachineArn": arn, "maxResults": 1});
        let listed = server.call(&key, "ListStateMachineVersions", page).await;
        assert_eq!(listed["stateMachineVersions"][0]["stateMachineVersionArn"], second);
        let page = json!({"stateMachineArn": arn, "maxResults": 1, "nextToken": listed["nextToken"]});
        let listed = server.call(&key, "ListStateMachineVersions", page).await;
        assert_eq!(listed["stateMachineVersions"][0]["stateMachineVersionArn"], json!(first));
        assert_eq!(listed.get("nextToken"), None);

        let routing = json!([{"stateMachineVersionArn": first, "weight": 100}]);
        let asked = json!({"name": "prod", "routingConfiguration": routing});
        let alias = server.call(&key, "CreateStateMachineAlias", asked).await["stateMachineAliasArn"].clone();
        let used = json!({"stateMachineVersionArn": first});
        assert_eq!(server.refused(&key, "DeleteStateMachineVersion", used).await, "ConflictException");
        let execution = start(&server, &key, alias.as_str().unwrap(), json!({"a": 1})).await;
        let ended = server.ended(&key, &execution).await;
        assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("{\"a\":1}")));
        assert_eq!((&ended["stateMachineAliasArn"], &ended["stateMachineVersionArn"]), (&alias, &json!(first)));

        let tags = json!({"resourceArn": arn, "tags": [{"key": "team", "value": "data"}]});
        server.call(&key, "TagResource", tags).await;
        let tags = server.call(&key, "ListTagsForResource", json!({"resourceArn": arn})).await;
        assert_eq!(tags["tags"], json!([{"key": "team", "value": "data"}]));
        server.call(&key, "DeleteStateMachine", json!({"stateMachineArn": arn})).await;
        let gone = json!({"stateMachineArn": arn});
        assert_eq!(server.refused(&key, "DescribeStateMachine", gone.clone()).await, "StateMachineDoesNotExist");
        server.call(&key, "DeleteStateMachine", gone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_run_is_seen_as_on_aws() {
    for server in Server::on_both().await {
        let key = server.key("main");
        let arn = machine(&server, &key, "m", mapping()).await;
        let numbers: Vec<u32> = (0..12).collect();
        let execution = start(&server, &key, &arn, json!({"numbers": numbers})).await;
        let ended = server.ended(&key, &execution).await;
        assert_eq!(ended["output"], json!("[0,1,2,3,4,5,6,7,8,9]"));

        let events = server.call(&key, "GetExecutionHistory", json!({"executionArn": execution})).await;
        let kinds: Vec<&str> = events["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, [
            "ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded",
            "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded",
        ]);
        let last = json!({"executionArn": execution, "reverseOrder": true, "maxResults": 1});
        let last = server.call(&key, "GetExecutionHistory", last).await;
        assert_eq!(last["events"][0]["type"], "ExecutionSucceeded");
        assert!(last["nextToken"].is_string());

        let map_runs = server.call(&key, "ListMapRuns", json!({"executionArn": execution})).await;
        let map_run = map_runs["mapRuns"][0]["mapRunArn"].as_str().unwrap().to_owned();
        let described = server.call(&key, "DescribeMapRun", json!({"mapRunArn": map_run})).await;
        assert_eq!((&described["status"], &described["maxConcurrency"]), (&json!("SUCCEEDED"), &json!(2)));
        let counts = &described["itemCounts"];
        assert_eq!((&counts["total"], &counts["succeeded"], &counts["failed"]), (&json!(12), &json!(10), &json!(2)));
        let late = json!({"mapRunArn": map_run, "maxConcurrency": 5});
        assert_eq!(server.refused(&key, "UpdateMapRun", late).await, "ValidationException");

        let failed = json!({"mapRunArn": map_run, "statusFilter": "FAILED"});
        let failed = server.call(&key, "ListExecutions", failed).await;
        assert_eq!(failed["executions"].as_array().unwrap().len(), 2);
        let mut seen = Vec::new();
        let mut token = Value::Null;
        loop {
            let page = json!({"mapRunArn": map_run, "maxResults": 5, "nextToken": token});
            let page = server.call(&key, "ListExecutions", page).await;
            seen.extend(page["executions"].as_array().unwrap().iter().map(|e| e["executionArn"].clone()));
            token = page.get("nextToken").cloned().unwrap_or(Value::Null);
            if token.is_null() {
                break;
            }
        }
        assert_eq!(seen.len(), 12, "pages hold every child once");
        let child = failed["executions"][0]["executionArn"].clone();
        let described = server.call(&key, "DescribeExecution", json!({"executionArn": child})).await;
        assert_eq!((&described["error"], &described["mapRunArn"]), (&json!("TooLarge"), &json!(map_run)));
        assert_eq!((&described["input"], &described["redriveStatus"]), (&json!("11"), &json!("REDRIVABLE_BY_MAP_RUN")));
        let events = server.call(&key, "GetExecutionHistory", json!({"executionArn": child})).await;
        assert_eq!(events["events"].as_array().unwrap().last().unwrap()["type"], "ExecutionFailed");
        let of_child = server.call(&key, "DescribeStateMachineForExecution", json!({"executionArn": child})).await;
        assert_eq!((&of_child["label"], &of_child["name"]), (&json!("each"), &json!("m/each")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn executions_are_unique_by_name_and_can_be_stopped() {
    let server = Server::start();
    let key = server.key("main");
    let waiting = json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": true}}}).to_string();
    let arn = machine(&server, &key, "w", waiting).await;
    let named = |input: &str| json!({"stateMachineArn": arn, "name": "once", "input": input});
    let first = server.call(&key, "StartExecution", named("{}")).await;
    assert_eq!(server.call(&key, "StartExecution", named("{}")).await, first);
    assert_eq!(server.refused(&key, "StartExecution", named("[]")).await, "ExecutionAlreadyExists");
    assert_eq!(server.refused(&key, "StartExecution", named("{")).await, "InvalidExecutionInput");
    let execution = first["executionArn"].as_str().unwrap();
    let stop = json!({"executionArn": execution, "error": "Enough", "cause": "of this"});
    server.call(&key, "StopExecution", stop).await;
    let ended = server.ended(&key, execution).await;
    assert_eq!((&ended["status"], &ended["error"], &ended["cause"]), (&json!("ABORTED"), &json!("Enough"), &json!("of this")));
    let listed = json!({"stateMachineArn": arn, "statusFilter": "ABORTED"});
    let listed = server.call(&key, "ListExecutions", listed).await;
    assert_eq!(listed["executions"][0]["name"], "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_anywhere_take_tasks_and_answer() {
    for server in Server::on_both().await {
        let key = server.key("main");
        let activity = server.call(&key, "CreateActivity", json!({"name": "resize"})).await["activityArn"].clone();
        let state = |retry: Value| {
            json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": activity, "Retry": retry, "End": true}}}).to_string()
        };
        let arn = machine(&server, &key, "a", state(json!([]))).await;
        let execution = start(&server, &key, &arn, json!({"n": 1})).await;
        let poll = json!({"activityArn": activity, "workerName": "w1"});
        let task = server.call(&key, "GetActivityTask", poll.clone()).await;
        assert_eq!(task["input"], "{\"n\":1}");
        server.call(&key, "SendTaskHeartbeat", json!({"taskToken": task["taskToken"]})).await;
        let wrong = json!({"taskToken": task["taskToken"], "output": "{"});
        assert_eq!(server.refused(&key, "SendTaskSuccess", wrong).await, "InvalidOutput");
        let done = json!({"taskToken": task["taskToken"], "output": "[1]"});
        server.call(&key, "SendTaskSuccess", done.clone()).await;
        assert_eq!(server.ended(&key, &execution).await["output"], "[1]");
        assert_eq!(server.refused(&key, "SendTaskSuccess", done).await, "TaskTimedOut");

        let execution = start(&server, &key, &arn, json!({})).await;
        let task = server.call(&key, "GetActivityTask", poll).await;
        let failed = json!({"taskToken": task["taskToken"], "error": "Broken", "cause": "no disk"});
        server.call(&key, "SendTaskFailure", failed).await;
        let ended = server.ended(&key, &execution).await;
        assert_eq!((&ended["status"], &ended["error"], &ended["cause"]), (&json!("FAILED"), &json!("Broken"), &json!("no disk")));
        let nonsense = json!({"taskToken": "nonsense", "output": "1"});
        assert_eq!(server.refused(&key, "SendTaskSuccess", nonsense).await, "InvalidToken");
        server.call(&key, "RedriveExecution", json!({"executionArn": execution})).await;
        let task = server.call(&key, "GetActivityTask", json!({"activityArn": activity})).await;
        server.call(&key, "SendTaskSuccess", json!({"taskToken": task["taskToken"], "output": "2"})).await;
        let ended = server.ended(&key, &execution).await;
        assert_eq!((&ended["output"], &ended["redriveCount"]), (&json!("2"), &json!(1)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn express_machines_run_in_the_call() {
    let server = Server::start();
    let key = server.key("main");
    let asked = json!({"name": "e", "definition": pass(), "roleArn": ROLE, "type": "EXPRESS"});
    let arn = server.call(&key, "CreateStateMachine", asked).await["stateMachineArn"].clone();
    let ended = server.call(&key, "StartSyncExecution", json!({"stateMachineArn": arn, "input": "{\"a\":[1]}"})).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("{\"a\":[1]}")));
    let execution = ended["executionArn"].as_str().unwrap();
    assert!(execution.contains(":express:e:"), "{execution}");
    let standard = machine(&server, &key, "s", pass()).await;
    let sync = json!({"stateMachineArn": standard});
    assert_eq!(server.refused(&key, "StartSyncExecution", sync).await, "StateMachineTypeNotSupported");
    let list = json!({"stateMachineArn": arn});
    assert_eq!(server.refused(&key, "ListExecutions", list).await, "StateMachineTypeNotSupported");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_must_be_signed_with_a_known_key() {
    let server = Server::start();
    let key = server.key("main");
    let list = || json!({});
    let forged = Key { secret: "x".repeat(40), ..key.clone() };
    assert_eq!(server.refused(&forged, "ListStateMachines", list()).await, "InvalidSignatureException");
    let unknown = Key { id: "AKIAUNKNOWN".into(), ..key.clone() };
    assert_eq!(server.refused(&unknown, "ListStateMachines", list()).await, "UnrecognizedClientException");
    let bare = server.client.post(&server.url).header("x-amz-target", "AWSStepFunctions.ListStateMachines");
    let answer: Value = serde_json::from_str(&bare.send().await.unwrap().text().await.unwrap()).unwrap();
    assert_eq!(answer["__type"], "MissingAuthenticationTokenException");
    assert_eq!(server.refused(&key, "NoSuchThing", list()).await, "UnknownOperationException");
}
