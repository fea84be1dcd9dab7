//! Changing a Map Run while it runs, stopping it early, running a part of it again.

mod common;

use common::{Server, machine};
use executor::Options;
use model::{EarlyStop, Guards, ItemStatus, Limits, MapRunPhase, RedriveSelection, RunId, RunStatus};
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
    let stop = |failed| Guards { early_stop: Some(EarlyStop { failed, of: 50 }), ..Guards::default() };
    let run = server.launch_guarded("early", &tolerant, &items(2_000), stop(20)).await;
    let ended = server.ended(&run).await;
    assert_eq!(
        (ended.status, ended.error.as_deref()),
        (RunStatus::Failed, Some(EarlyStop::ERROR)),
        "{ended:?}"
    );
    let map_run = server.map_run(&run).await;
    assert!(map_run.item_counts.adds_up());
    let run = server.launch_guarded("goes-on", &tolerant, &items(2_000), stop(30)).await;
    assert_eq!(server.ended(&run).await.status, RunStatus::Succeeded);
    server.stop().await;
}

/// Children that rest half a second, three at once.
fn rests(execution_type: &str) -> String {
    let states = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":1,"Next":"Done"},"Done":{"Type":"Succeed"}}"#;
    machine(execution_type, states, r#","MaxConcurrency":3"#)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_ends_a_run_when_those_in_flight_have_ended() {
    let (_dir, _kept, server) = fresh().await;
    // A start, two states: $0.000075 a child.
    let guards = Guards { budget_usd: Some(0.0003), ..Guards::default() };
    let run = server.launch_guarded("budget", &rests("STANDARD"), &items(60), guards).await;
    let ended = server.ended(&run).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("Mapwright.BudgetExceeded")), "{ended:?}");
    let map_run = server.map_run(&run).await;
    let counts = map_run.item_counts;
    assert!(counts.adds_up() && (4..=9).contains(&counts.succeeded), "{counts:?}");
    assert_eq!((counts.aborted, counts.pending), (0, 60 - counts.succeeded), "{counts:?}");
    assert_eq!((map_run.metered.children, map_run.metered.transitions), (counts.succeeded, 3 * counts.succeeded));
    // Whoever redrives it wants it to go on.
    let redrive = executor::Redrive {
        workspace: server.workspace.clone(),
        run: run.clone(),
        map_run: None,
        selection: RedriveSelection::All,
        definition: None,
        actor: "ana".into(),
    };
    server.executor.redrive(redrive).await.unwrap();
    assert_eq!(server.ended(&run).await.status, RunStatus::Succeeded);
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.metered.transitions), (60, 180));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_can_be_set_while_express_children_run() {
    let (_dir, _kept, server) = fresh().await;
    let run = server.launch_guarded("later", &rests("EXPRESS"), &items(60), Guards::default()).await;
    running(&server, &run, 3).await;
    let limits = Limits { budget_usd: Some(0.000_000_1), ..Limits::default() };
    let id = server.map_run(&run).await.id;
    server.executor.update_limits(&server.workspace, &id, limits, "ana").await.unwrap();
    assert_eq!(server.ended(&run).await.error.as_deref(), Some("Mapwright.BudgetExceeded"));
    let map_run = server.map_run(&run).await;
    let (metered, done) = (map_run.metered, map_run.item_counts.succeeded);
    assert!((3..60).contains(&done), "{map_run:?}");
    assert_eq!((metered.express_requests, metered.transitions), (done, done));
    assert!(metered.express_mb_ms >= done * 1_000 * 64, "{metered:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_stopped_gently_aborts_nothing() {
    let (_dir, _kept, server) = fresh().await;
    let run = server.launch_guarded("gently", &rests("STANDARD"), &items(60), Guards::default()).await;
    running(&server, &run, 3).await;
    server.executor.stop_after_flight(&server.workspace, &run, "ana").await.unwrap();
    assert_eq!(server.ended(&run).await.status, RunStatus::Aborted);
    let counts = server.map_run(&run).await.item_counts;
    assert!(counts.aborted == 0 && counts.succeeded >= 3 && counts.pending == 60 - counts.succeeded, "{counts:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gentle_stop_outlives_the_server() {
    let (dir, kept, server) = fresh().await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":6,"End":true}}"#;
    let definition = machine("STANDARD", rests, r#","MaxConcurrency":2"#);
    let run = server.launch("gently", &definition, &items(10), None).await;
    running(&server, &run, 2).await;
    server.executor.stop_after_flight(&server.workspace, &run, "ana").await.unwrap();
    assert_eq!(server.map_run(&run).await.phase, MapRunPhase::Stopping);
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.stop().await;
    let (server, started) = (Server::start(dir.path(), kept.store.clone(), Options::default()).await, Instant::now());
    assert_eq!(server.ended(&run).await.status, RunStatus::Aborted);
    let counts = server.map_run(&run).await.item_counts;
    assert_eq!((counts.succeeded, counts.aborted, counts.pending), (2, 0, 8), "{counts:?}");
    assert!(started.elapsed() < Duration::from_secs(5), "the rest did not begin anew: {:?}", started.elapsed());
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
