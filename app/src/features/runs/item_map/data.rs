//! What the map draws: counts per bin, and the statuses of single items.

use model::ItemStatus;

/// A run has at most this many bins.
pub const MAX_BINS: u64 = 4096;

/// How far an item's index is shifted to find its bin: bins are powers of two, so their edges
/// never move while a manifest is still being read.
pub fn bin_shift(total_items: u64) -> u32 {
    let bins = total_items.div_ceil(MAX_BINS).max(1);
    64 - (bins - 1).leading_zeros()
}

/// How many items of one bin are in which status. Every item counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the statuses.
pub struct BinCounts {
    pub pending: u32,
    pub running: u32,
    pub succeeded: u32,
    pub failed: u32,
    pub timed_out: u32,
    pub aborted: u32,
    pub retrying: u32,
}

impl BinCounts {
    /// Items with an outcome.
    pub fn finished(&self) -> u64 {
        u64::from(self.succeeded) + self.unsuccessful() + u64::from(self.aborted)
    }

    /// Items that failed or timed out.
    pub fn unsuccessful(&self) -> u64 {
        u64::from(self.failed) + u64::from(self.timed_out)
    }

    /// Items that are under way.
    pub fn under_way(&self) -> u64 {
        u64::from(self.running) + u64::from(self.retrying)
    }

    /// Items of every status.
    pub fn total(&self) -> u64 {
        self.finished() + self.under_way() + u64::from(self.pending)
    }

    /// The count of one status.
    pub fn of(&self, status: ItemStatus) -> u32 {
        match status {
            ItemStatus::Pending => self.pending,
            ItemStatus::Running => self.running,
            ItemStatus::Succeeded => self.succeeded,
            ItemStatus::Failed => self.failed,
            ItemStatus::TimedOut => self.timed_out,
            ItemStatus::Aborted => self.aborted,
            ItemStatus::Retrying => self.retrying,
        }
    }
}

/// The counts of all bins, one column per status. A column that is too short reads as zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The columns are the statuses.
pub struct Bins {
    /// Items known so far.
    pub total_items: u64,
    /// Items in one bin, a power of two; the last bin may hold fewer.
    pub items_per_bin: u64,
    pub pending: Vec<u32>,
    pub running: Vec<u32>,
    pub succeeded: Vec<u32>,
    pub failed: Vec<u32>,
    pub timed_out: Vec<u32>,
    pub aborted: Vec<u32>,
    pub retrying: Vec<u32>,
}

impl Bins {
    /// How many bins there are.
    pub fn len(&self) -> usize {
        self.total_items.div_ceil(self.items_per_bin.max(1)) as usize
    }

    /// Whether no item is known yet.
    pub fn is_empty(&self) -> bool {
        self.total_items == 0
    }

    /// The counts of one bin.
    pub fn at(&self, bin: usize) -> BinCounts {
        let read = |column: &[u32]| column.get(bin).copied().unwrap_or(0);
        BinCounts {
            pending: read(&self.pending),
            running: read(&self.running),
            succeeded: read(&self.succeeded),
            failed: read(&self.failed),
            timed_out: read(&self.timed_out),
            aborted: read(&self.aborted),
            retrying: read(&self.retrying),
        }
    }

    /// Writes the counts of one bin; grows the columns as needed.
    pub fn set(&mut self, bin: usize, counts: BinCounts) {
        let write = |column: &mut Vec<u32>, value: u32| {
            if column.len() <= bin {
                column.resize(bin + 1, 0);
            }
            column[bin] = value;
        };
        write(&mut self.pending, counts.pending);
        write(&mut self.running, counts.running);
        write(&mut self.succeeded, counts.succeeded);
        write(&mut self.failed, counts.failed);
        write(&mut self.timed_out, counts.timed_out);
        write(&mut self.aborted, counts.aborted);
        write(&mut self.retrying, counts.retrying);
    }

    /// The first and the last item of a bin.
    pub fn items_of(&self, bin: usize) -> (u64, u64) {
        let first = bin as u64 * self.items_per_bin;
        (first, (first + self.items_per_bin).min(self.total_items).saturating_sub(1))
    }

    /// The bin of an item.
    pub fn bin_of(&self, item: u64) -> usize {
        (item / self.items_per_bin.max(1)) as usize
    }

    /// The last bin in which something runs; failing that, the last with an outcome.
    pub fn frontier(&self) -> Option<usize> {
        let bins = || (0..self.len()).rev();
        bins()
            .find(|bin| self.at(*bin).under_way() > 0)
            .or_else(|| bins().find(|bin| self.at(*bin).finished() > 0))
    }
}

/// The statuses of consecutive items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemCells {
    /// The index of the first.
    pub from: u64,
    /// One status each, in the ledger's codes.
    pub codes: Vec<u8>,
}

impl ItemCells {
    /// Unpacks two items a byte, the first one in the low four bits.
    pub fn from_packed(from: u64, count: usize, packed: &[u8]) -> Self {
        let codes = packed.iter().flat_map(|byte| [byte & 0x0f, byte >> 4]).take(count).collect();
        Self { from, codes }
    }

    /// The status at a place of this window.
    pub fn status(&self, place: usize) -> ItemStatus {
        ItemStatus::from_code(self.codes.get(place).copied().unwrap_or(0))
    }

    /// The place after `start` whose item failed or timed out.
    pub fn next_failed(&self, start: usize) -> Option<usize> {
        (start..self.codes.len())
            .find(|place| matches!(self.status(*place), ItemStatus::Failed | ItemStatus::TimedOut))
    }

    /// The place before `end` whose item failed or timed out.
    pub fn previous_failed(&self, end: usize) -> Option<usize> {
        (0..end.min(self.codes.len()))
            .rev()
            .find(|place| matches!(self.status(*place), ItemStatus::Failed | ItemStatus::TimedOut))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_stay_between_half_and_all_of_the_limit() {
        for (total, size) in [
            (1, 1),
            (4_096, 1),
            (4_097, 2),
            (10_000, 4),
            (10_000_000, 4_096),
            (16_777_216, 4_096),
            (16_777_217, 8_192),
        ] {
            let per_bin = 1_u64 << bin_shift(total);
            assert_eq!(per_bin, size, "{total}");
            let bins = u64::div_ceil(total, per_bin);
            assert!(bins <= MAX_BINS && (total <= 4_096 || bins > MAX_BINS / 2), "{total}: {bins}");
        }
    }

    #[test]
    fn frontier_is_what_runs_last() {
        let mut bins = Bins { total_items: 40, items_per_bin: 10, ..Default::default() };
        assert_eq!(bins.frontier(), None);
        bins.set(0, BinCounts { succeeded: 10, ..Default::default() });
        bins.set(2, BinCounts { failed: 1, pending: 9, ..Default::default() });
        assert_eq!(bins.frontier(), Some(2));
        bins.set(1, BinCounts { retrying: 1, succeeded: 9, ..Default::default() });
        assert_eq!(bins.frontier(), Some(1));
        assert_eq!(bins.items_of(3), (30, 39));
        assert_eq!(bins.len(), 4);
    }

    #[test]
    fn packed_cells_read_low_bits_first() {
        let cells = ItemCells::from_packed(8, 3, &[0x32, 0x04]);
        assert_eq!(cells.codes, [2, 3, 4]);
        assert_eq!(cells.status(2), ItemStatus::TimedOut);
        assert_eq!(cells.next_failed(0), Some(1));
        assert_eq!(cells.next_failed(3), None);
        assert_eq!(cells.previous_failed(2), Some(1));
        assert_eq!(cells.status(99), ItemStatus::Pending);
    }
}
