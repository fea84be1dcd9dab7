//! What is around a run breaks for a while: the run ends right all the same, or stands still, says why
//! and goes on by itself.

mod common;

use common::proxy::{Fault, Proxy};
use common::{PASS, Server, machine, put_items, workspace};
use executor::{Clock, ManifestRef, Options, Time};
use futures::future::BoxFuture;
use model::{MapRun, RunId, RunStatus, Timestamp};
use objects::{Objects, PutOptions};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use store::{Store, testkit};

const WRITER: &str = r#","ResultWriter":{"Resource":"arn:aws:states:::s3:putObject","Parameters":{"Bucket":"data","Prefix":"out"},
    "WriterConfig":{"Transformation":"COMPACT","OutputType":"JSONL"}}"#;

async fn ended_whole(server: &Server, run: &RunId, items: u64) -> MapRun {
    let ended = server.ended(run).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    let map_run = server.map_run(run).await;
    assert_eq!((map_run.item_counts.total, map_run.item_counts.succeeded), (items, items));
    assert_eq!(map_run.metered.children, items, "every child has ended once");
    map_run
}

/// What the viewers of the run's Map Run are told that holds it back.
async fn held(server: &Server, map_run: &str) -> Option<String> {
    let watch = server.executor.watch(&workspace(), map_run, None)?;
    match watch.beginning {
        executor::Beginning::Snapshot(snapshot) => snapshot.map_run.held.clone(),
        executor::Beginning::Missed(_) => None,
    }
}

