//! The record of a Map Run at the resolution of a picture: at most 4,096 cells.

use crate::error::DecodeError;
use crate::varint::{self, Bytes};
use model::ItemStatus;
use std::collections::BTreeSet;
use std::ops::Range;

/// Bins of one Map Run at most.
pub const MAX_BINS: u64 = 4_096;
const MAX_SHIFT: u32 = 40;
const FORMAT: u8 = 1;

/// Children of one bin. What is in no other status is pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Started, no outcome yet, first attempt.
    pub running: u32,
    /// Ended well.
    pub succeeded: u32,
    /// Ended with an error.
    pub failed: u32,
    /// Ended by a time limit.
    pub timed_out: u32,
    /// Stopped.
    pub aborted: u32,
    /// Started again, no outcome yet.
    pub retrying: u32,
    /// Earliest start among those that ended, in milliseconds after the Map Run's, plus 1; 0: none.
    pub first_start: u64,
    /// Latest start, likewise.
    pub last_start: u64,
    /// Sum of the durations, in milliseconds.
    pub duration_sum_ms: u64,
    /// The longest duration, in milliseconds.
    pub duration_max_ms: u64,
}

impl Bin {
    /// Children that are not pending.
    pub fn begun(&self) -> u32 {
        self.running + self.retrying + self.finished()
    }

    /// Children with an outcome.
    pub fn finished(&self) -> u32 {
        self.succeeded + self.failed + self.timed_out + self.aborted
    }

    fn slot(&mut self, status: ItemStatus) -> Option<&mut u32> {
        Some(match status {
            ItemStatus::Pending => return None,
            ItemStatus::Running => &mut self.running,
            ItemStatus::Succeeded => &mut self.succeeded,
            ItemStatus::Failed => &mut self.failed,
            ItemStatus::TimedOut => &mut self.timed_out,
            ItemStatus::Aborted => &mut self.aborted,
            ItemStatus::Retrying => &mut self.retrying,
        })
    }

    fn columns(&self) -> [u64; 10] {
        [
            self.running.into(),
            self.succeeded.into(),
            self.failed.into(),
            self.timed_out.into(),
            self.aborted.into(),
            self.retrying.into(),
            self.first_start,
            self.last_start,
            self.duration_sum_ms,
            self.duration_max_ms,
        ]
    }

    fn from_columns(columns: [u64; 10]) -> Self {
        let count = |place: usize| columns[place].min(u64::from(u32::MAX)) as u32;
        Self {
            running: count(0),
            succeeded: count(1),
            failed: count(2),
            timed_out: count(3),
            aborted: count(4),
            retrying: count(5),
            first_start: columns[6],
            last_start: columns[7],
            duration_sum_ms: columns[8],
            duration_max_ms: columns[9],
        }
    }

    fn merge(&mut self, other: &Bin) {
        let (mine, theirs) = (self.columns(), other.columns());
        let mut sums = [0; 10];
        for (place, sum) in sums.iter_mut().enumerate() {
            *sum = mine[place].saturating_add(theirs[place]);
        }
        sums[6] = match (mine[6], theirs[6]) {
            (0, start) | (start, 0) => start,
            (a, b) => a.min(b),
        };
        sums[7] = mine[7].max(theirs[7]);
        sums[9] = mine[9].max(theirs[9]);
        *self = Self::from_columns(sums);
    }
}

/// Bins over all children known so far: bin = `index >> shift`. When the number of children
/// doubles past 4,096 bins, neighbours merge; edges never move otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins {
    total: u64,
    shift: u32,
    bins: Vec<Bin>,
    changed: BTreeSet<u32>,
}

impl Bins {
    /// Bins over `total` children, all pending.
    pub fn new(total: u64) -> Self {
        let mut bins = Self::default();
        bins.grow(total);
        bins
    }

    /// Children covered.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many low bits of an index do not matter: a bin covers `1 << shift` children.
    pub fn shift(&self) -> u32 {
        self.shift
    }

    /// Every bin, in order.
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// The children of one bin.
    pub fn range(&self, bin: usize) -> Range<u64> {
        let first = (bin as u64) << self.shift;
        first..(first + (1 << self.shift)).min(self.total)
    }

    /// Children of one bin that are pending.
    pub fn pending(&self, bin: usize) -> u64 {
        let range = self.range(bin);
        let begun = self.bins.get(bin).map_or(0, Bin::begun);
        (range.end.saturating_sub(range.start)).saturating_sub(u64::from(begun))
    }

    /// More children became known.
    pub fn grow(&mut self, total: u64) {
        self.total = self.total.max(total);
        let mut shift = self.shift;
        while shift < MAX_SHIFT && self.total.div_ceil(1 << shift) > MAX_BINS {
            shift += 1;
        }
        if shift > self.shift {
            let group = 1usize << (shift - self.shift).min(13);
            let merged = self.bins.chunks(group).map(|bins| {
                let mut sum = Bin::default();
                bins.iter().for_each(|bin| sum.merge(bin));
                sum
            });
            self.bins = merged.collect();
            self.shift = shift;
            self.changed = (0..self.bins.len() as u32).collect();
        }
        let len = self.total.div_ceil(1 << self.shift) as usize;
        self.bins.resize(len.max(self.bins.len()), Bin::default());
    }

    /// A child went from one status to another.
    pub fn change(&mut self, index: u64, from: ItemStatus, to: ItemStatus) {
        let place = self.place(index);
        let bin = &mut self.bins[place];
        if let Some(slot) = bin.slot(from) {
            *slot = slot.saturating_sub(1);
        }
        if let Some(slot) = bin.slot(to) {
            *slot += 1;
        }
        self.changed.insert(place as u32);
    }

