//! `mapwright status`: where a run stands.

use super::api::Api;
use super::{Server, code_of, progress, run::show};
use model::RunId;
use std::process::ExitCode;

/// What `mapwright status` takes.
#[derive(clap::Args, Debug)]
pub struct Status {
    #[command(flatten)]
    server: Server,
    /// The run's id
    run: RunId,
    /// Wait until the run has ended
    #[arg(long)]
    wait: bool,
    /// Print the run as JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    /// Shows the run.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        let api = Api::new(&self.server)?;
        let run = match self.wait {
            true => progress::wait(&api, self.run.as_str()).await?,
            false => api.get(&format!("/runs/{}", self.run)).await?,
        };
        show(&run, self.json)?;
        Ok(code_of(&run))
    }
}
