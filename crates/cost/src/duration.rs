//! How long a run takes and what holds it back.

use crate::workload::{ExecutionMode, Workload};
use serde::{Deserialize, Serialize};

/// What a run waits for most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Brake {
    /// Children are started at a limited rate.
    Dispatch,
    /// So many children may run at once.
    Concurrency,
    /// So many functions may run at once in the account.
    LambdaConcurrency,
    /// Standard transitions a second.
    Transitions,
    /// The source gives items at a limited rate.
    Reader,
    /// One child after all: everything else is quicker.
    ChildDuration,
}

/// A run's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duration {
    /// Milliseconds from start to end.
    pub ms: u64,
    /// What it waits for most.
    pub brake: Brake,
}

/// Children that may be started in a second. Source: Developer Guide, "Service quotas".
pub fn dispatch_per_s(workload: &Workload, mode: ExecutionMode) -> f64 {
    match mode {
        ExecutionMode::Standard => 100.0,
        ExecutionMode::Express => 1_000.0,
        ExecutionMode::Here => workload.here_children_per_s.max(1.0),
    }
}

/// Children that run at once when most do: limited by `MaxConcurrency`, by their number, and by how
/// many can be started before the first one ends.
pub(crate) fn peak_concurrency(workload: &Workload, mode: ExecutionMode) -> u64 {
    let started = (dispatch_per_s(workload, mode) * workload.child_ms() / 1000.0).ceil().max(1.0) as u64;
    u64::from(workload.concurrency(mode)).min(workload.children()).min(started)
}

/// The time at the workload's likely numbers.
pub(crate) fn duration(workload: &Workload, mode: ExecutionMode) -> Duration {
    let children = workload.children() as f64;
    let child_ms = workload.child_ms();
    let lambda_ms: f64 = workload
        .states
        .iter()
        .filter(|state| state.lambda.is_some())
        .map(|state| state.visits.likely * (1.0 + state.retries.likely) * workload.attempt_ms(state))
        .sum();
    let transitions = match mode {
        ExecutionMode::Standard => children * (1.0 + workload.entries_per_child()),
        _ => 0.0,
    };
    let read_ms = match workload.reader.items_per_s {
        rate if rate > 0.0 => workload.items as f64 / rate * 1000.0,
        _ => 0.0,
    };
    // A limited flow ends with one whole child; a limited number of places includes it.
    let times = [
        (Brake::ChildDuration, child_ms),
        (Brake::Concurrency, children * child_ms / f64::from(workload.concurrency(mode))),
        (Brake::LambdaConcurrency, children * lambda_ms / f64::from(workload.lambda_concurrency.max(1))),
        (Brake::Dispatch, (children - 1.0).max(0.0) / dispatch_per_s(workload, mode) * 1000.0 + child_ms),
        (Brake::Transitions, transitions / workload.transition_quota() as f64 * 1000.0),
        (Brake::Reader, if read_ms > 0.0 { read_ms + child_ms } else { 0.0 }),
    ];
    let (brake, ms) =
        times.into_iter().fold(times[0], |worst, next| if next.1 > worst.1 { next } else { worst });
    Duration { ms: ms.ceil() as u64, brake }
}
