//! Reading: from bytes to blocks of children, in order, from the cursor on.

use super::note::{Block, Note, Resume, Seed, SeedInput};
use super::notes::Notes;
use super::patience::patiently;
use super::plan::{Cursor, Plan, Position};
use super::source::{Source, SourceFault};
use crate::deps::Buckets;
use crate::tasks::panic_text;
use asl::{MapItem, Payload, Program};
use futures::FutureExt;
use ledger::{CHUNK_CHILDREN, Chunk};
use manifest::{Batcher, Item};
use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const BLOCK_CHILDREN: usize = 256;
const BLOCK_BYTES: usize = 256 * 1024;

/// Reads items and sends blocks of children to the workers.
pub(crate) struct Feeder {
    pub(crate) plan: Arc<Plan>,
    pub(crate) store: Store,
    pub(crate) map_run: String,
    pub(crate) buckets: Buckets,
    pub(crate) cursor: Cursor,
    /// Children below this may have an outcome already.
    pub(crate) known_children: u64,
    /// Children that go on by themselves, from where they stood when the server went down.
    pub(crate) in_flight: HashSet<u64>,
    pub(crate) blocks: mpsc::Sender<Block>,
    pub(crate) notes: Notes,
    /// No child begins any more.
    pub(crate) close: CancellationToken,
}

struct Open {
    seeds: Vec<Seed>,
    bytes: usize,
    cursor: Cursor,
    children: u32,
    items: u64,
}

impl Feeder {
    /// Reads to the end, until a fault, or until the run is closed.
    pub(crate) async fn run(mut self) {
        let ended = AssertUnwindSafe(self.feed()).catch_unwind().await.unwrap_or_else(|panic| {
            Some(Err(SourceFault::reading(format!("The reader broke down: {}", panic_text(&*panic)))))
        });
        if let Some(ended) = ended {
            // The ledger outlives its notes; were it gone, nobody would want to know.
            let _ = self.notes.send(Note::ReadingEnded(ended)).await;
        }
    }

    /// `None` when nothing is to be said about the end of reading.
    async fn feed(&mut self) -> Option<Result<Cursor, SourceFault>> {
        match self.again().await {
            Ok(()) if self.plan.only_again => None,
            Ok(()) if self.cursor.done => Some(Ok(self.cursor.clone())),
            Ok(()) => self.read().await.transpose(),
            Err(fault) => Some(Err(fault)),
        }
    }

    /// Children that wait for a redrive: their inputs are kept in segments.
    async fn again(&mut self) -> Result<(), SourceFault> {
        let source: Arc<str> = "".into();
        let mut next = 0;
        loop {
            let chunks = patiently(|| self.store.chunks_from(&self.map_run, next, 1)).await.map_err(unreadable)?;
            let Some(chunk) = chunks.into_iter().next() else {
                return Ok(());
            };
            next = chunk.number() + 1;
            let mut seeds = Vec::new();
            let mut segments = HashMap::new();
            for (index, child) in chunk.children() {
                let waits = !child.status.is_final() && !self.in_flight.contains(&index);
                let Some(place) = child.segment.filter(|_| waits) else {
                    continue;
                };
                if !segments.contains_key(&place.segment) {
                    if segments.len() >= 16 {
                        segments.clear();
                    }
                    let segment = patiently(|| self.store.segment(&self.map_run, place.segment));
                    let segment = segment.await.map_err(unreadable)?;
                    segments.insert(place.segment, segment);
                }
                let Some(record) = segments.get(&place.segment).and_then(|s| s.as_ref()?.record(place.slot)) else {
                    return Err(SourceFault::reading(format!("the input of child {index} is lost")));
                };
                // A stored execution fits the definition it ran with only.
                let fits = record.history.first().copied() == Some(self.plan.definition_number());
                let resume = record.resume.filter(|_| fits).map(|bytes| Resume::Failed(bytes.to_vec()));
                seeds.push(Seed {
                    index,
                    items: child.items.max(1),
                    input: SeedInput::Ready(record.input.into()),
                    attempts: child.attempts,
                    earlier: Some(place),
                    again: true,
                    resume,
                });
                if seeds.len() >= BLOCK_CHILDREN {
                    if !self.send(std::mem::take(&mut seeds), &source).await {
                        return Ok(());
                    }
                }
            }
            if !seeds.is_empty() && !self.send(seeds, &source).await {
                return Ok(());
            }
        }
    }

