//! An execution as DescribeExecution shows it: a run, or a child of a Map Run.

use model::{ExecutionType, ItemStatus, Run, RunStatus};

/// AWS's word for a run's status.
pub(super) fn status_word(status: RunStatus) -> &'static str {
    status.as_str()
}

/// AWS's word for a child's status; `None` while it has not been started. A child that waits for
/// its redrive is `PENDING_REDRIVE`.
pub(super) fn child_word(status: ItemStatus, attempts: u32) -> Option<&'static str> {
    match status {
        ItemStatus::Pending if attempts > 0 => Some("PENDING_REDRIVE"),
        ItemStatus::Pending => None,
        ItemStatus::Retrying => Some(ItemStatus::Running.as_str()),
        other => Some(other.as_str()),
    }
}

/// `redriveStatus` and its reason. Source: Developer Guide, "Redriving executions".
pub(super) fn redrivable(run: &Run) -> (&'static str, Option<String>) {
    match (run.status, run.origin.execution_type) {
        (_, ExecutionType::Express) => ("NOT_REDRIVABLE", Some("Express executions cannot be redriven".to_owned())),
        (RunStatus::Running | RunStatus::Succeeded, _) => {
            ("NOT_REDRIVABLE", Some(format!("Execution is {} and cannot be redriven", run.status)))
        }
        _ => ("REDRIVABLE", None),
    }
}

/// The same for a child.
pub(super) fn child_redrivable(word: &str) -> (&'static str, Option<String>) {
    match word {
        "RUNNING" | "SUCCEEDED" | "PENDING_REDRIVE" => {
            ("NOT_REDRIVABLE", Some(format!("Execution is {word} and cannot be redriven")))
        }
        _ => ("REDRIVABLE_BY_MAP_RUN", None),
    }
}
