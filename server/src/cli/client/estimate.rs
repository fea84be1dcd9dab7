//! `mapwright estimate`: what a job over a manifest costs and how long it takes.

use super::api::Api;
use super::{Server, lookup};
use anyhow::Context;
use app::ui::format;
use cost::{Estimate as Priced, ExecutionMode, Inputs, Range, Report, Spread};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// What `mapwright estimate` takes.
#[derive(clap::Args, Debug)]
pub struct Estimate {
    #[command(flatten)]
    server: Server,
    /// The job: its name or id, or a definition in a file, ASL as JSON
    job: String,
    /// The job's version [default: the newest]
    #[arg(long)]
    version: Option<u32>,
    /// The items: a manifest's name or id, or a CSV, JSON or JSON Lines file to upload
    #[arg(long, required_unless_present = "items")]
    manifest: Option<String>,
    /// The number of items, instead of a manifest
    #[arg(long)]
    items: Option<u64>,
    /// Milliseconds of a Task for each item
    #[arg(long)]
    task_ms: Option<f64>,
    /// Items in a child [default: what the definition says]
    #[arg(long)]
    batch: Option<u64>,
    /// Memory of the functions, in MB; without it their cost is left out
    #[arg(long)]
    lambda_mb: Option<u64>,
    /// The region of the prices
    #[arg(long)]
    region: Option<String>,
    /// Leave AWS's free tier out
    #[arg(long)]
    no_free_tier: bool,
    /// Print the whole estimate as JSON
    #[arg(long)]
    json: bool,
}

impl Estimate {
    /// Asks the server.
    pub async fn execute(self) -> anyhow::Result<ExitCode> {
        let api = Api::new(&self.server)?;
        let inputs = Inputs {
            items: self.items.unwrap_or_default(),
            task_ms: self.task_ms.map(Spread::exactly),
            items_per_batch: self.batch,
            lambda_memory_mb: self.lambda_mb,
            region: self.region,
            no_free_tier: self.no_free_tier,
            ..Inputs::default()
        };
        let mut asked = json!({"inputs": inputs});
        if Path::new(&self.job).is_file() {
            let text = std::fs::read_to_string(&self.job).with_context(|| format!("cannot read {}", self.job))?;
            asked["definition"] = Value::String(text);
        } else {
            asked["job"] = json!(lookup::job(&api, &self.job).await?);
            asked["version"] = json!(self.version);
        }
        if let Some(manifest) = &self.manifest {
            asked["manifest"] = json!(lookup::manifest(&api, manifest).await?);
        }
        let answer: Value = api.post("/estimates", &asked).await?;
        match self.json {
            true => println!("{answer}"),
            false => print!("{}", lines(&serde_json::from_value(answer).context("the answer is not an estimate")?)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// One line for each way to run it, then what to know.
fn lines(report: &Report) -> String {
    let mut text = format!("{}\n", format::counted(report.workload.items, "item", "items"));
    for one in &report.estimates {
        let chosen = if one.mode == report.mode { "  (as the definition says)" } else { "" };
        text += &format!("{:<9} {}{chosen}\n", name(one.mode), figures(one));
    }
    if let Some(best) = report.choices.iter().find(|choice| choice.cheapest_on_aws) {
        let money = format::money(best.cost.micro_usd());
        text += &format!("cheapest on AWS: {} with {} a child, {money}\n", name(best.mode), best.items_per_batch);
    }
    for advice in &report.advice {
        text += &format!("{}: {} {}\n", advice.code, advice.text, advice.fix);
    }
    for assumed in &report.assumed {
        text += &format!("assumed: {assumed}\n");
    }
    text
}

fn name(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Here => "here",
        ExecutionMode::Standard => "STANDARD",
        ExecutionMode::Express => "EXPRESS",
    }
}

fn figures(one: &Priced) -> String {
    let Range { low, likely, high } = one.cost;
    let [low, likely, high] = [low, likely, high].map(|money| format::money(money.micro_usd()));
    let time = one.duration_ms;
    let [fast, usual, slow] = [time.low, time.likely, time.high].map(format::about_ms);
    format!("{likely} ({low} to {high}), {usual} ({fast} to {slow})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use cost::{Facts, PriceBook};

    #[test]
    fn a_million_items_of_one_task_in_lines() {
        let definition = r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true,
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f", "End": true}}}}}}"#;
        let inputs = Inputs { items: 1_000_000, no_free_tier: true, ..Inputs::default() };
        let report = cost::report(&asl::outline(definition), &inputs, &Facts::default(), &PriceBook::built_in()).unwrap();
        let text = lines(&report);
        assert!(text.contains("STANDARD  $50.00 ($50.00 to $50.00)"), "{text}");
        assert!(text.contains("(as the definition says)") && text.contains("cheapest on AWS: STANDARD with 1000 a child"), "{text}");
    }
}
