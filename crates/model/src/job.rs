//! Jobs: saved, versioned definitions.

use crate::id::JobId;
use crate::status::ExecutionType;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A saved configuration: a name and versioned definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its name; the state machine's name in ARNs.
    pub name: String,
    /// The type of its executions.
    #[serde(default)]
    pub execution_type: ExecutionType,
    /// The newest version's number, from 1; 0 while only a draft exists.
    pub latest_version: u32,
    /// The definition being edited, when it differs from the newest version.
    pub draft: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its draft or versions last changed.
    pub updated_at: Timestamp,
}

/// What a version of a job asks of AWS beside its definition. This server keeps it for AWS
/// clients and for a launch on AWS; it has no effect on runs here.
/// Source: API reference, CreateStateMachine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MachineSettings {
    /// `roleArn`; `None` for jobs made in the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// `loggingConfiguration`, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging_configuration: Option<serde_json::Value>,
    /// `tracingConfiguration`, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_configuration: Option<serde_json::Value>,
    /// `encryptionConfiguration`, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_configuration: Option<serde_json::Value>,
}

/// One immutable version of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobVersion {
    /// Its number, from 1.
    pub version: u32,
    /// The definition, exactly as saved.
    pub definition: String,
    /// Role, logging, tracing, encryption.
    #[serde(default)]
    pub settings: MachineSettings,
    /// Why it was saved.
    pub message: String,
    /// Who saved it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}
