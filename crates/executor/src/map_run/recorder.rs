//! The ledger of one Map Run in memory: what is open, what is not durable yet.

mod chunks;
mod counts;

use super::meter::Meter;
use super::note::{EndedChild, Kept, Packed, Tokens};
use super::plan::Cursor;
use super::progress::Progress;
use ledger::{Bins, CHUNK_CHILDREN, Child, Chunk, FailureGroups, Observation, SegmentBuilder, SegmentRef, Tally};
use model::{ItemStatus, MapRun, Timestamp, WorkspaceId};
use std::collections::{BTreeMap, HashSet};
use store::{ChunkRow, LedgerCommit, SegmentRow};

/// Open chunks, counts, groups, bins, and what the next commit will hold.
pub(crate) struct Recorder {
    pub(crate) map_run: MapRun,
    workspace: WorkspaceId,
    tally: Tally,
    bins: Bins,
    groups: FailureGroups,
    open: BTreeMap<u32, OpenChunk>,
    /// Chunks below this number may lie in the store.
    stored_chunks: u32,
    next_segment: u32,
    /// Records of children that ended by themselves.
    loose: SegmentBuilder,
    loose_number: u32,
    segments: Vec<SegmentRow>,
    /// Blocks with children that have no outcome yet, by their first child.
    blocks: BTreeMap<u64, OpenBlock>,
    frontier: Cursor,
    journal: Vec<(u64, Vec<u8>)>,
    journal_done: Vec<u64>,
    journaled: HashSet<u64>,
    tokens: Tokens,
    progress: Progress,
    meter: Meter,
    /// Items and children there are, once that is known.
    known: Option<(u64, u64)>,
    /// Items and children that have been read.
    seen: (u64, u64),
    children_since: usize,
    bytes_since: usize,
    dirty: bool,
    unpublished: bool,
    results_written: bool,
}

struct OpenChunk {
    chunk: Chunk,
    dirty: bool,
}

struct OpenBlock {
    cursor: Cursor,
    children: u32,
    left: u32,
}

/// What was stored of a Map Run before this start.
pub(crate) struct Stored {
    pub(crate) workspace: WorkspaceId,
    pub(crate) map_run: MapRun,
    pub(crate) cursor: Cursor,
    pub(crate) groups: Vec<model::FailureGroup>,
    pub(crate) progress: Vec<model::ProgressPoint>,
    pub(crate) next_segment: u32,
    pub(crate) journaled: HashSet<u64>,
    pub(crate) meter: Meter,
}

impl Recorder {
    pub(crate) fn new(stored: Stored, known: Option<(u64, u64)>) -> Self {
        let bins = Bins::new(known.map_or(0, |(_, children)| children));
        Self {
            map_run: stored.map_run,
            workspace: stored.workspace,
            tally: Tally::default(),
            bins,
            groups: FailureGroups::restore(stored.groups),
            open: BTreeMap::new(),
            stored_chunks: 0,
            next_segment: stored.next_segment,
            loose: SegmentBuilder::default(),
            loose_number: 0,
            segments: Vec::new(),
            blocks: BTreeMap::new(),
            frontier: stored.cursor,
            journal: Vec::new(),
            journal_done: Vec::new(),
            journaled: stored.journaled,
            tokens: Tokens::default(),
            progress: Progress::restore(stored.progress),
            meter: stored.meter,
            known,
            seen: (0, 0),
            children_since: 0,
            bytes_since: 0,
            dirty: true,
            unpublished: true,
            results_written: false,
        }
    }

    pub(crate) fn read(&mut self, children: u32, done: u32, items: u64, cursor: Cursor) {
        let end = cursor.child + u64::from(children);
        self.bins.grow(end);
        self.seen = (self.seen.0.max(cursor.item + items), self.seen.1.max(end));
        let left = children.saturating_sub(done);
        if left > 0 {
            self.blocks.insert(cursor.child, OpenBlock { cursor: cursor.clone(), children, left });
        }
        self.frontier = cursor;
        self.dirty = true;
    }

