//! Commands that speak to a running server by REST, and `check`, which needs none.

mod api;
mod check;
mod estimate;
mod lookup;
mod progress;
mod redrive;
mod results;
mod run;
mod status;

pub use api::Fault;
pub use check::Check;
pub use estimate::Estimate;
pub use redrive::Redrive;
pub use results::Results;
pub use run::Run;
pub use status::Status;

use model::{RunDetail, RunStatus};
use std::process::ExitCode;

/// The exit codes of the command line: `docs/CLI.md` tells them.
pub mod exit {
    /// The command line is wrong, or the server refused.
    pub const REFUSED: u8 = 1;
    /// The run did not succeed, or the definition has errors.
    pub const FAILED: u8 = 2;
    /// The server did not answer, or has a fault.
    pub const UNREACHABLE: u8 = 3;
}

/// Where the server is, and with which token.
#[derive(clap::Args, Clone, Debug)]
pub struct Server {
    /// The server's address
    #[arg(long, env = "MAPWRIGHT_URL", default_value = "http://127.0.0.1:3000")]
    pub server: String,
    /// An API token
    #[arg(long, env = "MAPWRIGHT_TOKEN", hide_env_values = true)]
    pub token: String,
}

/// The exit code for a run: 0 when it succeeded or goes on.
fn code_of(run: &RunDetail) -> ExitCode {
    match run.run.status {
        RunStatus::Succeeded | RunStatus::Running => ExitCode::SUCCESS,
        _ => ExitCode::from(exit::FAILED),
    }
}

/// A run in a few lines.
fn describe(run: &RunDetail) -> String {
    let mut lines = vec![format!("{} {} v{} {}", run.run.id, run.run.job_name, run.run.job_version, run.run.status)];
    for map in &run.map_runs {
        let counts = &map.item_counts;
        lines.push(format!(
            "  {}: {} items, {} succeeded, {} failed, {} timed out, {} aborted, {} running, {} pending",
            map.state_name,
            counts.total,
            counts.succeeded,
            counts.failed,
            counts.timed_out,
            counts.aborted,
            counts.running,
            counts.pending
        ));
    }
    if let Some(error) = &run.run.error {
        lines.push(format!("  {error}: {}", run.run.cause.as_deref().unwrap_or_default()));
    }
    lines.join("\n")
}
