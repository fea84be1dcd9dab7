//! `mapwright bench map`, `polite`, `reads` and `functions`

use super::bench_functions;
use anyhow::{Context, ensure};
use executor::bench::{
    BenchChild, BenchMap, BenchPolite, BenchReads, BenchReport, PoliteReport, ReadsReport, Times, bench_map, bench_polite,
    bench_reads,
};
use model::ExecutionType;
use std::path::{Path, PathBuf};
use store::Store;

/// What can be measured.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Run a Distributed Map over generated JSON lines and measure it. Needs no server
    Map {
        /// Items of the manifest
        #[arg(long, default_value_t = 1_000_000)]
        items: u64,
        /// What each item does: pass, three (Pass, Choice, Succeed), jsonata, task (a built-in
        /// function), http (an endpoint of this process)
        #[arg(long, default_value = "pass", value_parser = child)]
        child: BenchChild,
        /// The type of the children: standard or express
        #[arg(long = "type", default_value = "express", value_parser = execution_type)]
        execution_type: ExecutionType,
        /// Children at once; 0: as many as AWS allows
        #[arg(long, default_value_t = 0)]
        max_concurrency: u32,
        /// The database, which keeps the run [default: a SQLite file that is removed afterwards]
        #[arg(long, visible_alias = "database")]
        database_url: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Call a function whose capacity changes, from a long run and a short one, and show how calls follow it.
    /// Needs no server
    Polite {
        /// How long, in seconds
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Run a Map Run of which one item of a hundred fails, and read it at a thousand random places. Needs no server
    Reads {
        /// Items of the manifest
        #[arg(long, default_value_t = 10_000_000)]
        items: u64,
        /// The database, which keeps the run [default: a SQLite file that is removed afterwards]
        #[arg(long, visible_alias = "database")]
        database_url: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Call a Python function in processes of this machine and measure it. Needs no server
    Functions(bench_functions::Options),
}

/// Runs one of them.
pub async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Map { items, child, execution_type, max_concurrency, database_url, json } => {
            ensure!(items > 0, "there must be at least one item");
            let what = BenchMap { items, child, execution_type, max_concurrency };
            let report = in_scratch(database_url, async |store, dir| bench_map(what, store, dir).await).await?;
            show(&report, json)
        }
        Command::Polite { seconds, json } => {
            let what = BenchPolite { seconds };
            let report = in_scratch(None, async |store, dir| bench_polite(what, store, dir).await).await?;
            show_polite(&report, json)
        }
        Command::Reads { items, database_url, json } => {
            ensure!(items >= 1_000, "there must be at least 1000 items, or none of them fails");
            let what = BenchReads { items };
            let report = in_scratch(database_url, async |store, dir| bench_reads(what, store, dir).await).await?;
            show_reads(&report, json)
        }
        Command::Functions(options) => bench_functions::run(options, &scratch()?).await,
    }
}

/// Measures on a database and in a folder that is removed afterwards.
async fn in_scratch<T>(
    database_url: Option<String>,
    measure: impl AsyncFnOnce(Store, &Path) -> Result<T, executor::Error>,
) -> anyhow::Result<T> {
    let dir = scratch()?;
    let url = database_url.unwrap_or_else(|| format!("sqlite://{}/bench.sqlite", dir.display()));
    let measured = async { anyhow::Ok(measure(Store::open(&url).await?, &dir).await?) };
    let report = measured.await;
    std::fs::remove_dir_all(&dir).with_context(|| format!("could not remove {}", dir.display()))?;
    report
}

fn show_reads(report: &ReadsReport, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    println!("{} items, {} of them failed; milliseconds, half of the reads and 99 of 100", report.items, report.failed);
    for (what, Times { p50_ms, p99_ms }) in
        [("one item", report.item), ("a page of 100 failed", report.failed_page), ("the counts", report.counts)]
    {
        println!("{what:>20}  {p50_ms:>8.3}  {p99_ms:>8.3}");
    }
    Ok(())
}

fn show_polite(report: &PoliteReport, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    println!("a call takes {} ms\n    s  capacity  limit  running  answered/s  refused/s", report.call_ms);
    for point in &report.points {
        let limit = point.limit.map_or("none".to_owned(), |limit| limit.to_string());
        println!(
            "{:>5.1}  {:>8}  {limit:>5}  {:>7}  {:>10.0}  {:>9.0}",
            point.at_ms as f64 / 1000.0,
            point.capacity,
            point.running,
            point.answered_per_s,
            point.refused_per_s
        );
    }
    println!("{} items beside it: {} ms", report.short_items, report.short_ms);
    println!("from 1000 at once to {}: {} ms", report.new_limit, report.new_limit_ms);
    Ok(())
}

fn child(name: &str) -> Result<BenchChild, String> {
    let names: Vec<&str> = BenchChild::ALL.into_iter().map(|(name, _)| name).collect();
    BenchChild::parse(name).ok_or_else(|| format!("use one of {}", names.join(", ")))
}

fn execution_type(name: &str) -> Result<ExecutionType, String> {
    match name {
        "standard" => Ok(ExecutionType::Standard),
        "express" => Ok(ExecutionType::Express),
        _ => Err("use standard or express".to_owned()),
    }
}

fn scratch() -> anyhow::Result<PathBuf> {
    let dir = std::env::temp_dir().join(format!("mapwright-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).with_context(|| format!("could not make {}", dir.display()))?;
    Ok(dir)
}

fn show(report: &BenchReport, json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    println!(
        "{:.0} items/s ({} items in {:.2} s, {})",
        report.items_per_s, report.items, report.seconds, report.database
    );
    println!(
        "{:.2} µs of processor time an item, {:.1} times that of checking its JSON ({:.2} µs)",
        report.cpu_us_per_item, report.cpu_ratio, report.reference_us_per_item
    );
    println!(
        "{:.2} s of these for the result files: {:.0} items/s with them",
        report.writing_seconds, report.with_results_per_s
    );
    println!("{:.0} MiB of memory at most", report.peak_rss_bytes as f64 / (1024.0 * 1024.0));
    println!(
        "{:.1} bytes of ledger, {:.1} bytes of history an item",
        report.ledger_bytes_per_item, report.history_bytes_per_item
    );
    if let Some(bare) = report.bare_http_per_s {
        println!("{bare:.0} calls/s of a bare HTTP client: {:.0} % of these were reached", report.items_per_s * 100.0 / bare);
    }
    println!("{:.1} ms for 99 of 100 commits ({})", report.commit_p99_ms, report.commits);
    Ok(())
}
