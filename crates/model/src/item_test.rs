//! Trying a definition with one item: what to try, and what came of it.

use crate::id::{JobId, ManifestId};
use crate::status::RunStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What to try.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TestItem {
    /// The definition, as JSON text or as a JSON object.
    #[serde(default)]
    pub definition: Option<Value>,
    /// The job whose definition is tried, when `definition` is absent.
    #[serde(default)]
    pub job: Option<JobId>,
    /// The job's version; the newest when absent.
    #[serde(default)]
    pub version: Option<u32>,
    /// The one item that the distributed Map has, in place of what its ItemReader gives.
    #[serde(default)]
    pub item: Option<Value>,
    /// Take the item from this manifest instead.
    #[serde(default)]
    pub manifest: Option<ManifestId>,
    /// The item's index in the manifest, from 0.
    #[serde(default)]
    pub index: u64,
    /// The execution's input; `{}` when absent.
    #[serde(default)]
    pub input: Option<Value>,
    /// States that answer at once, by name.
    #[serde(default)]
    pub pins: BTreeMap<String, PinnedAnswer>,
}

/// What a pinned state answers: an output, or an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum PinnedAnswer {
    /// It fails.
    Error {
        /// The error's name.
        error: String,
        /// Its cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// It succeeds.
    Output {
        /// Its output.
        output: Value,
    },
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestedItem {
    /// The whole execution first, then the children of its Map Runs in the order of their end.
    pub executions: Vec<TestedExecution>,
}

/// One execution of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestedExecution {
    /// Empty for the whole; `Sort 3` for the child with item or batch 3 of the Map `Sort`.
    pub place: String,
    /// How it ended.
    pub status: RunStatus,
    /// The output when it succeeded.
    pub output: Option<Value>,
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
    /// The states that were entered, in order.
    pub states: Vec<TestedState>,
    /// The history, as GetExecutionHistory gives it.
    pub events: Vec<Value>,
}

/// One visit of a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestedState {
    /// Its name.
    pub name: String,
    /// What it was given.
    pub input: Value,
    /// What it gave; absent when it did not end.
    pub output: Option<Value>,
    /// Errors of its attempts, in order.
    pub errors: Vec<String>,
}
