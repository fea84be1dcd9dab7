//! Published versions of state machines.

use super::arns::{self, Qualifier};
use super::checks::{Checks, MAX_TOKEN_CHARS, page_size};
use super::error::ApiError;
use super::machines::{MAX_ARN_CHARS, present, revision_id};
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::{Job, Permission, PublishedVersion};
use serde::Deserialize;
use serde_json::{Value, json};

/// The revision id of a machine that was never changed. Source: API reference, PublishStateMachineVersion.
const INITIAL: &str = "INITIAL";
const MAX_VERSIONS: usize = 1_000;

/// PublishStateMachineVersion.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishVersion {
    state_machine_arn: Option<String>,
    revision_id: Option<String>,
    description: Option<String>,
}

/// ListStateMachineVersions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListVersions {
    state_machine_arn: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// DeleteStateMachineVersion.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteVersion {
    state_machine_version_arn: Option<String>,
}

impl Service {
    /// Publishes the newest revision. A revision that is published already keeps its number.
    pub async fn publish_state_machine_version(&self, cx: &Cx, asked: PublishVersion) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("description", asked.description.as_deref(), 0..=256)
            .done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        let (job, named) = self.machine(cx, &arn).await?;
        unqualified(&named, &arn)?;
        let current = match job.latest_version {
            1 => INITIAL.to_owned(),
            version => revision_id(&job.id, version),
        };
        if asked.revision_id.as_ref().is_some_and(|id| *id != current) {
            let message = format!(
                "Failed to publish the State Machine version for revision {}. The current State Machine revision is {current}.",
                asked.revision_id.unwrap_or_default()
            );
            return Err(ApiError::new("ConflictException", message));
        }
        let description = asked.description.unwrap_or_default();
        let published = self.publish_job_version(cx, &job, job.latest_version, &description).await?;
        let machine = self.partition.state_machine(&job.name);
        Ok(json!({
            "creationDate": published.created_at.epoch_seconds(),
            "stateMachineVersionArn": arns::qualified(&machine, published.number),
        }))
    }

    /// The published versions of a machine, newest first.
    pub async fn list_state_machine_versions(&self, cx: &Cx, asked: ListVersions) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS)
            .done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        let named = arns::machine(&arn)?;
        unqualified(&named, &arn)?;
        cx.require(Permission::Read)?;
        // A machine that is gone has no versions; that is no error on AWS.
        let Some(job) = self.store.job_by_name(&cx.workspace.id, &named.name).await? else {
            return Ok(json!({"stateMachineVersions": []}));
        };
        let list = format!("versions of {}", job.id);
        let before: Option<u32> = paging::place(&self.sealer, &list, cx.now, asked.next_token.as_deref())?;
        let mut all = self.store.published(&cx.workspace.id, &job.id).await?;
        all.retain(|version| before.is_none_or(|before| version.number < before));
        let size = page_size(asked.max_results) as usize;
        let more = all.len() > size;
        all.truncate(size);
        let next = match all.last().filter(|_| more) {
            Some(last) => Some(paging::token(&self.sealer, &list, cx.now, last.number)?),
            None => None,
        };
        let machine = self.partition.state_machine(&job.name);
        let shown: Vec<Value> = all
            .iter()
            .map(|version| {
                json!({
                    "stateMachineVersionArn": arns::qualified(&machine, version.number),
                    "creationDate": version.created_at.epoch_seconds(),
                })
            })
            .collect();
        Ok(present(json!({"stateMachineVersions": shown, "nextToken": next})))
    }

    /// Takes a published version back, unless an alias routes to it. One that is gone is no error.
    pub async fn delete_state_machine_version(&self, cx: &Cx, asked: DeleteVersion) -> Result<Value, ApiError> {
        let given = asked.state_machine_version_arn.as_deref();
        Checks::default().text("stateMachineVersionArn", given, 1..=MAX_LONG).done()?;
        let arn = given.unwrap_or_default();
        let named = arns::machine(arn)?;
        let Some(Qualifier::Version(number)) = named.qualifier else {
            return Err(ApiError::validation(format!("Invalid version ARN: '{arn}'")));
        };
        cx.require(Permission::Edit)?;
        let Some(job) = self.store.job_by_name(&cx.workspace.id, &named.name).await? else {
            return Ok(json!({}));
        };
        let aliases = self.store.aliases(&cx.workspace.id, &job.id).await?;
        let users: Vec<&str> = aliases
            .iter()
            .filter(|alias| alias.routes.iter().any(|route| route.version == number))
            .map(|alias| alias.name.as_str())
            .collect();
        if !users.is_empty() {
            let message = format!(
                "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
                users.join(", ")
            );
            return Err(ApiError::new("ConflictException", message));
        }
        self.store.unpublish(&cx.workspace.id, &job.id, number).await?;
        Ok(json!({}))
    }

    /// Publishes a version of a job, unless the last published one is it.
    pub(super) async fn publish_job_version(
        &self,
        cx: &Cx,
        job: &Job,
        job_version: u32,
        description: &str,
    ) -> Result<PublishedVersion, ApiError> {
        cx.require(Permission::Edit)?;
        let all = self.store.published(&cx.workspace.id, &job.id).await?;
        if let Some(last) = all.first().filter(|last| last.job_version == job_version) {
            return match description.is_empty() || last.description == description {
                true => Ok(last.clone()),
                false => {
                    let message = "Publish version failed: the revision is published already with a different description.";
                    Err(ApiError::new("ConflictException", message))
                }
            };
        }
        if all.len() >= MAX_VERSIONS {
            let message = format!("A state machine has at most {MAX_VERSIONS} published versions. Delete one first.");
            return Err(ApiError::new("ServiceQuotaExceededException", message));
        }
        let new = PublishedVersion {
            number: 0,
            job_version,
            description: description.to_owned(),
            created_at: cx.now,
        };
        let published = self.store.publish(&cx.workspace.id, &job.id, new).await?;
        published.ok_or_else(|| ApiError::no_machine(self.partition.state_machine(&job.name).as_str()))
    }
}

const MAX_LONG: usize = super::machines::MAX_LONG_ARN_CHARS;

fn unqualified(named: &arns::Machine, arn: &str) -> Result<(), ApiError> {
    match &named.qualifier {
        None => Ok(()),
        Some(_) => Err(ApiError::new("InvalidArn", format!("Invalid Arn: 'Resource type not valid in this context: {arn}'"))),
    }
}
