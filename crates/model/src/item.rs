//! Items of a Map Run: lines of the table, details, failures.

use crate::status::ItemStatus;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of the items table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemRow {
    /// The child's index in the Map Run, from 0.
    pub index: u64,
    /// What people call the item: its key, id or first text.
    pub key: String,
    /// Where it stands.
    pub status: ItemStatus,
    /// Items in the child: 1 without batching.
    pub items: u32,
    /// How often it was started.
    pub attempts: u32,
    /// When its last attempt began.
    pub started_at: Option<Timestamp>,
    /// How long its last attempt took, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The error's name.
    pub error: Option<String>,
    /// The error group it belongs to.
    pub failure_group: Option<u32>,
}

/// Everything about one child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemDetail {
    /// Its line in the table.
    pub row: ItemRow,
    /// The child execution's ARN.
    pub arn: String,
    /// What the child received, JSON text.
    pub input: Option<String>,
    /// What it returned, JSON text.
    pub output: Option<String>,
    /// The cause of its failure.
    pub cause: Option<String>,
    /// Its history, in AWS's `GetExecutionHistory` shapes.
    pub history: Vec<serde_json::Value>,
    /// What was kept of earlier attempts, oldest first.
    pub earlier_attempts: Vec<AttemptSummary>,
}

/// How an earlier attempt of a child ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptSummary {
    /// The attempt, from 1.
    pub attempt: u32,
    /// How it ended.
    pub status: ItemStatus,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
}

/// Failures that have the same error, state and normalised cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailureGroup {
    /// Its number in the Map Run.
    pub id: u32,
    /// The error's name.
    pub error: String,
    /// The state that failed.
    pub state: String,
    /// The cause with numbers, ids and quoted keys taken out.
    pub cause: String,
    /// One full cause.
    pub sample_cause: String,
    /// Children that are failed with it now.
    pub count: u64,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// Some of its children, by index.
    pub samples: Vec<u64>,
}

/// Which items a page shows; everything given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemQuery {
    /// A Map Run of the run; the last one when absent.
    pub map_run: Option<String>,
    /// In the grammar of [`crate::ItemFilter`]; what the fields below say must hold too.
    #[serde(default)]
    pub filter: Option<String>,
    /// Only these, separated by commas: `FAILED,TIMED_OUT`.
    pub status: Option<String>,
    /// Only of this failure group.
    pub group: Option<u32>,
    /// Only those whose key contains this.
    pub key: Option<String>,
    /// Only from this index on.
    pub from: Option<u64>,
    /// Only up to this index.
    pub to: Option<u64>,
    /// `next` of the page before.
    pub after: Option<u64>,
    /// At most this many, up to 200.
    pub limit: Option<u32>,
}

/// A page of items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemsPage {
    /// The rows, by index.
    pub items: Vec<ItemRow>,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// How many items match in all; exact.
    pub total: u64,
}
