//! Jobs: the list, a new one, one with its versions.

mod api;
mod diff;
mod job_runs;
mod page_detail;
mod page_diff;
mod page_list;
mod page_new;
mod page_version;
mod templates;

pub use page_detail::JobPage;
pub use page_diff::DiffPage;
pub use page_list::JobsPage;
pub use page_new::NewJobPage;
pub use page_version::VersionPage;
