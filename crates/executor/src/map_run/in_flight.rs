//! Children that were between two states when the server went down. They go on from there by themselves,
//! wherever reading stands, and also while the run is paused or being stopped.

use super::note::{Resume, Seed, SeedInput};
use crate::live::Live;
use ledger::{CHUNK_CHILDREN, Chunk};
use std::collections::{BTreeMap, HashSet};

/// What the journal has of them, until their places in the ledger are found.
pub(crate) struct InFlight {
    journal: BTreeMap<u64, Vec<u8>>,
    seeds: Vec<Seed>,
}

impl InFlight {
    pub(crate) fn of(journal: Vec<(u64, Vec<u8>)>) -> Self {
        Self { journal: journal.into_iter().collect(), seeds: Vec::new() }
    }

    pub(crate) fn indexes(&self) -> HashSet<u64> {
        self.journal.keys().copied().collect()
    }

    /// Takes what the ledger knows of those in a chunk. The chunks come in order.
    pub(crate) fn find_in(&mut self, chunk: &Chunk) {
        let first = chunk.first_index();
        let later = self.journal.split_off(&(first + CHUNK_CHILDREN));
        for (index, data) in std::mem::replace(&mut self.journal, later) {
            // One that cannot be read runs anew, when its item is read.
            let (Some(offset), Ok(live)) = (index.checked_sub(first), Live::from_bytes(&data)) else {
                continue;
            };
            let child = chunk.child(offset as usize);
            self.seeds.push(Seed {
                index,
                items: child.items.max(1),
                input: SeedInput::Ready(live.execution.input().text()),
                attempts: child.attempts,
                earlier: child.segment,
                again: true,
                resume: Some(Resume::Journal(Box::new(live))),
            });
        }
    }

    pub(crate) fn seeds(self) -> Vec<Seed> {
        self.seeds
    }
}
