//! `mapwright redrive`: unsuccessful items again.

use super::api::Api;
use super::{Server, code_of, progress, run::show};
use model::{RunDetail, RunId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::process::ExitCode;

/// What `mapwright redrive` takes.
#[derive(clap::Args, Debug)]
pub struct Redrive {
    #[command(flatten)]
    server: Server,
    /// The run's id
    run: RunId,
    /// Only the unsuccessful items that this finds: status:failed error:AccessDenied key:photos/ duration:>2s range:0-4095
    #[arg(long)]
    filter: Option<String>,
    /// The job's version for them [default: the run's own]
    #[arg(long)]
    version: Option<u32>,
    /// Count what would run again, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Wait until the run has ended
    #[arg(long)]
    wait: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Preview {
    items: u64,
    pending_items: u64,
}

impl Redrive {
    /// Redrives the run.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        let api = Api::new(&self.server)?;
        let mut redrive = match &self.filter {
            Some(filter) => json!({"select": "filter", "filter": filter}),
            None => json!({"select": "all"}),
        };
        if self.dry_run {
            let counted: Value = api.post(&format!("/runs/{}/redrive/preview", self.run), &redrive).await?;
            match self.json {
                true => println!("{counted}"),
                false => {
                    let Preview { items, pending_items } = serde_json::from_value(counted)?;
                    println!("{items} items would run again, and {pending_items} that were never started");
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(version) = self.version {
            redrive["version"] = json!(version);
        }
        let begun: Value = api.post(&format!("/runs/{}/redrive", self.run), &redrive).await?;
        eprintln!("{} children run again", begun["items"]);
        let run: RunDetail = match self.wait {
            true => progress::wait(&api, self.run.as_str()).await?,
            false => api.get(&format!("/runs/{}", self.run)).await?,
        };
        show(&run, self.json)?;
        Ok(code_of(&run))
    }
}
