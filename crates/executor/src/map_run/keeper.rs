//! The ledger's task: takes notes, commits in groups, then tells waiters and viewers.

use super::meter::BUDGET_ERROR;
use super::note::{Change, Note, Tokens};
use super::notes::Sent;
use super::patience::{Committer, patiently};
use super::recorder::Recorder;
use crate::clock::Clock;
use crate::deps::Options;
use crate::watch::Draft;
use futures::FutureExt;
use futures::future::BoxFuture;
use ledger::{CHUNK_CHILDREN, Chunk};
use model::EarlyStop;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const NOTES_AT_ONCE: usize = 64;

/// Why the ledger stopped.
pub(crate) enum Kept {
    /// Every child that will end has ended, and everything is durable.
    /// Why the Map Run failed, if it did, stands in the record.
    Complete,
    /// The lease or the database is lost, or the server goes down: somebody else goes on.
    GivenUp(String),
}

/// Owns the recorder while children run.
pub(crate) struct Keeper {
    pub(crate) recorder: Recorder,
    pub(crate) committer: Committer,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    pub(crate) abort: CancellationToken,
    /// No child begins any more.
    pub(crate) close: CancellationToken,
    pub(crate) commits: CommitTimes,
    pub(crate) controls: mpsc::Receiver<Control>,
    /// Looked at until enough items have ended.
    pub(crate) early_stop: Option<EarlyStop>,
}

/// A change of the record, and whom to tell when it is durable.
pub(crate) type Control = (Change, oneshot::Sender<()>);

/// How long the last commits took, in microseconds, newest last; for the benchmark.
pub type CommitTimes = Arc<std::sync::Mutex<VecDeque<u32>>>;

/// Commits whose time is remembered.
pub(crate) const TIMES_KEPT: usize = 65_536;

struct Flight {
    done: BoxFuture<'static, Result<bool, store::Error>>,
    waiting: Vec<oneshot::Sender<()>>,
    draft: Option<Draft>,
}

impl Keeper {
    /// Takes notes until every sender is gone.
    pub(crate) async fn run(&mut self, notes: &mut mpsc::UnboundedReceiver<Sent>) -> Kept {
        let mut taken = Vec::with_capacity(NOTES_AT_ONCE);
        let mut waiting: Vec<oneshot::Sender<()>> = Vec::new();
        let mut flight: Option<Flight> = None;
        let mut open = true;
        let mut exceeded = self.recorder.map_run.error.is_some();
        let mut first_dirty: Option<Instant> = self.recorder.is_dirty().then(Instant::now);
        let mut last_publish: Option<Instant> = None;
        loop {
            let due = self.is_due(open, first_dirty, !waiting.is_empty());
            if flight.is_none() && self.recorder.is_dirty() && due {
                let publish = last_publish.is_none_or(|at| at.elapsed() >= self.options.frame_interval);
                if publish {
                    last_publish = Some(Instant::now());
                }
                flight = Some(self.begin_commit(std::mem::take(&mut waiting), publish));
                first_dirty = None;
            }
            if !open && flight.is_none() && !self.recorder.is_dirty() {
                return match self.committer.halt.is_cancelled() {
                    true => Kept::GivenUp("the server is shutting down".into()),
                    false => Kept::Complete,
                };
            }
            let roomy = self.recorder.bytes_since() < 2 * self.options.commit_bytes
                && self.recorder.children_since() < 4 * self.options.commit_children;
            let wake = first_dirty.map(|at| at + self.options.commit_interval);
            let publish_at = self.recorder.publish_pending().then(|| {
                last_publish.map_or_else(Instant::now, |at| at + self.options.frame_interval)
            });
            tokio::select! {
                biased;
                done = async { flight.as_mut().expect("checked by the guard").done.as_mut().await }, if flight.is_some() => {
                    let Some(flight) = flight.take() else { continue };
                    match done {
                        Ok(true) => {}
                        Ok(false) => return Kept::GivenUp("another server took this run over".into()),
                        Err(error) => return Kept::GivenUp(format!("the ledger could not be written: {error}")),
                    }
                    // Whoever waited may be gone; what it waited for is durable all the same.
                    for waiter in flight.waiting {
                        let _ = waiter.send(());
                    }
                    if let Some(draft) = flight.draft {
                        self.committer.board.publish(draft);
                    }
                }
                Some((change, durable)) = self.controls.recv(), if open => {
                    change(&mut self.recorder.map_run);
                    self.recorder.touch();
                    waiting.push(durable);
                    first_dirty.get_or_insert_with(Instant::now);
                    exceeded = exceeded || self.stops_now();
                }
                received = notes.recv_many(&mut taken, NOTES_AT_ONCE), if open && roomy => {
                    open = received > 0;
                    for sent in taken.drain(..) {
                        let note = sent.note;
                        if let Err(error) = self.load_chunks(&note).await {
                            return Kept::GivenUp(format!("the ledger could not be read: {error}"));
                        }
                        if let Note::ReadingEnded(Err(reading)) = &note {
                            self.abort.cancel();
                            let record = &mut self.recorder.map_run;
                            record.phase = model::MapRunPhase::Stopping;
                            record.error = Some(reading.error.clone());
                            record.cause = Some(reading.cause.clone());
                        }
                        self.take(note, &mut waiting);
                    }
                    if self.recorder.is_dirty() {
                        first_dirty.get_or_insert_with(Instant::now);
                    }
                    exceeded = exceeded || self.stops_now();
                }
                () = tokio::time::sleep_until(wake.unwrap_or_else(far)), if flight.is_none() && wake.is_some() => {}
                () = tokio::time::sleep_until(publish_at.unwrap_or_else(far)),
                    if flight.is_none() && publish_at.is_some() && !self.recorder.is_dirty() =>
                {
                    last_publish = Some(Instant::now());
                    let draft = self.draft(false);
                    self.committer.board.publish(draft);
                }
            }
        }
    }

