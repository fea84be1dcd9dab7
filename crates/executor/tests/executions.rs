//! Executions without a Map Run: Standard and Express, started by each other, stopped, redriven.

mod common;

use common::Server;
use executor::Options;
use model::{ExecutionType, RedriveSelection, RunId, RunStatus};
use std::time::Duration;
use store::testkit;

async fn fresh() -> (tempfile::TempDir, testkit::TestStore, Server) {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    (dir, kept, server)
}

fn redrive(server: &Server, run: &RunId) -> executor::Redrive {
    executor::Redrive {
        workspace: server.workspace.clone(),
        run: run.clone(),
        map_run: None,
        selection: RedriveSelection::All,
        definition: None,
        actor: "ana".into(),
    }
}

const LOOP: &str = r#"{"StartAt":"Count","States":{
    "Count":{"Type":"Pass","Parameters":{"n.$":"States.MathAdd($.n, 1)"},"Next":"Enough"},
    "Enough":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericLessThan":LIMIT,"Next":"Rest"}],"Default":"Done"},
    "Rest":{"Type":"Wait","Seconds":0,"Next":"Count"},
    "Done":{"Type":"Succeed"}}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_executions_at_once_keep_their_histories() {
    let (_dir, kept, server) = fresh().await;
    let definition = LOOP.replace("LIMIT", "3");
    let mut runs = Vec::new();
    for n in 0..50 {
        runs.push(server.launch(&format!("run-{n}"), &definition, r#"{"n":0}"#, None).await);
    }
    for run in &runs {
        let ended = server.ended(run).await;
        assert_eq!((ended.status, ended.output.as_deref()), (RunStatus::Succeeded, Some(r#"{"n":3}"#)), "{ended:?}");
        assert_eq!(server.kinds(run).await.len(), 20);
    }
    let history = executor::run_history(&kept.store, &server.workspace, &runs[0]).await.unwrap();
    let ids: Vec<u64> = history.iter().filter_map(|event| event["id"].as_u64()).collect();
    assert_eq!(ids, (1..=20).collect::<Vec<_>>());
    let again = server.planned_again("run-0", &definition).await;
    assert!(matches!(again, Err(executor::Error::Store(store::Error::Taken { .. }))), "{again:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_of_25_000_events_ends_a_standard_execution_only() {
    let (_dir, kept, server) = fresh().await;
    let definition = LOOP.replace("LIMIT", "1000000000").replace(r#""Type":"Wait","Seconds":0"#, r#""Type":"Pass""#);
    let run = server.launch("endless", &definition, r#"{"n":0}"#, None).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("States.Runtime")));
    assert_eq!(server.kinds(&run).await.len(), 25_000);
    let stored = kept.store.stored_run(&server.workspace, &run).await.unwrap().unwrap();
    assert!(stored.snapshot.len() < 10_000, "the history is not in it: {}", stored.snapshot.len());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn express_executions_are_stored_when_they_end_and_begin_again_after_a_restart() {
    let (dir, kept, server) = fresh().await;
    let definition = LOOP.replace("LIMIT", "3");
    let run = server.launch_express("quick", &definition, r#"{"n":0}"#).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.output.as_deref()), (RunStatus::Succeeded, Some(r#"{"n":3}"#)), "{ended:?}");
    assert_eq!(server.kinds(&run).await.len(), 20);
    let refused = server.executor.redrive(redrive(&server, &run)).await;
    assert!(matches!(refused, Err(executor::Error::Conflict(_))));

    let rests = r#"{"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":1,"End":true}}}"#;
    let run = server.launch_express("rests", rests, "7").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.stop().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.output.as_deref()), (RunStatus::Succeeded, Some("7")), "{ended:?}");
    assert_eq!(server.kinds(&run).await.len(), 4);
    let map = server.launch_express("map", &common::machine("STANDARD", common::PASS, ""), "[1]").await;
    assert_eq!(server.ended(&map).await.error.as_deref(), Some("States.Runtime"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_execution_goes_on_from_its_failed_state() {
    let (_dir, kept, server) = fresh().await;
    let definition = r#"{"StartAt":"First","States":{"First":{"Type":"Pass","Result":{"key":"late.txt"},"Next":"Read"},
        "Read":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:getObject",
        "Parameters":{"Bucket":"data","Key.$":"$.key"},"ResultSelector":{"text.$":"$.Body"},"End":true}}}"#;
    let run = server.launch("late", definition, "{}", None).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("S3.NoSuchKeyException")), "{ended:?}");
    server.objects.put("data", "late.txt", "here".into()).await.unwrap();
    assert_eq!(server.executor.redrive(redrive(&server, &run)).await.unwrap(), 0);
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.redrive_count), (RunStatus::Succeeded, 1), "{ended:?}");
    assert_eq!(ended.output.as_deref(), Some(r#"{"text":"here"}"#));
    let kinds = server.kinds(&run).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "ExecutionRedriven").count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| *kind == "PassStateEntered").count(), 1, "{kinds:?}");
    let operations = kept.store.operations(&server.workspace, &run).await.unwrap();
    assert_eq!(operations.len(), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_start_machines_and_wait_for_them() {
    let (dir, kept, server) = fresh().await;
    let double = r#"{"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":1,"Next":"Add"},
        "Add":{"Type":"Pass","Parameters":{"twice.$":"States.MathAdd($.n, $.n)"},"End":true}}}"#;
    server.machines.add("double", double, ExecutionType::Standard);
    let calls = |suffix: &str| format!(
        r#"{{"StartAt":"Call","States":{{"Call":{{"Type":"Task","Resource":"arn:aws:states:::states:startExecution{suffix}",
        "Parameters":{{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:double","Input":{{"n.$":"$.n"}}}},
        "End":true}}}}}}"#
    );
    let run = server.launch("sync", &calls(".sync:2"), r#"{"n":21}"#, None).await;
    let only = server.launch("starts", &calls(""), r#"{"n":1}"#, None).await;
    let output: serde_json::Value = serde_json::from_str(&server.ended(&only).await.output.unwrap()).unwrap();
    assert!(output["ExecutionArn"].as_str().unwrap().contains(":execution:double:"), "{output}");
    while kept.store.runs(&server.workspace, &store::RunFilter::default(), 50).await.unwrap().len() < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // A restart in between starts nothing twice. What was started goes on although its machine is unknown now.
    server.stop().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    let ended = server.ended(&run).await;
    let output: serde_json::Value = serde_json::from_str(ended.output.as_deref().unwrap_or_default()).unwrap();
    assert_eq!((&output["Output"]["twice"], &output["Status"]), (&42.into(), &"SUCCEEDED".into()), "{ended:?}");
    let all = kept.store.runs(&server.workspace, &store::RunFilter::default(), 50).await.unwrap();
    assert_eq!(all.len(), 4, "{all:?}");
    let kinds = server.kinds(&run).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "TaskSubmitted").count(), 1, "{kinds:?}");

    let unknown = calls(".sync").replace("stateMachine:double", "stateMachine:none");
    let ended = server.launch("unknown", &unknown, r#"{"n":1}"#, None).await;
    let ended = server.ended(&ended).await;
    assert_eq!(ended.error.as_deref(), Some("StepFunctions.StateMachineDoesNotExistException"), "{ended:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_a_caller_stops_what_it_waits_for() {
    let (_dir, kept, server) = fresh().await;
    let rests = r#"{"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":600,"End":true}}}"#;
    server.machines.add("rests", rests, ExecutionType::Standard);
    let calls = r#"{"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync",
        "Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:000000000000:stateMachine:rests","Name":"inner"},"End":true}}}"#;
    let run = server.launch("caller", calls, "{}", None).await;
    let inner = "arn:aws:states:us-east-1:000000000000:execution:rests:inner";
    let inner = loop {
        if let Some(inner) = kept.store.run_by_arn(&server.workspace, inner).await.unwrap() {
            break inner;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let said = (Some("Enough".to_owned()), Some("stopped by hand".to_owned()));
    server.executor.stop(&server.workspace, &run, "ana", said).await.unwrap();
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref(), ended.cause.as_deref()), (RunStatus::Aborted, Some("Enough"), Some("stopped by hand")));
    assert_eq!(server.ended(&inner.id).await.status, RunStatus::Aborted);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_whose_time_is_over() {
    let (_dir, _kept, server) = fresh().await;
    let rests = r#"{"TimeoutSeconds":1,"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":600,"End":true}}}"#;
    let run = server.launch("late", rests, "{}", None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::TimedOut, "{ended:?}");
    server.stop().await;
}
