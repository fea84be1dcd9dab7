//! GetExecutionHistory.

use super::arns;
use super::checks::{Checks, MAX_TOKEN_CHARS, page_size};
use super::error::ApiError;
use super::machines::{MAX_LONG_ARN_CHARS, present};
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::ExecutionType;
use serde::Deserialize;
use serde_json::{Value, json};

/// GetExecutionHistory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetExecutionHistory {
    execution_arn: Option<String>,
    max_results: Option<i64>,
    #[serde(default)]
    reverse_order: bool,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

impl Service {
    /// The events of a Standard execution, oldest or newest first.
    pub async fn get_execution_history(&self, cx: &Cx, asked: GetExecutionHistory) -> Result<Value, ApiError> {
        Checks::default()
            .text("executionArn", asked.execution_arn.as_deref(), 1..=MAX_LONG_ARN_CHARS)
            .page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS)
            .done()?;
        let arn = asked.execution_arn.unwrap_or_default();
        let named = arns::execution(&arn)?;
        let mut events = match named.label {
            Some(_) => {
                let (_, map_run, item) = self.child(cx, &arn).await?;
                if map_run.execution_type == ExecutionType::Express {
                    return Err(ApiError::wrong_type());
                }
                item.history
            }
            None if named.express => return Err(ApiError::wrong_type()),
            None => {
                let run = self.execution(cx, &arn).await?;
                executor::run_history(&self.store, &cx.workspace.id, &run.id).await?
            }
        };
        if asked.reverse_order {
            events.reverse();
        }
        let list = format!("history of {arn}, {}", asked.reverse_order);
        let after: Option<u64> = paging::place(&self.sealer, &list, cx.now, asked.next_token.as_deref())?;
        if let Some(after) = after {
            let id = |event: &Value| event.get("id").and_then(Value::as_u64).unwrap_or_default();
            events.retain(|event| if asked.reverse_order { id(event) < after } else { id(event) > after });
        }
        let size = page_size(asked.max_results) as usize;
        let more = events.len() > size;
        events.truncate(size);
        let next = match events.last().filter(|_| more) {
            Some(last) => Some(paging::token(&self.sealer, &list, cx.now, last["id"].as_u64())?),
            None => None,
        };
        if asked.include_execution_data == Some(false) {
            events.iter_mut().for_each(without_data);
        }
        Ok(present(json!({"events": events, "nextToken": next})))
    }
}

/// Takes inputs and outputs out of an event's details.
fn without_data(event: &mut Value) {
    let Some(members) = event.as_object_mut() else { return };
    for (name, details) in members.iter_mut().filter(|(name, _)| name.ends_with("EventDetails")) {
        let Some(details) = details.as_object_mut() else { continue };
        let data: &[&str] = match name.as_str() {
            "taskScheduledEventDetails" => &["parameters"],
            _ => &["input", "output"],
        };
        details.retain(|member, _| !data.contains(&member.as_str()));
    }
}
