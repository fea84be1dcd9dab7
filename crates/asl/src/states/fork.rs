//! Where strands come together again: the ends of Parallel branches and of inline iterations.

use super::{flow, map};
use crate::Value;
use crate::execution::failure::Failure;
use crate::execution::run::Run;
use crate::execution::thread::{Fork, Phase, ThreadId};
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::state::Kind;

/// A branch or iteration succeeded.
pub(crate) fn joined(run: &mut Run<'_>, parent: ThreadId, index: u32, child: ThreadId, output: Payload) {
    let last = run.thread(child).last_event;
    let latest = match is_map(run, parent) {
        true => iteration_event(run, parent, index, last, EventKind::MapIterationSucceeded),
        false => last,
    };
    let above = run.thread_mut(parent);
    above.last_event = above.last_event.max(latest);
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
    let succeeded = run.record(previous, kind, &[]);
    match flow::exit_with_result(run, t, state, result) {
        Ok(exit) => run.exit(t, state, exit),
        Err(failure) => {
            run.thread_mut(t).last_event = succeeded;
            run.fail(t, failure);
        }
    }
    run.exec.ready.push_back(t);
}

/// A branch or iteration failed: the others are aborted, and the state fails. As recorded on AWS, all of
/// these events follow the failed strand's last one.
pub(crate) fn failed(run: &mut Run<'_>, parent: ThreadId, index: u32, child: ThreadId, failure: Failure) {
    let last = run.thread(child).last_event;
    if parent == 0 {
        run.keep_fork(Some(child));
    }
    run.thread_mut(child).phase = Phase::Ended;
    run.exec.free.push(child);
    abort_iterations(run, parent, last);
    if matches!(run.state_of(child).1.kind, Kind::Task(_)) {
        run.record(last, EventKind::TaskStateAborted, &[]);
    }
    if is_map(run, parent) {
        iteration_event(run, parent, index, last, EventKind::MapIterationFailed);
    }
    run.thread_mut(parent).last_event = last;
    run.fail(parent, failure);
    run.exec.ready.push_back(parent);
}

/// Ends every strand of a fork, recording that.
pub(crate) fn abort_iterations(run: &mut Run<'_>, parent: ThreadId, after: u64) {
    let in_map = is_map(run, parent);
    for child in run.children(parent) {
        if in_map {
            let index = run.thread(child).parent.map_or(0, |(_, index)| index);
            iteration_event(run, parent, index, after, EventKind::MapIterationAborted);
        }
        abort(run, child, after);
    }
}

/// Ends a strand whose result is no longer wanted, recording that.
fn abort(run: &mut Run<'_>, t: ThreadId, after: u64) {
    let entered = !matches!(run.thread(t).phase, Phase::Entering | Phase::Yield(_));
    let kind = match run.state_of(t).1.kind {
        Kind::Task(_) => Some(EventKind::TaskStateAborted),
        Kind::Wait(_) => Some(EventKind::WaitStateAborted),
        Kind::Parallel { .. } => Some(EventKind::ParallelStateAborted),
        Kind::Map(_) => Some(EventKind::MapStateAborted),
        _ => None,
    };
    if let (true, Some(kind)) = (entered, kind) {
        run.record(after, kind, &[]);
    }
    if matches!(run.thread(t).phase, Phase::Fork(_)) {
        abort_iterations(run, t, after);
    }
    run.abort_effects(t);
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
