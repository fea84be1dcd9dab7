//! ValidateStateMachineDefinition and TestState.

use super::checks::Checks;
use super::error::ApiError;
use crate::Service;
use crate::context::Cx;
use crate::secrets::random;
use asl::check::{MachineType, validate};
use asl::test_state::{self, Progress, Request, Surroundings};
use model::Permission;
use model::limits::MAX_DEFINITION_CHARS;
use serde::Deserialize;
use serde_json::{Value, json};

/// ValidateStateMachineDefinition.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidateDefinition {
    definition: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    severity: Option<String>,
    max_results: Option<i64>,
}

impl Service {
    /// What is wrong with a definition. Nothing is kept.
    pub fn validate_state_machine_definition(&self, cx: &Cx, asked: &ValidateDefinition) -> Result<Value, ApiError> {
        Checks::default()
            .text("definition", asked.definition.as_deref(), 1..=MAX_DEFINITION_CHARS)
            .one_of("type", asked.kind.as_deref(), &["STANDARD", "EXPRESS"])
            .one_of("severity", asked.severity.as_deref(), &["ERROR", "WARNING"])
            .number("maxResults", asked.max_results.map(|n| n as f64), 0.0..=100.0)
            .done()?;
        cx.require(Permission::Read)?;
        let kind = match asked.kind.as_deref() {
            Some("EXPRESS") => MachineType::Express,
            _ => MachineType::Standard,
        };
        let warnings = asked.severity.as_deref() == Some("WARNING");
        let most = asked.max_results.and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
        Ok(json!(validate(asked.definition.as_deref().unwrap_or_default(), kind, warnings, most)))
    }

    /// Where and when a test takes place.
    pub(crate) fn surroundings(&self, cx: &Cx) -> Surroundings {
        Surroundings {
            region: self.partition.region.clone(),
            account: self.partition.account.clone(),
            now: cx.now,
            seed: u64::from_ne_bytes(random()),
        }
    }

    /// Runs one state; no execution is kept. A Task state without a mock calls what it names.
    pub async fn test_state(&self, cx: &Cx, asked: &Request) -> Result<Value, ApiError> {
        cx.require(Permission::Operate)?;
        let around = self.surroundings(cx);
        let refused = |error: test_state::ApiError| ApiError::new(error.code, error.message);
        let response = match test_state::begin(asked, &around).map_err(refused)? {
            Progress::Done(response) => *response,
            Progress::Call(pending) => {
                let event = self.executor.call(&cx.workspace.id, pending.id, pending.call.clone()).await;
                pending.finish(event)
            }
        };
        Ok(json!(response))
    }
}
