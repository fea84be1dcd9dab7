//! State machines: create, change, describe, list, delete.

use super::arns::{self, Machine, Qualifier};
use super::checks::{Checks, valid_name};
use super::error::ApiError;
use super::tags::{Tag, checked_tags};
use super::settings;
use crate::context::Cx;
use crate::jobs::{NewJob, NewVersion};
use crate::{Error, Service};
use asl::check::{MachineType, invalid_definition};
use model::limits::MAX_DEFINITION_CHARS;
use model::{Alias, ExecutionType, Job, JobId, JobVersion, MachineSettings, Permission, PublishedVersion};
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest ARN of most members, in characters.
pub(super) const MAX_ARN_CHARS: usize = 256;
/// The longest ARN of Map Runs and their children.
pub(super) const MAX_LONG_ARN_CHARS: usize = 2_000;
const MAX_DESCRIPTION_CHARS: usize = 256;

/// CreateStateMachine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateStateMachine {
    name: Option<String>,
    definition: Option<String>,
    role_arn: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    logging_configuration: Option<Value>,
    tracing_configuration: Option<Value>,
    encryption_configuration: Option<Value>,
    tags: Option<Vec<Tag>>,
    #[serde(default)]
    publish: bool,
    version_description: Option<String>,
}

/// UpdateStateMachine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateStateMachine {
    state_machine_arn: Option<String>,
    definition: Option<String>,
    role_arn: Option<String>,
    logging_configuration: Option<Value>,
    tracing_configuration: Option<Value>,
    encryption_configuration: Option<Value>,
    #[serde(default)]
    publish: bool,
    version_description: Option<String>,
}

/// DescribeStateMachineForExecution.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionArn {
    pub(super) execution_arn: Option<String>,
    pub(super) included_data: Option<String>,
}

/// DeleteStateMachine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MachineArn {
    pub(super) state_machine_arn: Option<String>,
}

/// A state machine as an ARN names it: a job, the version of it, and how that was chosen.
pub(super) struct Revision {
    pub job: Job,
    pub version: JobVersion,
    pub published: Option<PublishedVersion>,
    pub alias: Option<Alias>,
}

/// `includedData`
pub(super) const INCLUDED_DATA: [&str; 2] = ["ALL_DATA", "METADATA_ONLY"];