    /// A child ended: when it began (milliseconds after the Map Run) and how long it took.
    pub fn timed(&mut self, index: u64, start_ms: u64, duration_ms: u32) {
        let place = self.place(index);
        let bin = &mut self.bins[place];
        let start = start_ms.saturating_add(1);
        bin.first_start = if bin.first_start == 0 { start } else { bin.first_start.min(start) };
        bin.last_start = bin.last_start.max(start);
        bin.duration_sum_ms = bin.duration_sum_ms.saturating_add(duration_ms.into());
        bin.duration_max_ms = bin.duration_max_ms.max(duration_ms.into());
    }

    fn place(&mut self, index: u64) -> usize {
        if index >= self.total {
            self.grow(index + 1);
        }
        ((index >> self.shift) as usize).min(self.bins.len().saturating_sub(1))
    }

    /// All bins as columns of varints.
    pub fn encode(&self) -> Vec<u8> {
        encode(self.total, self.shift, &self.bins, None)
    }

    /// The bins changed since the last frame, or all when the edges moved; forgets the changes.
    pub fn take_frame(&mut self) -> Vec<u8> {
        let changed: Vec<u32> = std::mem::take(&mut self.changed).into_iter().collect();
        let bins: Vec<Bin> =
            changed.iter().filter_map(|at| self.bins.get(*at as usize).copied()).collect();
        encode(self.total, self.shift, &bins, Some(&changed))
    }

    /// Reads all bins.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut bins = Self::default();
        bins.apply(bytes)?;
        Ok(bins)
    }

    /// Applies a frame (or a snapshot) to what a viewer holds.
    pub fn apply(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let mut bytes = Bytes::new(bytes);
        if bytes.byte("format")? != FORMAT {
            return Err(DecodeError::Impossible("format"));
        }
        let is_frame = bytes.byte("kind")? == 1;
        let total = bytes.number("total")?;
        let shift = bytes.count(MAX_SHIFT as usize, "shift")? as u32;
        if total.div_ceil(1 << shift) > 2 * MAX_BINS {
            return Err(DecodeError::Impossible("total"));
        }
        let count = bytes.count(2 * MAX_BINS as usize, "bins")?;
        let mut places = Vec::with_capacity(count);
        let mut place = 0;
        for number in 0..count {
            place = match is_frame {
                true => bytes.count(2 * MAX_BINS as usize, "bin")? + if number == 0 { 0 } else { place },
                false => number,
            };
            places.push(place);
        }
        let mut columns = vec![[0u64; 10]; count];
        for column in 0..10 {
            for bin in &mut columns {
                bin[column] = bytes.number("count")?;
            }
        }
        if !is_frame {
            self.bins.clear();
            self.shift = shift;
            self.total = 0;
        }
        self.grow(total);
        if self.shift != shift {
            return Err(DecodeError::Impossible("shift"));
        }
        for (place, columns) in places.into_iter().zip(columns) {
            let bin = self.bins.get_mut(place).ok_or(DecodeError::Impossible("bin"))?;
            *bin = Bin::from_columns(columns);
        }
        Ok(())
    }
}

fn encode(total: u64, shift: u32, bins: &[Bin], places: Option<&[u32]>) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 + bins.len() * 12);
    out.push(FORMAT);
    out.push(u8::from(places.is_some()));
    varint::put(&mut out, total);
    varint::put(&mut out, shift.into());
    varint::put(&mut out, bins.len() as u64);
    let mut before = 0;
    for place in places.into_iter().flatten() {
        varint::put(&mut out, u64::from(*place - before));
        before = *place;
    }
    for column in 0..10 {
        for bin in bins {
            varint::put(&mut out, bin.columns()[column]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_width_follows_the_number_of_children() {
        for (total, shift) in [(1, 0), (4_096, 0), (4_097, 1), (8_192, 1), (10_000_000, 12)] {
            let bins = Bins::new(total);
            assert_eq!(bins.shift(), shift, "{total}");
            assert!(bins.bins().len() as u64 <= MAX_BINS);
            assert_eq!((0..bins.bins().len()).map(|b| bins.pending(b)).sum::<u64>(), total);
        }
    }

    proptest! {
        #[test]
        fn merging_loses_nothing(changes in prop::collection::vec((0u64..40_000, 1u8..7), 1..200)) {
            let mut grown = Bins::default();
            let mut seen = std::collections::HashMap::new();
            for (index, code) in &changes {
                let to = ItemStatus::from_code(*code);
                let from = seen.insert(*index, to).unwrap_or_default();
                grown.change(*index, from, to);
            }
            let mut fresh = Bins::new(grown.total());
            for (index, status) in &seen {
                fresh.change(*index, ItemStatus::Pending, *status);
            }
            prop_assert_eq!(grown.bins(), fresh.bins());
        }

        #[test]
        fn a_viewer_that_applies_every_frame_sees_the_same(
            frames in prop::collection::vec(prop::collection::vec((0u64..30_000, 2u8..6, any::<u16>()), 0..30), 1..8)
        ) {
            let mut bins = Bins::new(100);
            let mut viewer = Bins::decode(&bins.encode()).unwrap();
            for changes in frames {
                for (index, code, duration) in changes {
                    bins.change(index, ItemStatus::Pending, ItemStatus::from_code(code));
                    bins.timed(index, index, duration.into());
                }
                viewer.apply(&bins.take_frame()).unwrap();
                prop_assert_eq!(viewer.bins(), bins.bins());
            }
            let read = Bins::decode(&bins.encode()).unwrap();
            prop_assert_eq!(read.bins(), bins.bins());
        }

        #[test]
        fn damaged_bytes_never_panic(bytes: Vec<u8>, kind in 0u8..2) {
            let mut sent = vec![FORMAT, kind];
            sent.extend(bytes);
            let _ = Bins::new(5_000).apply(&sent);
        }
    }
}
