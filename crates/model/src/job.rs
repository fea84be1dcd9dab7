//! Jobs: saved, versioned definitions.

use crate::id::JobId;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A saved configuration: a name and versioned definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its name; the state machine's name in ARNs.
    pub name: String,
    /// The newest version's number, from 1; 0 while only a draft exists.
    pub latest_version: u32,
    /// The definition being edited, when it differs from the newest version.
    pub draft: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its draft or versions last changed.
    pub updated_at: Timestamp,
}

/// One immutable version of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobVersion {
    /// Its number, from 1.
    pub version: u32,
    /// The definition, exactly as saved.
    pub definition: String,
    /// Why it was saved.
    pub message: String,
    /// Who saved it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}
