//! Succeed.

use super::flow;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step};
use crate::execution::thread::ThreadId;
use crate::program::state::State;

/// Ends the strand with its input.
pub(crate) fn run(run: &mut Run<'_>, t: ThreadId, state: &State) -> Result<Step, Failure> {
    flow::exit_with_input(run, t, state).map(Step::Exit)
}
