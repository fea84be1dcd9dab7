//! Manifests: lists of items, uploaded or made from a bucket.

pub(crate) mod api;
mod page_detail;
mod page_list;
mod page_new;
mod upload;

pub use page_detail::ManifestPage;
pub use page_list::ManifestsPage;
pub use page_new::NewManifestPage;
