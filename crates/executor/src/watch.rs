//! What viewers of a Map Run are told: only what is durable, at most twice a second.

use ledger::Bins;
use model::{FailureGroup, MapRun, ProgressPoint};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Frames that a slow viewer may be behind before it needs a new snapshot.
const FRAMES_KEPT: usize = 64;

/// A Map Run as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LedgerSnapshot {
    /// The number of the last frame in it.
    pub sequence: u64,
    /// Counts, phase, limits.
    pub map_run: MapRun,
    /// `ledger::Bins::encode`.
    pub bins: Vec<u8>,
    /// The failure groups.
    pub groups: Vec<FailureGroup>,
    /// The points of the graphs.
    pub progress: Vec<ProgressPoint>,
}

/// What changed since the frame before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LedgerFrame {
    /// Its number; one more than that of the frame before.
    pub sequence: u64,
    /// Counts, phase, limits.
    pub map_run: MapRun,
    /// `ledger::Bins::take_frame`: apply to the snapshot's bins.
    pub bins: Vec<u8>,
    /// Failure groups, when there are any.
    pub groups: Vec<FailureGroup>,
    /// The last points of the graphs.
    pub progress: Vec<ProgressPoint>,
    /// Nothing follows: the Map Run has ended.
    pub last: bool,
}

/// A viewer's end: a snapshot, then every frame after it.
pub struct Watch {
    /// The Map Run when the watch began.
    pub snapshot: Arc<LedgerSnapshot>,
    /// The frames after it. When it lags behind, ask for a new watch.
    pub frames: broadcast::Receiver<Arc<LedgerFrame>>,
}

/// The ledger's end.
#[derive(Clone)]
pub(crate) struct Board {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    snapshot: Option<Arc<LedgerSnapshot>>,
    frames: broadcast::Sender<Arc<LedgerFrame>>,
    sequence: u64,
}

/// Something to publish, taken in the same moment as the commit that makes it durable.
pub(crate) struct Draft {
    pub(crate) map_run: MapRun,
    pub(crate) bins: Bins,
    pub(crate) frame: Vec<u8>,
    pub(crate) groups: Vec<FailureGroup>,
    pub(crate) progress: Vec<ProgressPoint>,
    pub(crate) last: bool,
}

impl Board {
    pub(crate) fn new() -> Self {
        let (frames, _) = broadcast::channel(FRAMES_KEPT);
        Self { inner: Arc::new(Mutex::new(Inner { snapshot: None, frames, sequence: 0 })) }
    }

    /// `None` before anything of the Map Run is durable.
    pub(crate) fn watch(&self) -> Option<Watch> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = inner.snapshot.clone()?;
        Some(Watch { snapshot, frames: inner.frames.subscribe() })
    }

    pub(crate) fn publish(&self, draft: Draft) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.sequence += 1;
        let sequence = inner.sequence;
        let recent = draft.progress.len().saturating_sub(2);
        let frame = LedgerFrame {
            sequence,
            map_run: draft.map_run.clone(),
            bins: draft.frame,
            groups: draft.groups.clone(),
            progress: draft.progress[recent..].to_vec(),
            last: draft.last,
        };
        inner.snapshot = Some(Arc::new(LedgerSnapshot {
            sequence,
            map_run: draft.map_run,
            bins: draft.bins.encode(),
            groups: draft.groups,
            progress: draft.progress,
        }));
        // Nobody watching is fine.
        let _ = inner.frames.send(Arc::new(frame));
    }
}
