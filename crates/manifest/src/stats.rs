//! What a manifest looks like: sizes, columns, and which column names an item best.

mod columns;

pub use columns::{Column, ColumnKind};

use columns::Columns;
use model::limits::MAX_PAYLOAD_BYTES;
use serde::{Deserialize, Serialize};

/// How many of the largest items are kept.
const LARGEST: usize = 10;
/// Bins for every doubling of the size: quantiles are within 1/16 of the truth.
const BINS_PER_DOUBLING: usize = 8;

/// Figures about the items of a manifest; those of its parts can be merged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Items.
    pub count: u64,
    /// Bytes of all items.
    pub bytes: u64,
    /// Bytes of the smallest.
    pub min_bytes: u64,
    /// Bytes of the largest.
    pub max_bytes: u64,
    /// Items that are larger than a child's input may be.
    pub over_payload_limit: u64,
    /// The largest items, the largest first.
    pub largest: Vec<LargeItem>,
    /// Items by size: eight bins for every doubling. See [`Stats::histogram`].
    pub bins: Vec<u64>,
    columns: Columns,
}

/// One of the largest items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeItem {
    /// Its place in the manifest, from 0.
    pub index: u64,
    /// Bytes of its JSON text.
    pub bytes: u64,
    /// Its key, when it is a pair of an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Stats {
    /// Counts an item.
    pub fn observe(&mut self, index: u64, text: &str, key: Option<&str>) {
        let bytes = text.len() as u64;
        self.min_bytes = if self.count == 0 { bytes } else { self.min_bytes.min(bytes) };
        self.max_bytes = self.max_bytes.max(bytes);
        self.count += 1;
        self.bytes += bytes;
        self.over_payload_limit += u64::from(text.len() > MAX_PAYLOAD_BYTES);
        let bin = bin_of(bytes);
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
        if self.largest.len() < LARGEST || self.largest.last().is_some_and(|last| bytes > last.bytes) {
            self.keep_largest([LargeItem { index, bytes, key: key.map(str::to_owned) }]);
        }
        self.columns.observe(index, text);
    }

    /// Adds the figures of another part of the same manifest.
    pub fn merge(&mut self, other: &Stats) {
        if other.count == 0 {
            return;
        }
        self.min_bytes = if self.count == 0 { other.min_bytes } else { self.min_bytes.min(other.min_bytes) };
        self.max_bytes = self.max_bytes.max(other.max_bytes);
        self.count += other.count;
        self.bytes += other.bytes;
        self.over_payload_limit += other.over_payload_limit;
        self.bins.resize(self.bins.len().max(other.bins.len()), 0);
        for (mine, more) in self.bins.iter_mut().zip(&other.bins) {
            *mine += more;
        }
        self.keep_largest(other.largest.iter().cloned());
        self.columns.merge(&other.columns);
    }

    /// Bytes of an item on average.
    pub fn mean_bytes(&self) -> u64 {
        self.bytes.checked_div(self.count).unwrap_or(0)
    }

    /// The size that `percent` of the items do not pass, estimated from the bins.
    pub fn quantile_bytes(&self, percent: u8) -> u64 {
        let wanted = (self.count * u64::from(percent.min(100))).div_ceil(100).max(1);
        let mut seen = 0;
        for (bin, &items) in self.bins.iter().enumerate() {
            seen += items;
            if seen >= wanted {
                let (low, high) = bounds_of(bin);
                return u64::midpoint(low, high).clamp(self.min_bytes, self.max_bytes);
            }
        }
        self.max_bytes
    }

    /// Median size, estimated.
    pub fn median_bytes(&self) -> u64 {
        self.quantile_bytes(50)
    }

    /// 99 of 100 items are no larger, estimated.
    pub fn p99_bytes(&self) -> u64 {
        self.quantile_bytes(99)
    }

    /// Bars for a picture: smallest and largest size of each bin that is used, and its items.
    pub fn histogram(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        let used = self.bins.iter().enumerate().filter(|(_, items)| **items > 0);
        used.map(|(bin, items)| (bounds_of(bin).0, bounds_of(bin).1, *items))
    }

    /// The members of the items, as a sample shows them, in order of appearance.
    pub fn columns(&self) -> &[Column] {
        self.columns.list()
    }

    /// The member that names an item best, for lists; `None` when none does.
    pub fn display_key(&self) -> Option<&str> {
        self.columns.display_key()
    }

    fn keep_largest(&mut self, more: impl IntoIterator<Item = LargeItem>) {
        self.largest.extend(more);
        self.largest.sort_by(|a, b| b.bytes.cmp(&a.bytes).then(a.index.cmp(&b.index)));
        self.largest.truncate(LARGEST);
    }
}

