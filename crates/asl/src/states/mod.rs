//! What each type of state does; one file each.

pub(crate) mod choice;
pub(crate) mod fail;
pub(crate) mod flow;
pub(crate) mod fork;
pub(crate) mod map;
pub(crate) mod map_run;
mod numbers;
pub(crate) mod parallel;
pub(crate) mod pass;
pub(crate) mod succeed;
pub(crate) mod task;
pub(crate) mod wait;
