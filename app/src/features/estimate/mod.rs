//! The estimator: cost and time of a map job, from its definition and manifest or from a few
//! numbers, computed where it is shown.

mod inputs;
mod page;
mod results;

pub use page::{EstimatePage, JobEstimatePage, PublicEstimatePage};
pub use results::{AdviceList, Headline};
