//! Jobs: drafts and immutable versions of a definition.

use crate::context::Cx;
use crate::secrets::random;
use crate::{Error, Service};
use asl::check::{CheckOptions, Diagnostic, Profile};
use model::limits::MAX_DEFINITION_CHARS;
use model::names::is_valid_name;
use model::{ExecutionType, Job, JobId, JobVersion, MachineSettings, Permission, Timestamp};
use serde::Deserialize;

/// The number of a job's first version.
const FIRST: u32 = 1;

/// A job to make.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewJob {
    /// Its name: the state machine's name in ARNs.
    pub name: String,
    /// Its first definition, ASL as JSON text.
    pub definition: String,
    /// The type of its executions; it stays.
    #[serde(default)]
    pub execution_type: ExecutionType,
    /// What AWS is told beside the definition.
    #[serde(default)]
    pub settings: MachineSettings,
    /// Why it is saved; empty for a first version.
    #[serde(default)]
    pub message: String,
}

/// A version to make.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewVersion {
    /// The definition, ASL as JSON text. It may hold errors: those block a launch, not a save.
    pub definition: String,
    /// What AWS is told beside the definition; the settings of the newest version when absent.
    #[serde(default)]
    pub settings: Option<MachineSettings>,
    /// Why it is saved.
    #[serde(default)]
    pub message: String,
}

/// A definition to check.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct CheckDefinition {
    /// ASL as JSON text.
    pub definition: String,
    /// Judge as AWS does, instead of what this server accepts.
    #[serde(default)]
    pub strict: bool,
}

impl Service {
    /// Makes a job with its first version.
    pub async fn create_job(&self, cx: &Cx, new: NewJob) -> Result<Job, Error> {
        cx.require(Permission::Edit)?;
        if !is_valid_name(&new.name) {
            let message = "A job's name has 1 to 80 characters without spaces and none of \
                           < > { } [ ] ? * \" # % \\ ^ | ~ ` $ & , ; : /";
            return Err(Error::invalid("name", message));
        }
        checked_size(&new.definition)?;
        let job = Job {
            id: JobId::new(cx.now.0, random()),
            name: new.name,
            execution_type: new.execution_type,
            latest_version: FIRST,
            draft: None,
            created_at: cx.now,
            updated_at: cx.now,
        };
        let first = JobVersion {
            version: FIRST,
            definition: new.definition,
            settings: new.settings,
            message: if new.message.is_empty() { "First version".to_owned() } else { new.message },
            author: cx.actor.name(),
            created_at: cx.now,
        };
        self.store.add_job(&cx.workspace.id, &job, &first).await?;
        self.note(cx, "job.create", &job.name).await?;
        Ok(job)
    }

