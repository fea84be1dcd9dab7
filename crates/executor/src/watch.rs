//! What viewers of a Map Run are told: only what is durable, at most twice a second.

use ledger::Bins;
use model::{FailureGroup, MapRun, ProgressPoint};
use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

/// Frames that a viewer may be behind, or miss while its connection is down, before it needs a new snapshot.
const FRAMES_KEPT: usize = 64;

/// How far a viewer has read: `BOARD-NUMBER`, both hexadecimal. A board belongs to one Map Run in one
/// life of the server, so a mark from elsewhere is never taken for one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    board: u64,
    number: u64,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.board, self.number)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (board, number) = text.split_once('-').ok_or(())?;
        let parse = |text: &str| u64::from_str_radix(text, 16).map_err(|_| ());
        Ok(Self { board: parse(board)?, number: parse(number)? })
    }
}

/// A Map Run as it stands.
#[derive(Clone, Debug)]
pub struct LedgerSnapshot {
    /// The last frame in it.
    pub mark: Mark,
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
#[derive(Clone, Debug)]
pub struct LedgerFrame {
    /// Its number is one more than that of the frame before.
    pub mark: Mark,
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

/// What a viewer begins with.
#[derive(Clone, Debug)]
pub enum Beginning {
    /// It knows nothing, or too little.
    Snapshot(Arc<LedgerSnapshot>),
    /// The frames after its mark; perhaps none.
    Missed(Vec<Arc<LedgerFrame>>),
}

/// A viewer's end: a beginning, then every frame after it.
pub struct Watch {
    /// What brings the viewer up to now.
    pub beginning: Beginning,
    /// The frames after it. When it lags behind, ask for a new watch.
    pub frames: broadcast::Receiver<Arc<LedgerFrame>>,
}

/// The ledger's end.
#[derive(Clone)]
pub(crate) struct Board {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    id: u64,
    snapshot: Option<Arc<LedgerSnapshot>>,
    recent: VecDeque<Arc<LedgerFrame>>,
    frames: broadcast::Sender<Arc<LedgerFrame>>,
    number: u64,
    /// Why nothing begins just now.
    held: Option<String>,
}

impl Inner {
    /// The frames after a mark; `None` when some of them are not kept, or it is none of this board's.
    fn missed(&self, seen: Mark) -> Option<Vec<Arc<LedgerFrame>>> {
        let behind = self.number.checked_sub(seen.number).filter(|_| seen.board == self.id)?;
        let first = self.recent.len().checked_sub(usize::try_from(behind).ok()?)?;
        Some(self.recent.range(first..).cloned().collect())
    }
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
        let inner = Inner { id: rand::random(), snapshot: None, recent: VecDeque::new(), frames, number: 0, held: None };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// For a viewer that has read up to `seen`. `None` before anything of the Map Run is durable.
    pub(crate) fn watch(&self, seen: Option<Mark>) -> Option<Watch> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = inner.snapshot.clone()?;
        let missed = seen.and_then(|seen| inner.missed(seen));
        let beginning = missed.map_or(Beginning::Snapshot(snapshot), Beginning::Missed);
        Some(Watch { beginning, frames: inner.frames.subscribe() })
    }

    /// The last thing published.
    pub(crate) fn snapshot(&self) -> Option<Arc<LedgerSnapshot>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).snapshot.clone()
    }

    /// Tells viewers why nothing begins, or that it does again.
    pub(crate) fn hold(&self, why: Option<String>) {
        let snapshot = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            if inner.held == why {
                return;
            }
            inner.held = why;
            inner.snapshot.clone()
        };
        let Some(snapshot) = snapshot else { return };
        let mut bins = Bins::decode(&snapshot.bins).unwrap_or_default();
        self.publish(Draft {
            map_run: snapshot.map_run.clone(),
            frame: bins.take_frame(),
            bins,
            groups: snapshot.groups.clone(),
            progress: snapshot.progress.clone(),
            last: false,
        });
    }

    pub(crate) fn publish(&self, mut draft: Draft) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        draft.map_run.held.clone_from(&inner.held);
        inner.number += 1;
        let mark = Mark { board: inner.id, number: inner.number };
        let recent = draft.progress.len().saturating_sub(2);
        let frame = Arc::new(LedgerFrame {
            mark,
            map_run: draft.map_run.clone(),
            bins: draft.frame,
            groups: draft.groups.clone(),
            progress: draft.progress[recent..].to_vec(),
            last: draft.last,
        });
        inner.snapshot = Some(Arc::new(LedgerSnapshot {
            mark,
            map_run: draft.map_run,
            bins: draft.bins.encode(),
            groups: draft.groups,
            progress: draft.progress,
        }));
        if inner.recent.len() == FRAMES_KEPT {
            inner.recent.pop_front();
        }
        inner.recent.push_back(frame.clone());
        // Nobody watching is fine.
        let _ = inner.frames.send(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ItemCounts;
    use serde_json::json;

    fn draft(frame: u8) -> Draft {
        let map_run = json!({
            "id": "m", "run_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "state_name": "Each", "arn": "arn", "status": "RUNNING",
            "phase": "running", "execution_type": "STANDARD", "item_counts": ItemCounts::default(),
            "execution_counts": ItemCounts::default(), "reading_done": false, "max_concurrency": 0,
            "tolerated_failure_count": 0, "tolerated_failure_percentage": 0.0, "error": null, "cause": null,
            "results": null, "started_at": 0, "stopped_at": null, "redrive_count": 0,
        });
        let map_run = serde_json::from_value(map_run).expect("a Map Run");
        Draft { map_run, bins: Bins::new(0), frame: vec![frame], groups: Vec::new(), progress: Vec::new(), last: false }
    }

    /// The frames that a viewer with a mark gets first; `None` for a snapshot.
    fn missed(board: &Board, seen: Mark) -> Option<Vec<u8>> {
        match board.watch(Some(seen)).expect("something is published").beginning {
            Beginning::Snapshot(_) => None,
            Beginning::Missed(frames) => Some(frames.iter().map(|frame| frame.bins[0]).collect()),
        }
    }

    #[test]
    fn a_viewer_that_comes_back_gets_what_it_missed_or_a_snapshot() {
        let board = Board::new();
        assert!(board.watch(None).is_none());
        board.publish(draft(1));
        let first = board.snapshot().expect("a snapshot").mark;
        assert_eq!(first.to_string().parse(), Ok(first));
        assert_eq!(missed(&board, first), Some(vec![]));
        board.publish(draft(2));
        board.publish(draft(3));
        assert_eq!(missed(&board, first), Some(vec![2, 3]));
        for frame in 4..FRAMES_KEPT as u8 + 4 {
            board.publish(draft(frame));
        }
        assert_eq!(missed(&board, first), None, "not all of them are kept");
    }

    #[test]
    fn a_mark_of_another_board_or_of_the_future_is_not_believed() {
        let (one, other) = (Board::new(), Board::new());
        one.publish(draft(1));
        other.publish(draft(1));
        let mark = one.snapshot().expect("a snapshot").mark;
        assert_eq!(missed(&other, mark), None);
        assert_eq!(missed(&one, Mark { number: mark.number + 1, ..mark }), None);
        assert!("1".parse::<Mark>().is_err() && "x-1".parse::<Mark>().is_err());
    }
}
