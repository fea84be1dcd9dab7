//! Runs: launch, control, redrive.

mod export;
mod items;
mod results;

use crate::context::Cx;
use crate::secrets::random;
use crate::{Error, Service};
use asl::check::{self, CheckOptions, Severity, check};
use executor::{Launch, ManifestRef, Redrive};
use model::limits::MAX_PAYLOAD_BYTES;
use model::{
    Arn, ExecutionType, Guards, Job, JobId, JobVersion, Limits, Manifest, ManifestId, ManifestStatus, MapRun, Operation,
    Origin, Permission, Profile, RedrivePreview, RedriveSelection, Run, RunDetail, RunId, RunStatus,
};
use serde::{Deserialize, Serialize};
use store::RunFilter;

pub use export::{ExportFormat, ExportItems};

/// A run to launch.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct LaunchRun {
    /// The job.
    pub job: JobId,
    /// The version; the newest when absent.
    pub version: Option<u32>,
    /// A manifest that replaces the definition's own ItemReader.
    pub manifest: Option<ManifestId>,
    /// The execution's input, a JSON value; `{}` when absent.
    pub input: Option<serde_json::Value>,
    /// Why.
    #[serde(default)]
    pub note: String,
    /// Whether what AWS would refuse is run with a warning.
    #[serde(default)]
    pub profile: Profile,
    /// When a Map Run is not worth going on with.
    #[serde(flatten)]
    pub guards: Guards,
}

/// A run that begins, from any door.
pub(crate) struct Begin {
    pub job: Job,
    pub version: JobVersion,
    pub manifest: Option<Manifest>,
    /// JSON text, at most as long as AWS allows.
    pub input: String,
    pub note: String,
    pub profile: Profile,
    /// The execution's ARN; one with the run's id when absent.
    pub arn: Option<Arn>,
    pub origin: Origin,
    pub guards: Guards,
}

/// A redrive to begin.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct RedriveRun {
    /// Which unsuccessful children.
    #[serde(flatten)]
    pub selection: RedriveSelection,
    /// The job's version for them; the run's own when absent.
    pub version: Option<u32>,
}

/// What becomes of the children in flight when a run is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InFlight {
    /// They are aborted.
    #[default]
    Abort,
    /// They end; the run is paused until then.
    Finish,
}

/// What a redrive began.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Redriven {
    /// Children that run again.
    pub items: u64,
}

impl Service {
    /// Launches a run of a job. Errors of the definition refuse it, warnings do not.
    pub async fn launch(&self, cx: &Cx, launch: LaunchRun) -> Result<Run, Error> {
        cx.require(Permission::Operate)?;
        let job = self.job(cx, &launch.job).await?;
        let version = self.version(cx, &launch.job, launch.version).await?;
        let manifest = match &launch.manifest {
            Some(id) => Some(ready(self.manifest(cx, id).await?)?),
            None => None,
        };
        let input = launch.input.unwrap_or_else(|| serde_json::json!({})).to_string();
        if input.len() > MAX_PAYLOAD_BYTES {
            let message = format!("The input has {} bytes; the limit is {MAX_PAYLOAD_BYTES}.", input.len());
            return Err(Error::invalid("input", message));
        }
        let origin = Origin { execution_type: job.execution_type, ..Origin::default() };
        if let Some((field, sentence)) = launch.guards.fault() {
            return Err(Error::invalid(field, sentence));
        }
        let (note, profile, guards) = (launch.note, launch.profile, launch.guards);
        self.begin(cx, Begin { job, version, manifest, input, note, profile, arn: None, origin, guards }).await
    }

