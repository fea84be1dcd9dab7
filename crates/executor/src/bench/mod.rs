//! Measuring Map Runs: what `mapwright bench map`, `polite` and `reads` do.

mod bare_http;
mod child;
mod ground;
mod polite;
mod process;
mod reads;
mod service;

pub use child::BenchChild;
pub use polite::{BenchPolite, PolitePoint, PoliteReport, bench_polite};
pub use reads::{BenchReads, ReadsReport, Times, bench_reads};

use crate::Tasks;
use crate::error::Error;
use crate::map_run::ManifestRef;
use ground::{BUCKET, Ground, failed};
use model::{ExecutionType, MapRunPhase, RunStatus};
use objects::{Objects, PutOptions};
use process::{cpu_us, peak_rss_bytes};
use serde::Serialize;
use service::Service;
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use store::Store;

/// Calls of the bare client at most, before the run and after it: a second of them each.
const BARE_CALLS: u64 = 100_000;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct BenchMap {
    /// Items of the manifest.
    pub items: u64,
    /// What each does.
    pub child: BenchChild,
    /// The type of the children.
    pub execution_type: ExecutionType,
    /// Children at once; 0: as many as AWS allows.
    pub max_concurrency: u32,
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct BenchReport {
    /// Items recorded.
    pub items: u64,
    /// From launch to the durable end, in seconds.
    pub seconds: f64,
    /// Items a second, from launch until every outcome and history is durable.
    pub items_per_s: f64,
    /// Items a second, the writing of the result files included.
    pub with_results_per_s: f64,
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
    /// What one thread needs to check one of the same lines with `serde_json`, in microseconds, right
    /// before the run: how fast the machine is just then.
    pub reference_us_per_item: f64,
    /// Processor time an item over that of the reference.
    pub cpu_ratio: f64,
    /// From the end of the last child to the durable end: what writing the result files took, in seconds.
    pub writing_seconds: f64,
    /// With `http`: calls a second of a bare hyper client to the same endpoint, half of them right before
    /// the run and half right after.
    pub bare_http_per_s: Option<f64>,
}

/// Runs a Map Run over JSON lines in an embedded object store and measures it. `dir` holds the
/// objects; the run stays in `store`.
///
/// # Errors
/// When the store or the object store does not do its work, or the run does not succeed.
pub async fn bench_map(what: BenchMap, store: Store, dir: &Path) -> Result<BenchReport, Error> {
    let tasks = Tasks::default();
    let service = Service::no_op(&tasks).await.map_err(|e| failed("the HTTP endpoint does not start", &e))?;
    let url = service.url().to_owned();
    let ground = Ground::start(store, dir, tasks, service).await?;
    let Ground { executor, store, workspace, .. } = &ground;
    let manifest = ground.manifest("items.jsonl", what.items).await?;
    let reference = reference_us();
    let bare_before = bare_seconds(what, &url).await?;
    let cpu_before = cpu_us();
    let began = Instant::now();
    let run = ground.launch(definition(what), manifest).await?;
    let mut written_from = None;
    while executor.is_running(&run) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let live = executor.phase_of(&run);
        if written_from.is_none() && live == Some(MapRunPhase::Writing) {
            written_from = Some(Instant::now());
        }
    }
    let writing_seconds = written_from.map_or(0.0, |from| from.elapsed().as_secs_f64());
    let seconds = began.elapsed().as_secs_f64();
    let cpu = cpu_us().saturating_sub(cpu_before);
    let bare_after = bare_seconds(what, &url).await?;
    let bare_http_per_s = bare_before.zip(bare_after).map(|(before, after)| 2.0 * bare_calls(what) as f64 / (before + after));
    let ended = store.run(workspace, &run).await?.ok_or(Error::NotFound)?;
    if ended.status != RunStatus::Succeeded {
        return Err(Error::Conflict(format!("the run ended {}: {:?} {:?}", ended.status, ended.error, ended.cause)));
    }
    let map_run = store.map_runs(workspace, &run).await?.pop().ok_or(Error::NotFound)?;
    let (ledger, history) = store.ledger_bytes(&map_run.id).await?;
    let items = map_run.item_counts.succeeded;
    let mut commits: Vec<u32> = executor.commit_times().lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
    commits.sort_unstable();
    let database = store.engine().to_owned();
    ground.stop().await;
    Ok(BenchReport {
        items,
        seconds,
        items_per_s: items as f64 / (seconds - writing_seconds),
        with_results_per_s: items as f64 / seconds,
        cpu_us_per_item: cpu as f64 / items as f64,
        peak_rss_bytes: peak_rss_bytes(),
        ledger_bytes_per_item: ledger as f64 / items as f64,
        history_bytes_per_item: history as f64 / items as f64,
        commit_p99_ms: commits.get(commits.len() * 99 / 100).map_or(0.0, |us| f64::from(*us) / 1000.0),
        commits: commits.len(),
        database,
        reference_us_per_item: reference,
        cpu_ratio: cpu as f64 / items as f64 / reference,
        writing_seconds,
        bare_http_per_s,
    })
}

