//! Server functions of runs.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::form::number;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{
    FailureGroup, ItemDetail, ItemQuery, ItemsPage, Job, JobVersion, Manifest, Operation, ProgressPoint,
    RedrivePreview, RedriveSelection, ResultFile, Run, RunDetail,
};
use serde::{Deserialize, Serialize};

/// What the run page shows before its stream begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    /// The run and its Map Runs.
    pub detail: RunDetail,
    /// `ledger::Bins`, encoded.
    pub bins: Vec<u8>,
    /// Why items fail, most frequent first.
    pub groups: Vec<FailureGroup>,
    /// The points of the graphs.
    pub progress: Vec<ProgressPoint>,
    /// The newest version of the job, when there is a newer one than the run's.
    pub newer_version: Option<u32>,
}

/// What the launch page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaunchView {
    /// The job.
    pub job: Job,
    /// The version to launch.
    pub version: JobVersion,
    /// Manifests to choose from, newest first.
    pub manifests: Vec<Manifest>,
}

/// The workspace's runs, newest first; of one job when `job` is given.
#[server(prefix = "/rpc")]
pub async fn run_list(w: String, job: Option<String>) -> Result<Vec<Run>, UiError> {
    let (house, cx) = enter(&w).await?;
    let job = job.map(|id| id.parse()).transpose().map_err(|_| service::Error::not_found("job", "this"))?;
    Ok(house.recent_runs(&cx, job, 100).await?)
}

/// One run with everything the overview needs.
#[server(prefix = "/rpc")]
pub async fn open_run(w: String, id: String) -> Result<RunView, UiError> {
    let (house, cx) = enter(&w).await?;
    let id = parse(&id)?;
    let detail = house.run(&cx, &id).await?;
    let newer_version = match &detail.run.job_id {
        Some(job) => house.job(&cx, job).await.ok().map(|job| job.latest_version),
        None => None,
    }
    .filter(|latest| *latest > detail.run.job_version);
    if detail.map_runs.is_empty() {
        return Ok(RunView { detail, bins: Vec::new(), groups: Vec::new(), progress: Vec::new(), newer_version });
    }
    Ok(RunView {
        bins: house.map_bins(&cx, &id, None).await?,
        groups: house.failure_groups(&cx, &id, None).await?,
        progress: house.progress(&cx, &id, None).await?,
        detail,
        newer_version,
    })
}

/// A page of items.
#[server(prefix = "/rpc", input = leptos::server_fn::codec::Json)]
pub async fn item_list(w: String, id: String, query: ItemQuery) -> Result<ItemsPage, UiError> {
    let (house, cx) = enter(&w).await?;
    match house.items(&cx, &parse(&id)?, &query).await {
        Err(service::Error::NotFound { what: "Map Run", .. }) => Ok(ItemsPage::default()),
        other => Ok(other?),
    }
}

/// Everything about one item.
#[server(prefix = "/rpc")]
pub async fn one_item(w: String, id: String, index: u64) -> Result<ItemDetail, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.item(&cx, &parse(&id)?, None, index).await?)
}

/// One status code for each item of a window.
#[server(prefix = "/rpc")]
pub async fn window(w: String, id: String, from: u64, to: u64) -> Result<Vec<u8>, UiError> {
    let (house, cx) = enter(&w).await?;
    let statuses = house.map_items(&cx, &parse(&id)?, None, (from, to)).await?;
    Ok(statuses.into_iter().map(|status| status as u8).collect())
}

/// What was done to a run.
#[server(prefix = "/rpc")]
pub async fn operation_list(w: String, id: String) -> Result<Vec<Operation>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.operations(&cx, &parse(&id)?).await?)
}

/// The result files of a run.
#[server(prefix = "/rpc")]
pub async fn result_list(w: String, id: String) -> Result<Vec<ResultFile>, UiError> {
    let (house, cx) = enter(&w).await?;
    match house.results(&cx, &parse(&id)?).await {
        Err(service::Error::NotFound { what: "Map Run", .. }) => Ok(Vec::new()),
        other => Ok(other?),
    }
}

/// The definition that a run was launched with.
#[server(prefix = "/rpc")]
pub async fn run_definition(w: String, id: String) -> Result<String, UiError> {
    let (house, cx) = enter(&w).await?;
    let run = house.run(&cx, &parse(&id)?).await?.run;
    match &run.job_id {
        Some(job) => Ok(house.version(&cx, job, Some(run.job_version)).await?.definition),
        None => Ok(String::new()),
    }
}

