//! The estimator: cost and time of a map job from a few numbers, computed where it is shown.

mod page;

pub use page::{EstimatePage, PublicEstimatePage};
