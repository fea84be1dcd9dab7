//! Rendering what is stored: one item, and the history of a run.

use crate::child_name::child_name;
use crate::error::Error;
use crate::launch::LaunchRecord;
use crate::map_run::Plan;
use crate::run_drive::Snapshot;
use asl::{HistoryEvent, Program};
use model::{AttemptSummary, ExecutionType, ItemDetail, Partition, RunId, WorkspaceId};
use store::Store;

/// Everything about one child of a Map Run; `None` when there is no such child.
///
/// # Errors
/// When the database cannot be read.
pub async fn item_detail(
    store: &Store,
    partition: &Partition,
    workspace: &WorkspaceId,
    map_run: &str,
    index: u64,
) -> Result<Option<ItemDetail>, Error> {
    let Some(stored) = store.stored_map_run(workspace, map_run).await? else {
        return Ok(None);
    };
    let plan: Plan = serde_json::from_str(&stored.plan).map_err(|e| Error::Unreadable(e.to_string()))?;
    let Some(item) = store.stored_item(workspace, map_run, index).await? else {
        return Ok(None);
    };
    let name = child_name(map_run, index);
    let machine = format!("{}/{}", plan.machine, plan.label);
    let arn = match plan.execution_type() {
        ExecutionType::Standard => partition.execution(&machine, &name),
        ExecutionType::Express => partition.express_execution(&machine, &name, &name),
    };
    let latest = item.attempts.first().and_then(|(segment, slot)| segment.record(*slot));
    // A child that waits for its redrive shows what it received, not how it failed before.
    let current = latest.filter(|record| record.status == item.row.status || !item.row.status.is_final());
    let history = current.map(|record| render(&plan, record.input, record.history)).unwrap_or_default();
    let earlier = match item.row.status.is_final() {
        true => item.attempts.get(1..).unwrap_or_default(),
        false => &item.attempts[..],
    };
    let earlier_attempts = earlier.iter().rev().filter_map(|(segment, slot)| {
        let record = segment.record(*slot)?;
        Some(AttemptSummary {
            attempt: record.attempt,
            status: record.status,
            error: record.error.map(str::to_owned),
            cause: record.cause.map(str::to_owned),
        })
    });
    Ok(Some(ItemDetail {
        arn: arn.as_str().to_owned(),
        // Retention leaves an empty text in the place of an input.
        input: latest.map(|record| record.input.to_owned()).filter(|input| !input.is_empty()),
        output: current.and_then(|record| record.output_text().map(str::to_owned)),
        cause: current.and_then(|record| record.cause).map(str::to_owned),
        history,
        earlier_attempts: earlier_attempts.collect(),
        row: item.row,
    }))
}

/// The history of a run's parent execution, in AWS's shapes, up to now.
///
/// # Errors
/// When there is no such run or the database cannot be read.
pub async fn run_history(store: &Store, workspace: &WorkspaceId, run: &RunId) -> Result<Vec<serde_json::Value>, Error> {
    let stored = store.stored_run(workspace, run).await?.ok_or(Error::NotFound)?;
    let launch: LaunchRecord = serde_json::from_str(&stored.launch).map_err(|e| Error::Unreadable(e.to_string()))?;
    let mut segments = store.history(workspace, run).await?;
    if !stored.snapshot.is_empty() {
        // What earlier versions kept there.
        let mut snapshot: Snapshot =
            serde_json::from_slice(&stored.snapshot).map_err(|e| Error::Unreadable(e.to_string()))?;
        segments.push(snapshot.live.execution.take_history().0);
    }
    let program = Program::compile(&launch.definition)?;
    let segments = segments.iter().map(Vec::as_slice).filter(|segment| !segment.is_empty());
    Ok(asl::history::render(&program, segments).iter().map(HistoryEvent::to_json).collect())
}

/// The definition that a run was launched with, as it runs.
///
/// # Errors
/// When there is no such run or the database cannot be read.
pub async fn run_definition(store: &Store, workspace: &WorkspaceId, run: &RunId) -> Result<String, Error> {
    let stored = store.stored_run(workspace, run).await?.ok_or(Error::NotFound)?;
    let launch: LaunchRecord = serde_json::from_str(&stored.launch).map_err(|e| Error::Unreadable(e.to_string()))?;
    Ok(launch.definition.to_string())
}

/// Whether the children of a Map Run receive batches of items.
///
/// # Errors
/// When there is no such Map Run or the database cannot be read.
pub async fn is_batched(store: &Store, workspace: &WorkspaceId, map_run: &str) -> Result<bool, Error> {
    let stored = store.stored_map_run(workspace, map_run).await?.ok_or(Error::NotFound)?;
    let plan: Plan = serde_json::from_str(&stored.plan).map_err(|e| Error::Unreadable(e.to_string()))?;
    Ok(plan.spec.batcher.is_some())
}

fn render(plan: &Plan, input: &str, blob: &[u8]) -> Vec<serde_json::Value> {
    let Some((definition, events)) = blob.split_first() else {
        return Vec::new();
    };
    let Ok(program) = plan.child_program_of(*definition) else {
        return Vec::new();
    };
    asl::history::render_with(&program, input, [events]).iter().map(HistoryEvent::to_json).collect()
}