/// Stops, pauses or resumes: `verb` is `stop`, `stop_after_flight`, `pause` or `resume`.
#[server(prefix = "/rpc")]
pub async fn control(w: String, id: String, verb: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let id = parse(&id)?;
    match verb.as_str() {
        "stop" => house.stop_run(&cx, &id, service::InFlight::Abort).await?,
        "stop_after_flight" => house.stop_run(&cx, &id, service::InFlight::Finish).await?,
        "pause" => house.pause_run(&cx, &id).await?,
        _ => house.resume_run(&cx, &id).await?,
    }
    Ok(())
}

/// Limits as they stand in a form; what is empty stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LimitFields {
    /// Children at once.
    pub max_concurrency: String,
    /// Tolerated failed items.
    pub failures: String,
    /// Tolerated failed items, in percent.
    pub failures_percent: String,
    /// US dollars.
    pub budget_usd: String,
}

/// Changes the limits of the Map Run that is running.
#[server(prefix = "/rpc")]
pub async fn change_limits(w: String, id: String, limits: LimitFields) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let id = parse(&id)?;
    let asked = model::Limits {
        max_concurrency: number("max_concurrency", &limits.max_concurrency)?,
        tolerated_failure_count: number("tolerated_failure_count", &limits.failures)?,
        tolerated_failure_percentage: number("tolerated_failure_percentage", &limits.failures_percent)?,
        budget_usd: number("budget_usd", &limits.budget_usd)?,
    };
    let changed = match house.run(&cx, &id).await?.map_runs.last() {
        Some(map) => asked.changing(map),
        None => asked,
    };
    Ok(house.update_limits(&cx, &id, changed).await?)
}

/// Counts what a redrive would run again; exact.
#[server(prefix = "/rpc", input = leptos::server_fn::codec::Json)]
pub async fn count_redrive(w: String, id: String, selection: RedriveSelection) -> Result<RedrivePreview, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.preview_redrive(&cx, &parse(&id)?, None, &selection).await?)
}

/// Runs unsuccessful items again; with another version when `version` is not the run's own.
#[server(prefix = "/rpc", input = leptos::server_fn::codec::Json)]
pub async fn redrive(
    w: String,
    id: String,
    selection: RedriveSelection,
    version: Option<u32>,
) -> Result<u64, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.redrive_run(&cx, &parse(&id)?, service::RedriveRun { selection, version }).await?.items)
}

/// What the launch page of a job shows.
#[server(prefix = "/rpc")]
pub async fn review(w: String, job: String, version: Option<u32>) -> Result<LaunchView, UiError> {
    let (house, cx) = enter(&w).await?;
    let id = job.parse().map_err(|_| service::Error::not_found("job", &job))?;
    let job = house.job(&cx, &id).await?;
    let version = house.version(&cx, &id, version).await?;
    Ok(LaunchView { job, version, manifests: house.manifests(&cx).await? })
}

/// What ends a run early, as it stands in a form; what is empty is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GuardFields {
    /// Failed items …
    pub failed: String,
    /// … of the first so many.
    pub of: String,
    /// US dollars.
    pub budget_usd: String,
}

/// Launches and goes to the run's page.
#[server(prefix = "/rpc")]
pub async fn launch(
    w: String,
    job: String,
    version: u32,
    manifest: Option<String>,
    input: String,
    note: String,
    guards: GuardFields,
) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let input = match input.trim() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|e| {
            service::Error::invalid("input", format!("The input is not JSON: {e}."))
        })?),
    };
    let manifest = manifest.filter(|id| !id.is_empty());
    let early_stop = match (number("failed", &guards.failed)?, number("of", &guards.of)?) {
        (Some(failed), Some(of)) => Some(model::EarlyStop { failed, of }),
        (None, None) => None,
        _ => return Err(service::Error::invalid("early_stop", "An early stop needs both numbers.").into()),
    };
    let guards = model::Guards { early_stop, budget_usd: number("budget_usd", &guards.budget_usd)? };
    let run = house
        .launch(&cx, service::LaunchRun {
            job: job.parse().map_err(|_| service::Error::not_found("job", &job))?,
            version: Some(version),
            manifest: manifest
                .map(|id| id.parse().map_err(|_| service::Error::not_found("manifest", &id)))
                .transpose()?,
            input,
            note,
            profile: model::Profile::Lenient,
            guards,
        })
        .await?;
    leptos_axum::redirect(&crate::routes::At(w).run(run.id.as_str()));
    Ok(())
}

#[cfg(feature = "ssr")]
fn parse(id: &str) -> Result<model::RunId, UiError> {
    id.parse().map_err(|_| service::Error::not_found("run", id).into())
}
