//! Group commit: many concurrent changes share one durable commit of the index.

use super::blobs::Blobs;
use super::fault::{Answer, Fault};
use super::index::Tables;
use redb::Database;
use s3s::{S3Result, s3_error};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// Changes in one commit at most; with inline bodies this bounds a commit to 16 MiB.
const MAX_BATCH: usize = 512;
/// Changes that may wait; then callers wait.
const QUEUE: usize = 1024;

/// A change that waits for its commit.
trait Change: Send {
    /// Applies itself. `Err` says that the whole transaction is lost.
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), String>;
    /// Tells the caller, after the commit.
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

type Queue = mpsc::Sender<Box<dyn Change>>;

struct Pending<T, F> {
    work: Option<F>,
    result: Option<S3Result<T>>,
    caller: oneshot::Sender<S3Result<T>>,
}

impl<T, F> Change for Pending<T, F>
where
    T: Send,
    F: FnOnce(&mut Tables<'_>) -> Answer<T> + Send,
{
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<(), String> {
        let Some(work) = self.work.take() else { return Ok(()) };
        match work(tables) {
            Ok(value) => self.result = Some(Ok(value)),
            Err(Fault::Refused(error)) => self.result = Some(Err(error)),
            Err(Fault::Storage(cause)) => return Err(cause),
        }
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), &str>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Err(cause), _) => Err(Fault::Storage(cause.to_owned()).into()),
            (Ok(()), None) => Err(Fault::Storage("the change did not run".to_owned()).into()),
        };
        // A caller that went away does not undo what is durable.
        let _ = self.caller.send(result);
    }
}

/// The one writer of the index: a thread of its own, since commits block.
#[derive(Clone)]
pub struct Writer {
    queue: Arc<Mutex<Option<Queue>>>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Writer {
    /// Starts the thread. It ends when the writer is closed or its last clone is gone.
    pub fn start(db: Arc<Database>, blobs: Blobs) -> std::io::Result<Self> {
        let (queue, changes) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("objects-index".into())
            .spawn(move || run(&db, &blobs, changes))?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        Ok(Self { queue: Arc::new(Mutex::new(Some(queue))), thread })
    }

    /// See [`super::index::Index::change`].
    pub async fn change<T, F>(&self, work: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Answer<T> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let queue = self.queue.lock().ok().and_then(|queue| queue.clone());
        let closing = || s3_error!(ServiceUnavailable, "The store is shutting down.");
        let pending = Box::new(Pending { work: Some(work), result: None, caller });
        queue.ok_or_else(closing)?.send(pending).await.map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }

    /// Accepts no change from now on and waits until those that were accepted are durable.
    pub async fn close(&self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            let ended = tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
            if !matches!(ended, Ok(true)) {
                tracing::error!("the index writer of the embedded object store panicked");
            }
        }
    }
}

fn run(db: &Database, blobs: &Blobs, mut changes: mpsc::Receiver<Box<dyn Change>>) {
    while let Some(first) = changes.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            match changes.try_recv() {
                Ok(change) => batch.push(change),
                Err(_) => break,
            }
        }
        let committed = commit(db, &mut batch);
        for change in batch {
            change.answer(committed.as_ref().map(|_| ()).map_err(String::as_str));
        }
        for id in committed.unwrap_or_default() {
            blobs.remove(&id);
        }
    }
}

/// Applies a batch and gives the files that nothing uses any more.
fn commit(db: &Database, batch: &mut [Box<dyn Change>]) -> Result<Vec<String>, String> {
    let txn = db.begin_write().map_err(|error| error.to_string())?;
    let mut tables = Tables::open(&txn).map_err(|error| error.to_string())?;
    for change in batch {
        change.apply(&mut tables)?;
    }
    let garbage = std::mem::take(&mut tables.garbage);
    drop(tables);
    txn.commit().map_err(|error| error.to_string())?;
    Ok(garbage)
}
