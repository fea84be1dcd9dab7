//! What launching, changing and redriving a run needs to be told.

use crate::map_run::ManifestRef;
use model::{Profile, RedriveSelection, Run, RunId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A run to be launched.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Whose run it is.
    pub workspace: WorkspaceId,
    /// The run as pages will show it: id, ARN, input and launcher are the caller's business.
    pub run: Run,
    /// The definition.
    pub definition: Arc<str>,
    /// Whether what AWS would refuse is run.
    pub profile: Profile,
    /// A manifest that replaces the ItemReader of the first distributed Map.
    pub manifest: Option<ManifestRef>,
    /// When a Map Run is not worth going on with.
    pub early_stop: Option<EarlyStop>,
}

/// A Map Run stops early when this many of the first so many items that end have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyStop {
    /// Failed items.
    pub failed: u64,
    /// Of the first so many that have ended.
    pub of: u64,
}

impl EarlyStop {
    /// The error of a Map Run that was stopped so.
    pub const ERROR: &str = "Mapwright.EarlyStop";

    /// Whether to stop at these counts. Many items may end at once: beyond the first `of` the share counts.
    pub(crate) fn is_reached(self, failed: u64, finished: u64) -> bool {
        let share = u128::from(failed) * u128::from(self.of) >= u128::from(self.failed) * u128::from(finished);
        failed > 0 && failed >= self.failed && (finished <= self.of || share)
    }
}

/// New limits of a Map Run; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Children at once; 0 means 10,000.
    pub max_concurrency: Option<u32>,
    /// Failed items that are tolerated.
    pub tolerated_failure_count: Option<u64>,
    /// Failed items that are tolerated, in percent of all.
    pub tolerated_failure_percentage: Option<f64>,
}

/// A redrive of a run that has ended.
#[derive(Clone, Debug)]
pub struct Redrive {
    /// Whose run it is.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The Map Run; the last one of the run when `None`.
    pub map_run: Option<String>,
    /// Which children run again.
    pub selection: RedriveSelection,
    /// A newer definition for them, and its version; as before when `None`. Children then begin
    /// at their first state. The parent itself goes on with the definition it was launched with.
    pub definition: Option<(u32, Arc<str>)>,
    /// Who asks.
    pub actor: String,
}

/// What is stored of a launch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaunchRecord {
    pub(crate) definition: Arc<str>,
    pub(crate) profile: Profile,
    pub(crate) manifest: Option<ManifestRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) early_stop: Option<EarlyStop>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_of_the_first_fifty() {
        let stop = EarlyStop { failed: 20, of: 50 };
        assert!(!stop.is_reached(19, 19));
        assert!(stop.is_reached(20, 20));
        assert!(stop.is_reached(20, 50));
        assert!(!stop.is_reached(20, 256), "a smaller share than twenty of fifty");
        assert!(stop.is_reached(200, 256));
    }
}
