//! Runs: launch, live progress, items, failures, redrive, results.

pub(crate) mod api;
mod commands;
mod controls;
mod drawer;
pub mod item_map;
mod items;
mod live;
mod page_launch;
mod page_list;
mod page_run;
mod redrive;
mod tabs;

pub use page_launch::LaunchPage;
pub use page_list::{RunLines, RunsPage, table as run_table};
pub use page_run::RunPage;
