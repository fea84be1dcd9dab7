//! What launching, changing and redriving a run needs to be told.

use crate::map_run::ManifestRef;
use model::{Guards, Profile, RedriveSelection, Run, RunId, WorkspaceId};
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
    pub guards: Guards,
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
    #[serde(flatten)]
    pub(crate) guards: Guards,
}
