//! Several Map Runs in one run: within each other, beside each other, one after the other.

mod common;

use common::{PASS, Server};
use executor::Options;
use model::RunStatus;
use std::time::Duration;
use store::testkit;

async fn fresh() -> (tempfile::TempDir, testkit::TestStore, Server) {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    (dir, kept, server)
}

/// A distributed Map state over its input.
fn map(states: &str, more: &str) -> String {
    format!(
        r#"{{"Type":"Map","ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"}},{states}}}{more},"End":true}}"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_run_within_a_map_run_goes_on_after_a_restart() {
    let (dir, kept, server) = fresh().await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":1,"End":true}}"#;
    let inner = format!(r#""StartAt":"Inner","States":{{"Inner":{}}}"#, map(rests, ""));
    let definition = format!(r#"{{"StartAt":"Outer","States":{{"Outer":{}}}}}"#, map(&inner, r#","MaxConcurrency":2"#));
    let run = server.launch("nested", &definition, "[[1,2],[3,4,5],[]]", None).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    server.stop().await;
    let begun = kept.store.map_runs(&common::workspace(), &run).await.unwrap();
    assert_eq!(begun.len(), 3, "one outer, two inner");
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.output.as_deref(), Some("[[1,2],[3,4,5],[]]"), "{ended:?}");
    let all = kept.store.map_runs(&server.workspace, &run).await.unwrap();
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|map| map.status == RunStatus::Succeeded && map.item_counts.adds_up()));
    assert_eq!(all.iter().map(|map| map.item_counts.succeeded).sum::<u64>(), 8);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn map_runs_beside_each_other_and_one_in_an_inline_map() {
    let (_dir, kept, server) = fresh().await;
    let branch = |name: &str| format!(r#"{{"StartAt":"{name}","States":{{"{name}":{}}}}}"#, map(PASS, ""));
    let definition = format!(
        r#"{{"StartAt":"Both","States":{{"Both":{{"Type":"Parallel","Branches":[{},{}],"Next":"Each"}},
        "Each":{{"Type":"Map","ItemProcessor":{},"End":true}}}}}}"#,
        branch("Left"), branch("Right"), branch("Within")
    );
    let run = server.launch("beside", &definition, "[1,2,3]", None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.output.as_deref(), Some("[[1,2,3],[1,2,3]]"), "{ended:?}");
    assert_eq!(kept.store.map_runs(&server.workspace, &run).await.unwrap().len(), 4);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_a_run_stops_the_map_runs_within() {
    let (_dir, kept, server) = fresh().await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":600,"End":true}}"#;
    let inner = format!(r#""StartAt":"Inner","States":{{"Inner":{}}}"#, map(rests, ""));
    let definition = format!(r#"{{"StartAt":"Outer","States":{{"Outer":{}}}}}"#, map(&inner, ""));
    let run = server.launch("stopped", &definition, "[[1,2],[3]]", None).await;
    while kept.store.map_runs(&server.workspace, &run).await.unwrap().len() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.executor.stop(&server.workspace, &run, "ana", (None, None)).await.unwrap();
    assert_eq!(server.ended(&run).await.status, RunStatus::Aborted);
    let all = kept.store.map_runs(&server.workspace, &run).await.unwrap();
    assert!(all.iter().all(|map| map.status == RunStatus::Aborted), "{all:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_that_wait_for_children_do_not_keep_them_from_running() {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let options = Options { max_concurrency: 2, ..Options::default() };
    let server = Server::start(dir.path(), kept.store.clone(), options).await;
    let inner = format!(r#""StartAt":"Inner","States":{{"Inner":{}}}"#, map(PASS, ""));
    let definition = format!(r#"{{"StartAt":"Outer","States":{{"Outer":{}}}}}"#, map(&inner, ""));
    let run = server.launch("crowded", &definition, "[[1],[2],[3],[4],[5]]", None).await;
    assert_eq!(server.ended(&run).await.output.as_deref(), Some("[[1],[2],[3],[4],[5]]"));
    server.stop().await;
}
