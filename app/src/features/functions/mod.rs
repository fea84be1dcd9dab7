//! Functions that definitions call.

mod api;
mod headers;
mod page_list;
mod process;
mod process_form;

pub use page_list::FunctionsPage;
