//! One folder for each area of the product. A feature uses `ui`, `routes`, `session`, `shell`, the
//! domain crates, and of another feature only its `api` and what its `mod.rs` hands out.

pub mod account;
pub mod buckets;
pub mod builder;
pub mod estimate;
pub mod functions;
pub mod jobs;
pub mod manifests;
pub mod overview;
pub mod runs;
pub mod settings;
