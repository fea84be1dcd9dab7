//! Map Runs: list, describe, update.

use super::arns;
use super::checks::{Checks, MAX_TOKEN_CHARS, page_size};
use super::error::ApiError;
use super::machines::{MAX_ARN_CHARS, MAX_LONG_ARN_CHARS, present};
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::{ItemCounts, MapRun, Permission, Run};
use serde::Deserialize;
use serde_json::{Value, json};

/// ListMapRuns.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMapRuns {
    execution_arn: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// DescribeMapRun.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MapRunArn {
    map_run_arn: Option<String>,
}

/// UpdateMapRun.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateMapRun {
    map_run_arn: Option<String>,
    max_concurrency: Option<i64>,
    tolerated_failure_percentage: Option<f64>,
    tolerated_failure_count: Option<i64>,
}

impl Service {
    /// The Map Runs of an execution, newest first.
    pub async fn list_map_runs(&self, cx: &Cx, asked: ListMapRuns) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let run = self.execution(cx, &arn).await?;
        let list = format!("map runs of {arn}");
        let skipped: u64 = paging::place(&self.sealer, &list, cx.now, asked.next_token.as_deref())?.unwrap_or(0);
        let mut all = self.store.map_runs(&cx.workspace.id, &run.id).await?;
        // Newer ones come first, so pages count from the oldest.
        let size = page_size(asked.max_results) as usize;
        let end = all.len().saturating_sub(skipped as usize);
        all.truncate(end);
        let page = all.split_off(end.saturating_sub(size));
        let next = match all.is_empty() {
            true => None,
            false => Some(paging::token(&self.sealer, &list, cx.now, skipped + page.len() as u64)?),
        };
        let shown: Vec<Value> = page
            .iter()
            .rev()
            .map(|map_run| {
                present(json!({
                    "executionArn": arn,
                    "mapRunArn": map_run.arn,
                    "stateMachineArn": self.partition.state_machine(&labelled(map_run)).as_str(),
                    "startDate": map_run.started_at.epoch_seconds(),
                    "stopDate": map_run.stopped_at.map(|at| at.epoch_seconds()),
                }))
            })
            .collect();
        Ok(present(json!({"mapRuns": shown, "nextToken": next})))
    }

    /// Shows a Map Run with its counts.
    pub async fn describe_map_run(&self, cx: &Cx, asked: MapRunArn) -> Result<Value, ApiError> {
        Checks::default().text("mapRunArn", asked.map_run_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS).done()?;
        let (run, map_run) = self.map_run_by_arn(cx, &asked.map_run_arn.unwrap_or_default()).await?;
        Ok(present(json!({
            "mapRunArn": map_run.arn,
            "executionArn": run.arn,
            "status": map_run.status.as_str(),
            "startDate": map_run.started_at.epoch_seconds(),
            "stopDate": map_run.stopped_at.map(|at| at.epoch_seconds()),
            "maxConcurrency": map_run.max_concurrency,
            "toleratedFailurePercentage": map_run.tolerated_failure_percentage,
            "toleratedFailureCount": map_run.tolerated_failure_count,
            "itemCounts": counts(&map_run.item_counts),
            "executionCounts": counts(&map_run.execution_counts),
            "redriveCount": map_run.redrive_count,
            "redriveDate": map_run.redriven_at.map(|at| at.epoch_seconds()),
        })))
    }

    /// Changes the limits of a Map Run that is running.
    pub async fn update_map_run(&self, cx: &Cx, asked: UpdateMapRun) -> Result<Value, ApiError> {
        let number = |value: Option<i64>| value.map(|n| n as f64);
        Checks::default()
            .text("mapRunArn", asked.map_run_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .number("maxConcurrency", number(asked.max_concurrency), 0.0..=f64::from(u32::MAX))
            .number("toleratedFailurePercentage", asked.tolerated_failure_percentage, 0.0..=100.0)
            .number("toleratedFailureCount", number(asked.tolerated_failure_count), 0.0..=f64::MAX)
            .done()?;
        let (_, map_run) = self.map_run_by_arn(cx, &asked.map_run_arn.unwrap_or_default()).await?;
        cx.require(Permission::Operate)?;
        let limits = model::Limits {
            max_concurrency: asked.max_concurrency.and_then(|n| u32::try_from(n).ok()),
            tolerated_failure_count: asked.tolerated_failure_count.and_then(|n| u64::try_from(n).ok()),
            tolerated_failure_percentage: asked.tolerated_failure_percentage,
            budget_usd: None,
        };
        if limits == model::Limits::default() {
            let message = "At least one of maxConcurrency, toleratedFailurePercentage or toleratedFailureCount must be specified";
            return Err(ApiError::because("MISSING_REQUIRED_PARAMETER", message));
        }
        let completed = || {
            ApiError::because("CANNOT_UPDATE_COMPLETED_MAP_RUN", format!("Cannot update a completed Map Run: '{}'", map_run.arn))
        };
        if map_run.status.is_final() {
            return Err(completed());
        }
        match self.executor.update_limits(&cx.workspace.id, &map_run.id, limits, &cx.actor.name()).await {
            Ok(()) => {}
            Err(executor::Error::NotFound | executor::Error::Conflict(_)) => return Err(completed()),
            Err(other) => return Err(other.into()),
        }
        self.note(cx, "run.limits", map_run.run_id.as_str()).await?;
        Ok(json!({}))
    }

    /// A Map Run by its ARN, with its run.
    pub(super) async fn map_run_by_arn(&self, cx: &Cx, arn: &str) -> Result<(Run, MapRun), ApiError> {
        cx.require(Permission::Read)?;
        let missing = || ApiError::no_resource(arn);
        let named = arns::map_run(arn)?;
        let map_run = self.store.map_run(&cx.workspace.id, &named.id).await?;
        let map_run = map_run.filter(|found| found.arn == arn).ok_or_else(missing)?;
        let run = self.store.run(&cx.workspace.id, &map_run.run_id).await?.ok_or_else(missing)?;
        Ok((run, map_run))
    }
}

/// `MACHINE/LABEL` of a Map Run.
fn labelled(map_run: &MapRun) -> String {
    map_run.arn.split(':').nth(6).unwrap_or_default().to_owned()
}

fn counts(counts: &ItemCounts) -> Value {
    json!(counts)
}
