//! `mapwright run`: launch a job, and maybe wait for its end.

use super::api::{Api, Fault};
use super::{Server, code_of, describe, lookup, progress};
use anyhow::Context;
use model::{EarlyStop, RunDetail};
use serde_json::{Value, json};
use std::process::ExitCode;

/// What `mapwright run` takes.
#[derive(clap::Args, Debug)]
pub struct Run {
    #[command(flatten)]
    server: Server,
    /// The job: its name or id
    job: String,
    /// The job's version [default: the newest]
    #[arg(long)]
    version: Option<u32>,
    /// A manifest in place of the definition's own ItemReader: its name or id, or a CSV, JSON or JSON Lines file to upload
    #[arg(long)]
    manifest: Option<String>,
    /// The execution's input: JSON, or @FILE
    #[arg(long)]
    input: Option<String>,
    /// Why
    #[arg(long, default_value = "")]
    note: String,
    /// Stop when so many of the first so many items that end have failed, for example 20/50
    #[arg(long, value_parser = early_stop)]
    early_stop: Option<EarlyStop>,
    /// Begin no item any more when AWS Step Functions would have billed so many US dollars
    #[arg(long)]
    budget_usd: Option<f64>,
    /// Wait until the run has ended
    #[arg(long)]
    wait: bool,
    /// Print the run as JSON
    #[arg(long)]
    json: bool,
}

fn early_stop(text: &str) -> Result<EarlyStop, String> {
    let parts = text.split_once('/').and_then(|(failed, of)| Some((failed.parse().ok()?, of.parse().ok()?)));
    let (failed, of) = parts.ok_or("write FAILED/OF, for example 20/50")?;
    Ok(EarlyStop { failed, of })
}

impl Run {
    /// Launches the job.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        let api = Api::new(&self.server)?;
        let mut launch = json!({"job": lookup::job(&api, &self.job).await?, "note": self.note});
        if let Some(version) = self.version {
            launch["version"] = json!(version);
        }
        if let Some(manifest) = &self.manifest {
            launch["manifest"] = json!(lookup::manifest(&api, manifest).await?);
        }
        if let Some(input) = &self.input {
            launch["input"] = input_of(input)?;
        }
        if let Some(stop) = self.early_stop {
            launch["early_stop"] = json!(stop);
        }
        if let Some(budget) = self.budget_usd {
            launch["budget_usd"] = json!(budget);
        }
        let run: model::Run = api.post("/runs", &launch).await?;
        let id = run.id.to_string();
        if self.wait {
            eprintln!("{id} launched");
        }
        let run = match self.wait {
            true => progress::wait(&api, &id).await?,
            false => api.get(&format!("/runs/{id}")).await?,
        };
        show(&run, self.json)?;
        Ok(code_of(&run))
    }
}

/// Prints a run.
pub(super) fn show(run: &RunDetail, as_json: bool) -> anyhow::Result<()> {
    match as_json {
        true => println!("{}", serde_json::to_string(run)?),
        false => println!("{}", describe(run)),
    }
    Ok(())
}

fn input_of(given: &str) -> anyhow::Result<Value> {
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?,
        None => given.to_owned(),
    };
    serde_json::from_str(&text).map_err(|e| Fault::Refused(format!("the input is not JSON: {e}")).into())
}
