//! Pass.

use super::flow;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step};
use crate::execution::thread::ThreadId;
use crate::payload::Payload;
use crate::program::state::State;

/// The result is `Result`, or the Parameters, or the input.
pub(crate) fn run(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    result: Option<&Payload>,
) -> Result<Step, Failure> {
    let input = flow::effective_input(run, t, state)?;
    let result = match result {
        Some(result) => result.clone(),
        None => flow::arguments(run, t, state, &input, None)?,
    };
    flow::exit_with_result(run, t, state, result).map(Step::Exit)
}
