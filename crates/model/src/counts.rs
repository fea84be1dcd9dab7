//! How many items of a Map Run are in which status.

use crate::status::ItemStatus;
use serde::{Deserialize, Serialize};

/// Items by status. Fields carry AWS's names (`DescribeMapRun.itemCounts`).
///
/// `pending + running + succeeded + failed + timed_out + aborted == total` always holds for
/// counts that the ledger makes; see [`ItemCounts::adds_up`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ItemCounts {
    /// Not started yet.
    pub pending: u64,
    /// Started, no durable outcome yet.
    pub running: u64,
    /// Ended well.
    pub succeeded: u64,
    /// Ended with an error.
    pub failed: u64,
    /// Ended by a time limit.
    pub timed_out: u64,
    /// Stopped before they ended.
    pub aborted: u64,
    /// All items known so far.
    pub total: u64,
    /// Items whose outcome stands in a result file.
    pub results_written: u64,
    /// Failed items that a redrive cannot run again.
    pub failures_not_redrivable: u64,
    /// Failed items that wait for their redrive to begin.
    pub pending_redrive: u64,
}

impl ItemCounts {
    /// Items with an outcome.
    pub fn finished(&self) -> u64 {
        self.succeeded + self.unsuccessful()
    }

    /// Items whose outcome is not success: what a redrive runs again.
    pub fn unsuccessful(&self) -> u64 {
        self.failed + self.timed_out + self.aborted
    }

    /// Items that count against the tolerated failures (AWS: failed and timed out).
    pub fn counted_failures(&self) -> u64 {
        self.failed + self.timed_out
    }

    /// Whether the statuses sum to the total.
    pub fn adds_up(&self) -> bool {
        self.pending + self.running + self.finished() == self.total
    }

    /// The count of one status. Retrying items are running items.
    pub fn of(&self, status: ItemStatus) -> u64 {
        match status {
            ItemStatus::Pending => self.pending,
            ItemStatus::Running | ItemStatus::Retrying => self.running,
            ItemStatus::Succeeded => self.succeeded,
            ItemStatus::Failed => self.failed,
            ItemStatus::TimedOut => self.timed_out,
            ItemStatus::Aborted => self.aborted,
        }
    }

    /// Adds `items` to the count of an outcome (or of pending/running). The total stays.
    pub fn add(&mut self, status: ItemStatus, items: u64) {
        *self.slot(status) += items;
    }

    /// Takes `items` from the count of a status; never below zero.
    pub fn take(&mut self, status: ItemStatus, items: u64) {
        let slot = self.slot(status);
        *slot = slot.saturating_sub(items);
    }

    fn slot(&mut self, status: ItemStatus) -> &mut u64 {
        match status {
            ItemStatus::Pending => &mut self.pending,
            ItemStatus::Running | ItemStatus::Retrying => &mut self.running,
            ItemStatus::Succeeded => &mut self.succeeded,
            ItemStatus::Failed => &mut self.failed,
            ItemStatus::TimedOut => &mut self.timed_out,
            ItemStatus::Aborted => &mut self.aborted,
        }
    }
}
