//! Workers anywhere: GetActivityTask and the answers to task tokens.

use super::checks::Checks;
use super::error::ApiError;
use super::machines::MAX_ARN_CHARS;
use crate::Service;
use crate::context::Cx;
use executor::{TaskEnd, TokenError};
use model::Permission;
use model::limits::MAX_PAYLOAD_BYTES;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

const MAX_TOKEN_CHARS: usize = 2_048;
/// How long a worker's poll waits. Source: API reference, GetActivityTask.
const POLL: Duration = Duration::from_secs(60);

/// GetActivityTask.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetActivityTask {
    activity_arn: Option<String>,
    worker_name: Option<String>,
}

/// SendTaskSuccess.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTaskSuccess {
    task_token: Option<String>,
    output: Option<String>,
}

/// SendTaskFailure.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTaskFailure {
    task_token: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

/// SendTaskHeartbeat.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendTaskHeartbeat {
    task_token: Option<String>,
}

impl Service {
    /// Waits up to a minute for a task of an activity; a null token when none came.
    pub async fn get_activity_task(&self, cx: &Cx, asked: GetActivityTask) -> Result<Value, ApiError> {
        Checks::default()
            .text("activityArn", asked.activity_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("workerName", asked.worker_name.as_deref(), 1..=80)
            .done()?;
        cx.require(Permission::Operate)?;
        let (_, activity) = self.activity(cx, asked.activity_arn).await?;
        let worker = asked.worker_name.as_deref();
        let task = self.executor.next_activity_task(&cx.workspace.id, &activity.name, worker, POLL).await?;
        Ok(match task {
            Some(task) => json!({"taskToken": task.token, "input": task.input}),
            None => json!({"taskToken": null}),
        })
    }

    /// Ends a task with its result.
    pub async fn send_task_success(&self, cx: &Cx, asked: SendTaskSuccess) -> Result<Value, ApiError> {
        Checks::default()
            .text("taskToken", asked.task_token.as_deref(), 1..=MAX_TOKEN_CHARS)
            .text("output", asked.output.as_deref(), 0..=MAX_PAYLOAD_BYTES)
            .done()?;
        self.end_task(cx, asked.task_token, TaskEnd::Success(asked.output.unwrap_or_default())).await
    }

    /// Ends a task with an error.
    pub async fn send_task_failure(&self, cx: &Cx, asked: SendTaskFailure) -> Result<Value, ApiError> {
        Checks::default()
            .text("taskToken", asked.task_token.as_deref(), 1..=MAX_TOKEN_CHARS)
            .optional("error", asked.error.as_deref(), 0..=256)
            .optional("cause", asked.cause.as_deref(), 0..=32_768)
            .done()?;
        let end = TaskEnd::Failure { error: asked.error, cause: asked.cause };
        self.end_task(cx, asked.task_token, end).await
    }

    /// Puts a task's heartbeat clock back.
    pub async fn send_task_heartbeat(&self, cx: &Cx, asked: SendTaskHeartbeat) -> Result<Value, ApiError> {
        Checks::default().text("taskToken", asked.task_token.as_deref(), 1..=MAX_TOKEN_CHARS).done()?;
        cx.require(Permission::Operate)?;
        let token = asked.task_token.unwrap_or_default();
        self.executor.heartbeat_token(&cx.workspace.id, &token).await.map_err(refused)?;
        Ok(json!({}))
    }

    async fn end_task(&self, cx: &Cx, token: Option<String>, end: TaskEnd) -> Result<Value, ApiError> {
        cx.require(Permission::Operate)?;
        self.executor.complete_token(&cx.workspace.id, &token.unwrap_or_default(), end).await.map_err(refused)?;
        Ok(json!({}))
    }
}

fn refused(error: TokenError) -> ApiError {
    let code = match &error {
        TokenError::Invalid => "InvalidToken",
        TokenError::DoesNotExist => "TaskDoesNotExist",
        TokenError::TimedOut => "TaskTimedOut",
        TokenError::Output(_) => "InvalidOutput",
        TokenError::Ledger(why) => {
            tracing::error!(why, "a task's answer could not be stored");
            "InternalFailure"
        }
    };
    ApiError::new(code, error.to_string())
}
