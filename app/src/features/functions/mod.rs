//! Functions that definitions call.

mod api;
mod headers;
mod page_list;

pub use page_list::FunctionsPage;
