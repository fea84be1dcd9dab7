//! What may be mocked, and how a mocked result must look.

use super::machine::Tested;
use super::request::{FieldValidation, Mock, Request};
use super::response::ApiError;
use crate::Value;
use crate::integration::{Pattern, Resource};
use crate::map_run::MapRunSpec;

/// The error of a Map whose tolerance is exceeded, as recorded.
pub(super) const EXCEEDED: (&str, &str) =
    ("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded");

/// What stands in place of a call.
pub(super) enum Answer {
    Result {
        /// JSON text.
        text: String,
        /// Of a Map: iterations that failed, and all.
        iterations: Option<(u64, u64)>,
    },
    Error {
        error: String,
        cause: Option<String>,
    },
}

/// Refuses combinations that AWS refuses; answers what the mock says.
pub(super) fn check(request: &Request, tested: &Tested) -> Result<Option<Answer>, ApiError> {
    let configuration = &request.state_configuration;
    let Some(mock) = &request.mock else {
        if configuration.map_iteration_failure_count.is_some() {
            return Err(ApiError::validation(
                "TestState does not support MapIterationFailureCount when a mock is not specified.",
            ));
        }
        if configuration.retrier_retry_count.is_some() {
            return Err(ApiError::validation(
                "TestState does not support RetrierRetryCount when a mock is not specified.",
            ));
        }
        if request.context.is_some() {
            return Err(ApiError::validation(
                "TestState does not support Context when a mock is not specified.",
            ));
        }
        return match tested.kind.as_str() {
            "Map" | "Parallel" => Err(ApiError::definition(
                "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
            )),
            "Task" if needs_mock(tested) => Err(ApiError::definition(
                "TestState API does not support Activity tasks, .sync or .waitForTaskToken service integration patterns when a mock is not specified.",
            )),
            "Task" if request.role_arn.is_none() => {
                Err(ApiError::validation("RoleArn must be specified when testing a Task state"))
            }
            _ => Ok(None),
        };
    };
    if request.reveal_secrets {
        return Err(ApiError::validation(
            "TestState does not support RevealSecrets when a mock is specified.",
        ));
    }
    if !matches!(tested.kind.as_str(), "Task" | "Map" | "Parallel") {
        return Err(ApiError::validation(format!(
            "State type '{}' is not supported when a mock is specified",
            tested.kind
        )));
    }
    answer(request, tested, mock).map(Some)
}

/// Tasks that do not end with their call.
/// Source: API reference, TestState.
fn needs_mock(tested: &Tested) -> bool {
    match Resource::parse(tested.text("Resource").unwrap_or_default()) {
        Ok(Resource::Activity { .. }) => true,
        Ok(resource) => resource.pattern() != Pattern::RequestResponse,
        Err(_) => false,
    }
}

fn answer(request: &Request, tested: &Tested, mock: &Mock) -> Result<Answer, ApiError> {
    match (&mock.result, &mock.error_output) {
        (Some(_), Some(_)) | (None, None) => Err(ApiError::validation(
            "A test mock should have only one of the following fields: [result, errorOutput].",
        )),
        (None, Some(output)) => {
            let missing =
                || ApiError::validation("The error field is required when mock.errorOutput is specified");
            let error = output.error.clone().ok_or_else(missing)?;
            Ok(Answer::Error { error, cause: output.cause.clone() })
        }
        (Some(text), None) => {
            let value = Value::from_json(text)
                .map_err(|_| ApiError::validation("Mocked result must be valid JSON"))?;
            match tested.kind.as_str() {
                "Task" => shape(tested, &value, mock.field_validation_mode)?,
                _ => fork_result(tested, &value)?,
            }
            Ok(Answer::Result { text: text.clone(), iterations: iterations(request, tested, &value)? })
        }
    }
}

/// A Map or Parallel answers a list; a Map that writes its results, where it wrote them.
fn fork_result(tested: &Tested, value: &Value) -> Result<(), ApiError> {
    match tested.state.get("ResultWriter").is_some() {
        true if value.as_object().is_none() => {
            Err(ApiError::validation("Mocked result must be a JSON object."))
        }
        false if value.as_array().is_none() => Err(ApiError::validation("Mocked result must be an array.")),
        _ => Ok(()),
    }
}

/// How many of a Map's iterations failed, and how many there are.
fn iterations(request: &Request, tested: &Tested, result: &Value) -> Result<Option<(u64, u64)>, ApiError> {
    let Some(failed) = request.state_configuration.map_iteration_failure_count else { return Ok(None) };
    if tested.kind != "Map" {
        return Err(ApiError::validation("MapIterationFailureCount can only be specified for a Map state"));
    }
    let total = result.as_array().map_or(failed, |items| items.len() as u64);
    if failed > total {
        return Err(ApiError::validation(
            "Map iteration failure count must be less than or equal to the number of Map iterations",
        ));
    }
    Ok(Some((failed, total)))
}

/// Whether so many failures are beyond what the Map tolerates.
pub(super) fn exceeded(spec: &MapRunSpec, (failed, total): (u64, u64)) -> bool {
    let share = if total == 0 { 0.0 } else { failed as f64 * 100.0 / total as f64 };
    match (spec.tolerated_failure_count, spec.tolerated_failure_percentage) {
        (None, None) => failed > 0,
        (count, percentage) => {
            count.is_some_and(|most| failed > most) || percentage.is_some_and(|most| share > most)
        }
    }
}

/// Fields of a service's answer: name, wanted kind, whether it is always there.
type Shape = &'static [(&'static str, &'static str, bool)];

/// What the services answer whose model is known here.
/// Source: API references of Step Functions and Lambda.
fn shape_of(resource: &str) -> Option<Shape> {
    const START_EXECUTION: Shape = &[("ExecutionArn", "a string", true), ("StartDate", "a string", true)];
    const INVOKE: Shape = &[
        ("ExecutedVersion", "a string", false),
        ("FunctionError", "a string", false),
        ("LogResult", "a string", false),
        ("StatusCode", "a number", false),
    ];
    match resource.split_once(":states:::")?.1 {
        "states:startExecution" => Some(START_EXECUTION),
        "lambda:invoke" => Some(INVOKE),
        _ => None,
    }
}

fn shape(tested: &Tested, result: &Value, mode: FieldValidation) -> Result<(), ApiError> {
    let fault =
        |reason: String| Err(ApiError::validation(format!("Mock result schema validation error: {reason}")));
    let Some(shape) =
        shape_of(tested.text("Resource").unwrap_or_default()).filter(|_| mode != FieldValidation::None)
    else {
        return Ok(());
    };
    if result.as_object().is_none() {
        return fault("Mocked result must be an object".to_owned());
    }
    for (name, kind, required) in shape {
        match result.get(name) {
            None if *required && mode == FieldValidation::Strict => {
                return fault(format!("Required field '{name}' is missing"));
            }
            Some(value) if *kind == "a string" && value.as_str().is_none() => {
                return fault(format!("Field '{name}' must be {kind}"));
            }
            Some(value) if *kind == "a number" && value.as_number().is_none() => {
                return fault(format!("Field '{name}' must be {kind}"));
            }
            _ => {}
        }
    }
    Ok(())
}
