//! What a killed store has acknowledged is there when it starts again.

#![allow(clippy::unwrap_used, reason = "a test and its helpers")]
use bytes::Bytes;
use futures::StreamExt;
use objects::{AddressPolicy, Endpoint, ListFrom, Objects};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The example server, which is built together with the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples/embedded")
}

/// A running server; killed with SIGKILL, so that nothing is flushed or closed.
struct Server(Child);

impl Server {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// No server outlives a test that fails.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(dir: &Path) -> (Server, Objects) {
    let mut child = Command::new(program()).arg(dir).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let child = Server(child);
    let mut line = || lines.next().unwrap().unwrap();
    let endpoint = Endpoint {
        url: Some(line()),
        path_style: true,
        access_key: line(),
        secret_key: line(),
        ..Default::default()
    };
    (child, Objects::new(endpoint, AddressPolicy::private()).unwrap())
}

fn body(n: usize) -> Bytes {
    // Every fifth one is a file, the others lie in the index.
    let len = if n.is_multiple_of(5) { 50_000 } else { 300 };
    format!("{n},").into_bytes().into_iter().cycle().take(len).collect()
}

fn files(dir: &Path) -> usize {
    let shelves = std::fs::read_dir(dir.join("bodies")).unwrap();
    shelves.map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap().count()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_store_has_lost_nothing_that_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let mut stored = HashMap::new();
    for round in 0..2 {
        let (mut child, objects) = start(dir.path());
        objects.create_bucket("crash").await.unwrap();
        let killed = AtomicBool::new(false);
        // Writes that are on their way when the server dies are waited for: they fail.
        let numbers = (round * 10_000..).take_while(|_| !killed.load(Ordering::Relaxed));
        let puts = futures::stream::iter(numbers).map(|n| {
            let objects = &objects;
            async move {
                // Most of the writes go over what is there.
                let key = format!("key-{}", n % 300);
                (key.clone(), n, objects.put("crash", &key, body(n)).await.is_ok())
            }
        });
        let kill = async {
            tokio::time::sleep(Duration::from_millis(1200)).await;
            child.kill();
            killed.store(true, Ordering::Relaxed);
        };
        let (outcomes, ()) = tokio::join!(puts.buffer_unordered(24).collect::<Vec<_>>(), kill);

        // A write without an answer may have happened or not; one with an answer has.
        let mut possible: HashMap<String, Vec<usize>> = HashMap::new();
        let mut acknowledged = 0;
        for (key, n, answered) in outcomes {
            let values: &mut Vec<usize> = possible.entry(key.clone()).or_default();
            if answered {
                acknowledged += 1;
                values.retain(|other| *other > n);
                stored.insert(key, n);
            }
            values.push(n);
        }
        assert!(acknowledged > 50, "too few writes to prove anything: {acknowledged}");

        let (mut child, objects) = start(dir.path());
        let mut large = 0;
        for (key, n) in &mut stored {
            let found = objects.get_small("crash", key, 100_000).await.unwrap();
            let empty = Vec::new();
            let mut candidates = vec![*n];
            candidates.extend(possible.get(key).unwrap_or(&empty));
            let which = candidates.into_iter().find(|n| body(*n) == found);
            *n = which.unwrap_or_else(|| panic!("{key} holds what nobody wrote last"));
            large += usize::from(n.is_multiple_of(5));
        }
        // Keys whose only write had no answer may be there too.
        let mut from = ListFrom::default();
        loop {
            let page = objects.list("crash", "", from).await.unwrap();
            for found in page.objects.into_iter().filter(|found| !stored.contains_key(&found.key)) {
                large += usize::from(found.size == 50_000);
            }
            match page.next {
                None => break,
                next => from = ListFrom { continuation: next, ..Default::default() },
            }
        }
        assert_eq!(files(dir.path()), large, "orphans are swept at start");
        child.kill();
    }
}
