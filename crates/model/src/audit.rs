//! Who did what in a workspace.

use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// A time-sortable id.
    pub id: String,
    /// Who.
    pub actor: String,
    /// What was done: `job.save`, `run.launch` …
    pub action: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}
