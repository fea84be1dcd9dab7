//! `cargo run --release -p mapwright-executor --example bench_map -- ITEMS CHILD [standard|express] [DATABASE_URL]`

use executor::bench::{BenchChild, BenchMap, bench_map};
use model::ExecutionType;
use store::Store;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let items = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let child = arguments.next().and_then(|name| BenchChild::parse(&name)).unwrap_or(BenchChild::Pass);
    let execution_type = match arguments.next().as_deref() {
        Some("standard") => ExecutionType::Standard,
        _ => ExecutionType::Express,
    };
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let url = arguments.next().unwrap_or_else(|| format!("sqlite://{}/bench.sqlite", dir.path().display()));
    let store = Store::open(&url).await.expect("the database opens");
    let what = BenchMap { items, child, execution_type, max_concurrency: 0 };
    let report = bench_map(what, store, dir.path()).await.expect("the run succeeds");
    println!("{}", serde_json::to_string_pretty(&report).expect("a report is JSON"));
}
