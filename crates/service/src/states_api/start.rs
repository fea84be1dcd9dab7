//! StartExecution and StartSyncExecution.

use super::arns::{self, Machine};
use super::checks::{Checks, valid_name};
use super::error::ApiError;
use super::execution_view::status_word;
use super::machines::{MAX_ARN_CHARS, Revision, present};
use crate::Service;
use crate::context::Cx;
use crate::runs::Begin;
use crate::secrets::random;
use model::limits::MAX_PAYLOAD_BYTES;
use model::{ExecutionType, Origin, Profile, Run};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const MAX_NAME_CHARS: usize = 80;
/// An Express execution ends after five minutes at the latest; a little more for its last commit.
const SYNC_PATIENCE: Duration = Duration::from_secs(310);

/// StartExecution and StartSyncExecution.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartExecution {
    state_machine_arn: Option<String>,
    name: Option<String>,
    input: Option<String>,
    trace_header: Option<String>,
}

impl Service {
    /// Starts an execution. The same name with the same input answers the execution that runs.
    pub async fn start_execution(&self, cx: &Cx, asked: StartExecution) -> Result<Value, ApiError> {
        let run = self.begin_execution(cx, asked, false).await?;
        Ok(json!({"executionArn": run.arn, "startDate": run.started_at.epoch_seconds()}))
    }

    /// Starts an Express execution and waits for its end.
    pub async fn start_sync_execution(&self, cx: &Cx, asked: StartExecution) -> Result<Value, ApiError> {
        let begun = self.begin_execution(cx, asked, true).await?;
        let ended = tokio::time::timeout(SYNC_PATIENCE, self.executor.ended(&cx.workspace.id, &begun.id)).await;
        let run = ended.map_err(|_| ApiError::new("InternalFailure", "The execution did not end within its five minutes."))??;
        let took_ms = run.stopped_at.map_or(0, |at| at.since_ms(run.started_at)).max(0);
        let name = arns::execution(&run.arn)?.name;
        Ok(present(json!({
            "executionArn": run.arn,
            "stateMachineArn": self.partition.state_machine(&run.job_name).as_str(),
            "name": name,
            "startDate": run.started_at.epoch_seconds(),
            "stopDate": run.stopped_at.map(|at| at.epoch_seconds()),
            "status": status_word(run.status),
            "error": run.error,
            "cause": run.cause,
            "input": run.input,
            "inputDetails": {"included": true},
            "output": run.output,
            "outputDetails": run.output.as_ref().map(|_| json!({"included": true})),
            "traceHeader": run.origin.trace_header,
            "billingDetails": {
                "billedMemoryUsedInMB": 64,
                "billedDurationInMilliseconds": (took_ms + 99) / 100 * 100,
            },
        })))
    }

    async fn begin_execution(&self, cx: &Cx, asked: StartExecution, sync: bool) -> Result<Run, ApiError> {
        Checks::default()
            .text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("name", asked.name.as_deref(), 1..=MAX_NAME_CHARS)
            .done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        if let Some(name) = &asked.name {
            valid_name(name)?;
        }
        let input = checked_input(asked.input)?;
        let (job, named) = self.machine(cx, &arn).await?;
        without_label(&named, &arn)?;
        let revision = self.revision(cx, job, &named, &arn).await?;
        if sync && revision.job.execution_type != ExecutionType::Express {
            return Err(ApiError::wrong_type());
        }
        let name = asked.name.unwrap_or_else(|| executor::child_name(cx.workspace.id.as_str(), u64::from_ne_bytes(random())));
        let Revision { job, version, published, alias } = revision;
        let execution_arn = match job.execution_type {
            ExecutionType::Standard => self.partition.execution(&job.name, &name),
            ExecutionType::Express => {
                let id = executor::child_name(job.id.as_str(), u64::from_ne_bytes(random()));
                self.partition.express_execution(&job.name, &name, &id)
            }
        };
        if let Some(there) = self.store.run_by_arn(&cx.workspace.id, execution_arn.as_str()).await? {
            return match !there.status.is_final() && there.input == input {
                true => Ok(there),
                false => {
                    let message = format!("Execution Already Exists: '{execution_arn}'");
                    Err(ApiError::new("ExecutionAlreadyExists", message))
                }
            };
        }
        let origin = Origin {
            execution_type: job.execution_type,
            published_version: published.map(|published| published.number),
            alias: alias.map(|alias| alias.name),
            trace_header: asked.trace_header,
        };
        let begin = Begin {
            job,
            version,
            manifest: None,
            input,
            note: String::new(),
            profile: Profile::Strict,
            arn: Some(execution_arn),
            origin,
            guards: model::Guards::default(),
        };
        Ok(self.begin(cx, begin).await?)
    }
}

/// The input as it was sent; it must be JSON and no larger than AWS allows.
pub(super) fn checked_input(input: Option<String>) -> Result<String, ApiError> {
    let input = input.unwrap_or_else(|| "{}".to_owned());
    if input.len() > MAX_PAYLOAD_BYTES {
        let message = format!("Input exceeds the maximum number of bytes allowed: {MAX_PAYLOAD_BYTES}");
        return Err(ApiError::validation(message));
    }
    match asl::Payload::parse(&input) {
        Ok(_) => Ok(input),
        Err(error) => {
            let message = format!("Invalid State Machine Execution Input: '{error}'");
            Err(ApiError::new("InvalidExecutionInput", message))
        }
    }
}

fn without_label(named: &Machine, arn: &str) -> Result<(), ApiError> {
    match &named.label {
        None => Ok(()),
        Some(_) => Err(ApiError::no_machine(arn)),
    }
}
