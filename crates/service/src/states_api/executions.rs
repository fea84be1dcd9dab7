//! Executions: describe, list, stop, redrive.

use super::arns;
use super::checks::{Checks, page_size};
use super::children::ChildQuery;
use super::error::ApiError;
use super::execution_view::{redrivable, status_word};
use super::machines::{ExecutionArn, INCLUDED_DATA, MAX_LONG_ARN_CHARS, present};
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::{ExecutionType, Permission, RedriveSelection, Run, RunId, RunStatus};
use serde::Deserialize;
use serde_json::{Value, json};
use store::RunFilter;

const STATUSES: [&str; 6] = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];
const MAX_LIST_TOKEN_CHARS: usize = 3_096;
const MAX_ERROR_CHARS: usize = 256;
const MAX_CAUSE_CHARS: usize = 32_768;

/// DescribeExecution.
pub type DescribeExecution = ExecutionArn;

/// ListExecutions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListExecutions {
    state_machine_arn: Option<String>,
    map_run_arn: Option<String>,
    status_filter: Option<String>,
    redrive_filter: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// StopExecution.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopExecution {
    execution_arn: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

/// RedriveExecution.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RedriveExecution {
    execution_arn: Option<String>,
    client_token: Option<String>,
}

impl Service {
    /// Shows an execution, also a child of a Map Run.
    pub async fn describe_execution(&self, cx: &Cx, asked: DescribeExecution) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .one_of("includedData", asked.included_data.as_deref(), &INCLUDED_DATA)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let data = asked.included_data.as_deref() != Some("METADATA_ONLY");
        let named = arns::execution(&arn)?;
        if named.label.is_some() {
            return self.describe_child(cx, &arn, data).await;
        }
        if named.express {
            return Err(ApiError::new("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'"));
        }
        let run = self.execution(cx, &arn).await?;
        let machine = self.partition.state_machine(&run.job_name);
        let (redrive_status, redrive_reason) = redrivable(&run);
        let origin = &run.origin;
        Ok(present(json!({
            "executionArn": run.arn,
            "stateMachineArn": machine.as_str(),
            "name": named.name,
            "status": status_word(run.status),
            "startDate": run.started_at.epoch_seconds(),
            "stopDate": run.stopped_at.map(|at| at.epoch_seconds()),
            "input": data.then_some(&run.input),
            "inputDetails": {"included": data},
            "output": run.output.as_ref().filter(|_| data),
            "outputDetails": run.output.as_ref().map(|_| json!({"included": data})),
            "traceHeader": origin.trace_header,
            "error": run.error,
            "cause": run.cause,
            "stateMachineVersionArn": origin.published_version.map(|number| arns::qualified(&machine, number)),
            "stateMachineAliasArn": origin.alias.as_ref().map(|alias| arns::qualified(&machine, alias)),
            "redriveCount": run.redrive_count,
            "redriveDate": run.redriven_at.map(|at| at.epoch_seconds()),
            "redriveStatus": redrive_status,
            "redriveStatusReason": redrive_reason,
        })))
    }

    /// The executions of a state machine or the children of a Map Run, newest first.
    pub async fn list_executions(&self, cx: &Cx, asked: ListExecutions) -> Result<Value, ApiError> {
        Checks::default()
            .optional("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=256)
            .optional("mapRunArn", asked.map_run_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .one_of("statusFilter", asked.status_filter.as_deref(), &STATUSES)
            .one_of("redriveFilter", asked.redrive_filter.as_deref(), &["REDRIVEN", "NOT_REDRIVEN"])
            .page(asked.max_results, asked.next_token.as_deref(), MAX_LIST_TOKEN_CHARS)
            .done()?;
        match (asked.state_machine_arn.clone(), asked.map_run_arn.clone()) {
            (Some(machine), None) => self.list_machine_executions(cx, &machine, asked).await,
            (None, Some(map_run)) => {
                let query = ChildQuery {
                    map_run,
                    status: asked.status_filter,
                    redriven: asked.redrive_filter.map(|filter| filter == "REDRIVEN"),
                    size: page_size(asked.max_results),
                    token: asked.next_token,
                };
                self.list_children(cx, query).await
            }
            _ => Err(ApiError::validation("Must provide exactly one of stateMachineArn or mapRunArn")),
        }
    }

    async fn list_machine_executions(&self, cx: &Cx, arn: &str, asked: ListExecutions) -> Result<Value, ApiError> {
        let (job, named) = self.machine(cx, arn).await?;
        if job.execution_type == ExecutionType::Express {
            return Err(ApiError::wrong_type());
        }
        if asked.status_filter.as_deref() == Some("PENDING_REDRIVE") {
            return Err(ApiError::validation("PENDING_REDRIVE is a status of children of a Map Run: give a mapRunArn"));
        }
        let list = format!("executions of {arn}");
        let mut before: Option<RunId> = paging::place(&self.sealer, &list, cx.now, asked.next_token.as_deref())?;
        let size = page_size(asked.max_results) as usize;
        let statuses: Vec<RunStatus> = asked.status_filter.as_deref().and_then(RunStatus::parse).into_iter().collect();
        let redriven = asked.redrive_filter.as_deref().map(|filter| filter == "REDRIVEN");
        let fits = |run: &Run| {
            let qualified = match &named.qualifier {
                None => true,
                Some(arns::Qualifier::Version(number)) => run.origin.published_version == Some(*number),
                Some(arns::Qualifier::Alias(alias)) => run.origin.alias.as_ref() == Some(alias),
            };
            qualified && redriven.is_none_or(|redriven| redriven == (run.redrive_count > 0))
        };
        let mut found = Vec::new();
        let mut next = None;
        'pages: loop {
            let filter = RunFilter { statuses: statuses.clone(), job: Some(job.id.clone()), before: before.clone() };
            let page = self.store.runs(&cx.workspace.id, &filter, size as u32 + 1).await?;
            let last_page = page.len() <= size;
            for run in page {
                if found.len() == size {
                    next = found.last().map(|run: &Run| run.id.clone());
                    break 'pages;
                }
                before = Some(run.id.clone());
                if fits(&run) {
                    found.push(run);
                }
            }
            if last_page {
                break;
            }
        }
        let next = match next {
            Some(last) => Some(paging::token(&self.sealer, &list, cx.now, last)?),
            None => None,
        };
        let machine = self.partition.state_machine(&job.name);
        let shown: Vec<Value> = found
            .iter()
            .map(|run| {
                present(json!({
                    "executionArn": run.arn,
                    "stateMachineArn": machine.as_str(),
                    "name": run.arn.rsplit(':').next(),
                    "status": status_word(run.status),
                    "startDate": run.started_at.epoch_seconds(),
                    "stopDate": run.stopped_at.map(|at| at.epoch_seconds()),
                    "redriveCount": run.redrive_count,
                    "redriveDate": run.redriven_at.map(|at| at.epoch_seconds()),
                    "stateMachineVersionArn": run.origin.published_version.map(|n| arns::qualified(&machine, n)),
                    "stateMachineAliasArn": run.origin.alias.as_ref().map(|alias| arns::qualified(&machine, alias)),
                }))
            })
            .collect();
        Ok(present(json!({"executions": shown, "nextToken": next})))
    }

    /// Stops an execution and its Map Runs. One that has ended already is no error.
    pub async fn stop_execution(&self, cx: &Cx, asked: StopExecution) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .optional("error", asked.error.as_deref(), 0..=MAX_ERROR_CHARS)
            .optional("cause", asked.cause.as_deref(), 0..=MAX_CAUSE_CHARS)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let named = arns::execution(&arn)?;
        if named.express {
            return Err(ApiError::wrong_type());
        }
        let run = self.execution(cx, &arn).await?;
        cx.require(Permission::Operate)?;
        if !run.status.is_final() {
            let said = (asked.error, asked.cause);
            match self.executor.stop(&cx.workspace.id, &run.id, &cx.actor.name(), said).await {
                // It ended a moment ago.
                Ok(()) | Err(executor::Error::Conflict(_)) => {}
                Err(other) => return Err(other.into()),
            }
            self.note(cx, "run.stop", run.id.as_str()).await?;
        }
        let stopped = self.store.run(&cx.workspace.id, &run.id).await?.and_then(|run| run.stopped_at);
        Ok(json!({"stopDate": stopped.unwrap_or(cx.now).epoch_seconds()}))
    }

    /// Runs what was unsuccessful in an execution again: from the failed state, or the unsuccessful
    /// children of its Map Run.
    pub async fn redrive_execution(&self, cx: &Cx, asked: RedriveExecution) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=256)
            .optional("clientToken", asked.client_token.as_deref(), 1..=64)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let run = self.execution(cx, &arn).await?;
        cx.require(Permission::Operate)?;
        if let Some(token) = &asked.client_token
            && let Some(at) = self.redrives.seen(run.id.as_str(), token, cx.now)
        {
            return Ok(json!({"redriveDate": at.epoch_seconds()}));
        }
        if let ("NOT_REDRIVABLE", Some(reason)) = redrivable(&run) {
            return Err(ApiError::new("ExecutionNotRedrivable", reason));
        }
        let redrive = executor::Redrive {
            workspace: cx.workspace.id.clone(),
            run: run.id.clone(),
            map_run: None,
            selection: RedriveSelection::All,
            definition: None,
            actor: cx.actor.name(),
        };
        self.executor.redrive(redrive).await.map_err(|error| match error {
            executor::Error::Conflict(why) => ApiError::new("ExecutionNotRedrivable", why),
            other => other.into(),
        })?;
        if let Some(token) = asked.client_token {
            self.redrives.remember(run.id.as_str(), token, cx.now);
        }
        self.note(cx, "run.redrive", run.id.as_str()).await?;
        Ok(json!({"redriveDate": cx.now.epoch_seconds()}))
    }

    /// The run that a parent execution's ARN names.
    pub(super) async fn execution(&self, cx: &Cx, arn: &str) -> Result<Run, ApiError> {
        cx.require(Permission::Read)?;
        arns::execution(arn)?;
        let run = self.store.run_by_arn(&cx.workspace.id, arn).await?;
        run.ok_or_else(|| ApiError::no_execution(arn))
    }
}
