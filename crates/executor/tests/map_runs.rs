//! Map Runs from launch to result, on files in the embedded object store.

mod common;

use common::{PASS, Server, machine, put_items};
use executor::Options;
use model::{ItemStatus, RunStatus};
use store::testkit;

const WRITER: &str = r#","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data","Prefix":"out"}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_of_lines_becomes_recorded_items_and_result_files() {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    let manifest = put_items(&server.objects, "items.jsonl", 10_000).await;
    let run = server.launch("one", &machine("EXPRESS", PASS, WRITER), "{}", Some(manifest)).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.item_counts.total), (10_000, 10_000));
    assert_eq!(map_run.item_counts.results_written, 10_000);
    assert!(map_run.item_counts.adds_up() && map_run.reading_done);

    let detail = executor::item_detail(&server.store, &model::Partition::default(), &server.workspace, &map_run.id, 4_711)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(detail.row.key, "item-00004711");
    assert_eq!(detail.input.as_deref(), Some(r#"{"id":"item-00004711","n":4711}"#));
    assert_eq!(detail.output, detail.input);
    assert_eq!(detail.row.status, ItemStatus::Succeeded);
    let kinds: Vec<&str> = detail.history.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds, ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]);

    let (bucket, key) = map_run.results.clone().unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&server.objects.get_small(&bucket, &key, 1 << 20).await.unwrap()).unwrap();
    let file = manifest["ResultFiles"]["SUCCEEDED"][0]["Key"].as_str().unwrap();
    let results: Vec<serde_json::Value> =
        serde_json::from_slice(&server.objects.get_small(&bucket, file, 1 << 26).await.unwrap()).unwrap();
    assert_eq!(results.len(), 10_000);
    for (index, result) in results.iter().enumerate() {
        let output: serde_json::Value = serde_json::from_str(result["Output"].as_str().unwrap()).unwrap();
        assert_eq!(output["n"], index as u64);
    }
    server.stop().await;
}
