//! What a workspace's first page shows.

use crate::run::{Run, RunDetail};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What goes on, what went wrong, what ran last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Runs that go on, newest first.
    pub running: Vec<RunDetail>,
    /// What somebody should look at.
    pub attention: Vec<Attention>,
    /// The newest runs, newest first.
    pub recent: Vec<Run>,
    /// When this was read.
    pub now: Timestamp,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Attention {
    /// The last run of a job did not go well.
    Run {
        /// The run.
        run: Box<Run>,
        /// Its items that failed, timed out or were aborted.
        unsuccessful: u64,
        /// The error that most of them have.
        error: Option<String>,
    },
    /// A function's endpoint does not answer.
    Function {
        /// Its name.
        name: String,
    },
    /// An API token will soon stop working.
    Token {
        /// What its maker called it.
        name: String,
        /// When.
        expires_at: Timestamp,
    },
}
