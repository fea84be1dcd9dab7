//! Measuring politeness: how concurrency follows what a function can take, how long a short run waits
//! beside a long one, how soon a new limit is in force.

use super::ground::{Ground, failed};
use super::service::{Service, Work};
use crate::error::Error;
use crate::Tasks;
use model::{Limits, RunId};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::Store;

const FUNCTION: &str = "service";
const CALL: Duration = Duration::from_millis(50);
/// Calls that the function takes at once: in the first third of the time, the second, the last.
const CAPACITIES: [u32; 3] = [200, 20, 200];
/// Far more than are called in the time.
const LONG_ITEMS: u64 = 200_000;
const SHORT_ITEMS: u64 = 10;
const SAMPLE: Duration = Duration::from_millis(500);
const NEW_LIMIT: u32 = 5;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct BenchPolite {
    /// How long the function is called, in seconds.
    pub seconds: u64,
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct PoliteReport {
    /// Milliseconds of a call.
    pub call_ms: u64,
    /// The curve.
    pub points: Vec<PolitePoint>,
    /// Items of the run that was launched in the middle, beside the long one.
    pub short_items: u64,
    /// How long it took, in milliseconds.
    pub short_ms: u64,
    /// The limit that the long run got at the end.
    pub new_limit: u32,
    /// Until no more of its children than that were in flight, in milliseconds.
    pub new_limit_ms: u64,
}

/// Half a second.
#[derive(Clone, Debug, Serialize)]
pub struct PolitePoint {
    /// Milliseconds since the launch.
    pub at_ms: u64,
    /// Calls that the function takes at once.
    pub capacity: u32,
    /// Calls at once that it was found to take; none while nothing was refused.
    pub limit: Option<u32>,
    /// Calls that run.
    pub running: u32,
    /// Calls that were answered in this half second, for a second.
    pub answered_per_s: f64,
    /// Calls that were refused in this half second, for a second.
    pub refused_per_s: f64,
}

/// Calls a function whose capacity changes, from a run of 200,000 items and one of ten.
///
/// # Errors
/// When the store or the object store does not do its work.
pub async fn bench_polite(what: BenchPolite, store: Store, dir: &Path) -> Result<PoliteReport, Error> {
    let tasks = Tasks::default();
    let service = Service::start(&tasks, CAPACITIES[0], CALL).await;
    let service = service.map_err(|e| failed("the HTTP endpoint does not start", &e))?;
    let work = service.work();
    let ground = Ground::start(store, dir, tasks, service).await?;
    let few = ground.manifest("few.jsonl", SHORT_ITEMS).await?;
    let many = ground.manifest("many.jsonl", LONG_ITEMS).await?;
    let long = ground.launch(definition(), many).await?;
    let mut curve = Curve::new(&ground, work);
    let mut short_ms = 0;
    for (third, capacity) in CAPACITIES.into_iter().enumerate() {
        let end = Duration::from_secs(what.seconds) * (third as u32 + 1) / CAPACITIES.len() as u32;
        curve.work.capacity.store(capacity, Ordering::SeqCst);
        if third == 1 {
            curve.until(end / 2 + end / 4).await;
            let began = Instant::now();
            let short = ground.launch(definition(), few.clone()).await?;
            while ground.executor.is_running(&short) {
                curve.until(curve.began.elapsed() + Duration::from_millis(20)).await;
            }
            short_ms = began.elapsed().as_millis() as u64;
        }
        curve.until(end).await;
    }
    let points = curve.points;
    let new_limit_ms = lower(&ground, &long).await?;
    ground.executor.stop(&ground.workspace, &long, "bench", (None, None)).await?;
    ground.executor.ended(&ground.workspace, &long).await?;
    ground.stop().await;
    let call_ms = CALL.as_millis() as u64;
    Ok(PoliteReport { call_ms, points, short_items: SHORT_ITEMS, short_ms, new_limit: NEW_LIMIT, new_limit_ms })
}

fn definition() -> String {
    format!(
        r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","Label":"each","MaxConcurrency":1000,
        "ItemProcessor":{{"ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"EXPRESS"}},"StartAt":"Call","States":{{
        "Call":{{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}","ResultPath":null,"End":true,
        "Retry":[{{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":1000,"BackoffRate":1.0}}]}}}}}},"End":true}}}}}}"#
    )
}

/// Gives the long run a lower limit, and waits until no more than that are in flight.
async fn lower(ground: &Ground, run: &RunId) -> Result<u64, Error> {
    let map_run = ground.store.map_runs(&ground.workspace, run).await?.pop().ok_or(Error::NotFound)?;
    let limits = Limits { max_concurrency: Some(NEW_LIMIT), ..Limits::default() };
    let began = Instant::now();
    ground.executor.update_limits(&ground.workspace, &map_run.id, limits, "bench").await?;
    while ground.functions.gate_view(&ground.workspace, FUNCTION).is_some_and(|calls| calls.running > NEW_LIMIT) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(began.elapsed().as_millis() as u64)
}

struct Curve<'a> {
    ground: &'a Ground,
    work: Arc<Work>,
    began: Instant,
    sampled: Instant,
    seen: (u64, u64),
    points: Vec<PolitePoint>,
}

impl<'a> Curve<'a> {
    fn new(ground: &'a Ground, work: Arc<Work>) -> Self {
        let now = Instant::now();
        Self { ground, work, began: now, sampled: now, seen: (0, 0), points: Vec::new() }
    }

    /// Takes samples until so long after the beginning.
    async fn until(&mut self, end: Duration) {
        while self.began.elapsed() < end {
            let next = (self.sampled + SAMPLE).min(self.began + end);
            tokio::time::sleep_until(next.into()).await;
            if self.sampled.elapsed() >= SAMPLE {
                self.sample();
            }
        }
    }

    fn sample(&mut self) {
        let seconds = self.sampled.elapsed().as_secs_f64();
        let now = (self.work.answered.load(Ordering::Relaxed), self.work.refused.load(Ordering::Relaxed));
        let calls = self.ground.functions.gate_view(&self.ground.workspace, FUNCTION).unwrap_or_default();
        self.points.push(PolitePoint {
            at_ms: self.began.elapsed().as_millis() as u64,
            capacity: self.work.capacity.load(Ordering::SeqCst),
            limit: calls.limit,
            running: calls.running,
            answered_per_s: (now.0 - self.seen.0) as f64 / seconds,
            refused_per_s: (now.1 - self.seen.1) as f64 / seconds,
        });
        self.seen = now;
        self.sampled = Instant::now();
    }
}