    /// `None` when the run was closed.
    async fn read(&mut self) -> Result<Option<Cursor>, SourceFault> {
        if self.close.is_cancelled() {
            return Ok(None);
        }
        let mut source = Source::open(&self.plan, &self.buckets, &self.cursor).await?;
        let name: Arc<str> = source.name().into();
        let mut batching = match self.plan.batching() {
            Some(config) => Some(Batching {
                batcher: Batcher::new(&config),
                program: self.plan.selector_program().map_err(SourceFault::reading)?,
                plan: Arc::clone(&self.plan),
                source: Arc::clone(&name),
                starts: VecDeque::new(),
            }),
            None => None,
        };
        let mut skipper = Skipper { chunk: Chunk::new(u32::MAX), known: self.known_children };
        let mut open = self.open_at(self.cursor.clone());
        let mut portion: Vec<Item> = Vec::new();
        let mut ready: VecDeque<(Seed, Cursor)> = VecDeque::new();
        let mut next_child = self.cursor.child;
        let mut next_item = self.cursor.item;
        loop {
            let more = tokio::select! {
                more = source.read(&mut portion) => more?,
                () = self.close.cancelled() => return Ok(None),
            };
            for item in portion.drain(..) {
                next_item = item.index + 1;
                if let Some(batching) = &mut batching {
                    let at = source.position_of(&item);
                    batching.push(item, at, &mut ready);
                    continue;
                }
                // Only where a block begins can be gone on.
                if open.children == 0 {
                    let at = source.position_of(&item);
                    open.cursor = Cursor { child: next_child, item: item.index, at, done: false };
                }
                let mut seed = seed(1, SeedInput::Item { index: item.index, text: item.text, key: item.key });
                seed.index = next_child;
                next_child += 1;
                if let Some(full) = self.add(&mut open, seed, &mut skipper).await?
                    && !self.send_read(full, &name).await
                {
                    return Ok(None);
                }
            }
            if let Some(batching) = batching.as_mut().filter(|_| !more) {
                batching.finish(&mut ready);
            }
            for (mut seed, mut cursor) in ready.drain(..) {
                seed.index = next_child;
                cursor.child = next_child;
                next_child += 1;
                if open.children == 0 {
                    open.cursor = cursor;
                }
                if let Some(full) = self.add(&mut open, seed, &mut skipper).await?
                    && !self.send_read(full, &name).await
                {
                    return Ok(None);
                }
            }
            if !more {
                break;
            }
        }
        if open.children > 0 && !self.send_read(open, &name).await {
            return Ok(None);
        }
        Ok(Some(Cursor { child: next_child, item: next_item, at: Position::Start, done: true }))
    }

    /// Adds a child to the open block; answers the block when it is full.
    async fn add(&mut self, open: &mut Open, seed: Seed, skipper: &mut Skipper) -> Result<Option<Open>, SourceFault> {
        open.children += 1;
        open.items += u64::from(seed.items);
        open.bytes += seed_bytes(&seed);
        let next = seed.index + 1;
        let began = !self.in_flight.is_empty() && self.in_flight.contains(&seed.index);
        if !began && (!skipper.knows(seed.index) || !skipper.is_done(seed.index, &self.store, &self.map_run).await?) {
            open.seeds.push(seed);
        }
        if (open.children as usize) < BLOCK_CHILDREN && open.bytes < BLOCK_BYTES {
            return Ok(None);
        }
        Ok(Some(std::mem::replace(open, self.open_at(Cursor { child: next, ..Cursor::default() }))))
    }

    fn open_at(&self, cursor: Cursor) -> Open {
        Open { seeds: Vec::with_capacity(BLOCK_CHILDREN), bytes: 0, cursor, children: 0, items: 0 }
    }

    /// Tells the ledger first, then a worker: so the ledger knows a block before its children end.
    async fn send_read(&self, open: Open, source: &Arc<str>) -> bool {
        let note = Note::Read {
            children: open.children,
            done: open.children - open.seeds.len() as u32,
            items: open.items,
            cursor: open.cursor,
        };
        if self.notes.send(note).await.is_err() {
            return false;
        }
        open.seeds.is_empty() || self.send(open.seeds, source).await
    }

