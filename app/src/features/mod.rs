//! One folder for each area of the product. Features never import each other, only `ui`, `routes`,
//! `session`, `shell` and the domain crates.

pub mod account;
pub mod buckets;
pub mod builder;
pub mod estimate;
pub mod manifests;
pub mod functions;
pub mod jobs;
pub mod runs;
pub mod settings;
