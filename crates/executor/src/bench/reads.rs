//! Measuring reads: how long one item, a page of failed ones and the counts of a large Map Run take.

use super::ground::{Ground, failed};
use super::service::Service;
use crate::error::Error;
use crate::{Tasks, item_detail};
use model::{ItemStatus, MapRun, Partition};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;
use store::{ItemFilter, Store};

const READS: u64 = 1_000;
const PAGE: u64 = 100;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct BenchReads {
    /// Items of the Map Run; one of a hundred fails.
    pub items: u64,
}

/// What came out.
#[derive(Clone, Debug, Serialize)]
pub struct ReadsReport {
    /// Items of the Map Run.
    pub items: u64,
    /// Of these, failed ones.
    pub failed: u64,
    /// One item by its index: input, output, history and attempts.
    pub item: Times,
    /// A hundred failed items from some index on, the last tenth left aside, and how many there are in all.
    pub failed_page: Times,
    /// The Map Run's record with its counts.
    pub counts: Times,
}

/// How long a read took, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Times {
    /// Half of them took less.
    pub p50_ms: f64,
    /// 99 of 100 took less.
    pub p99_ms: f64,
}

/// Runs a Map Run of which one item of a hundred fails, and reads it at a thousand random places.
///
/// # Errors
/// When the store or the object store does not do its work.
pub async fn bench_reads(what: BenchReads, store: Store, dir: &Path) -> Result<ReadsReport, Error> {
    let tasks = Tasks::default();
    let service = Service::no_op(&tasks).await.map_err(|e| failed("the HTTP endpoint does not start", &e))?;
    let ground = Ground::start(store, dir, tasks, service).await?;
    let manifest = ground.manifest("items.jsonl", what.items).await?;
    let run = ground.launch(definition(), manifest).await?;
    ground.executor.ended(&ground.workspace, &run).await?;
    let map_run = ground.store.map_runs(&ground.workspace, &run).await?.pop().ok_or(Error::NotFound)?;
    let report = Reads { ground: &ground, map_run: &map_run }.report().await;
    ground.stop().await;
    report
}

struct Reads<'a> {
    ground: &'a Ground,
    map_run: &'a MapRun,
}

impl Reads<'_> {
    async fn report(&self) -> Result<ReadsReport, Error> {
        let Ground { store, workspace, .. } = self.ground;
        let (id, partition) = (self.map_run.id.as_str(), Partition::default());
        let counts = self.map_run.item_counts.clone();
        let failed = ItemFilter { statuses: vec![ItemStatus::Failed], ..ItemFilter::default() };
        Ok(ReadsReport {
            items: counts.total,
            failed: counts.failed,
            item: times(async |random| {
                let found = item_detail(store, &partition, workspace, id, random % counts.total).await?;
                found.map(drop).ok_or(Error::NotFound)
            })
            .await?,
            failed_page: times(async |random| {
                let page = store.items(workspace, id, &failed, random % (counts.total / 10 * 9), PAGE as usize).await?;
                match page.rows.is_empty() {
                    true => Err(Error::NotFound),
                    false => Ok(()),
                }
            })
            .await?,
            counts: times(async |_| {
                store.map_runs(workspace, &self.map_run.run_id).await?;
                Ok(())
            })
            .await?,
        })
    }
}

async fn times(read: impl AsyncFn(u64) -> Result<(), Error>) -> Result<Times, Error> {
    let mut ms = Vec::new();
    for _ in 0..READS {
        let began = Instant::now();
        read(rand::random()).await?;
        ms.push(began.elapsed().as_secs_f64() * 1e3);
    }
    ms.sort_by(f64::total_cmp);
    Ok(Times { p50_ms: ms[ms.len() / 2], p99_ms: ms[ms.len() * 99 / 100] })
}

fn definition() -> String {
    r#"{"StartAt":"Each","States":{"Each":{"Type":"Map","Label":"each","ToleratedFailurePercentage":100,
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"Which","States":{
    "Which":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericLessThan":50000,"Next":"Small"}],"Default":"Done"},
    "Small":{"Type":"Fail","Error":"TooSmall","Cause":"It has less than 50 kB."},"Done":{"Type":"Succeed"}}},
    "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"bench","Prefix":"out"}},"End":true}}}"#
        .to_owned()
}
