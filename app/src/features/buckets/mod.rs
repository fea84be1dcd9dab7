//! Buckets: what the workspace's object stores hold.

mod api;
mod page_bucket;
mod page_list;

pub use page_bucket::BucketPage;
pub use page_list::BucketsPage;