    async fn send(&self, seeds: Vec<Seed>, source: &Arc<str>) -> bool {
        let block = Block { seeds, source: Arc::clone(source), in_flight: false };
        tokio::select! {
            sent = self.blocks.send(block) => sent.is_ok(),
            () = self.close.cancelled() => false,
        }
    }
}

/// ItemSelector and ItemBatcher over items in order.
struct Batching {
    batcher: Batcher,
    program: Program,
    plan: Arc<Plan>,
    source: Arc<str>,
    /// Where the items lie that are not in a finished batch yet.
    starts: VecDeque<(u64, Position)>,
}

impl Batching {
    fn push(&mut self, item: Item, at: Position, ready: &mut VecDeque<(Seed, Cursor)>) {
        let index = item.index;
        let value = Payload::from_text((*item.text).into());
        let selected = self.plan.spec.select(&self.program, &MapItem {
            index,
            value: &value,
            key: item.key.as_deref(),
            source: &self.source,
        });
        let (error, cause, text) = match selected {
            Ok(payload) => {
                self.starts.push_back((index, at.clone()));
                let text = payload.text();
                match self.batcher.push(index, &text) {
                    Ok(()) => return self.collect(ready),
                    Err(too_large) => {
                        self.starts.pop_back();
                        ("States.DataLimitExceeded".to_owned(), capitalised(&too_large.to_string()), text)
                    }
                }
            }
            Err(fault) => (fault.error, fault.cause, value.text()),
        };
        // The batch before a refused item is closed, so that children stay in the items' order.
        self.finish(ready);
        let cursor = Cursor { child: 0, item: index, at, done: false };
        ready.push_back((seed(1, SeedInput::Refused { error, cause, text }), cursor));
    }

    fn finish(&mut self, ready: &mut VecDeque<(Seed, Cursor)>) {
        self.batcher.finish();
        self.collect(ready);
    }

    fn collect(&mut self, ready: &mut VecDeque<(Seed, Cursor)>) {
        while let Some(batch) = self.batcher.next_batch() {
            while self.starts.front().is_some_and(|(index, _)| *index < batch.first_index) {
                self.starts.pop_front();
            }
            let at = self.starts.front().map(|(_, at)| at.clone()).unwrap_or_default();
            let cursor = Cursor { child: 0, item: batch.first_index, at, done: false };
            let items = u32::try_from(batch.items).unwrap_or(u32::MAX);
            ready.push_back((seed(items, SeedInput::Ready(batch.text.into())), cursor));
            let end = batch.first_index + batch.items;
            while self.starts.front().is_some_and(|(index, _)| *index < end) {
                self.starts.pop_front();
            }
        }
    }
}

/// Knows which children have an outcome from before a restart.
struct Skipper {
    chunk: Chunk,
    known: u64,
}

impl Skipper {
    /// Whether a child may have an outcome at all.
    fn knows(&self, index: u64) -> bool {
        index < self.known
    }

    async fn is_done(&mut self, index: u64, store: &Store, map_run: &str) -> Result<bool, SourceFault> {
        let number = (index / CHUNK_CHILDREN) as u32;
        if self.chunk.number() != number {
            let stored = patiently(|| store.chunk(map_run, number)).await.map_err(unreadable)?;
            self.chunk = stored.unwrap_or_else(|| Chunk::new(number));
        }
        let child = self.chunk.child((index % CHUNK_CHILDREN) as usize);
        Ok(child.status.is_final() || child.segment.is_some())
    }
}

fn seed(items: u32, input: SeedInput) -> Seed {
    Seed { index: 0, items, input, attempts: 0, earlier: None, again: false, resume: None }
}

fn seed_bytes(seed: &Seed) -> usize {
    match &seed.input {
        SeedInput::Item { text, .. } => text.len(),
        SeedInput::Ready(text) | SeedInput::Refused { text, .. } => text.len(),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn unreadable(error: store::Error) -> SourceFault {
    SourceFault { error: "States.Runtime".into(), cause: format!("The ledger cannot be read: {error}") }
}
