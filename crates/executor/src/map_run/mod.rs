//! One Map Run from its beginning, or from where it stood, to its end.

mod child;
mod feeder;
mod in_flight;
mod keeper;
mod meter;
mod never_began;
mod note;
mod notes;
mod patience;
mod plan;
mod progress;
mod recorder;
mod redriving;
mod result_files;
mod results;
mod run;
mod source;
mod worker;

pub use keeper::CommitTimes;
pub use plan::ManifestRef;
pub(crate) use plan::{Cursor, Plan};
pub(crate) use redriving::{Redriving, preview};
pub(crate) use run::{End, LiveMapRun, MapRunTask, concurrency};
