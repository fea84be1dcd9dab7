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

/// As on AWS: a failed or aborted Map Run lists what it never began, with the input it would have had.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_began_is_listed_with_its_input() {
    let (_dir, _kept, server) = fresh().await;
    let items = put_items(&server.objects, "items.jsonl", 1_000).await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":600,"End":true}}"#;
    let more = format!(r#"{WRITER},"MaxConcurrency":2,"ItemSelector":{{"number.$":"$$.Map.Item.Value.n"}}"#);
    let run = server.launch("stopped", &machine("STANDARD", rests, &more), "{}", Some(items)).await;
    while server.store.map_runs(&server.workspace, &run).await.unwrap().iter().all(|map| map.item_counts.running < 2) {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    server.executor.stop(&server.workspace, &run, "ana", (None, None)).await.unwrap();
    assert_eq!(server.ended(&run).await.status, RunStatus::Aborted);
    let (bucket, key) = server.map_run(&run).await.results.unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&server.objects.get_small(&bucket, &key, 1 << 20).await.unwrap()).unwrap();
    let mut lengths = Vec::new();
    for kind in ["FAILED", "PENDING"] {
        let file = manifest["ResultFiles"][kind][0]["Key"].as_str().unwrap();
        let records: Vec<serde_json::Value> =
            serde_json::from_slice(&server.objects.get_small(&bucket, file, 1 << 26).await.unwrap()).unwrap();
        lengths.push(records.len());
        if kind == "PENDING" {
            let inputs: Vec<_> = records.iter().map(|record| record["Input"].as_str().unwrap().to_owned()).collect();
            let expected: Vec<_> = (2..1_000).map(|n| format!(r#"{{"number":{n}}}"#)).collect();
            assert_eq!(inputs, expected);
            assert_eq!(records[0]["Status"], "PENDING");
        }
    }
    assert_eq!(lengths, [2, 998]);
    assert_eq!(manifest["ResultFiles"]["SUCCEEDED"].as_array().unwrap().len(), 0);
    server.stop().await;
}

async fn fresh() -> (tempfile::TempDir, testkit::TestStore, Server) {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    (dir, kept, server)
}

fn fails_when_odd(more: &str, fixed: bool) -> String {
    let odd = if fixed { "Done" } else { "Odd" };
    let states = format!(
        r#""StartAt":"Which","States":{{"Which":{{"Type":"Choice","Choices":[{{"Variable":"$.odd","BooleanEquals":true,"Next":"{odd}"}}],"Default":"Done"}},
        "Odd":{{"Type":"Fail","Error":"Odd","CausePath":"States.Format('item {{}} is odd', $.n)"}},"Done":{{"Type":"Pass","End":true}}}}"#
    );
    machine("STANDARD", &states, more)
}