    /// The workspace's jobs, last changed first.
    pub async fn jobs(&self, cx: &Cx) -> Result<Vec<Job>, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.jobs(&cx.workspace.id).await?)
    }

    /// One job.
    pub async fn job(&self, cx: &Cx, id: &JobId) -> Result<Job, Error> {
        cx.require(Permission::Read)?;
        self.store.job(&cx.workspace.id, id).await?.ok_or_else(|| Error::not_found("job", id))
    }

    /// Everything that can be said about a definition without running it.
    pub fn check(&self, cx: &Cx, check: &CheckDefinition) -> Result<Vec<Diagnostic>, Error> {
        cx.require(Permission::Read)?;
        checked_size(&check.definition)?;
        let profile = if check.strict { Profile::Strict } else { Profile::Lenient };
        let options = CheckOptions { profile, ..CheckOptions::default() };
        Ok(asl::check::check(&check.definition, &options))
    }

    /// Keeps the definition that is being edited, valid or not.
    pub async fn save_draft(&self, cx: &Cx, id: &JobId, definition: &str) -> Result<(), Error> {
        self.save_draft_if(cx, id, definition, None).await.map(drop)
    }

    /// The same, unless the job was changed after `seen` (its `updated_at`). Answers the new `updated_at`.
    pub async fn save_draft_if(
        &self,
        cx: &Cx,
        id: &JobId,
        definition: &str,
        seen: Option<Timestamp>,
    ) -> Result<Timestamp, Error> {
        cx.require(Permission::Edit)?;
        checked_size(definition)?;
        match self.store.save_draft(&cx.workspace.id, id, definition, (cx.now, seen)).await? {
            Some(at) => Ok(at),
            None => Err(self.stale_job(cx, id).await?),
        }
    }

    /// Why nothing was written: the job is not there, or somebody else wrote first.
    async fn stale_job(&self, cx: &Cx, id: &JobId) -> Result<Error, Error> {
        let job = self.job(cx, id).await?;
        Ok(Error::Stale(format!("The job \"{}\" was changed by somebody else. Read it again.", job.name)))
    }

    /// Makes the next version.
    pub async fn save_version(&self, cx: &Cx, id: &JobId, new: NewVersion) -> Result<JobVersion, Error> {
        self.save_version_if(cx, id, new, None).await
    }

    /// The same, unless the job was changed after `seen` (its `updated_at`).
    pub async fn save_version_if(
        &self,
        cx: &Cx,
        id: &JobId,
        new: NewVersion,
        seen: Option<Timestamp>,
    ) -> Result<JobVersion, Error> {
        cx.require(Permission::Edit)?;
        checked_size(&new.definition)?;
        let settings = match new.settings {
            Some(settings) => settings,
            None => self.version(cx, id, None).await?.settings,
        };
        let mut version = JobVersion {
            version: 0,
            definition: new.definition,
            settings,
            message: new.message,
            author: cx.actor.name(),
            created_at: cx.now,
        };
        version.version = match self.store.add_version(&cx.workspace.id, id, &version, seen).await? {
            Some(number) => number,
            None => return Err(self.stale_job(cx, id).await?),
        };
        self.note(cx, "job.save", &format!("{id} v{}", version.version)).await?;
        Ok(version)
    }

    /// A job's versions, newest first.
    pub async fn versions(&self, cx: &Cx, id: &JobId) -> Result<Vec<JobVersion>, Error> {
        self.job(cx, id).await?;
        Ok(self.store.versions(&cx.workspace.id, id).await?)
    }

    /// One version of a job; `None` = the newest.
    pub async fn version(&self, cx: &Cx, id: &JobId, number: Option<u32>) -> Result<JobVersion, Error> {
        let job = self.job(cx, id).await?;
        let number = number.unwrap_or(job.latest_version);
        let found = self.store.version(&cx.workspace.id, id, number).await?;
        found.ok_or_else(|| Error::not_found("version", format!("{} v{number}", job.name)))
    }

    /// The definition that a request means: its own, as JSON text or object, or that of a job's version.
    pub(crate) async fn asked_definition(
        &self,
        cx: &Cx,
        own: &Option<serde_json::Value>,
        (job, version): (Option<&JobId>, Option<u32>),
    ) -> Result<String, Error> {
        let definition = match (own, job) {
            (Some(serde_json::Value::String(text)), _) => text.clone(),
            (Some(value), _) => value.to_string(),
            (None, Some(job)) => self.version(cx, job, version).await?.definition,
            (None, None) => return Err(Error::invalid("definition", "Give a `definition` or a `job`.")),
        };
        checked_size(&definition)?;
        Ok(definition)
    }

    /// Removes a job and its versions. Its runs stay.
    pub async fn delete_job(&self, cx: &Cx, id: &JobId) -> Result<(), Error> {
        self.delete_job_if(cx, id, None).await
    }

    /// The same, unless the job was changed after `seen` (its `updated_at`).
    pub async fn delete_job_if(&self, cx: &Cx, id: &JobId, seen: Option<Timestamp>) -> Result<(), Error> {
        cx.require(Permission::Edit)?;
        if !self.store.remove_job(&cx.workspace.id, id, seen).await? {
            return Err(self.stale_job(cx, id).await?);
        }
        self.note(cx, "job.delete", id.as_str()).await
    }
}

fn checked_size(definition: &str) -> Result<(), Error> {
    match definition.chars().count() <= MAX_DEFINITION_CHARS {
        true => Ok(()),
        false => {
            let message = format!(
                "A definition has at most {MAX_DEFINITION_CHARS} characters. Move data into a manifest."
            );
            Err(Error::invalid("definition", message))
        }
    }
}
