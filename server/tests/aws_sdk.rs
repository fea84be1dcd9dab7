//! AWS's own Rust client, `aws-sdk-sfn`, unmodified: nothing here would be different on AWS. TestState is left
//! to other clients: this one cannot leave out the `sync-` before the host's name, which no resolver knows here.

mod common;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sfn::types::{ExecutionStatus, MapRunStatus, StateMachineType};
use common::{Key, Server, mapping};
use serde_json::json;
use std::time::Duration;

const ROLE: &str = "arn:aws:iam::000000000000:role/test";

fn client(server: &Server, key: &Key) -> Client {
    let config = aws_sdk_sfn::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&server.url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(&key.id, &key.secret, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_distributed_map_from_its_definition_to_its_failed_child() {
    let server = Server::start();
    let client = client(&server, &server.key("main"));
    let made = client.create_state_machine().name("numbers").definition(mapping()).role_arn(ROLE);
    let machine = made.r#type(StateMachineType::Standard).send().await.unwrap().state_machine_arn;
    let input = json!({"numbers": [1, 2, 30]}).to_string();
    let start = || client.start_execution().state_machine_arn(&machine).name("first").input(&input).send();
    let execution = start().await.unwrap().execution_arn;
    assert_eq!(start().await.unwrap().execution_arn, execution, "the same request is the same execution");
    let other = client.start_execution().state_machine_arn(&machine).name("first").input("{}").send().await;
    assert!(other.unwrap_err().into_service_error().is_execution_already_exists());

    let ended = loop {
        let seen = client.describe_execution().execution_arn(&execution).send().await.unwrap();
        if *seen.status() != ExecutionStatus::Running {
            break seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(*ended.status(), ExecutionStatus::Succeeded, "{ended:?}");

    let runs = client.list_map_runs().execution_arn(&execution).send().await.unwrap();
    let map_run = runs.map_runs()[0].map_run_arn();
    let described = client.describe_map_run().map_run_arn(map_run).send().await.unwrap();
    let counts = described.item_counts().unwrap();
    assert_eq!((counts.total(), counts.succeeded(), counts.failed()), (3, 2, 1));
    assert_eq!(*described.status(), MapRunStatus::Succeeded);

    let failed = client.list_executions().map_run_arn(map_run).status_filter(ExecutionStatus::Failed);
    let failed: Vec<_> = failed.into_paginator().items().send().collect::<Result<_, _>>().await.unwrap();
    let child = client.describe_execution().execution_arn(failed[0].execution_arn()).send().await.unwrap();
    assert_eq!((child.error(), child.input()), (Some("TooLarge"), Some("30")));
    let history = client.get_execution_history().execution_arn(failed[0].execution_arn()).send().await.unwrap();
    let last = history.events().last().unwrap().execution_failed_event_details().unwrap();
    assert_eq!(last.cause(), Some("not below ten"));

    let redriven = client.redrive_execution().execution_arn(&execution).send().await;
    let refusal = redriven.unwrap_err().into_service_error();
    assert!(refusal.is_execution_not_redrivable(), "a parent that succeeded: {refusal:?}");
    let missing = client.describe_execution().execution_arn(format!("{execution}x")).send().await;
    assert!(missing.unwrap_err().into_service_error().is_execution_does_not_exist());
}