fn items(count: u64) -> String {
    let items: Vec<String> = (0..count).map(|n| format!(r#"{{"n":{n},"odd":{}}}"#, n % 2 == 1)).collect();
    format!("[{}]", items.join(","))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outputs_come_in_the_items_order_and_batches_hold_neighbours() {
    let (_dir, _kept, server) = fresh().await;
    let more = r#","ItemSelector":{"v.$":"$$.Map.Item.Value.n","i.$":"$$.Map.Item.Index"},"ItemBatcher":{"MaxItemsPerBatch":3,"BatchInput":{"x":1}}"#;
    let run = server.launch("batches", &machine("EXPRESS", PASS, more), &items(7), None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.error, None, "{ended:?}");
    let output: serde_json::Value = serde_json::from_str(&ended.output.unwrap()).unwrap();
    assert_eq!(output[0].to_string(), r#"{"BatchInput":{"x":1},"Items":[{"v":0,"i":0},{"v":1,"i":1},{"v":2,"i":2}]}"#);
    assert_eq!(output[2]["Items"][0]["v"], 6);
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.execution_counts.succeeded), (7, 3));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failure_without_tolerance_fails_the_run() {
    let (_dir, _kept, server) = fresh().await;
    let run = server.launch("strict", &fails_when_odd("", false), &items(10), None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Failed);
    assert_eq!(ended.error.as_deref(), Some("States.ExceedToleratedFailureThreshold"));
    assert_eq!(ended.cause.as_deref(), Some("The specified tolerated failure threshold was exceeded"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_are_grouped_and_run_again_with_a_newer_definition() {
    let (_dir, _kept, server) = fresh().await;
    let tolerant = r#","ToleratedFailurePercentage":50"#;
    let run = server.launch("redriven", &fails_when_odd(tolerant, false), &items(1_000), None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.failed, map_run.item_counts.succeeded), (500, 500));
    let groups = server.store.failure_groups(&server.workspace, &map_run.id).await.unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!((groups[0].count, groups[0].state.as_str(), groups[0].cause.as_str()), (500, "Odd", "item # is odd"));

    let redrive = |selection, definition| executor::Redrive {
        workspace: server.workspace.clone(),
        run: run.clone(),
        map_run: None,
        selection,
        definition,
        actor: "ana".into(),
    };
    // Two items with the same definition fail again, from the failed state.
    let two = model::RedriveSelection::Items { indexes: vec![1, 3, 4] };
    assert_eq!(server.executor.redrive(redrive(two, None)).await.unwrap(), 2);
    server.ended(&run).await;
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.failed, map_run.item_counts.succeeded), (500, 500));
    assert_eq!(map_run.redrive_count, 1);
    let detail = executor::item_detail(&server.store, &model::Partition::default(), &server.workspace, &map_run.id, 3)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(detail.row.attempts, 2);
    assert_eq!(detail.earlier_attempts.len(), 1, "{detail:?}");
    assert_eq!(detail.cause.as_deref(), Some("item 3 is odd"));

    // The group with a newer definition succeeds.
    let group = model::RedriveSelection::Group { group: groups[0].id };
    let fixed = Some((2, fails_when_odd(tolerant, true).into()));
    assert_eq!(server.executor.redrive(redrive(group, fixed)).await.unwrap(), 500);
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.job_version, ended.redrive_count), (RunStatus::Succeeded, 2, 2));
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.failed, map_run.item_counts.succeeded), (0, 1_000));
    assert!(map_run.item_counts.adds_up());
    let output: Vec<serde_json::Value> = serde_json::from_str(&ended.output.unwrap()).unwrap();
    assert!(output.iter().enumerate().all(|(index, item)| item["n"] == index as u64));
    let groups = server.store.failure_groups(&server.workspace, &map_run.id).await.unwrap();
    assert_eq!(groups[0].count, 0);
    let operations = server.store.operations(&server.workspace, &run).await.unwrap();
    assert_eq!(operations.iter().map(|o| o.items).collect::<Vec<_>>(), [2, 500]);
    let again = server.executor.redrive(redrive(model::RedriveSelection::All, None)).await;
    assert!(matches!(again, Err(executor::Error::Conflict(_))), "nothing is left to redrive");
    server.stop().await;
}