fn bare_calls(what: BenchMap) -> u64 {
    what.items.min(BARE_CALLS)
}

/// What the calls of the bare client take, in seconds.
async fn bare_seconds(what: BenchMap, url: &str) -> Result<Option<f64>, Error> {
    let BenchChild::Http = what.child else { return Ok(None) };
    let mut line = String::new();
    push_line(&mut line, 0);
    let seconds = bare_http::seconds(url, line, bare_calls(what)).await;
    seconds.map(Some).map_err(|e| failed("bare HTTP", &e))
}

fn definition(what: BenchMap) -> String {
    // Without a bucket for results the state's output would be limited to 256 KiB.
    format!(
        r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","Label":"each","MaxConcurrency":{},"ItemProcessor":{{
        "ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{}"}},{}}},
        "ResultWriter":{{"Resource":"arn:aws:states:::s3:putObject","Parameters":{{"Bucket":"{BUCKET}","Prefix":"out"}},
        "WriterConfig":{{"Transformation":"COMPACT","OutputType":"JSONL"}}}},"End":true}}}}}}"#,
        what.max_concurrency,
        match what.execution_type {
            ExecutionType::Standard => "STANDARD",
            ExecutionType::Express => "EXPRESS",
        },
        what.child.processor()
    )
}

async fn put_manifest(objects: &Objects, key: &str, items: u64) -> Result<ManifestRef, objects::Error> {
    const PIECE_BYTES: usize = 1 << 20;
    let mut upload = objects.upload(BUCKET, key, PutOptions::default());
    let mut text = String::with_capacity(PIECE_BYTES + 512);
    for index in 0..items {
        push_line(&mut text, index);
        if text.len() >= PIECE_BYTES {
            upload.write(std::mem::take(&mut text).into()).await?;
        }
    }
    upload.write(text.into()).await?;
    upload.finish().await?;
    Ok(ManifestRef { bucket: BUCKET.into(), key: key.into(), items })
}

/// One item of some 170 bytes.
fn push_line(text: &mut String, index: u64) {
    let hash = crate::child_name::mix(index);
    text.push_str(&format!(
        "{{\"id\":\"order-{index:09}\",\"bucket\":\"photos\",\"key\":\"2026/03/{:02}/{hash:016x}.jpg\",\"size\":{},\"customer\":{},\"tags\":[\"new\",\"eu\"],\"note\":\"none\"}}\n",
        index % 28 + 1,
        hash % 5_000_000,
        hash % 100_000,
    ));
}

/// The best of five: what checking a line takes, in microseconds.
fn reference_us() -> f64 {
    const LINES: u64 = 20_000;
    let mut text = String::new();
    (0..LINES).for_each(|index| push_line(&mut text, index));
    let once = || {
        let began = Instant::now();
        let sound = text.lines().filter(|line| serde_json::from_str::<&serde_json::value::RawValue>(line).is_ok());
        std::hint::black_box(sound.count());
        began.elapsed().as_secs_f64() * 1e6 / LINES as f64
    };
    (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
}