    pub(crate) fn reading_ended(&mut self, cursor: Cursor) {
        self.bins.grow(cursor.child);
        self.known = Some((cursor.item, cursor.child));
        self.frontier = cursor;
        self.map_run.reading_done = true;
        self.dirty = true;
    }

    pub(crate) fn started(&mut self, index: u64, items: u32, attempts: u32, at: Timestamp) {
        let before = self.child(index);
        let status = if attempts > 0 { ItemStatus::Retrying } else { ItemStatus::Running };
        self.set(index, before, Child { status, items, started_at: Some(at), duration_ms: 0, ..before });
    }

    pub(crate) fn ended(&mut self, children: &[EndedChild], packed: Packed, now: Timestamp) {
        let segment = self.next_segment;
        self.next_segment += 1;
        self.bytes_since += packed.data.len() + packed.keys.len();
        self.segments.push(SegmentRow {
            number: segment,
            first_index: packed.first_index,
            last_index: packed.last_index,
            keys: packed.keys,
            data: packed.data,
        });
        for (slot, child) in children.iter().enumerate() {
            self.end(child, SegmentRef { segment, slot: slot as u16 }, now);
        }
    }

    pub(crate) fn ended_one(&mut self, child: &EndedChild, kept: &Kept, now: Timestamp) {
        if self.loose.is_full() {
            self.close_loose();
        }
        if self.loose.is_empty() {
            self.loose_number = self.next_segment;
            self.next_segment += 1;
        }
        let before = self.loose.raw_bytes();
        let slot = kept.push_to(&mut self.loose, child);
        self.bytes_since += (self.loose.raw_bytes() - before) / 4;
        self.end(child, SegmentRef { segment: self.loose_number, slot }, now);
    }

    pub(crate) fn journal(&mut self, index: u64, data: Vec<u8>) {
        self.bytes_since += data.len();
        self.journal.push((index, data));
        self.journaled.insert(index);
        self.dirty = true;
    }

    /// What waits for workers, and does no more.
    pub(crate) fn tokens(&mut self, mut tokens: Tokens) {
        self.tokens.new.append(&mut tokens.new);
        self.tokens.done.append(&mut tokens.done);
    }

    /// The record itself changed: limits, phase, result.
    pub(crate) fn touch(&mut self) {
        self.dirty = true;
    }

