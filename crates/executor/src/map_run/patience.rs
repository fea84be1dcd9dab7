//! A database that cannot be used for a while: work stands still, people are told why, nothing is lost.

use super::keeper::{CommitTimes, TIMES_KEPT};
use crate::watch::Board;
use crate::window::Window;
use std::sync::Arc;
use std::time::Duration;
use store::{Error, LedgerCommit, Store};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The first pause before a try is made again; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long a commit may take before people are told.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// Reads that may fail before the log is told.
const QUIET_TRIES: u32 = 3;

/// Who makes commits, and what is held while none comes through.
#[derive(Clone)]
pub(crate) struct Committer {
    pub(crate) store: Store,
    pub(crate) owner: String,
    pub(crate) window: Arc<Window>,
    pub(crate) board: Board,
    /// The server goes down: nothing is tried again.
    pub(crate) halt: CancellationToken,
}

impl Committer {
    /// Makes a commit durable, however long the database is away; `false` when the lease is lost.
    ///
    /// # Errors
    /// The database's, when the server goes down meanwhile or the stored data are at fault.
    pub(crate) async fn commit(self, commit: LedgerCommit, times: Option<CommitTimes>) -> Result<bool, Error> {
        let told_at = Instant::now() + TOLD_AFTER;
        let mut why = "it does not answer".to_owned();
        let (mut told, mut tries) = (false, 0);
        loop {
            let began = Instant::now();
            let mut trying = std::pin::pin!(self.store.commit(&commit, &self.owner));
            let answer = tokio::select! {
                answer = trying.as_mut() => answer,
                () = tokio::time::sleep_until(told_at), if !told => {
                    told = true;
                    self.hold(&commit.map_run.id, &why);
                    trying.await
                }
            };
            let error = match answer {
                Ok(saved) => {
                    if told {
                        self.window.hold(false);
                        self.board.hold(None);
                    }
                    note_time(times, began);
                    return Ok(saved);
                }
                Err(error) if !error.may_pass() || self.halt.is_cancelled() => return Err(error),
                Err(error) => error,
            };
            why = error.to_string();
            tries += 1;
            tokio::select! {
                () = tokio::time::sleep(pause(tries)) => {}
                () = self.halt.cancelled() => return Err(error),
            }
        }
    }

    fn hold(&self, map_run: &str, why: &str) {
        tracing::warn!(map_run, why, "a Map Run waits for the database");
        self.window.hold(true);
        self.board.hold(Some(format!(
            "The database cannot be written: {why}. No item begins until it can; then the run goes on by itself."
        )));
    }
}

/// Asks the ledger until it answers.
///
/// # Errors
/// What stays wrong: stored data that cannot be read.
pub(crate) async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut tries = 0;
    loop {
        match ask().await {
            Err(error) if error.may_pass() => {
                tries += 1;
                if tries == QUIET_TRIES {
                    tracing::warn!(%error, "the ledger is asked again until it answers");
                }
                tokio::time::sleep(pause(tries)).await;
            }
            answer => return answer,
        }
    }
}

fn pause(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE)
}

fn note_time(times: Option<CommitTimes>, began: Instant) {
    if let Some(mut times) = times.as_ref().and_then(|times| times.lock().ok()) {
        if times.len() == TIMES_KEPT {
            times.pop_front();
        }
        times.push_back(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}
