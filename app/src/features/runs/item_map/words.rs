//! The map in words: what the tooltip shows and what a screen reader hears.

use super::data::{BinCounts, Bins, ItemCells};
use crate::ui::Status;
use crate::ui::format::count;
use model::ItemStatus;

/// The order in which counts are told: what went wrong first.
const TOLD: [ItemStatus; 7] = [
    ItemStatus::Failed,
    ItemStatus::TimedOut,
    ItemStatus::Retrying,
    ItemStatus::Running,
    ItemStatus::Aborted,
    ItemStatus::Succeeded,
    ItemStatus::Pending,
];

/// `Item 7` or `Items 2,879,488–2,883,583`.
pub fn range(first: u64, last: u64) -> String {
    if first == last {
        format!("Item {}", count(first))
    } else {
        format!("Items {}–{}", count(first), count(last))
    }
}

/// The statuses that occur in a bin, with their counts.
pub fn parts(counts: &BinCounts) -> Vec<(Status, u64)> {
    TOLD.into_iter()
        .map(|status| (Status::from(status), u64::from(counts.of(status))))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// `Cell 703 of 2,442, items 2,879,488 to 2,883,583: 3,084 failed, 1,012 succeeded`.
pub fn bin_sentence(bins: &Bins, bin: usize) -> String {
    let (first, last) = bins.items_of(bin);
    let told: Vec<String> = parts(&bins.at(bin))
        .into_iter()
        .map(|(status, n)| format!("{} {}", count(n), status.label().to_lowercase()))
        .collect();
    let told = if told.is_empty() { "nothing known yet".to_owned() } else { told.join(", ") };
    format!(
        "Cell {} of {}, items {} to {}: {told}",
        count(bin as u64 + 1),
        count(bins.len() as u64),
        count(first),
        count(last)
    )
}

/// `Item 2,879,511: failed`.
pub fn item_sentence(cells: &ItemCells, place: usize) -> String {
    let status = Status::from(cells.status(place));
    format!("Item {}: {}", count(cells.from + place as u64), status.label().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_tell_failures_first() {
        let mut bins = Bins { total_items: 10_000_000, items_per_bin: 4_096, ..Default::default() };
        bins.set(702, BinCounts { succeeded: 1_012, failed: 3_084, ..Default::default() });
        assert_eq!(
            bin_sentence(&bins, 702),
            "Cell 703 of 2,442, items 2,875,392 to 2,879,487: 3,084 failed, 1,012 succeeded"
        );
        assert_eq!(bin_sentence(&bins, 0), "Cell 1 of 2,442, items 0 to 4,095: nothing known yet");
        let cells = ItemCells { from: 100, codes: vec![4] };
        assert_eq!(item_sentence(&cells, 0), "Item 100: timed out");
        assert_eq!(range(7, 7), "Item 7");
    }
}