async fn until_held(server: &Server, map_run: &str) -> String {
    let began = Instant::now();
    loop {
        if let Some(why) = held(server, map_run).await {
            return why;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "nobody is told why the run stands still");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn until_done(server: &Server, run: &RunId, items: u64) -> MapRun {
    let began = Instant::now();
    loop {
        let all = server.store.map_runs(&workspace(), run).await.unwrap();
        if let Some(map_run) = all.into_iter().next().filter(|map| map.item_counts.finished() >= items) {
            return map_run;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "the run does not begin");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_store_that_is_busy_slow_or_breaks_off() {
    const ITEMS: u64 = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let mut found = None;
    let server = Server::start_with(dir.path(), kept.store.clone(), Options::default(), Clock::system(), async |mut endpoint| {
        let url = endpoint.url.take().expect("the embedded store has an address");
        let proxy = Proxy::to(url.trim_start_matches("http://")).await;
        endpoint.url = Some(format!("http://{}", proxy.address));
        found = Some(proxy);
        endpoint
    })
    .await;
    let proxy = found.unwrap();
    let manifest = put_items(&server.objects, "items.jsonl", ITEMS).await;
    let run = server.launch("faulty-s3", &machine("EXPRESS", PASS, WRITER), "{}", Some(manifest)).await;
    let faults = async {
        loop {
            for fault in [Fault::Cut, Fault::Slow, Fault::Busy, Fault::Away] {
                proxy.set(fault);
                tokio::time::sleep(Duration::from_millis(60)).await;
                proxy.set(Fault::None);
                tokio::time::sleep(Duration::from_millis(240)).await;
            }
        }
    };
    let map_run = tokio::select! {
        map_run = ended_whole(&server, &run, ITEMS) => map_run,
        () = faults => unreachable!("faults have no end"),
    };
    proxy.set(Fault::None);
    let (bucket, key) = map_run.results.unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&server.objects.get_small(&bucket, &key, 1 << 20).await.unwrap()).unwrap();
    let file = manifest["ResultFiles"]["SUCCEEDED"][0]["Key"].as_str().unwrap();
    let results = server.objects.get_small(&bucket, file, 1 << 28).await.unwrap();
    let lines = std::str::from_utf8(&results).unwrap().lines();
    let in_order = lines.enumerate().filter(|(n, line)| *line == format!("{{\"id\":\"item-{n:08}\",\"n\":{n}}}"));
    assert_eq!(in_order.count() as u64, ITEMS);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_for_a_while() {
    const ITEMS: u64 = 100_000;
    let Some(kept) = testkit::postgres().await else {
        return eprintln!("MAPWRIGHT_TEST_POSTGRES is not set: not tested");
    };
    let dir = tempfile::tempdir().unwrap();
    let (before, rest) = kept.url.split_once('@').expect("the URL names a user");
    let (target, name) = rest.split_once('/').expect("the URL names a database");
    let proxy = Proxy::to(target).await;
    let store = Store::open(&format!("{before}@{}/{name}", proxy.address)).await.expect("the way is open");
    let server = Server::start(dir.path(), store, Options::default()).await;
    let manifest = put_items(&server.objects, "items.jsonl", ITEMS).await;
    let run = server.launch("database-away", &machine("STANDARD", PASS, ""), "{}", Some(manifest)).await;
    let map_run = until_done(&server, &run, 1).await;
    proxy.set(Fault::Away);
    let why = until_held(&server, &map_run.id).await;
    assert!(why.starts_with("The database cannot be written: "), "{why}");
    proxy.set(Fault::None);
    let done = server.ended(&run).await;
    // Without a bucket the outputs are too many for the state's output; every item has run.
    assert_eq!(done.error.as_deref(), Some("States.DataLimitExceeded"), "{done:?}");
    let map_run = server.map_run(&run).await;
    assert_eq!((map_run.item_counts.succeeded, map_run.metered.children, map_run.held), (ITEMS, ITEMS, None));
    server.stop().await;
}

/// Items that no compression makes small: 400 bytes each.
async fn put_random_items(objects: &Objects, items: u64) -> ManifestRef {
    let mut upload = objects.upload("data", "random.jsonl", PutOptions::default());
    let mut text = String::new();
    for _ in 0..items {
        let noise: [u128; 12] = rand::random();
        text.push_str(&format!("\"{}\"\n", noise.map(|part| format!("{part:032x}")).concat()));
    }
    upload.write(text.into()).await.expect("items are written");
    upload.finish().await.expect("the object is complete");
    ManifestRef { bucket: "data".into(), key: "random.jsonl".into(), items }
}

/// A file system of so many MiB at a folder; `None` where this user may not make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(mib: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let made = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m"), "tmpfs"])
            .arg(dir.path())
            .status()
            .is_ok_and(|status| status.success());
        made.then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room; answers the file that takes it.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        // Whoever frees a little meanwhile gets no more than that.
        while file.write_all(&[1; 64 * 1024]).is_ok() {}
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A file system that stays mounted is gone with the machine.
        let _ = Command::new("umount").args(["-l"]).arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_for_a_while() {
    const ITEMS: u64 = 50_000;
    let Some(disk) = SmallDisk::new(32) else {
        return eprintln!("no file system can be mounted here: not tested");
    };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite://{}/small.sqlite", disk.path().display())).await.unwrap();
    let server = Server::start(dir.path(), store, Options::default()).await;
    let manifest = put_random_items(&server.objects, ITEMS).await;
    let run = server.launch("disk-full", &machine("STANDARD", PASS, WRITER), "{}", Some(manifest)).await;
    let map_run = until_done(&server, &run, 1).await;
    server.executor.pause(&workspace(), &run, "ana").await.unwrap();
    let ballast = disk.fill();
    let (executor, paused) = (server.executor.clone(), run.clone());
    // Ends when that is durable.
    let resumed = tokio::spawn(async move { executor.resume(&workspace(), &paused, "ana").await });
    let why = until_held(&server, &map_run.id).await;
    assert!(why.contains("full"), "{why}");
    std::fs::remove_file(&ballast).unwrap();
    resumed.await.unwrap().unwrap();
    let map_run = ended_whole(&server, &run, ITEMS).await;
    assert_eq!(map_run.held, None);
    server.stop().await;
}

/// A machine's clock that somebody sets.
#[derive(Clone, Default)]
struct SetClock(Arc<AtomicI64>);

impl Time for SetClock {
    fn now(&self) -> Timestamp {
        Clock::system().now().plus_ms(self.0.load(Ordering::SeqCst))
    }

    fn until(&self, at: Timestamp) -> BoxFuture<'static, ()> {
        let ms = u64::try_from(at.since_ms(self.now())).unwrap_or_default();
        Box::pin(tokio::time::sleep(Duration::from_millis(ms)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_a_day_forth_and_back() {
    const DAY_MS: i64 = 86_400_000;
    const ITEMS: u64 = 60;
    let dir = tempfile::tempdir().unwrap();
    let kept = testkit::sqlite().await;
    let clock = SetClock::default();
    let server =
        Server::start_with(dir.path(), kept.store.clone(), Options::default(), Clock::of(clock.clone()), async |endpoint| endpoint)
            .await;
    let manifest = put_items(&server.objects, "items.jsonl", ITEMS).await;
    let rests = r#""StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":1,"Next":"Done"},"Done":{"Type":"Succeed"}}"#;
    let definition = machine("STANDARD", rests, r#","MaxConcurrency":20"#);
    let run = server.launch("clock", &definition, "{}", Some(manifest)).await;
    for jump in [DAY_MS, -DAY_MS, 0] {
        tokio::time::sleep(Duration::from_millis(700)).await;
        clock.0.store(jump, Ordering::SeqCst);
    }
    let map_run = ended_whole(&server, &run, ITEMS).await;
    assert_eq!(map_run.results, None);
    server.stop().await;
}