    /// Begins a run, whichever door asked for it.
    pub(crate) async fn begin(&self, cx: &Cx, begin: Begin) -> Result<Run, Error> {
        cx.require(Permission::Operate)?;
        let Begin { job, version, manifest, input, note, profile, arn, origin, guards } = begin;
        refuse_errors(&version.definition, profile)?;
        let definition = as_it_runs(version.definition, profile);
        let id = RunId::new(cx.now.0, random());
        let arn = arn.unwrap_or_else(|| match origin.execution_type {
            ExecutionType::Standard => self.partition.execution(&job.name, id.as_str()),
            ExecutionType::Express => self.partition.express_execution(&job.name, id.as_str(), id.as_str()),
        });
        let run = Run {
            arn: arn.as_str().to_owned(),
            id,
            job_id: Some(job.id),
            job_name: job.name,
            job_version: version.version,
            manifest_id: manifest.as_ref().map(|manifest| manifest.id.clone()),
            status: RunStatus::Running,
            input,
            output: None,
            error: None,
            cause: None,
            started_by: cx.actor.name(),
            note,
            started_at: cx.now,
            stopped_at: None,
            redrive_count: 0,
            redriven_at: None,
            origin,
        };
        let launched = self
            .executor
            .launch(Launch {
                workspace: cx.workspace.id.clone(),
                run,
                definition: definition.into(),
                profile,
                manifest: manifest.map(|m| ManifestRef { bucket: m.bucket, key: m.key, items: m.items }),
                guards,
            })
            .await?;
        self.note(cx, "run.launch", launched.id.as_str()).await?;
        Ok(launched)
    }

    /// The workspace's runs, newest first.
    pub async fn runs(&self, cx: &Cx, filter: RunFilter, limit: u32) -> Result<Vec<Run>, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.runs(&cx.workspace.id, &filter, limit.clamp(1, 200)).await?)
    }

    /// The newest runs, of one job when it is given.
    pub async fn recent_runs(&self, cx: &Cx, job: Option<JobId>, limit: u32) -> Result<Vec<Run>, Error> {
        self.runs(cx, RunFilter { job, ..RunFilter::default() }, limit).await
    }

    /// One run with its Map Runs.
    pub async fn run(&self, cx: &Cx, id: &RunId) -> Result<RunDetail, Error> {
        cx.require(Permission::Read)?;
        let run = self.store.run(&cx.workspace.id, id).await?.ok_or_else(|| Error::not_found("run", id))?;
        let map_runs = self.store.map_runs(&cx.workspace.id, id).await?;
        Ok(RunDetail { run, map_runs })
    }

    /// Stops a run: the rest stays pending and can be redriven.
    pub async fn stop_run(&self, cx: &Cx, id: &RunId, in_flight: InFlight) -> Result<(), Error> {
        self.operable(cx, id).await?;
        let (workspace, actor) = (&cx.workspace.id, cx.actor.name());
        match in_flight {
            InFlight::Abort => self.executor.stop(workspace, id, &actor, (None, None)).await?,
            InFlight::Finish => self.executor.stop_after_flight(workspace, id, &actor).await?,
        }
        self.note(cx, "run.stop", id.as_str()).await
    }

    /// Starts no new children until the run is resumed.
    pub async fn pause_run(&self, cx: &Cx, id: &RunId) -> Result<(), Error> {
        self.operable(cx, id).await?;
        self.executor.pause(&cx.workspace.id, id, &cx.actor.name()).await?;
        self.note(cx, "run.pause", id.as_str()).await
    }

    /// Starts new children again.
    pub async fn resume_run(&self, cx: &Cx, id: &RunId) -> Result<(), Error> {
        self.operable(cx, id).await?;
        self.executor.resume(&cx.workspace.id, id, &cx.actor.name()).await?;
        self.note(cx, "run.resume", id.as_str()).await
    }

    /// Changes the limits of the run's Map Run that is running.
    pub async fn update_limits(&self, cx: &Cx, id: &RunId, limits: Limits) -> Result<(), Error> {
        self.operable(cx, id).await?;
        if let Some((field, sentence)) = limits.fault() {
            return Err(Error::invalid(field, sentence));
        }
        let map_run = self.map_run_of(cx, id, None).await?;
        self.executor.update_limits(&cx.workspace.id, &map_run.id, limits, &cx.actor.name()).await?;
        self.note(cx, "run.limits", id.as_str()).await
    }

    /// Runs unsuccessful children again, with the run's own version of the job or a newer one.
    pub async fn redrive_run(&self, cx: &Cx, id: &RunId, redrive: RedriveRun) -> Result<Redriven, Error> {
        let run = self.operable(cx, id).await?.run;
        let definition = match (&run.job_id, redrive.version) {
            (Some(job), Some(number)) if number != run.job_version => {
                let version = self.version(cx, job, Some(number)).await?;
                refuse_errors(&version.definition, Profile::Lenient)?;
                Some((version.version, as_it_runs(version.definition, Profile::Lenient).into()))
            }
            _ => None,
        };
        let items = self
            .executor
            .redrive(Redrive {
                workspace: cx.workspace.id.clone(),
                run: id.clone(),
                map_run: None,
                selection: redrive.selection,
                definition,
                actor: cx.actor.name(),
            })
            .await?;
        self.note(cx, "run.redrive", id.as_str()).await?;
        Ok(Redriven { items })
    }

    /// Counts what a redrive of a run's Map Run would run again; exact.
    pub async fn preview_redrive(
        &self,
        cx: &Cx,
        id: &RunId,
        map_run: Option<&str>,
        selection: &RedriveSelection,
    ) -> Result<RedrivePreview, Error> {
        let map_run = self.map_run_of(cx, id, map_run).await?;
        Ok(self.executor.preview_redrive(&cx.workspace.id, &map_run.id, selection).await?)
    }

    /// How many runs a filter finds in all.
    pub async fn count_runs(&self, cx: &Cx, filter: &RunFilter) -> Result<u64, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.count_runs_of(&cx.workspace.id, filter).await?)
    }

    /// What was done to a run, newest first.
    pub async fn operations(&self, cx: &Cx, id: &RunId) -> Result<Vec<Operation>, Error> {
        self.run(cx, id).await?;
        Ok(self.store.operations(&cx.workspace.id, id).await?)
    }

    /// The history of the run's own execution, in AWS's shapes.
    pub async fn run_history(&self, cx: &Cx, id: &RunId) -> Result<Vec<serde_json::Value>, Error> {
        cx.require(Permission::Read)?;
        Ok(executor::run_history(&self.store, &cx.workspace.id, id).await?)
    }

    async fn operable(&self, cx: &Cx, id: &RunId) -> Result<RunDetail, Error> {
        cx.require(Permission::Operate)?;
        self.run(cx, id).await
    }

    /// A Map Run of a run: the one asked for, or the last.
    pub(crate) async fn map_run_of(
        &self,
        cx: &Cx,
        run: &RunId,
        map_run: Option<&str>,
    ) -> Result<MapRun, Error> {
        let all = self.run(cx, run).await?.map_runs;
        let found = match map_run {
            Some(id) => all.into_iter().find(|map| map.id == id),
            None => all.into_iter().next_back(),
        };
        found.ok_or_else(|| Error::not_found("Map Run", map_run.unwrap_or("of this run")))
    }
}

