//! Chunks that come from the store: after a restart, for a redrive, when a child in them ends.

use super::{OpenChunk, Recorder};
use ledger::{Child, Chunk};
use model::ItemStatus;

impl Recorder {
    /// Takes a stored chunk into the counts and the picture. Children that were running when the
    /// server went down are pending again; a chunk with such children stays open.
    pub(crate) fn restore_chunk(&mut self, mut chunk: Chunk) {
        let mut changed = false;
        for offset in 0..chunk.len() {
            let mut child = chunk.child(offset);
            let index = chunk.first_index() + offset as u64;
            if matches!(child.status, ItemStatus::Running | ItemStatus::Retrying) {
                child.status = ItemStatus::Pending;
                chunk.set(offset, child);
                changed = true;
            }
            if child.status.is_final() {
                self.bins.change(index, ItemStatus::Pending, child.status);
                self.timed(index, &child);
            } else {
                self.bins.grow(index + 1);
            }
        }
        self.tally.merge(chunk.tally());
        self.stored_chunks = self.stored_chunks.max(chunk.number() + 1);
        if changed {
            self.dirty = true;
            self.open.insert(chunk.number(), OpenChunk { chunk, dirty: true });
        }
    }

    /// Takes a stored chunk into the counts, with the selected unsuccessful children pending again.
    /// Answers how many of its children wait for a redrive.
    pub(crate) fn reset_chunk(&mut self, mut chunk: Chunk, selected: impl Fn(u64, &Child) -> bool) -> u64 {
        let mut waiting = 0;
        let mut changed = false;
        for offset in 0..chunk.len() {
            let mut child = chunk.child(offset);
            let index = chunk.first_index() + offset as u64;
            let unsuccessful = child.status.is_final() && child.status != ItemStatus::Succeeded;
            if unsuccessful && selected(index, &child) {
                if let Some(group) = child.failure_group.take() {
                    self.groups.leave(group);
                }
                child.status = ItemStatus::Pending;
                chunk.set(offset, child);
                changed = true;
            }
            waiting += u64::from(!child.status.is_final() && child.segment.is_some());
        }
        let number = chunk.number();
        self.restore_chunk(chunk.clone());
        if changed {
            self.open.insert(number, OpenChunk { chunk, dirty: true });
            self.dirty = true;
        }
        waiting
    }

    /// Forgets chunks that have been written.
    pub(crate) fn drop_chunks(&mut self) {
        self.open.retain(|_, open| open.dirty);
    }

    /// Whether a chunk must be loaded before its children change.
    pub(crate) fn lacks(&self, number: u32) -> bool {
        number < self.stored_chunks && !self.open.contains_key(&number)
    }

    pub(crate) fn open_chunk(&mut self, chunk: Chunk) {
        self.open.insert(chunk.number(), OpenChunk { chunk, dirty: false });
    }
}
