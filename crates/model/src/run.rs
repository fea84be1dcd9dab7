//! Runs: a launched job, its Map Runs, their items, failures and operations.

use crate::counts::ItemCounts;
use crate::guards::{Limits, Metered};
use crate::id::{JobId, ManifestId, OperationId, RunId};
use crate::status::{ExecutionType, ItemStatus, RunStatus};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether what AWS would refuse is run with a warning, or fails as there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Run the definitions that people paste: inject a missing `Bucket`, find the list in an object.
    #[default]
    Lenient,
    /// Fail exactly as AWS does.
    Strict,
}

/// One launch of a job: the parent execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The job; `None` when the job was deleted.
    pub job_id: Option<JobId>,
    /// The job's name when it was launched.
    pub job_name: String,
    /// The version that new work uses now (a redrive may raise it).
    pub job_version: u32,
    /// The manifest that replaced the definition's own ItemReader.
    pub manifest_id: Option<ManifestId>,
    /// Where it stands.
    pub status: RunStatus,
    /// The execution's ARN.
    pub arn: String,
    /// The execution's input, JSON text.
    pub input: String,
    /// The execution's output, JSON text.
    pub output: Option<String>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// Who launched it.
    pub started_by: String,
    /// Why, in the launcher's words.
    pub note: String,
    /// When it was launched.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    #[serde(default)]
    pub redriven_at: Option<Timestamp>,
    /// How an AWS client started it.
    #[serde(default)]
    pub origin: Origin,
}

/// What StartExecution said about a run beside its input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Origin {
    /// The type of the execution.
    #[serde(default)]
    pub execution_type: ExecutionType,
    /// The published version that was asked for, or that an alias chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_version: Option<u32>,
    /// The alias that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// `traceHeader`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_header: Option<String>,
}

/// What a Map Run is doing, in more detail than its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum MapRunPhase {
    /// Items are read and run.
    Running,
    /// Nothing new is started until somebody resumes it.
    Paused,
    /// No new items; those in flight end.
    Stopping,
    /// Outcomes are complete; result files are being written.
    Writing,
    /// Ended.
    Finished,
}

impl MapRunPhase {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Writing => "writing",
            Self::Finished => "finished",
        }
    }

    /// Reads the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Paused, Self::Stopping, Self::Writing, Self::Finished]
            .into_iter()
            .find(|phase| phase.as_str() == text)
    }
}

/// One entry of a distributed Map state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapRun {
    /// Its id: the uuid at the end of its ARN.
    pub id: String,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The Map state's name.
    pub state_name: String,
    /// Its ARN.
    pub arn: String,
    /// Where it stands.
    pub status: RunStatus,
    /// What it is doing.
    pub phase: MapRunPhase,
    /// The type of its children.
    pub execution_type: ExecutionType,
    /// Items by status; sums are exact.
    pub item_counts: ItemCounts,
    /// Children (batches) by status.
    pub execution_counts: ItemCounts,
    /// Whether the reader has found all items.
    pub reading_done: bool,
    /// Children at once.
    pub max_concurrency: u32,
    /// Failed items that are tolerated.
    pub tolerated_failure_count: u64,
    /// Failed items that are tolerated, in percent of all.
    pub tolerated_failure_percentage: f64,
    /// The error's name, when it failed.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The bucket and key of the result files' `manifest.json`.
    pub results: Option<(String, String)>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub stopped_at: Option<Timestamp>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was last redriven.
    #[serde(default)]
    pub redriven_at: Option<Timestamp>,
    /// What AWS would have metered of it so far.
    #[serde(default)]
    pub metered: Metered,
    /// What AWS may bill for that, in US dollars; beyond it no child starts.
    #[serde(default)]
    pub budget_usd: Option<f64>,
    /// Why nothing begins just now, where the server itself holds it back. It is told, not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

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

/// What somebody did to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum OperationKind {
    /// Unsuccessful items ran again.
    Redrive {
        /// What was chosen.
        selection: RedriveSelection,
        /// The version used.
        version: u32,
    },
    /// The run was stopped.
    Stop,
    /// No new items were started.
    Pause,
    /// New items were started again.
    Resume,
    /// Limits were changed.
    UpdateLimits(Limits),
}

/// Which unsuccessful children a redrive runs again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "select", rename_all = "kebab-case")]
pub enum RedriveSelection {
    /// All unsuccessful ones, and those never started.
    All,
    /// Those of one failure group.
    Group {
        /// The group's number.
        group: u32,
    },
    /// Those listed, by index.
    Items {
        /// The children's indexes.
        indexes: Vec<u64>,
    },
    /// Those in these statuses.
    Statuses {
        /// `FAILED`, `TIMED_OUT`, `ABORTED`.
        statuses: Vec<ItemStatus>,
    },
    /// Those of a range of indexes.
    Range {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Those whose items have these keys.
    Keys {
        /// The keys, whole.
        keys: Vec<String>,
    },
    /// Those that a filter finds.
    Filter {
        /// In the grammar of [`crate::ItemFilter`]: `error:AccessDenied key:photos/`.
        filter: String,
    },
}

/// What a redrive would run again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RedrivePreview {
    /// Children that have been started before.
    pub children: u64,
    /// Items in them.
    pub items: u64,
    /// Items that have never been started and are run too; those known so far.
    pub pending_items: u64,
}

/// An operation with who, when and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// What was done.
    #[serde(flatten)]
    pub kind: OperationKind,
    /// Who did it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// Children it concerned.
    pub items: u64,
}

/// One point of the run's graphs: what happened in `width_ms` from `at`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressPoint {
    /// The beginning of the bucket.
    pub at: Timestamp,
    /// Its width, in milliseconds.
    pub width_ms: u64,
    /// Children that ended well in it.
    pub succeeded: u64,
    /// Children that ended otherwise in it.
    pub failed: u64,
    /// Children in flight at its end.
    pub in_flight: u64,
    /// The limit of children in flight then.
    pub limit: u64,
    /// Durations in milliseconds: median.
    pub p50_ms: f64,
    /// Durations in milliseconds: nine of ten are shorter.
    pub p90_ms: f64,
    /// Durations in milliseconds: 99 of 100 are shorter.
    pub p99_ms: f64,
}

/// A run with its Map Runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Its Map Runs, oldest first.
    pub map_runs: Vec<MapRun>,
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

/// A file that a run's ResultWriter wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultFile {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Its name below the run's folder: `SUCCEEDED_0.json`, `Redrive-1/manifest.json`.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}