impl Service {
    /// Makes a state machine. The same request again answers the machine that it made.
    pub async fn create_state_machine(&self, cx: &Cx, new: CreateStateMachine) -> Result<Value, ApiError> {
        Checks::default()
            .text("name", new.name.as_deref(), 1..=80)
            .text("definition", new.definition.as_deref(), 1..=MAX_DEFINITION_CHARS)
            .text("roleArn", new.role_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .one_of("type", new.kind.as_deref(), &["STANDARD", "EXPRESS"])
            .optional("versionDescription", new.version_description.as_deref(), 0..=MAX_DESCRIPTION_CHARS)
            .done()?;
        let (name, definition) = (new.name.unwrap_or_default(), new.definition.unwrap_or_default());
        valid_name(&name)?;
        described_only_if_published(new.publish, new.version_description.as_deref())?;
        let role_arn = new.role_arn.unwrap_or_default();
        settings::role(&role_arn)?;
        let execution_type = match new.kind.as_deref() {
            Some("EXPRESS") => ExecutionType::Express,
            _ => ExecutionType::Standard,
        };
        let settings = MachineSettings {
            role_arn: Some(role_arn),
            logging_configuration: settings::logging(new.logging_configuration)?,
            tracing_configuration: settings::tracing(new.tracing_configuration)?,
            encryption_configuration: settings::encryption(new.encryption_configuration)?,
        };
        let tags = checked_tags(new.tags.unwrap_or_default())?;
        acceptable(&definition, execution_type)?;
        cx.require(Permission::Edit)?;
        let description = new.version_description.unwrap_or_default();
        let publish = new.publish.then_some(&*description);
        let there = There { definition: &definition, execution_type, settings: &settings };
        if let Some(job) = self.store.job_by_name(&cx.workspace.id, &name).await? {
            return self.made_before(cx, job, there, publish).await;
        }
        let job = NewJob {
            name: name.clone(),
            definition: definition.clone(),
            execution_type,
            settings: settings.clone(),
            message: String::new(),
        };
        let job = match (self.create_job(cx, job).await, self.store.job_by_name(&cx.workspace.id, &name).await?) {
            (Ok(job), _) => job,
            // Somebody else made it a moment ago.
            (Err(Error::Conflict(_)), Some(job)) => return self.made_before(cx, job, there, publish).await,
            (Err(other), _) => return Err(other.into()),
        };
        let arn = self.partition.state_machine(&name);
        self.store.put_tags(&cx.workspace.id, arn.as_str(), &tags).await?;
        let version = match publish {
            Some(description) => Some(self.publish_job_version(cx, &job, job.latest_version, description).await?),
            None => None,
        };
        Ok(created(&job, arn.as_str(), version))
    }

    async fn made_before(
        &self,
        cx: &Cx,
        job: Job,
        asked: There<'_>,
        publish: Option<&str>,
    ) -> Result<Value, ApiError> {
        let arn = self.partition.state_machine(&job.name);
        let version = self.version(cx, &job.id, None).await?;
        let published = self.store.published(&cx.workspace.id, &job.id).await?;
        let of_this = published.into_iter().find(|published| published.job_version == version.version);
        let same_version = match (publish, &of_this) {
            (None, None) => true,
            (Some(description), Some(published)) => published.description == description,
            _ => false,
        };
        if !same_version || !asked.is(&job, &version) {
            let message = format!("State Machine Already Exists: '{arn}'");
            return Err(ApiError::new("StateMachineAlreadyExists", message));
        }
        Ok(created(&job, arn.as_str(), of_this))
    }

    /// Gives a state machine a new revision; executions that run keep theirs.
    pub async fn update_state_machine(&self, cx: &Cx, new: UpdateStateMachine) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineArn", new.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("definition", new.definition.as_deref(), 1..=MAX_DEFINITION_CHARS)
            .optional("roleArn", new.role_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("versionDescription", new.version_description.as_deref(), 0..=MAX_DESCRIPTION_CHARS)
            .done()?;
        described_only_if_published(new.publish, new.version_description.as_deref())?;
        let given = new.definition.is_some()
            || new.role_arn.is_some()
            || new.logging_configuration.is_some()
            || new.tracing_configuration.is_some()
            || new.encryption_configuration.is_some();
        if !given {
            let message = "Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration \
                           or the EncryptionConfiguration must be specified";
            return Err(ApiError::new("MissingRequiredParameter", message));
        }
        let arn = new.state_machine_arn.unwrap_or_default();
        let (job, _) = self.machine(cx, &arn).await?;
        let current = self.version(cx, &job.id, None).await?;
        let definition = new.definition.unwrap_or_else(|| current.definition.clone());
        acceptable(&definition, job.execution_type)?;
        let mut settings = current.settings.clone();
        if let Some(role) = new.role_arn {
            settings::role(&role)?;
            settings.role_arn = Some(role);
        }
        if new.logging_configuration.is_some() {
            settings.logging_configuration = settings::logging(new.logging_configuration)?;
        }
        if new.tracing_configuration.is_some() {
            settings.tracing_configuration = settings::tracing(new.tracing_configuration)?;
        }
        if new.encryption_configuration.is_some() {
            settings.encryption_configuration = settings::encryption(new.encryption_configuration)?;
        }
        let changed = definition != current.definition || settings != current.settings;
        let current = match changed {
            false => current,
            true => {
                let new = NewVersion { definition, settings: Some(settings), message: "UpdateStateMachine".into() };
                self.save_version(cx, &job.id, new).await?
            }
        };
        let description = new.version_description.unwrap_or_default();
        let published = match new.publish {
            true => Some(self.publish_job_version(cx, &job, current.version, &description).await?),
            false => None,
        };
        let arn = self.partition.state_machine(&job.name);
        Ok(present(json!({
            "updateDate": cx.now.epoch_seconds(),
            "revisionId": revision_id(&job.id, current.version),
            "stateMachineVersionArn": published.map(|p| arns::qualified(&arn, p.number)),
        })))
    }

    /// Removes a state machine with its versions and aliases; its executions stay. A machine that is
    /// not there is no error.
    pub async fn delete_state_machine(&self, cx: &Cx, asked: MachineArn) -> Result<Value, ApiError> {
        Checks::default().text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS).done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        let named = arns::machine(&arn)?;
        cx.require(Permission::Edit)?;
        if let Some(job) = self.store.job_by_name(&cx.workspace.id, &named.name).await? {
            self.delete_job(cx, &job.id).await?;
            let arn = self.partition.state_machine(&job.name);
            self.store.remove_tags(&cx.workspace.id, arn.as_str(), None).await?;
        }
        Ok(json!({}))
    }

