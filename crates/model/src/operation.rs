//! What people do to a run.

use crate::guards::Limits;
use crate::id::OperationId;
use crate::status::ItemStatus;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

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