    /// The outcomes have been handed over: to result files, or to the state's output.
    pub(crate) fn results_written(&mut self) {
        self.results_written = true;
        self.dirty = true;
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    pub(crate) fn children_since(&self) -> usize {
        self.children_since
    }

    pub(crate) fn bytes_since(&self) -> usize {
        self.bytes_since
    }

    pub(crate) fn in_flight(&mut self, now: Timestamp, limit: u64) {
        let counts = self.tally.execution_counts();
        self.progress.in_flight(now, counts.running, limit);
    }

    pub(crate) fn bins(&self) -> &Bins {
        &self.bins
    }

    /// What changed in the picture since the last frame.
    pub(crate) fn take_frame(&mut self) -> Vec<u8> {
        self.unpublished = false;
        self.bins.take_frame()
    }

    /// Where reading goes on after a restart: at the first block with a child that has no outcome.
    pub(crate) fn cursor(&self) -> &Cursor {
        self.blocks.first_key_value().map_or(&self.frontier, |(_, block)| &block.cursor)
    }

    /// Whether viewers have not been told of something that is durable.
    pub(crate) fn publish_pending(&self) -> bool {
        self.unpublished
    }

    pub(crate) fn groups(&self) -> &FailureGroups {
        &self.groups
    }

    pub(crate) fn progress(&self) -> &[model::ProgressPoint] {
        self.progress.points()
    }

    /// Everything since the last commit. Complete chunks leave memory.
    pub(crate) fn take_commit(&mut self, last: bool) -> LedgerCommit {
        if !self.loose.is_empty() {
            self.close_loose();
        }
        let mut chunks = Vec::new();
        for (number, open) in &mut self.open {
            if std::mem::take(&mut open.dirty) {
                chunks.push(ChunkRow {
                    number: *number,
                    children: open.chunk.tally().children,
                    data: open.chunk.encode(),
                });
                self.stored_chunks = self.stored_chunks.max(number + 1);
            }
        }
        self.open.retain(|_, open| !open.chunk.is_complete());
        self.map_run.item_counts = self.item_counts();
        self.map_run.execution_counts = self.execution_counts();
        let (progress, progress_anew) = self.progress.take_changed();
        self.children_since = 0;
        self.bytes_since = 0;
        self.dirty = false;
        self.unpublished = true;
        LedgerCommit {
            workspace: self.workspace.clone(),
            map_run: self.map_run.clone(),
            cursor: serde_json::to_string(self.cursor()).expect("a cursor has only string keys"),
            bins: last.then(|| self.bins.encode()),
            chunks,
            segments: std::mem::take(&mut self.segments),
            groups: self.groups.take_changed(),
            journal: std::mem::take(&mut self.journal),
            journal_done: std::mem::take(&mut self.journal_done),
            tokens: std::mem::take(&mut self.tokens.new),
            tokens_done: std::mem::take(&mut self.tokens.done),
            progress,
            progress_anew,
        }
    }

    fn close_loose(&mut self) {
        if let Some((first_index, last_index)) = self.loose.index_range() {
            let (data, keys) = self.loose.finish();
            self.segments.push(SegmentRow { number: self.loose_number, first_index, last_index, keys, data });
        }
    }

    fn end(&mut self, ended: &EndedChild, place: SegmentRef, now: Timestamp) {
        let before = self.child(ended.index);
        if let Some(group) = before.failure_group {
            self.groups.leave(group);
        }
        let failure_group = ended.failure.as_ref().map(|failure| {
            self.groups.observe(&Observation {
                error: &failure.error,
                state: &failure.state,
                cause: &failure.cause,
                index: ended.index,
                at: now,
            })
        });
        let child = Child {
            status: ended.status,
            started_at: Some(ended.started_at),
            duration_ms: ended.duration_ms,
            attempts: ended.attempts,
            items: ended.items,
            failure_group,
            segment: Some(place),
        };
        self.set(ended.index, before, child);
        self.timed(ended.index, &child);
        self.progress.ended(now, ended.status, ended.duration_ms);
        self.meter.add(&mut self.map_run.metered, ended);
        self.children_since += 1;
        if !self.journaled.is_empty() && self.journaled.remove(&ended.index) {
            self.journal_done.push(ended.index);
            self.journal.retain(|(index, _)| *index != ended.index);
        }
        if ended.again {
            return;
        }
        if let Some((first, block)) = self.blocks.range_mut(..=ended.index).next_back()
            && ended.index < *first + u64::from(block.children)
        {
            let first = *first;
            block.left = block.left.saturating_sub(1);
            if block.left == 0 {
                self.blocks.remove(&first);
            }
        }
    }

    fn child(&self, index: u64) -> Child {
        let open = self.open.get(&((index / CHUNK_CHILDREN) as u32));
        open.map(|open| open.chunk.child((index % CHUNK_CHILDREN) as usize)).unwrap_or_default()
    }

    fn set(&mut self, index: u64, before: Child, child: Child) {
        let number = (index / CHUNK_CHILDREN) as u32;
        let open = self
            .open
            .entry(number)
            .or_insert_with(|| OpenChunk { chunk: Chunk::new(number), dirty: true });
        open.dirty = true;
        let known_before = open.chunk.len() as u64;
        open.chunk.set((index % CHUNK_CHILDREN) as usize, child);
        // Children before it become known as pending; their items are counted when they begin.
        let grown = open.chunk.len() as u64 - known_before;
        self.tally.children[ItemStatus::Pending as usize] += grown;
        self.tally.take(before.status, before.items);
        self.tally.add(child.status, child.items);
        if before.status != child.status {
            self.bins.change(index, before.status, child.status);
        }
        self.dirty = true;
    }

    fn timed(&mut self, index: u64, child: &Child) {
        let start = child.started_at.map_or(0, |at| at.since_ms(self.map_run.started_at));
        self.bins.timed(index, u64::try_from(start).unwrap_or_default(), child.duration_ms);
    }
}
