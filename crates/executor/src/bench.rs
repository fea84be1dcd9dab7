//! Measuring a Map Run: what `mapwright bench map` does.

use crate::clock::Clock;
use crate::deps::{Deps, Options};
use crate::error::Error;
use crate::executor::Executor;
use crate::launch::Launch;
use crate::map_run::ManifestRef;
use crate::{FunctionCalls, OnStop, Tasks};
use functions::{Functions, NoDirectory, NoObjects};
use model::{Profile, Run, RunId, RunStatus, WorkspaceId};
use objects::{AddressPolicy, Embedded, EmbeddedOptions, Objects, PutOptions};
use serde::Serialize;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use store::Store;

/// What each item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchChild {
    /// One Pass state.
    Pass,
    /// Pass, Choice, Succeed.
    Three,
    /// One Task that calls the built-in function `echo`.
    Task,
}

impl BenchChild {
    /// Reads `pass`, `three` or `task`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "pass" => Some(Self::Pass),
            "three" => Some(Self::Three),
            "task" => Some(Self::Task),
            _ => None,
        }
    }

    fn processor(self) -> &'static str {
        match self {
            Self::Pass => r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","End":true}}"#,
            Self::Three => {
                r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","Next":"Which"},
                "Which":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericGreaterThan":0,"Next":"Done"}],"Default":"Done"},
                "Done":{"Type":"Succeed"}}"#
            }
            Self::Task => {
                r#""StartAt":"Call","States":{"Call":{"Type":"Task",
                "Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","End":true}}"#
            }
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct BenchMap {
    /// Items of the manifest.
    pub items: u64,
    /// What each does.
    pub child: BenchChild,
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// Items recorded.
    pub items: u64,
    /// From launch to the durable end, in seconds.
    pub seconds: f64,
    /// Items a second.
    pub items_per_s: f64,
    /// Processor time of this process an item, in microseconds.
    pub cpu_us_per_item: f64,
    /// The most memory this process held, in bytes.
    pub peak_rss_bytes: u64,
    /// Packed ledger bytes an item.
    pub ledger_bytes_per_item: f64,
    /// Packed payload and history bytes an item.
    pub history_bytes_per_item: f64,
    /// 99 of 100 commits took less, in milliseconds.
    pub commit_p99_ms: f64,
    /// Commits.
    pub commits: usize,
    /// `sqlite` or `postgres`.
    pub database: String,
}

/// Runs a Map Run over JSON lines in an embedded object store and measures it. `dir` holds the
/// objects; the run stays in `store`.
///
/// # Errors
/// When the store or the object store does not do its work, or the run does not succeed.
pub async fn bench_map(what: BenchMap, store: Store, dir: &Path) -> Result<BenchReport, Error> {
    let failed = |what: &str, e: &dyn std::fmt::Display| Error::Unreadable(format!("{what}: {e}"));
    let tasks = Tasks::default();
    let opened = Embedded::open(&dir.join("objects"), EmbeddedOptions::default()).await;
    let (embedded, serve) = opened.map_err(|e| failed("the object store does not open", &e))?;
    tasks.start("objects", OnStop::Wait, serve);
    let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private())
        .map_err(|e| failed("no client can be made", &e))?;
    let manifest = put_manifest(&objects, what.items).await.map_err(|e| failed("the manifest is not written", &e))?;
    let functions = Functions::new(functions::Options::default(), Arc::new(NoDirectory), Arc::new(NoObjects));
    let clock = Clock::system();
    let calls = FunctionCalls::new(functions, Arc::new(objects.clone()), clock.clone());
    let deps =
        Deps { store: store.clone(), objects: Arc::new(objects), calls: Arc::new(calls), clock: clock.clone() };
    let executor = Executor::start(deps, Options::default(), tasks.clone()).await?;

    let workspace = bench_workspace(&store).await?;
    let (launch, run) = launch(what, workspace.clone(), manifest, &clock);
    let cpu_before = cpu_us();
    let began = Instant::now();
    executor.launch(launch).await?;
    while executor.is_running(&run) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu_us().saturating_sub(cpu_before);
    let ended = store.run(&workspace, &run).await?.ok_or(Error::NotFound)?;
    if ended.status != RunStatus::Succeeded {
        return Err(Error::Conflict(format!("the run ended {}: {:?} {:?}", ended.status, ended.error, ended.cause)));
    }
    let map_run = store.map_runs(&workspace, &run).await?.pop().ok_or(Error::NotFound)?;
    let (ledger, history) = store.ledger_bytes(&map_run.id).await?;
    let items = map_run.item_counts.succeeded;
    let mut commits = executor.commit_times().lock().unwrap_or_else(PoisonError::into_inner).clone();
    commits.sort_unstable();
    executor.drain(Duration::from_secs(5)).await;
    embedded.shutdown();
    tasks.stop().await;
    Ok(BenchReport {
        items,
        seconds,
        items_per_s: items as f64 / seconds,
        cpu_us_per_item: cpu as f64 / items as f64,
        peak_rss_bytes: peak_rss_bytes(),
        ledger_bytes_per_item: ledger as f64 / items as f64,
        history_bytes_per_item: history as f64 / items as f64,
        commit_p99_ms: commits.get(commits.len() * 99 / 100).map_or(0.0, |us| f64::from(*us) / 1000.0),
        commits: commits.len(),
        database: store.engine().to_owned(),
    })
}

