//! Runs: a launched job and its Map Runs.

use crate::counts::ItemCounts;
use crate::guards::Metered;
use crate::id::{JobId, ManifestId, RunId};
use crate::status::{ExecutionType, RunStatus};
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

impl MapRun {
    /// Whether children begin or end in it. Not once it stops for an error: what began then is over.
    pub fn takes_items(&self) -> bool {
        match self.phase {
            MapRunPhase::Running | MapRunPhase::Paused => true,
            MapRunPhase::Stopping => self.error.is_none(),
            MapRunPhase::Writing | MapRunPhase::Finished => false,
        }
    }

    /// The AWS region in its ARN, whose prices count.
    pub fn region(&self) -> &str {
        crate::arn::region(&self.arn)
    }
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
