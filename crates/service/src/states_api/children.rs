//! Children of a Map Run as executions: listed newest first, described by their ARN.

use super::arns;
use super::error::ApiError;
use super::execution_view::{child_redrivable, child_word};
use super::machines::present;
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::{ExecutionType, ItemDetail, ItemStatus, MapRun, Permission, Run};
use serde_json::{Value, json};
use store::ChildFilter;

/// A page of ListExecutions with a `mapRunArn`.
pub(super) struct ChildQuery {
    pub map_run: String,
    pub status: Option<String>,
    pub redriven: Option<bool>,
    pub size: u32,
    pub token: Option<String>,
}

impl Service {
    pub(super) async fn list_children(&self, cx: &Cx, query: ChildQuery) -> Result<Value, ApiError> {
        let (run, map_run) = self.map_run_by_arn(cx, &query.map_run).await?;
        let list = format!("children of {}, {:?}, {:?}", map_run.id, query.status, query.redriven);
        let before: Option<u64> = paging::place(&self.sealer, &list, cx.now, query.token.as_deref())?;
        let filter = ChildFilter {
            statuses: statuses(query.status.as_deref()),
            started: true,
            redriven: query.redriven,
            before,
        };
        let mut found = self.store.children(&cx.workspace.id, &map_run.id, &filter, query.size as usize + 1).await?;
        let more = found.len() > query.size as usize;
        found.truncate(query.size as usize);
        let next = match found.last().filter(|_| more) {
            Some((index, _)) => Some(paging::token(&self.sealer, &list, cx.now, *index)?),
            None => None,
        };
        let names = Names::of(&run, &map_run, self);
        let batched = self.is_batched(cx, &map_run).await?;
        let shown: Vec<Value> = found
            .iter()
            .filter_map(|(index, child)| {
                let status = child_word(child.status, child.attempts)?;
                let name = executor::child_name(&map_run.id, *index);
                let started = child.started_at.unwrap_or(map_run.started_at);
                let stopped = child.status.is_final().then(|| started.plus_ms(child.duration_ms.into()));
                Some(present(json!({
                    "executionArn": names.child(&name),
                    "stateMachineArn": names.machine,
                    "name": names.shown(&name),
                    "status": status,
                    "startDate": started.epoch_seconds(),
                    "stopDate": stopped.map(|at| at.epoch_seconds()),
                    "mapRunArn": map_run.arn,
                    "itemCount": batched.then_some(child.items),
                    "redriveCount": redrives(&map_run, child.attempts),
                })))
            })
            .collect();
        Ok(present(json!({"executions": shown, "nextToken": next})))
    }

    pub(super) async fn describe_child(&self, cx: &Cx, arn: &str, data: bool) -> Result<Value, ApiError> {
        let (run, map_run, item) = self.child(cx, arn).await?;
        let row = &item.row;
        let status = child_word(row.status, row.attempts).ok_or_else(|| ApiError::no_execution(arn))?;
        let names = Names::of(&run, &map_run, self);
        let name = executor::child_name(&map_run.id, row.index);
        let started = row.started_at.unwrap_or(map_run.started_at);
        let stopped = row.duration_ms.map(|ms| started.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX)));
        let (redrive_status, redrive_reason) = child_redrivable(status);
        let output = item.output.filter(|_| row.status == ItemStatus::Succeeded);
        Ok(present(json!({
            "executionArn": arn,
            "stateMachineArn": names.machine,
            "name": names.shown(&name),
            "status": status,
            "startDate": started.epoch_seconds(),
            "stopDate": stopped.map(|at| at.epoch_seconds()),
            "input": item.input.filter(|_| data),
            "inputDetails": {"included": data},
            "outputDetails": output.as_ref().map(|_| json!({"included": data})),
            "output": output.filter(|_| data),
            "mapRunArn": map_run.arn,
            "error": row.error,
            "cause": item.cause,
            "redriveCount": redrives(&map_run, row.attempts),
            "redriveStatus": redrive_status,
            "redriveStatusReason": redrive_reason,
        })))
    }

    /// The child that an execution's ARN names, with its Map Run and run.
    pub(super) async fn child(&self, cx: &Cx, arn: &str) -> Result<(Run, MapRun, ItemDetail), ApiError> {
        cx.require(Permission::Read)?;
        let missing = || ApiError::no_execution(arn);
        let named = arns::execution(arn)?;
        let label = named.label.as_deref().ok_or_else(missing)?;
        let prefix = self.partition.map_run(&named.machine, label, "");
        for map_run in self.store.map_runs_by_prefix(&cx.workspace.id, prefix.as_str()).await? {
            let Some(index) = executor::child_index(&map_run.id, &named.name) else { continue };
            let item = executor::item_detail(&self.store, &self.partition, &cx.workspace.id, &map_run.id, index).await?;
            let run = self.store.run(&cx.workspace.id, &map_run.run_id).await?;
            if let (Some(item), Some(run)) = (item, run) {
                return Ok((run, map_run, item));
            }
        }
        Err(missing())
    }

    /// The run of an execution, parent or child; for a child also its label and its Map Run's ARN.
    pub(super) async fn run_of_execution(
        &self,
        cx: &Cx,
        arn: &str,
    ) -> Result<(Run, Option<String>, Option<String>), ApiError> {
        let named = arns::execution(arn)?;
        match named.label {
            None => Ok((self.execution(cx, arn).await?, None, None)),
            Some(label) => {
                let (run, map_run, _) = self.child(cx, arn).await?;
                Ok((run, Some(label), Some(map_run.arn)))
            }
        }
    }

    async fn is_batched(&self, cx: &Cx, map_run: &MapRun) -> Result<bool, ApiError> {
        Ok(executor::is_batched(&self.store, &cx.workspace.id, &map_run.id).await?)
    }
}

/// What the executions of a Map Run are called.
struct Names {
    machine: String,
    prefix: String,
    express: bool,
}

impl Names {
    fn of(run: &Run, map_run: &MapRun, service: &Service) -> Self {
        let labelled = map_run.arn.split(':').nth(6).unwrap_or(&run.job_name);
        let partition = &service.partition;
        let express = map_run.execution_type == ExecutionType::Express;
        let prefix = match express {
            true => partition.express_execution(labelled, "", ""),
            false => partition.execution(labelled, ""),
        };
        Self {
            machine: partition.state_machine(labelled).as_str().to_owned(),
            prefix: prefix.as_str().trim_end_matches(':').to_owned(),
            express,
        }
    }

    fn child(&self, name: &str) -> String {
        format!("{}:{}", self.prefix, self.shown(name))
    }

    fn shown(&self, name: &str) -> String {
        match self.express {
            true => format!("{name}:{name}"),
            false => name.to_owned(),
        }
    }
}

fn redrives(map_run: &MapRun, attempts: u32) -> u32 {
    attempts.saturating_sub(1).min(map_run.redrive_count)
}

fn statuses(filter: Option<&str>) -> Vec<ItemStatus> {
    match filter {
        None => Vec::new(),
        Some("RUNNING") => vec![ItemStatus::Running, ItemStatus::Retrying],
        Some("SUCCEEDED") => vec![ItemStatus::Succeeded],
        Some("FAILED") => vec![ItemStatus::Failed],
        Some("TIMED_OUT") => vec![ItemStatus::TimedOut],
        Some("ABORTED") => vec![ItemStatus::Aborted],
        Some(_) => vec![ItemStatus::Pending],
    }
}