fn launch(what: BenchMap, workspace: WorkspaceId, manifest: ManifestRef, clock: &Clock) -> (Launch, RunId) {
    let now = clock.now();
    let id = RunId::new(now.0, rand::random());
    let arn = model::Partition::default().execution("bench", id.as_str());
    // Without a bucket for results the state's output would be limited to 256 KiB.
    let definition = format!(
        r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","Label":"each","ItemProcessor":{{
        "ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"}},{}}},
        "ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject","Parameters":{{"Bucket":"bench","Prefix":"out"}},
        "WriterConfig":{{"Transformation":"COMPACT","OutputType":"JSONL"}}}},"End":true}}}}}}"#,
        what.child.processor()
    );
    let run = Run {
        id: id.clone(),
        job_id: None,
        job_name: "bench".into(),
        job_version: 1,
        manifest_id: None,
        status: RunStatus::Running,
        arn: arn.as_str().into(),
        input: "{}".into(),
        output: None,
        error: None,
        cause: None,
        started_by: "bench".into(),
        note: String::new(),
        started_at: now,
        stopped_at: None,
        redrive_count: 0,
        redriven_at: None,
        origin: model::Origin::default(),
    };
    let launch = Launch {
        workspace,
        run,
        definition: definition.into(),
        profile: Profile::Strict,
        manifest: Some(manifest),
    };
    (launch, id)
}

async fn bench_workspace(store: &Store) -> Result<WorkspaceId, Error> {
    let id = WorkspaceId::new(0, *b"benchbench");
    let workspace = model::Workspace { id: id.clone(), slug: "bench".into(), name: "Bench".into() };
    match store.add_workspace(&workspace, model::Timestamp(0)).await {
        Ok(()) | Err(store::Error::Taken { .. }) => Ok(id),
        Err(error) => Err(error.into()),
    }
}

async fn put_manifest(objects: &Objects, items: u64) -> Result<ManifestRef, objects::Error> {
    const PIECE_BYTES: usize = 1 << 20;
    objects.create_bucket("bench").await?;
    let mut upload = objects.upload("bench", "items.jsonl", PutOptions::default());
    let mut text = String::with_capacity(PIECE_BYTES + 512);
    for index in 0..items {
        let hash = crate::child_name::mix(index);
        text.push_str(&format!(
            "{{\"id\":\"order-{index:09}\",\"bucket\":\"photos\",\"key\":\"2026/03/{:02}/{hash:016x}.jpg\",\"size\":{},\"customer\":{},\"tags\":[\"new\",\"eu\"],\"note\":\"none\"}}\n",
            index % 28 + 1,
            hash % 5_000_000,
            hash % 100_000,
        ));
        if text.len() >= PIECE_BYTES {
            upload.write(std::mem::take(&mut text).into()).await?;
        }
    }
    upload.write(text.into()).await?;
    upload.finish().await?;
    Ok(ManifestRef { bucket: "bench".into(), key: "items.jsonl".into(), items })
}

/// Processor time of this process; 0 where the system does not tell.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    // Linux counts in hundredths of a second.
    ticks * 10_000
}

/// The most memory this process held; 0 where the system does not tell.
fn peak_rss_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() * 1024
}
