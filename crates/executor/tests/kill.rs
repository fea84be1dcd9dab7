//! kill -9 at any moment: the run goes on by itself, and every item is recorded exactly once.

mod common;

use common::{Server, machine, put_items, workspace};
use executor::Options;
use ledger::Segment;
use model::{ItemStatus, RunStatus};
use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use store::Store;

const DIR: &str = "MAPWRIGHT_KILL_DIR";
const KILLS: &str = "MAPWRIGHT_KILLS";
const ITEMS: u64 = 20_000;

/// Most items only pass through; every item from 195,000 on calls two Tasks.
const STATES: &str = r#""StartAt":"Which","States":{
    "Which":{"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThanEquals":19500,"Next":"First"}],"Default":"Done"},
    "First":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","Next":"Second"},
    "Second":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","Next":"Done"},
    "Done":{"Type":"Succeed"}}"#;

const WRITER: &str = r#","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data","Prefix":"out"},
    "WriterConfig":{"Transformation":"COMPACT","OutputType":"JSONL"}}"#;

async fn open(dir: &Path) -> Store {
    Store::open(&format!("sqlite://{}/ledger.sqlite", dir.display())).await.expect("the ledger opens")
}

/// Not a test by itself: the server that is killed. Runs only where the other test starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_to_be_killed() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let dir = Path::new(&dir);
    let server = Server::start(dir, open(dir).await, Options::default()).await;
    let runs = server.store.runs(&workspace(), &store::RunFilter::default(), 10).await.expect("the ledger answers");
    let run = match runs.first() {
        Some(run) => run.id.clone(),
        None => {
            let manifest = put_items(&server.objects, "items.jsonl", ITEMS).await;
            server.launch("killed", &machine("STANDARD", STATES, WRITER), "{}", Some(manifest)).await
        }
    };
    server.ended(&run).await;
    server.stop().await;
}

fn spawn(dir: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().expect("the test knows where it is"))
        .args(["--exact", "server_to_be_killed", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(dir.join("server.log")).expect("the log can be written"))
        .spawn()
        .expect("the server starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_run_goes_on_and_every_item_is_recorded_once() {
    if std::env::var(DIR).is_ok() {
        return;
    }
    let kills: u32 = std::env::var(KILLS).ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut killed = Vec::new();
    let mut durable = 0;
    for round in 0..kills {
        let mut server = spawn(dir.path());
        let began = Instant::now();
        // Somewhere within the next share of the work, and then a little later.
        let share = (ITEMS - durable) / u64::from(kills - round + 1);
        let target = durable + 1 + rand::random::<u64>() % (2 * share).max(1);
        let ended = loop {
            durable = done_so_far(&store).await;
            match server.try_wait().expect("the server can be asked") {
                Some(status) => break Some(status),
                None if durable >= target => break None,
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        };
        if let Some(status) = ended {
            assert!(status.success(), "the server broke down by itself: {status}");
            eprintln!("the run ended before kill {round}");
            break;
        }
        tokio::time::sleep(Duration::from_micros(rand::random::<u64>() % 40_000)).await;
        server.kill().expect("the server can be killed");
        server.wait().expect("the server is gone");
        durable = done_so_far(&store).await;
        killed.push((began.elapsed().as_millis(), durable));
    }
    store.close().await;
    let mut last = spawn(dir.path());
    let status = last.wait().expect("the last server ends");
    let log = std::fs::read_to_string(dir.path().join("server.log")).unwrap_or_default();
    assert!(status.success(), "the last server broke down after {killed:?}: {log}");
    eprintln!("killed after (ms, durable items): {killed:?}");
    check(dir.path()).await;
}

/// Items with a durable outcome. The counts add up whenever one looks.
async fn done_so_far(store: &Store) -> u64 {
    let mut done = 0;
    for run in store.runs(&workspace(), &store::RunFilter::default(), 10).await.unwrap() {
        for map_run in store.map_runs(&workspace(), &run.id).await.unwrap() {
            assert!(map_run.item_counts.adds_up(), "{:?}", map_run.item_counts);
            done = map_run.item_counts.finished();
        }
    }
    done
}

async fn check(dir: &Path) {
    let server = Server::start(dir, open(dir).await, Options::default()).await;
    let run = server.store.runs(&workspace(), &store::RunFilter::default(), 10).await.unwrap().remove(0);
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    let map_run = server.map_run(&run.id).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.item_counts.total), (ITEMS, ITEMS));
    assert!(map_run.item_counts.adds_up() && map_run.execution_counts.adds_up());

    let mut records: HashMap<u64, u32> = HashMap::new();
    let mut segments: HashMap<u32, Segment> = HashMap::new();
    for number in 0..server.store.next_segment(&map_run.id).await.unwrap() {
        if let Some(segment) = server.store.segment(&map_run.id, number).await.unwrap() {
            for slot in 0..segment.len() {
                *records.entry(segment.record(slot as u16).unwrap().index).or_default() += 1;
            }
            segments.insert(number, segment);
        }
    }
    assert_eq!(records.len() as u64, ITEMS);
    assert!(records.values().all(|times| *times == 1), "a child was recorded twice");
    let mut seen = 0;
    for chunk in server.store.chunks_from(&map_run.id, 0, 1_000).await.unwrap() {
        for (index, child) in chunk.children() {
            assert_eq!(child.status, ItemStatus::Succeeded, "item {index}");
            let place = child.segment.unwrap();
            assert_eq!(segments[&place.segment].record(place.slot).unwrap().index, index);
            seen += 1;
        }
    }
    assert_eq!(seen, ITEMS);
    assert_eq!(server.store.journal(&workspace(), &map_run.id).await.unwrap(), []);

    let (bucket, key) = map_run.results.clone().unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&server.objects.get_small(&bucket, &key, 1 << 20).await.unwrap()).unwrap();
    let files = manifest["ResultFiles"]["SUCCEEDED"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    let file = files[0]["Key"].as_str().unwrap();
    let results = server.objects.get_small(&bucket, file, 1 << 28).await.unwrap();
    let mut lines = 0;
    for (index, line) in std::str::from_utf8(&results).unwrap().lines().enumerate() {
        assert_eq!(line, format!("{{\"id\":\"item-{index:08}\",\"n\":{index}}}"));
        lines += 1;
    }
    assert_eq!(lines, ITEMS);
    server.stop().await;
}
