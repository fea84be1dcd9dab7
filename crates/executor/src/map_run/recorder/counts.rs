//! What the ledger counts, and what follows from it.

use super::Recorder;
use ledger::CHUNK_CHILDREN;
use model::ItemCounts;

impl Recorder {
    /// Whether everything was read and every child has an outcome.
    pub(crate) fn is_whole(&self) -> bool {
        let counts = self.execution_counts();
        self.map_run.reading_done && counts.finished() == counts.total
    }

    /// Items by status, the known but unread ones as pending.
    pub(crate) fn item_counts(&self) -> ItemCounts {
        self.with_written(with_unread(self.tally.item_counts(), self.known.map_or(self.seen.0, |known| known.0)))
    }

    pub(crate) fn execution_counts(&self) -> ItemCounts {
        self.with_written(with_unread(self.tally.execution_counts(), self.known.map_or(self.seen.1, |known| known.1)))
    }

    fn with_written(&self, mut counts: ItemCounts) -> ItemCounts {
        if self.results_written {
            counts.results_written = counts.succeeded;
        }
        counts
    }

    /// Whether failed items exceed what is tolerated. The percentage counts once the total is known.
    pub(crate) fn exceeds_tolerance(&self) -> bool {
        let counts = self.tally.item_counts();
        let failed = counts.counted_failures();
        let count = self.map_run.tolerated_failure_count;
        let percentage = self.map_run.tolerated_failure_percentage;
        if failed == 0 {
            return false;
        }
        if count == 0 && percentage == 0.0 {
            return true;
        }
        let total = match self.known {
            Some((items, _)) => items.max(counts.total),
            None => return count > 0 && failed > count,
        };
        let too_many = failed > count && (count > 0 || percentage == 0.0);
        let too_large = failed as f64 * 100.0 > percentage * total as f64 && (percentage > 0.0 || count == 0);
        too_many || too_large
    }

    /// Why the budget lets nothing more begin.
    pub(crate) fn over_budget(&self) -> Option<String> {
        self.meter.over_budget(&self.map_run)
    }

    /// Children that have been stored may lie below this index.
    pub(crate) fn known_children(&self) -> u64 {
        u64::from(self.stored_chunks) * CHUNK_CHILDREN
    }
}

fn with_unread(mut counts: ItemCounts, known: u64) -> ItemCounts {
    let total = known.max(counts.total);
    counts.pending += total - counts.total;
    counts.total = total;
    counts
}