    /// The job that a state machine's ARN names.
    pub(super) async fn machine(&self, cx: &Cx, arn: &str) -> Result<(Job, Machine), ApiError> {
        cx.require(Permission::Read)?;
        let named = arns::machine(arn)?;
        if !arn.starts_with(self.partition.state_machine(&named.name).as_str()) {
            return Err(ApiError::no_machine(arn));
        }
        let job = self.store.job_by_name(&cx.workspace.id, &named.name).await?;
        Ok((job.ok_or_else(|| ApiError::no_machine(arn))?, named))
    }

    /// The version of a job that an ARN names: the newest, a published one, or one an alias routes to.
    pub(super) async fn revision(
        &self,
        cx: &Cx,
        job: Job,
        named: &Machine,
        arn: &str,
    ) -> Result<Revision, ApiError> {
        let missing = || ApiError::no_machine(arn);
        let alias = match &named.qualifier {
            Some(Qualifier::Alias(name)) => {
                let all = self.store.aliases(&cx.workspace.id, &job.id).await?;
                Some(all.into_iter().find(|alias| alias.name == *name).ok_or_else(missing)?)
            }
            _ => None,
        };
        let number = match (&named.qualifier, &alias) {
            (Some(Qualifier::Version(number)), _) => Some(*number),
            (_, Some(alias)) => Some(settings::routed(alias)),
            _ => None,
        };
        let published = match number {
            None => None,
            Some(number) => {
                let all = self.store.published(&cx.workspace.id, &job.id).await?;
                Some(all.into_iter().find(|published| published.number == number).ok_or_else(missing)?)
            }
        };
        let version = match &published {
            Some(published) => self.version(cx, &job.id, Some(published.job_version)).await?,
            None => self.version(cx, &job.id, None).await?,
        };
        Ok(Revision { job, version, published, alias })
    }

    pub(super) fn default_role(&self) -> String {
        format!("arn:aws:iam::{}:role/mapwright", self.partition.account)
    }

    pub(super) fn role_of(&self, version: &JobVersion) -> String {
        version.settings.role_arn.clone().unwrap_or_else(|| self.default_role())
    }
}

/// What a machine must be for a second CreateStateMachine to be the same as the first. The role
/// and the tags may differ, as on AWS.
struct There<'a> {
    definition: &'a str,
    execution_type: ExecutionType,
    settings: &'a MachineSettings,
}

impl There<'_> {
    fn is(&self, job: &Job, version: &JobVersion) -> bool {
        let without_role = |settings: &MachineSettings| MachineSettings { role_arn: None, ..settings.clone() };
        job.execution_type == self.execution_type
            && version.definition == self.definition
            && without_role(&version.settings) == without_role(self.settings)
    }
}

fn created(job: &Job, arn: &str, version: Option<PublishedVersion>) -> Value {
    present(json!({
        "stateMachineArn": arn,
        "creationDate": job.created_at.epoch_seconds(),
        "stateMachineVersionArn": version.map(|version| format!("{arn}:{}", version.number)),
    }))
}

fn described_only_if_published(publish: bool, description: Option<&str>) -> Result<(), ApiError> {
    match (publish, description) {
        (false, Some(_)) => Err(ApiError::validation("Version description can only be set when publish is true")),
        _ => Ok(()),
    }
}

/// Refuses a definition that AWS would not take.
fn acceptable(definition: &str, execution_type: ExecutionType) -> Result<(), ApiError> {
    match invalid_definition(definition, machine_type(execution_type)) {
        Some(message) => Err(ApiError::new("InvalidDefinition", message)),
        None => Ok(()),
    }
}

pub(super) fn machine_type(execution_type: ExecutionType) -> MachineType {
    match execution_type {
        ExecutionType::Standard => MachineType::Standard,
        ExecutionType::Express => MachineType::Express,
    }
}

/// The id of a revision: a UUID made of the job and the version.
pub(super) fn revision_id(job: &JobId, version: u32) -> String {
    executor::child_name(job.as_str(), version.into())
}

/// An answer without the members that are null.
pub(super) fn present(mut answer: Value) -> Value {
    if let Some(members) = answer.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    answer
}