const SLEEPS: &str = r#""StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":30,"Next":"Done"},"Done":{"Type":"Succeed"}}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_run_aborts_what_runs_keeps_what_is_pending_and_can_be_redriven() {
    let (_dir, _kept, server) = fresh().await;
    let manifest = put_items(&server.objects, "items.jsonl", 2_000).await;
    let run = server.launch("stopped", &machine("STANDARD", SLEEPS, r#","MaxConcurrency":50"#), "{}", Some(manifest)).await;
    let map_run = loop {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let all = server.store.map_runs(&server.workspace, &run).await.unwrap();
        if let Some(map_run) = all.into_iter().find(|m| m.item_counts.running == 50) {
            break map_run;
        }
    };
    assert_eq!((map_run.item_counts.pending, map_run.item_counts.total), (1_950, 2_000));
    let watch = server.executor.watch(&server.workspace, &map_run.id, None).unwrap();
    let executor::Beginning::Snapshot(snapshot) = watch.beginning else { panic!("no mark, no frames") };
    let mut bins = ledger::Bins::decode(&snapshot.bins).unwrap();
    let mut frames = watch.frames;
    server.executor.stop(&server.workspace, &run, "ana", (None, None)).await.unwrap();
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Aborted);
    let map_run = server.map_run(&run).await;
    assert_eq!(map_run.status, RunStatus::Aborted);
    assert_eq!((map_run.item_counts.aborted, map_run.item_counts.pending), (50, 1_950));
    let mut last = frames.recv().await.unwrap();
    bins.apply(&last.bins).unwrap();
    while let Ok(next) = frames.recv().await {
        bins.apply(&next.bins).unwrap();
        last = next;
    }
    assert_eq!((0..bins.bins().len()).map(|bin| bins.pending(bin)).sum::<u64>(), 1_950);
    assert!(last.last && last.map_run.item_counts == map_run.item_counts);

    let quick = machine("STANDARD", PASS, r#","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data"}}"#);
    let redrive = executor::Redrive {
        workspace: server.workspace.clone(),
        run: run.clone(),
        map_run: None,
        selection: model::RedriveSelection::All,
        definition: Some((2, quick.into())),
        actor: "ana".into(),
    };
    assert_eq!(server.executor.redrive(redrive).await.unwrap(), 50);
    let map_run = loop {
        let map_run = server.map_run(&run).await;
        if map_run.status.is_final() {
            break map_run;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!((map_run.item_counts.succeeded, map_run.item_counts.total), (2_000, 2_000));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_down_lets_the_next_one_go_on() {
    let (dir, kept, server) = fresh().await;
    let states = r#""StartAt":"Wait","States":{"Wait":{"Type":"Wait","Seconds":1,"Next":"Call"},
        "Call":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","End":true}}"#;
    let run = server.launch("moved", &machine("STANDARD", states, ""), &items(100), None).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    server.stop().await;
    let stored = kept.store.map_runs(&common::workspace(), &run).await.unwrap();
    assert_eq!(stored[0].status, RunStatus::Running);
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    assert_eq!(server.map_run(&run).await.item_counts.succeeded, 100);
    let history = executor::run_history(&server.store, &server.workspace, &run).await.unwrap();
    let kinds: Vec<&str> = history.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "MapRunStarted").count(), 1, "{kinds:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_listed_under_a_prefix_are_items_with_their_bucket() {
    let (_dir, _kept, server) = fresh().await;
    for number in 0..1_203 {
        server.objects.put("data", &format!("in/{number:05}"), "x".into()).await.unwrap();
    }
    let reader = r#","ItemReader":{"Resource":"arn:aws:states:::s3:listObjectsV2","Parameters":{"Bucket":"data","Prefix":"in/"}},"MaxConcurrency":5,
        "ItemSelector":{"k.$":"$$.Map.Item.Value.Key","b.$":"$$.Map.Item.Value.Bucket"}"#;
    let states = r#""StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:s3:headObject",
        "Parameters":{"Bucket.$":"$.b","Key.$":"$.k"},"ResultSelector":{"n.$":"$.ContentLength"},"End":true}}"#;
    let run = server.launch("listed", &machine("EXPRESS", states, reader), "{}", None).await;
    let ended = server.ended(&run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    let output: Vec<serde_json::Value> = serde_json::from_str(&ended.output.unwrap()).unwrap();
    assert_eq!((output.len(), &output[1_202]["n"]), (1_203, &1.into()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_file_fails_the_run_in_awss_words() {
    let (_dir, _kept, server) = fresh().await;
    let reader = r#","ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSONL"},"Parameters":{"Bucket":"data","Key":"none"}}"#;
    let run = server.launch("missing", &machine("EXPRESS", PASS, reader), "{}", None).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("States.ItemReaderFailed")), "{ended:?}");
    server.stop().await;
}
