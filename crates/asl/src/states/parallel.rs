//! Parallel.

use super::flow;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step};
use crate::execution::thread::{Fork, Phase, Thread, ThreadId};
use crate::history::Kind as EventKind;
use crate::payload::Payload;
use crate::program::state::{FlowId, State};

/// Starts every branch with the same input.
pub(crate) fn run(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    branches: &[FlowId],
) -> Result<Step, Failure> {
    let input = flow::effective_input(run, t, state)?;
    let input = flow::arguments(run, t, state, &input, None)?;
    run.chain(t, EventKind::ParallelStateStarted, &[]);
    let total = branches.len() as u32;
    run.exec.stopped = None;
    run.thread_mut(t).phase = Phase::Fork(Box::new(Fork {
        input: input.clone(),
        items: None,
        total,
        next: total,
        running: total,
        limit: total,
        results: vec![None; branches.len()],
    }));
    for (index, branch) in branches.iter().enumerate() {
        spawn(run, (t, index as u32), *branch, input.clone());
    }
    if total == 0 {
        super::fork::done(run, t);
    }
    Ok(Step::Wait)
}

/// Starts a strand at a flow's entry. It sees its parent's variables and keeps its own changes.
pub(super) fn spawn(run: &mut Run<'_>, parent: (ThreadId, u32), flow: FlowId, input: Payload) -> ThreadId {
    let above = run.thread(parent.0);
    let thread = Thread {
        parent: Some(parent),
        state: run.program.flow(flow).start,
        input,
        variables: above.variables.clone(),
        last_event: above.last_event,
        entered_event: 0,
        entered_after: 0,
        entered_at: run.now,
        retries: Vec::new(),
        phase: Phase::Entering,
    };
    run.spawn(thread)
}
