//! Activities and callbacks: tasks that workers outside end by their tokens.

mod common;

use common::{Server, machine};
use executor::{Options, TaskEnd, TokenError};
use model::{RunStatus, WorkspaceId};
use std::time::Duration;
use store::testkit;

const WORK: &str = r#"{"StartAt":"Work","States":{"Work":{"Type":"Task",
    "Resource":"arn:aws:states:us-east-1:000000000000:activity:work","TimeoutSeconds":600,"HeartbeatSeconds":300,"End":true}}}"#;
const WORK_STATES: &str = r#""StartAt":"Work","States":{"Work":{"Type":"Task",
    "Resource":"arn:aws:states:us-east-1:000000000000:activity:work","End":true}}"#;

async fn fresh() -> (tempfile::TempDir, testkit::TestStore, Server) {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    (dir, kept, server)
}

async fn next(server: &Server, wait_ms: u64) -> Option<executor::ActivityTask> {
    let wait = Duration::from_millis(wait_ms);
    server.executor.next_activity_task(&server.workspace, "work", Some("ana"), wait).await.unwrap()
}

fn success(output: &str) -> TaskEnd {
    TaskEnd::Success(output.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_activity_waits_for_its_worker() {
    let (_dir, _kept, server) = fresh().await;
    assert_eq!(next(&server, 20).await, None);
    let poll = next(&server, 20_000);
    let launch = server.launch("one", WORK, r#"{"n":1}"#, None);
    let (task, run) = tokio::join!(poll, launch);
    let task = task.unwrap();
    assert_eq!(task.input, r#"{"n":1}"#);
    assert_eq!(next(&server, 1).await, None, "a task is given out once");
    let stranger = WorkspaceId::new(1, [7; 10]);
    let (executor, here) = (&server.executor, &server.workspace);
    let refused = executor.complete_token(&stranger, &task.token, success("1")).await;
    assert!(matches!(refused, Err(TokenError::DoesNotExist)), "{refused:?}");
    assert!(matches!(executor.complete_token(here, "nonsense", success("1")).await, Err(TokenError::Invalid)));
    assert!(matches!(executor.complete_token(here, &task.token, success("{")).await, Err(TokenError::Output(_))));
    executor.heartbeat_token(here, &task.token).await.unwrap();
    executor.complete_token(here, &task.token, success(r#"{"done":true}"#)).await.unwrap();
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.output.as_deref()), (RunStatus::Succeeded, Some(r#"{"done":true}"#)), "{ended:?}");
    let late = executor.complete_token(here, &task.token, success("1")).await;
    assert!(matches!(late, Err(TokenError::TimedOut)), "{late:?}");
    let history = executor::run_history(&server.store, here, &run).await.unwrap();
    let kinds: Vec<&str> = history.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(
        kinds,
        ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ActivityStarted", "ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"]
    );
    assert_eq!(history[3]["activityStartedEventDetails"]["workerName"], "ana");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_task_comes_first_and_failures_are_the_workers_words() {
    let (_dir, _kept, server) = fresh().await;
    let mut runs = Vec::new();
    for n in 0..3 {
        runs.push(server.launch(&format!("run-{n}"), WORK, &format!("{n}"), None).await);
        while server.executor.waiting_activities(&server.workspace, "work").await.unwrap() <= n {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    for (n, run) in runs.iter().enumerate() {
        let task = next(&server, 1_000).await.unwrap();
        assert_eq!(task.input, n.to_string());
        let end = TaskEnd::Failure { error: Some("Bad".into()), cause: Some(format!("number {n}")) };
        server.executor.complete_token(&server.workspace, &task.token, end).await.unwrap();
        let ended = server.ended(run).await;
        assert_eq!((ended.error.as_deref(), ended.cause), (Some("Bad"), Some(format!("number {n}"))));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_a_map_run_survive_a_restart() {
    let (dir, kept, server) = fresh().await;
    let run = server.launch("map", &machine("STANDARD", WORK_STATES, ""), "[0,1,2,3]", None).await;
    let before = next(&server, 5_000).await.unwrap();
    let taken = next(&server, 5_000).await.unwrap();
    server.executor.complete_token(&server.workspace, &before.token, success(r#""before""#)).await.unwrap();
    server.stop().await;

    // Answered while no server runs this run, as another server of the same database would take it.
    let answer = store::TokenAnswer {
        workspace: common::workspace(),
        token: taken.token.clone(),
        answer: serde_json::to_string(&success(r#""meanwhile""#)).unwrap(),
    };
    assert_eq!(kept.store.answer_tokens(&[answer], model::Timestamp(0)).await.unwrap(), [true]);
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    for _ in 0..2 {
        let task = next(&server, 5_000).await.unwrap();
        server.executor.complete_token(&server.workspace, &task.token, success(r#""after""#)).await.unwrap();
    }
    assert_eq!(next(&server, 50).await, None);
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    let mut output: Vec<String> = serde_json::from_str(&ended.output.unwrap()).unwrap();
    output.sort();
    assert_eq!(output, ["after", "after", "before", "meanwhile"]);
    let map_run = server.map_run(&run).await;
    let detail = executor::item_detail(&server.store, &model::Partition::default(), &server.workspace, &map_run.id, 0)
        .await
        .unwrap()
        .unwrap();
    let started = detail.history.iter().filter(|event| event["type"] == "ActivityStarted").count();
    assert_eq!(started, 1, "{:?}", detail.history);
    assert!(kept.store.task_token(&common::workspace(), &taken.token).await.unwrap().is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callback_is_asked_for_once_and_waited_for() {
    let (dir, kept, server) = fresh().await;
    let definition = r#"{"StartAt":"Ask","States":{"Ask":{"Type":"Task",
        "Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","TimeoutSeconds":600,
        "Parameters":{"FunctionName":"echo","Payload":{"token.$":"$$.Task.Token"}},"End":true}}}"#;
    let run = server.launch("callback", definition, "{}", None).await;
    let submitted = || async {
        loop {
            let history = executor::run_history(&kept.store, &common::workspace(), &run).await.unwrap();
            if let Some(event) = history.iter().find(|event| event["type"] == "TaskSubmitted") {
                let output = event["taskSubmittedEventDetails"]["output"].as_str().unwrap();
                let output: serde_json::Value = serde_json::from_str(output).unwrap();
                return output["Payload"]["token"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let token = tokio::time::timeout(Duration::from_secs(10), submitted()).await.unwrap();
    server.stop().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    server.executor.complete_token(&server.workspace, &token, success("42")).await.unwrap();
    let ended = server.ended(&run).await;
    assert_eq!(ended.output.as_deref(), Some("42"), "{ended:?}");
    let kinds = server.kinds(&run).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "TaskSubmitted").count(), 1, "{kinds:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_times_out_and_a_heartbeat_that_does_not_come() {
    let (_dir, _kept, server) = fresh().await;
    let timed = WORK.replace("\"TimeoutSeconds\":600,\"HeartbeatSeconds\":300", "\"TimeoutSeconds\":60,\"HeartbeatSeconds\":1");
    let run = server.launch("timed", &timed, "{}", None).await;
    let task = next(&server, 5_000).await.unwrap();
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("States.Timeout")), "{ended:?}");
    let late = server.executor.heartbeat_token(&server.workspace, &task.token).await;
    assert!(matches!(late, Err(TokenError::TimedOut)), "{late:?}");
    let express = server.launch_express("express", WORK, "{}").await;
    let ended = server.ended(&express).await;
    assert_eq!(ended.error.as_deref(), Some("States.Runtime"), "{ended:?}");
    server.stop().await;
}
