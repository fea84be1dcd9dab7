//! kill -9 at any moment: the run goes on by itself, and every item is recorded exactly once.
//!
//! Every test run does a small trial. The whole matrix is asked for:
//!
//! ```text
//! MAPWRIGHT_KILLS=20 MAPWRIGHT_KILL_ITEMS=200000 cargo test -p mapwright-executor --release --test kill -- --nocapture
//! ```

mod common;

use common::{Server, machine, put_items, workspace};
use executor::Options;
use ledger::Segment;
use model::{ItemStatus, RedriveSelection, Run, RunId, RunStatus};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::{Store, testkit};

const TRIAL: &str = "MAPWRIGHT_KILL_TRIAL";
const KILLS: &str = "MAPWRIGHT_KILLS";
const ITEMS: &str = "MAPWRIGHT_KILL_ITEMS";

/// A trial that has not ended by then hangs. Servers are killed long before.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// The first tenth of the items fails until the definition is mended. The last fortieth calls two Tasks
/// each, the others only pass through.
fn states(items: u64, mended: bool) -> String {
    let (failing, first) = (failing(items), items - items / 40);
    let failing = if mended { 0 } else { failing };
    format!(
        r#""StartAt":"Which","States":{{
        "Which":{{"Type":"Choice","Choices":[{{"Variable":"$.n","NumericLessThan":{failing},"Next":"Broken"}},
            {{"Variable":"$.n","NumericGreaterThanEquals":{first},"Next":"First"}}],"Default":"Done"}},
        "Broken":{{"Type":"Fail","Error":"Broken"}},
        "First":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","Next":"Second"}},
        "Second":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","Next":"Done"}},
        "Done":{{"Type":"Succeed"}}}}"#
    )
}

fn failing(items: u64) -> u64 {
    items / 10
}

const WRITER: &str = r#","ToleratedFailurePercentage":100,"ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data","Prefix":"out"},
    "WriterConfig":{"Transformation":"COMPACT","OutputType":"JSONL"}}"#;

/// One run, its database, and how often its server is killed.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Trial {
    dir: PathBuf,
    database: String,
    execution_type: String,
    items: u64,
    kills: u32,
}

impl Trial {
    async fn open(&self) -> Store {
        Store::open(&self.database).await.expect("the ledger opens")
    }

    fn spawn(&self) -> Killable {
        let log = self.dir.join("server.log");
        let file = std::fs::File::create(&log).expect("the log can be written");
        let child = Command::new(std::env::current_exe().expect("the test knows where it is"))
            .args(["--exact", "server_to_be_killed", "--nocapture"])
            .env(TRIAL, serde_json::to_string(self).expect("a trial is JSON"))
            .stdout(file.try_clone().expect("the log can be shared"))
            .stderr(file)
            .stdin(Stdio::null())
            .spawn()
            .expect("the server starts");
        Killable { child, log }
    }
}

/// A server process. It is gone when this is dropped.
struct Killable {
    child: Child,
    log: PathBuf,
}

