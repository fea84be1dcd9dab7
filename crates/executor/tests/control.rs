//! Changing a Map Run while it runs, stopping it early, running a part of it again.

mod common;

use common::{Server, machine};
use executor::{EarlyStop, Limits, Options};
use model::{ItemStatus, RedriveSelection, RunId, RunStatus};
use std::time::{Duration, Instant};
use store::testkit;

async fn fresh() -> (tempfile::TempDir, testkit::TestStore, Server) {
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let server = Server::start(dir.path(), kept.store.clone(), Options::default()).await;
    (dir, kept, server)
}

fn items(count: u64) -> String {
    let items: Vec<String> = (0..count).map(|n| format!(r#"{{"id":"k{n}","odd":{}}}"#, n % 2 == 1)).collect();
    format!("[{}]", items.join(","))
}

/// Odd items fail.
fn fails_when_odd(more: &str) -> String {
    let states = r#""StartAt":"Which","States":{"Which":{"Type":"Choice",
        "Choices":[{"Variable":"$.odd","BooleanEquals":true,"Next":"Odd"}],"Default":"Done"},
        "Odd":{"Type":"Fail","Error":"Odd"},"Done":{"Type":"Pass","End":true}}"#;
    machine("STANDARD", states, more)
}

async fn running(server: &Server, run: &RunId, count: u64) -> Duration {
    let began = Instant::now();
    loop {
        let all = server.store.map_runs(&server.workspace, run).await.unwrap();
        if all.iter().any(|map| map.item_counts.running == count) {
            return began.elapsed();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{all:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_limits_take_effect_within_a_second() {
    let (_dir, _kept, server) = fresh().await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":600,"End":true}}"#;
    let run = server
        .launch("limits", &machine("STANDARD", rests, r#","MaxConcurrency":1"#), &items(100), None)
        .await;
    running(&server, &run, 1).await;
    let map_run = server.map_run(&run).await;
    let limits = Limits { max_concurrency: Some(40), ..Limits::default() };
    server.executor.update_limits(&server.workspace, &map_run.id, limits, "ana").await.unwrap();
    let took = running(&server, &run, 40).await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    server.executor.stop(&server.workspace, &run, "ana", (None, None)).await.unwrap();
    assert_eq!(server.ended(&run).await.status, RunStatus::Aborted);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_first_items_fail_stops_early() {
    let (_dir, _kept, server) = fresh().await;
    let tolerant = fails_when_odd(r#","ToleratedFailurePercentage":100"#);
    let stop = EarlyStop { failed: 20, of: 50 };
    let run = server.launch_guarded("early", &tolerant, &items(2_000), stop).await;
    let ended = server.ended(&run).await;
    assert_eq!(
        (ended.status, ended.error.as_deref()),
        (RunStatus::Failed, Some(EarlyStop::ERROR)),
        "{ended:?}"
    );
    let map_run = server.map_run(&run).await;
    assert!(map_run.item_counts.adds_up());
    let lenient = EarlyStop { failed: 30, of: 50 };
    let run = server.launch_guarded("goes-on", &tolerant, &items(2_000), lenient).await;
    assert_eq!(server.ended(&run).await.status, RunStatus::Succeeded);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_part_runs_again_and_is_counted_before() {
    let (_dir, _kept, server) = fresh().await;
    let definition = fails_when_odd(r#","ToleratedFailurePercentage":100"#);
    let run = server.launch("parts", &definition, &items(100), None).await;
    assert_eq!(server.ended(&run).await.status, RunStatus::Succeeded);
    let map_run = server.map_run(&run).await;
    let keys =
        |keys: &[&str]| RedriveSelection::Keys { keys: keys.iter().map(|key| (*key).to_owned()).collect() };
    let unreadable = RedriveSelection::Filter { filter: "colour:red".into() };
    let refused = server.executor.preview_redrive(&server.workspace, &map_run.id, &unreadable).await;
    assert!(matches!(refused, Err(executor::Error::Filter(_))));
    for (selection, expected) in [
        (RedriveSelection::Statuses { statuses: vec![ItemStatus::Failed] }, 50),
        (RedriveSelection::Statuses { statuses: vec![ItemStatus::Aborted] }, 0),
        (RedriveSelection::Range { from: 10, to: 19 }, 5),
        (keys(&["k1", "k2", "k3", "none"]), 2),
        (RedriveSelection::Filter { filter: "status:failed key:k1 range:0-19".into() }, 6),
        (RedriveSelection::Filter { filter: "error:unheard-of".into() }, 0),
    ] {
        let preview =
            server.executor.preview_redrive(&server.workspace, &map_run.id, &selection).await.unwrap();
        assert_eq!(
            (preview.children, preview.items, preview.pending_items),
            (expected, expected, 0),
            "{selection:?}"
        );
        let redrive = executor::Redrive {
            workspace: server.workspace.clone(),
            run: run.clone(),
            map_run: None,
            selection,
            definition: None,
            actor: "ana".into(),
        };
        match server.executor.redrive(redrive).await {
            Ok(children) => assert_eq!(children, expected),
            Err(executor::Error::Conflict(_)) => assert_eq!(expected, 0),
            Err(other) => panic!("{other}"),
        }
        server.ended(&run).await;
        let counts = server.map_run(&run).await.item_counts;
        assert_eq!((counts.failed, counts.succeeded), (50, 50));
    }
    server.stop().await;
}
