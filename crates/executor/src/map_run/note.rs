//! What the stages of a Map Run tell the ledger.

use super::plan::Cursor;
use super::source::SourceFault;
use super::worker::Permits;
use crate::live::Live;
use ledger::{Output, Record, SegmentBuilder, SegmentRef};
use manifest::Text;
use model::{ItemStatus, Timestamp};
use std::sync::Arc;
use store::NewTaskToken;
use tokio::sync::oneshot;

/// A child before it runs.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    pub(crate) index: u64,
    /// Items in it.
    pub(crate) items: u32,
    pub(crate) input: SeedInput,
    /// Starts before this one.
    pub(crate) attempts: u32,
    /// Where the attempt before this one lies.
    pub(crate) earlier: Option<SegmentRef>,
    /// It is not among what is read: no block of the reader waits for it.
    pub(crate) again: bool,
    /// The stored execution to go on with.
    pub(crate) resume: Option<Resume>,
}

/// From where a child goes on.
#[derive(Clone, Debug)]
pub(crate) enum Resume {
    /// As it stood when the server went down.
    Journal(Box<Live>),
    /// At its failed state, in a redrive.
    Failed(Vec<u8>),
}

#[derive(Clone, Debug)]
pub(crate) enum SeedInput {
    /// An item that ItemSelector has not seen yet.
    Item { index: u64, text: Text, key: Option<Arc<str>> },
    /// The child's input as it is.
    Ready(Arc<str>),
    /// No input could be made: the child fails with this; the text is what it would have received.
    Refused { error: String, cause: String, text: Arc<str> },
}

/// Neighbouring children on their way to a worker.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) seeds: Vec<Seed>,
    /// `S3://bucket/key` …
    pub(crate) source: Arc<str>,
    /// They had begun before the server went down: neither a pause nor a limit keeps them.
    pub(crate) in_flight: bool,
}

/// How a child failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: String,
    pub(crate) state: String,
    pub(crate) cause: String,
}

/// A child that has ended.
#[derive(Clone, Debug)]
pub(crate) struct EndedChild {
    pub(crate) index: u64,
    pub(crate) status: ItemStatus,
    pub(crate) started_at: Timestamp,
    pub(crate) duration_ms: u32,
    pub(crate) attempts: u32,
    pub(crate) items: u32,
    /// State transitions of this attempt, as AWS bills them.
    pub(crate) transitions: u32,
    /// As of its seed: no block of the reader waits for it.
    pub(crate) again: bool,
    pub(crate) failure: Option<Box<Failure>>,
}

/// A child's payloads and history, not packed yet.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) input: Arc<str>,
    pub(crate) output: Option<Arc<str>>,
    pub(crate) history: Vec<u8>,
    pub(crate) resume: Option<Vec<u8>>,
    pub(crate) earlier: Option<SegmentRef>,
}

impl Kept {
    /// Adds the record of `ended` to a segment; answers its slot.
    pub(crate) fn push_to(&self, builder: &mut SegmentBuilder, ended: &EndedChild) -> u16 {
        let failure = ended.failure.as_deref();
        let output = match &self.output {
            None => Output::None,
            Some(text) if Arc::ptr_eq(text, &self.input) => Output::Input,
            Some(text) => Output::Text(text),
        };
        builder.push(&Record {
            index: ended.index,
            status: ended.status,
            attempt: ended.attempts,
            input: &self.input,
            output,
            error: failure.map(|f| f.error.as_str()),
            cause: failure.map(|f| f.cause.as_str()),
            history: &self.history,
            resume: self.resume.as_deref(),
            earlier: self.earlier,
        })
    }
}

/// A segment packed by a worker.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) first_index: u64,
    pub(crate) last_index: u64,
    pub(crate) data: Vec<u8>,
    pub(crate) keys: Vec<u8>,
}

/// A change of a Map Run's record.
pub(crate) type Change = Box<dyn FnOnce(&mut model::MapRun) + Send>;

/// Calls of a child that begin to wait for a worker, and those that have ended.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) new: Vec<NewTaskToken>,
    pub(crate) done: Vec<String>,
}

/// What happened.
pub(crate) enum Note {
    /// Children were read and go to a worker, but for the `done` ones that have an outcome already;
    /// `cursor` is where the first of them was read.
    Read { children: u32, done: u32, items: u64, cursor: Cursor },
    /// Everything has been read, or reading failed.
    ReadingEnded(Result<Cursor, SourceFault>),
    /// A child waits for something outside.
    Started { index: u64, items: u32, attempts: u32, at: Timestamp },
    /// Children ended; slot = place in `children`.
    Ended { children: Vec<EndedChild>, packed: Packed },
    /// One child ended by itself. Another may begin in its place once this is taken.
    EndedOne { child: EndedChild, kept: Kept, tokens_done: Vec<String>, permits: Permits },
    /// A Standard child is between two Tasks; it goes on when this is durable.
    Journal { index: u64, data: Vec<u8>, tokens: Tokens, durable: oneshot::Sender<()> },
}
