//! What TestState is asked.

use model::Timestamp;
use serde::Deserialize;

/// The request, as AWS spells it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// A state, or a whole definition when `state_name` is given.
    pub definition: String,
    /// The state of the whole definition to test, at any depth.
    pub state_name: Option<String>,
    /// The role to call with; needed for a Task that is not mocked.
    pub role_arn: Option<String>,
    /// The state's input as JSON text; `{}` when absent.
    pub input: Option<String>,
    /// How much to show; `INFO` when absent.
    #[serde(default)]
    pub inspection_level: InspectionLevel,
    /// Whether to show secrets of HTTP tasks.
    #[serde(default)]
    pub reveal_secrets: bool,
    /// Variables as the JSON text of an object.
    pub variables: Option<String>,
    /// The context object as JSON text.
    pub context: Option<String>,
    /// What the task, Map or Parallel is to answer.
    pub mock: Option<Mock>,
    /// Circumstances of the state.
    #[serde(default)]
    pub state_configuration: StateConfiguration,
}

/// How much to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum InspectionLevel {
    /// The result.
    #[default]
    Info,
    /// And each stage of the data.
    Debug,
    /// And the request and answer of an HTTP task.
    Trace,
}

/// An answer in place of a call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mock {
    /// The result as JSON text.
    pub result: Option<String>,
    /// The error.
    pub error_output: Option<ErrorOutput>,
    /// How strictly `result` is compared with what the service would answer.
    #[serde(default)]
    pub field_validation_mode: FieldValidation,
}

/// An error in place of a result.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ErrorOutput {
    /// The error's name.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
}

/// How strictly a mocked result is compared with the service's model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldValidation {
    /// Required fields, known fields, types.
    #[default]
    Strict,
    /// Types of the fields that are there.
    Present,
    /// Not at all.
    None,
}

/// Circumstances of the state.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StateConfiguration {
    /// How often the matching Retrier has retried already.
    pub retrier_retry_count: Option<u32>,
    /// How many iterations of a Map failed.
    pub map_iteration_failure_count: Option<u64>,
    /// What a Map's ItemReader read, as JSON text.
    pub map_item_reader_data: Option<String>,
    /// The inner state that caused a Map's or Parallel's mocked error.
    pub error_caused_by_state: Option<String>,
}

/// Where and when the test happens.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The region in made-up ARNs.
    pub region: String,
    /// The account in made-up ARNs.
    pub account: String,
    /// Now.
    pub now: Timestamp,
    /// Feeds made-up names and random functions.
    pub seed: u64,
}
