//! Showing state machines: one, the one of an execution, and all.

use super::checks::{Checks, MAX_TOKEN_CHARS, page_size};
use super::error::ApiError;
use super::machines::{ExecutionArn, INCLUDED_DATA, MAX_ARN_CHARS, MAX_LONG_ARN_CHARS, present, revision_id};
use super::{paging, settings};
use crate::Service;
use crate::context::Cx;
use model::JobId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// DescribeStateMachine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeStateMachine {
    state_machine_arn: Option<String>,
    included_data: Option<String>,
}

/// ListStateMachines.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListStateMachines {
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Service {
    /// Shows a state machine, a version or an alias of one, or the machine of a Map Run's children.
    pub async fn describe_state_machine(&self, cx: &Cx, asked: DescribeStateMachine) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .one_of("includedData", asked.included_data.as_deref(), &INCLUDED_DATA)
            .done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        let whole = asked.included_data.as_deref() != Some("METADATA_ONLY");
        let (job, named) = self.machine(cx, &arn).await?;
        let found = self.revision(cx, job, &named, &arn).await?;
        let definition = match &named.label {
            None => found.version.definition.clone(),
            Some(label) => settings::child_definition(&found.version.definition, label)
                .ok_or_else(|| ApiError::no_machine(&arn))?,
        };
        let created = found.published.as_ref().map_or(found.job.created_at, |published| published.created_at);
        Ok(present(json!({
            "stateMachineArn": arn,
            "name": found.job.name,
            "status": "ACTIVE",
            "variableReferences": whole.then(|| referenced(&definition)).flatten(),
            "definition": whole.then_some(definition),
            "roleArn": self.role_of(&found.version),
            "type": found.job.execution_type.as_str(),
            "creationDate": created.epoch_seconds(),
            "label": named.label,
            "loggingConfiguration": settings::shown_logging(&found.version.settings),
            "tracingConfiguration": settings::shown_tracing(&found.version.settings),
            "encryptionConfiguration": settings::shown_encryption(&found.version.settings),
            "revisionId": (found.version.version > 1).then(|| revision_id(&found.job.id, found.version.version)),
            "description": found.published.as_ref().map(|p| &p.description).filter(|text| !text.is_empty()),
        })))
    }

    /// Shows the definition that an execution was started with.
    pub async fn describe_state_machine_for_execution(&self, cx: &Cx, asked: ExecutionArn) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .one_of("includedData", asked.included_data.as_deref(), &INCLUDED_DATA)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let whole = asked.included_data.as_deref() != Some("METADATA_ONLY");
        let (run, label, map_run) = self.run_of_execution(cx, &arn).await?;
        let definition = executor::run_definition(&self.store, &cx.workspace.id, &run.id).await?;
        let definition = match &label {
            None => Some(definition),
            Some(label) => settings::child_definition(&definition, label),
        };
        let version = match &run.job_id {
            Some(job) => self.store.version(&cx.workspace.id, job, run.job_version).await?,
            None => None,
        };
        let settings = version.as_ref().map(|version| version.settings.clone()).unwrap_or_default();
        let machine = match &label {
            Some(label) => format!("{}/{label}", run.job_name),
            None => run.job_name.clone(),
        };
        let updated = version.as_ref().map_or(run.started_at, |version| version.created_at);
        Ok(present(json!({
            "stateMachineArn": self.partition.state_machine(&machine).as_str(),
            "name": machine,
            "variableReferences": definition.as_deref().filter(|_| whole).and_then(referenced),
            "definition": definition.filter(|_| whole),
            "roleArn": settings.role_arn.clone().unwrap_or_else(|| self.default_role()),
            "updateDate": updated.epoch_seconds(),
            "loggingConfiguration": settings::shown_logging(&settings),
            "tracingConfiguration": settings::shown_tracing(&settings),
            "encryptionConfiguration": settings::shown_encryption(&settings),
            "mapRunArn": map_run,
            "label": label,
            "revisionId": run.job_id.as_ref().filter(|_| run.job_version > 1).map(|job| revision_id(job, run.job_version)),
        })))
    }

    /// The state machines of the workspace, newest first.
    pub async fn list_state_machines(&self, cx: &Cx, asked: ListStateMachines) -> Result<Value, ApiError> {
        Checks::default().page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS).done()?;
        let before: Option<JobId> = paging::place(&self.sealer, "machines", cx.now, asked.next_token.as_deref())?;
        let mut jobs = self.jobs(cx).await?;
        jobs.sort_by(|a, b| b.id.cmp(&a.id));
        jobs.retain(|job| before.as_ref().is_none_or(|before| job.id < *before));
        let size = page_size(asked.max_results) as usize;
        let more = jobs.len() > size;
        jobs.truncate(size);
        let next = match jobs.last().filter(|_| more) {
            Some(last) => Some(paging::token(&self.sealer, "machines", cx.now, &last.id)?),
            None => None,
        };
        let shown: Vec<Value> = jobs
            .iter()
            .map(|job| {
                json!({
                    "stateMachineArn": self.partition.state_machine(&job.name).as_str(),
                    "name": job.name,
                    "type": job.execution_type.as_str(),
                    "creationDate": job.created_at.epoch_seconds(),
                })
            })
            .collect();
        Ok(present(json!({"stateMachines": shown, "nextToken": next})))
    }
}

/// `variableReferences`; absent when no state refers to a variable.
fn referenced(definition: &str) -> Option<BTreeMap<String, Vec<String>>> {
    Some(asl::variable_references(definition)).filter(|found| !found.is_empty())
}
