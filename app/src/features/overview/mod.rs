//! The first page of a workspace.

mod api;
mod page;

pub use page::OverviewPage;
