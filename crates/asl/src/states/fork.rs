//! Where strands come together again: the ends of Parallel branches and of inline iterations.

use super::{flow, map};
use crate::execution::failure::Failure;
use crate::execution::run::Run;
use crate::execution::thread::{Fork, Phase, ThreadId};
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::state::Kind;
use crate::Value;

/// A branch or iteration succeeded.
pub(crate) fn joined(run: &mut Run<'_>, parent: ThreadId, index: u32, child: ThreadId, output: Payload) {
    let mut last = run.thread(child).last_event;
    let in_map = is_map(run, parent);
    if in_map {
        let id = iteration_event(run, parent, index, last, EventKind::MapIterationSucceeded);
        run.thread_mut(parent).last_event = id;
    } else {
        last = run.exec.history.events();
        run.thread_mut(parent).last_event = last;
    }
    run.exec.free.push(child);
    let Some(fork) = fork_of(run, parent) else { return };
    fork.running -= 1;
    if let Some(place) = fork.results.get_mut(index as usize) {
        *place = Some(output);
    }
    if fork.next < fork.total {
        return map::start_iterations(run, parent, Some(last));
    }
    if fork.running == 0 {
        done(run, parent);
    }
}

/// Every branch or iteration has succeeded: the state ends with the array of their outputs.
pub(crate) fn done(run: &mut Run<'_>, t: ThreadId) {
    let (_, state) = run.state_of(t);
    let Some(fork) = fork_of(run, t) else { return };
    let outputs = std::mem::take(&mut fork.results);
    let outputs = outputs.into_iter().map(|output| output.map_or(Value::Null, |o| o.value().clone()));
    let result = Payload::from_value(outputs.collect::<Vec<_>>().into());
    let previous = run.thread(t).last_event;
    let kind = match state.kind {
        Kind::Map(_) => EventKind::MapStateSucceeded,
        _ => EventKind::ParallelStateSucceeded,
    };
    run.record(previous, kind, &[]);
    match flow::exit_with_result(run, t, state, result) {
        Ok(exit) => run.exit(t, state, exit),
        Err(failure) => run.fail(t, failure),
    }
    run.exec.ready.push_back(t);
}

/// A branch or iteration failed: the others are aborted, and the state fails.
pub(crate) fn failed(run: &mut Run<'_>, parent: ThreadId, index: u32, child: ThreadId, failure: Failure) {
    let last = run.thread(child).last_event;
    let in_map = is_map(run, parent);
    if in_map {
        iteration_event(run, parent, index, last, EventKind::MapIterationFailed);
    } else if matches!(run.state_of(child).1.kind, Kind::Task(_)) {
        run.record(last, EventKind::TaskStateAborted, &[]);
    }
    run.thread_mut(child).phase = Phase::Ended;
    run.exec.free.push(child);
    for sibling in run.children(parent) {
        abort(run, parent, sibling, in_map);
    }
    run.thread_mut(parent).last_event = last;
    run.fail(parent, failure);
    run.exec.ready.push_back(parent);
}

/// Ends a strand whose result is no longer wanted, recording that.
fn abort(run: &mut Run<'_>, parent: ThreadId, t: ThreadId, in_map: bool) {
    for child in run.children(t) {
        let nested_in_map = is_map(run, t);
        abort(run, t, child, nested_in_map);
    }
    run.abort_effects(t);
    let thread = run.thread(t);
    let last = thread.last_event;
    let entered = !matches!(thread.phase, Phase::Entering | Phase::Yield(_));
    let kind = match run.state_of(t).1.kind {
        Kind::Task(_) => Some(EventKind::TaskStateAborted),
        Kind::Wait(_) => Some(EventKind::WaitStateAborted),
        Kind::Parallel { .. } => Some(EventKind::ParallelStateAborted),
        Kind::Map(_) => Some(EventKind::MapStateAborted),
        _ => None,
    };
    if let (true, Some(kind)) = (entered, kind) {
        run.record(last, kind, &[]);
    }
    if in_map {
        let index = run.thread(t).parent.map_or(0, |(_, index)| index);
        iteration_event(run, parent, index, last, EventKind::MapIterationAborted);
    }
    run.thread_mut(t).phase = Phase::Ended;
    run.exec.free.push(t);
}

pub(super) fn iteration_event(
    run: &mut Run<'_>,
    map: ThreadId,
    index: u32,
    previous: u64,
    kind: EventKind,
) -> u64 {
    let state = u64::from(run.thread(map).state.0);
    let fields = [(Field::Index, Part::Number(u64::from(index))), (Field::State, Part::Number(state))];
    run.record(previous, kind, &fields)
}

pub(super) fn fork_of<'r>(run: &'r mut Run<'_>, t: ThreadId) -> Option<&'r mut Fork> {
    match &mut run.thread_mut(t).phase {
        Phase::Fork(fork) => Some(fork),
        _ => None,
    }
}

fn is_map(run: &Run<'_>, t: ThreadId) -> bool {
    matches!(run.state_of(t).1.kind, Kind::Map(_))
}