fn ready(manifest: Manifest) -> Result<Manifest, Error> {
    match manifest.status {
        ManifestStatus::Ready => Ok(manifest),
        _ => Err(Error::Conflict(format!("The manifest \"{}\" is not complete.", manifest.name))),
    }
}

/// The definition without the liberties that the lenient profile allows.
fn as_it_runs(definition: String, profile: Profile) -> String {
    match profile {
        Profile::Lenient => check::normalize(&definition),
        Profile::Strict => definition,
    }
}

/// Refuses a definition with errors; each becomes a problem at its JSON pointer.
fn refuse_errors(definition: &str, profile: Profile) -> Result<(), Error> {
    let profile = match profile {
        Profile::Lenient => check::Profile::Lenient,
        Profile::Strict => check::Profile::Strict,
    };
    let options = CheckOptions { profile, ..CheckOptions::default() };
    let errors: Vec<_> = check(definition, &options)
        .into_iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| crate::Problem {
            field: found.pointer,
            message: format!("line {}: {}", found.line, found.message),
        })
        .collect();
    match errors.is_empty() {
        true => Ok(()),
        false => Err(Error::Invalid(errors)),
    }
}

impl From<executor::Error> for Error {
    fn from(error: executor::Error) -> Self {
        match error {
            executor::Error::NotFound => Self::not_found("run", "this"),
            executor::Error::Definition(fault) => Self::invalid("definition", fault.to_string()),
            executor::Error::Filter(error) => Self::invalid("filter", error.to_string()),
            executor::Error::Conflict(text) => Self::Conflict(text),
            executor::Error::Store(error) => error.into(),
            other @ (executor::Error::Elsewhere | executor::Error::Stopping) => {
                Self::Conflict(other.to_string())
            }
            other => Self::internal(other),
        }
    }
}