    /// Writes the last state of the Map Run and tells the viewers that it has ended.
    pub(crate) async fn finish(&mut self) -> Result<bool, store::Error> {
        self.write(true).await
    }

    /// Makes a change of the record durable.
    pub(crate) async fn save(&mut self) -> Result<bool, store::Error> {
        self.write(false).await
    }

    async fn write(&mut self, last: bool) -> Result<bool, store::Error> {
        let commit = self.recorder.take_commit(last);
        let draft = self.draft(last);
        let saved = self.committer.clone().commit(commit, None).await?;
        if saved {
            self.committer.board.publish(draft);
        }
        Ok(saved)
    }

    /// Whether there is a reason to stop now; then nothing new begins.
    fn stops_now(&mut self) -> bool {
        let (error, cause) = match (self.reason_to_stop(), self.recorder.over_budget()) {
            (Some(reason), _) => {
                self.abort.cancel();
                reason
            }
            (None, Some(cause)) => {
                self.close.cancel();
                (BUDGET_ERROR, cause)
            }
            (None, None) => return false,
        };
        let record = &mut self.recorder.map_run;
        record.phase = model::MapRunPhase::Stopping;
        record.error = Some(error.into());
        record.cause = Some(cause);
        self.recorder.touch();
        true
    }

    /// Failures beyond what is tolerated, or too many of the first items.
    fn reason_to_stop(&mut self) -> Option<(&'static str, String)> {
        if self.recorder.exceeds_tolerance() {
            let cause = "The specified tolerated failure threshold was exceeded".to_owned();
            return Some(("States.ExceedToleratedFailureThreshold", cause));
        }
        let stop = self.early_stop?;
        let counts = self.recorder.item_counts();
        let (failed, finished) = (counts.counted_failures(), counts.finished());
        if stop.is_reached(failed, finished) {
            return Some((EarlyStop::ERROR, format!("{failed} of the first {finished} items failed.")));
        }
        if finished >= stop.of {
            self.early_stop = None;
        }
        None
    }

    fn is_due(&self, open: bool, first_dirty: Option<Instant>, waited_for: bool) -> bool {
        !open
            || waited_for
            || self.recorder.children_since() >= self.options.commit_children
            || self.recorder.bytes_since() >= self.options.commit_bytes
            || first_dirty.is_none_or(|at| at.elapsed() >= self.options.commit_interval)
    }

    fn begin_commit(&mut self, waiting: Vec<oneshot::Sender<()>>, publish: bool) -> Flight {
        self.recorder.in_flight(self.clock.now(), u64::from(self.committer.window.limit()));
        let commit = self.recorder.take_commit(false);
        let draft = match publish {
            true => Some(self.draft(false)),
            false => None,
        };
        let times = Arc::clone(&self.commits);
        let done = self.committer.clone().commit(commit, Some(times));
        Flight { done: done.boxed(), waiting, draft }
    }

    fn draft(&mut self, last: bool) -> Draft {
        let frame = self.recorder.take_frame();
        Draft {
            map_run: self.recorder.map_run.clone(),
            bins: self.recorder.bins().clone(),
            frame,
            groups: self.recorder.groups().all().to_vec(),
            progress: self.recorder.progress().to_vec(),
            last,
        }
    }

    async fn load_chunks(&mut self, note: &Note) -> Result<(), store::Error> {
        let (first, last) = match note {
            Note::Started { index, .. } => (*index, *index),
            Note::EndedOne { child, .. } => (child.index, child.index),
            Note::Ended { packed, .. } => (packed.first_index, packed.last_index),
            _ => return Ok(()),
        };
        let chunk = |index: u64| (index / CHUNK_CHILDREN) as u32;
        for number in chunk(first)..=chunk(last) {
            if self.recorder.lacks(number) {
                let store = &self.committer.store;
                let stored = patiently(|| store.chunk(&self.recorder.map_run.id, number)).await?;
                self.recorder.open_chunk(stored.unwrap_or_else(|| Chunk::new(number)));
            }
        }
        Ok(())
    }

    fn take(&mut self, note: Note, waiting: &mut Vec<oneshot::Sender<()>>) {
        let recorder = &mut self.recorder;
        match note {
            Note::Read { children, done, items, cursor } => recorder.read(children, done, items, cursor),
            Note::ReadingEnded(Ok(cursor)) => recorder.reading_ended(cursor),
            Note::ReadingEnded(Err(_)) => recorder.touch(),
            Note::Started { index, items, attempts, at } => recorder.started(index, items, attempts, at),
            Note::Ended { children, packed } => recorder.ended(&children, packed, self.clock.now()),
            Note::EndedOne { child, kept, tokens_done, permits: _permits } => {
                recorder.ended_one(&child, &kept, self.clock.now());
                recorder.tokens(Tokens { new: Vec::new(), done: tokens_done });
            }
            Note::Journal { index, data, tokens, durable } => {
                recorder.journal(index, data);
                recorder.tokens(tokens);
                waiting.push(durable);
            }
        }
    }
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(3_600)
}