/// Sizes below 16 have a bin each, then every doubling has eight.
fn bin_of(bytes: u64) -> usize {
    let exact = 2 * BINS_PER_DOUBLING as u64;
    if bytes < exact {
        return bytes as usize;
    }
    let doublings = bytes.ilog2() as usize;
    let within = (bytes >> (doublings - 3)) as usize & (BINS_PER_DOUBLING - 1);
    (doublings - 2) * BINS_PER_DOUBLING + within
}

/// Smallest and largest size of a bin.
fn bounds_of(bin: usize) -> (u64, u64) {
    if bin < 2 * BINS_PER_DOUBLING {
        return (bin as u64, bin as u64);
    }
    let doublings = (bin / BINS_PER_DOUBLING + 2).min(63);
    let width = 1u64 << (doublings - 3);
    let low = (1u64 << doublings) + width * (bin % BINS_PER_DOUBLING) as u64;
    (low, low + (width - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bins_follow_one_another() {
        let mut next = 0;
        for bin in 0..300 {
            let (low, high) = bounds_of(bin);
            assert_eq!((low, bin_of(low), bin_of(high)), (next, bin, bin));
            next = high + 1;
        }
    }

    #[test]
    fn figures_describe_the_items() {
        let mut stats = Stats::default();
        for n in 0..1000u64 {
            stats.observe(n, &format!("\"{}\"", "x".repeat(n as usize)), None);
        }
        assert_eq!((stats.count, stats.min_bytes, stats.max_bytes), (1000, 2, 1001));
        assert!(stats.median_bytes().abs_diff(501) < 32, "{}", stats.median_bytes());
        assert!(stats.p99_bytes().abs_diff(991) < 62, "{}", stats.p99_bytes());
        assert_eq!(stats.largest[0], LargeItem { index: 999, bytes: 1001, key: None });
        assert_eq!(stats.largest.len(), LARGEST);
        assert_eq!(stats.histogram().map(|(_, _, items)| items).sum::<u64>(), 1000);
        stats.observe(1000, &"9".repeat(MAX_PAYLOAD_BYTES + 1), Some("big"));
        assert_eq!((stats.over_payload_limit, stats.largest[0].key.as_deref()), (1, Some("big")));
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_whole(lengths in prop::collection::vec(0usize..300, 0..80), cut in any::<prop::sample::Index>()) {
            let items: Vec<String> = lengths.iter().map(|&n| format!("{{\"id\":{n},\"t\":\"{}\"}}", "x".repeat(n))).collect();
            let observe = |range: std::ops::Range<usize>| {
                let mut stats = Stats::default();
                for index in range {
                    stats.observe(index as u64, &items[index], None);
                }
                stats
            };
            let cut = cut.index(items.len() + 1);
            let mut merged = observe(0..cut);
            merged.merge(&observe(cut..items.len()));
            let whole = observe(0..items.len());
            prop_assert_eq!(&merged, &whole);
            let text = serde_json::to_string(&whole).unwrap();
            prop_assert_eq!(serde_json::from_str::<Stats>(&text).unwrap(), whole);
        }
    }
}
