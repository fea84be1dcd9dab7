//! Functions that definitions call.

mod api;
mod headers;
mod page_list;
mod process;

pub use page_list::FunctionsPage;
