//! Children and items by status.

use model::{ItemCounts, ItemStatus};

/// How many children, and how many items in them, are in which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Children by the ledger's status code.
    pub children: [u64; 7],
    /// Their items.
    pub items: [u64; 7],
}

impl Tally {
    /// Counts one child in.
    pub fn add(&mut self, status: ItemStatus, items: u32) {
        self.children[status as usize] += 1;
        self.items[status as usize] += u64::from(items);
    }

    /// Counts one child out.
    pub fn take(&mut self, status: ItemStatus, items: u32) {
        let (children, sum) = (&mut self.children[status as usize], &mut self.items[status as usize]);
        *children = children.saturating_sub(1);
        *sum = sum.saturating_sub(u64::from(items));
    }

    /// Adds all of another tally.
    pub fn merge(&mut self, other: &Tally) {
        for code in 0..7 {
            self.children[code] += other.children[code];
            self.items[code] += other.items[code];
        }
    }

    /// Children of any status.
    pub fn total_children(&self) -> u64 {
        self.children.iter().sum()
    }

    /// Children with an outcome.
    pub fn finished_children(&self) -> u64 {
        ItemStatus::ALL.iter().filter(|s| s.is_final()).map(|s| self.children[*s as usize]).sum()
    }

    /// The items as AWS's `itemCounts`.
    pub fn item_counts(&self) -> ItemCounts {
        counts(&self.items)
    }

    /// The children as AWS's `executionCounts`.
    pub fn execution_counts(&self) -> ItemCounts {
        counts(&self.children)
    }
}

fn counts(by_status: &[u64; 7]) -> ItemCounts {
    let mut counts = ItemCounts { total: by_status.iter().sum(), ..ItemCounts::default() };
    for status in ItemStatus::ALL {
        counts.add(status, by_status[status as usize]);
    }
    counts
}
