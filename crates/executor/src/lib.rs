//! Runs executions and Distributed Map Runs: where the interpreter, item sources, the ledger,
//! functions and the store meet.
//!
//! It knows nothing of HTTP, users or permissions. The types that matter are [`Executor`], the
//! handle through which runs are launched, stopped, redriven and watched; [`Deps`] and
//! [`Options`], what it works with; [`Tasks`], the registry of everything that runs for long.
//!
//! Nothing is shown, counted or written to a result file before it is durable: see the module
//! `map_run` for the way of an item.

pub mod bench;
mod called;
mod calls;
mod child_name;
mod clock;
mod control;
mod deps;
mod error;
mod executor;
mod groups;
mod launch;
mod live;
mod map_run;
mod map_runs;
mod pending;
mod performer;
mod read;
mod redrive;
mod run_drive;
mod s3_calls;
mod saves;
mod tasks;
mod tokens;
mod watch;
mod window;

pub use calls::FunctionCalls;
pub use child_name::{child_index, child_name};
pub use clock::{Clock, Time};
pub use deps::{Calling, Calls, Deps, Machine, Machines, NoMachines, ObjectStores, Options};
pub use error::Error;
pub use executor::Executor;
pub use launch::{Launch, Redrive};
pub use map_run::{CommitTimes, ManifestRef};
pub use read::{is_batched, item_detail, run_definition, run_history};
pub use tasks::{OnStop, Tasks};
pub use tokens::{ActivityTask, TaskEnd, TokenError};
pub use watch::{Beginning, LedgerFrame, LedgerSnapshot, Mark, Watch};
