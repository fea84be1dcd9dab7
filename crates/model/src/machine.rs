//! What AWS clients keep of a state machine beside its definition: published versions, aliases;
//! and activities.

use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A published version: an immutable number for one version of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedVersion {
    /// Its number, from 1, never used again.
    pub number: u32,
    /// The version of the job.
    pub job_version: u32,
    /// What its publisher wrote.
    pub description: String,
    /// When it was published.
    pub created_at: Timestamp,
}

/// A name for one published version, or for two by weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// What its maker wrote.
    pub description: Option<String>,
    /// One or two versions; their weights sum to 100.
    pub routes: Vec<Route>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A part of an alias's executions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The published version.
    pub version: u32,
    /// Its share, in percent.
    pub weight: u32,
}

/// A queue of tasks for workers anywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}
