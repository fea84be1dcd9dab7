//! Group commit: what comes while one transaction is written shares the next one.

use tokio::sync::{mpsc, oneshot};

const AT_ONCE: usize = 256;

/// The end of those who ask. Cloning shares it.
pub(crate) struct Grouped<T, R> {
    queue: mpsc::Sender<(T, oneshot::Sender<R>)>,
}

/// The end of who does the work.
pub(crate) struct Groups<T, R> {
    queue: mpsc::Receiver<(T, oneshot::Sender<R>)>,
    taken: Vec<(T, oneshot::Sender<R>)>,
}

impl<T, R> Grouped<T, R> {
    pub(crate) fn new() -> (Self, Groups<T, R>) {
        let (sender, queue) = mpsc::channel(AT_ONCE);
        (Self { queue: sender }, Groups { queue, taken: Vec::new() })
    }

    /// Does a piece of work with its group; `None` when nobody works any more.
    pub(crate) async fn ask(&self, work: T) -> Option<R> {
        let (tell, told) = oneshot::channel();
        self.queue.send((work, tell)).await.ok()?;
        told.await.ok()
    }
}

impl<T, R> Groups<T, R> {
    /// The next group and where its results go, in the same order; `None` when nobody asks any more.
    pub(crate) async fn next(&mut self) -> Option<(Vec<T>, Vec<oneshot::Sender<R>>)> {
        let received = self.queue.recv_many(&mut self.taken, AT_ONCE).await;
        (received > 0).then(|| self.taken.drain(..).unzip())
    }
}

/// Tells everybody in a group; those who are gone do not matter.
pub(crate) fn tell_all<R>(tell: Vec<oneshot::Sender<R>>, results: impl IntoIterator<Item = R>) {
    for (tell, result) in tell.into_iter().zip(results) {
        let _ = tell.send(result);
    }
}