impl Killable {
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn kill(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server is gone");
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test by itself: the server that is killed. Runs only where the other tests start it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_to_be_killed() {
    let Ok(trial) = std::env::var(TRIAL) else {
        return;
    };
    let trial: Trial = serde_json::from_str(&trial).expect("the trial is readable");
    let server = Server::start(&trial.dir, trial.open().await, Options::default()).await;
    let runs = server.store.runs(&workspace(), &store::RunFilter::default(), 10).await.expect("the ledger answers");
    let run = match runs.first() {
        Some(run) => run.id.clone(),
        None => {
            let manifest = put_items(&server.objects, "items.jsonl", trial.items).await;
            let definition = machine(&trial.execution_type, &states(trial.items, false), WRITER);
            server.launch("killed", &definition, "{}", Some(manifest)).await
        }
    };
    if ended(&server, &run).await.redrive_count == 0 {
        let mended = machine(&trial.execution_type, &states(trial.items, true), WRITER);
        let redrive = executor::Redrive {
            workspace: workspace(),
            run: run.clone(),
            map_run: None,
            selection: RedriveSelection::All,
            definition: Some((2, mended.into())),
            actor: "test".into(),
        };
        server.executor.redrive(redrive).await.expect("what failed runs again");
        assert_eq!(ended(&server, &run).await.redrive_count, 1);
    }
    server.stop().await;
}

async fn ended(server: &Server, run: &RunId) -> Run {
    // However slow the machine is: whoever started this server decides how long it may take.
    while server.executor.is_running(run) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let run = server.store.run(&workspace(), run).await.expect("the ledger answers").expect("the run is there");
    assert!(run.status.is_final(), "the run was given up: {run:?}");
    run
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_run_goes_on_and_every_item_is_recorded_once() {
    if std::env::var(TRIAL).is_ok() {
        return;
    }
    let whole = std::env::var(KILLS).is_ok();
    let types = ["STANDARD", "EXPRESS"];
    for execution_type in types {
        let databases = match whole {
            true => testkit::stores().await,
            false => vec![testkit::sqlite().await],
        };
        for database in databases {
            let dir = tempfile::tempdir().unwrap();
            let trial = Trial {
                dir: dir.path().to_owned(),
                database: database.url.clone(),
                execution_type: execution_type.into(),
                items: number(ITEMS, 10_000),
                kills: number(KILLS, 5) as u32,
            };
            database.store.close().await;
            kill_and_check(&trial).await;
        }
    }
}

async fn kill_and_check(trial: &Trial) {
    let store = trial.open().await;
    let engine = store.engine();
    let began = Instant::now();
    let mut killed = Vec::new();
    let mut durable = 0;
    for round in 0..trial.kills {
        let mut server = trial.spawn();
        let spawned = Instant::now();
        let moment = Moment::choose(round, trial, durable);
        let ended = loop {
            let now = progress(&store).await;
            durable = now.durable;
            match server.child.try_wait().expect("the server can be asked") {
                Some(status) => break Some(status),
                None if moment.has_come(&now) => break None,
                None if began.elapsed() > PATIENCE => panic!("the server hangs: {}", server.log()),
                None => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        };
        if let Some(status) = ended {
            assert!(status.success(), "round {round}, {durable} items durable: the server broke down by itself: {status}\n{}", server.log());
            eprintln!("the run ended before kill {round}");
            break;
        }
        tokio::time::sleep(Duration::from_micros(rand::random::<u64>() % moment.within_us(trial))).await;
        server.kill();
        let now = progress(&store).await;
        durable = now.durable;
        let doing = match now.redriven {
            true => "redriven",
            false => "",
        };
        killed.push(format!("{durable} {} {doing} after {} ms", now.phase, spawned.elapsed().as_millis()));
    }
    store.close().await;
    let mut last = trial.spawn();
    let status = loop {
        match last.child.try_wait().expect("the server can be asked") {
            Some(status) => break status,
            None if began.elapsed() > PATIENCE => panic!("the last server hangs: {}", last.log()),
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert!(status.success(), "the last server broke down after {killed:?}: {}", last.log());
    check(trial).await;
    eprintln!("{} on {engine}, {} items, {:.1} s; killed at: {}", trial.execution_type, trial.items, began.elapsed().as_secs_f64(), killed.join(", "));
}

/// When a server is killed.
enum Moment {
    /// When so many items are durable, or result files are written.
    Durable(u64),
    /// When the first pass has ended and a redrive begins.
    Ended,
    /// While what failed runs again.
    Redriven,
}

impl Moment {
    /// Two thirds of the kills are spread over the first pass.
    fn choose(round: u32, trial: &Trial, durable: u64) -> Self {
        let first = trial.kills.div_ceil(3) * 2;
        match round {
            round if round < first => {
                let share = (trial.items - durable.min(trial.items)) / u64::from(first - round + 1);
                Self::Durable(durable + 1 + rand::random::<u64>() % (2 * share).max(1))
            }
            round if round % 2 == 0 => Self::Ended,
            _ => Self::Redriven,
        }
    }

    fn has_come(&self, now: &Progress) -> bool {
        match self {
            Self::Durable(target) => now.durable >= *target || now.phase == "writing",
            Self::Ended => now.ended || now.redriven,
            Self::Redriven => now.redriven,
        }
    }

    /// Within how many microseconds after that it is killed.
    fn within_us(&self, trial: &Trial) -> u64 {
        match self {
            Self::Durable(_) => 40_000,
            Self::Ended | Self::Redriven => 40_000 + trial.items * 5,
        }
    }
}

struct Progress {
    /// Items with a durable outcome.
    durable: u64,
    /// What the Map Run does.
    phase: &'static str,
    ended: bool,
    redriven: bool,
}

/// How far the run is. The counts add up whenever one looks.
async fn progress(store: &Store) -> Progress {
    let mut found = Progress { durable: 0, phase: "before the Map Run", ended: false, redriven: false };
    for run in store.runs(&workspace(), &store::RunFilter::default(), 10).await.unwrap() {
        (found.ended, found.redriven) = (run.status.is_final(), run.redrive_count > 0);
        for map_run in store.map_runs(&workspace(), &run.id).await.unwrap() {
            assert!(map_run.item_counts.adds_up(), "{:?}", map_run.item_counts);
            found.durable = map_run.item_counts.finished();
            found.phase = map_run.phase.as_str();
        }
    }
    found
}

async fn check(trial: &Trial) {
    let items = trial.items;
    let server = Server::start(&trial.dir, trial.open().await, Options::default()).await;
    let run = server.store.runs(&workspace(), &store::RunFilter::default(), 10).await.unwrap().remove(0);
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    let map_run = server.map_run(&run.id).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.item_counts.total), (items, items));
    assert!(map_run.item_counts.adds_up() && map_run.execution_counts.adds_up());

    let (mut records, mut failed): (HashMap<u64, u32>, HashMap<u64, u32>) = Default::default();
    let mut segments: HashMap<u32, Segment> = HashMap::new();
    for number in 0..server.store.next_segment(&map_run.id).await.unwrap() {
        if let Some(segment) = server.store.segment(&map_run.id, number).await.unwrap() {
            for slot in 0..segment.len() {
                let record = segment.record(slot as u16).unwrap();
                let seen = if record.status == ItemStatus::Failed { &mut failed } else { &mut records };
                *seen.entry(record.index).or_default() += 1;
            }
            segments.insert(number, segment);
        }
    }
    assert_eq!(records.len() as u64, items);
    assert_eq!(failed.len() as u64, failing(items));
    let once = records.values().chain(failed.values()).all(|times| *times == 1);
    assert!(once, "an outcome was recorded twice");
    let mut seen = 0;
    for chunk in server.store.chunks_from(&map_run.id, 0, 10_000).await.unwrap() {
        for (index, child) in chunk.children() {
            assert_eq!(child.status, ItemStatus::Succeeded, "item {index}");
            let place = child.segment.unwrap();
            assert_eq!(segments[&place.segment].record(place.slot).unwrap().index, index);
            seen += 1;
        }
    }
    assert_eq!(seen, items);
    assert_eq!(server.store.journal(&workspace(), &map_run.id).await.unwrap(), []);
    check_files(&server, &map_run, items).await;
    server.stop().await;
}

/// The result files hold every output once, in the items' order.
async fn check_files(server: &Server, map_run: &model::MapRun, items: u64) {
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
    assert_eq!(lines, items);
}
