//! Configurations of a state machine: checked, kept as given, shown with their defaults.

use super::error::ApiError;
use model::{Alias, MachineSettings};
use serde_json::{Value, json};

const LEVELS: [&str; 4] = ["ALL", "ERROR", "FATAL", "OFF"];

/// A role's ARN.
pub(super) fn role(arn: &str) -> Result<(), ApiError> {
    let mut parts = arn.splitn(6, ':');
    let right = (parts.next(), parts.nth(1)) == (Some("arn"), Some("iam"))
        && parts.nth(2).is_some_and(|resource| resource.starts_with("role/") && resource.len() > 5);
    match right {
        true => Ok(()),
        false => Err(ApiError::new("InvalidArn", format!("Invalid Role Arn: '{arn}'"))),
    }
}

/// `loggingConfiguration`
pub(super) fn logging(given: Option<Value>) -> Result<Option<Value>, ApiError> {
    let Some(value) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    let invalid = |why: &str| {
        ApiError::new("InvalidLoggingConfiguration", format!("Invalid Logging Configuration: {why}"))
    };
    let level = value.get("level").map_or(Some("OFF"), Value::as_str);
    let level = level.filter(|level| LEVELS.contains(level));
    let level = level.ok_or_else(|| invalid("The level must be one of ALL, ERROR, FATAL, OFF."))?;
    let destinations = value.get("destinations").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if destinations.len() > 1 || (level != "OFF" && destinations.is_empty()) {
        return Err(invalid("Must specify exactly one Log Destination."));
    }
    let has_group = |destination: &Value| destination.pointer("/cloudWatchLogsLogGroup/logGroupArn").is_some_and(Value::is_string);
    match destinations.iter().all(has_group) {
        true => Ok(Some(value)),
        false => Err(invalid("Log Destination must be a CloudWatch Logs log group.")),
    }
}

/// `tracingConfiguration`
pub(super) fn tracing(given: Option<Value>) -> Result<Option<Value>, ApiError> {
    let Some(value) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    match value.get("enabled").is_none_or(Value::is_boolean) {
        true => Ok(Some(value)),
        false => {
            let message = "Invalid Tracing Configuration: 'enabled' must be true or false.";
            Err(ApiError::new("InvalidTracingConfiguration", message))
        }
    }
}

/// `encryptionConfiguration`
pub(super) fn encryption(given: Option<Value>) -> Result<Option<Value>, ApiError> {
    let Some(value) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    let invalid = |why: &str| {
        ApiError::new("InvalidEncryptionConfiguration", format!("Invalid Encryption Configuration: {why}"))
    };
    let key = value.get("kmsKeyId").is_some_and(Value::is_string);
    let period = value.get("kmsDataKeyReusePeriodSeconds").map(|seconds| seconds.as_i64());
    match (value.get("type").and_then(Value::as_str), key) {
        (Some("AWS_OWNED_KEY"), false) if period.is_none() => Ok(Some(value)),
        (Some("AWS_OWNED_KEY"), _) => {
            Err(invalid("kmsKeyId and kmsDataKeyReusePeriodSeconds must be null when the type is AWS_OWNED_KEY."))
        }
        (Some("CUSTOMER_MANAGED_KMS_KEY"), true) => match period {
            Some(Some(60..=900)) | None => Ok(Some(value)),
            _ => Err(invalid("kmsDataKeyReusePeriodSeconds lies between 60 and 900.")),
        },
        (Some("CUSTOMER_MANAGED_KMS_KEY"), false) => Err(invalid("A customer managed key needs a kmsKeyId.")),
        _ => Err(invalid("The type must be AWS_OWNED_KEY or CUSTOMER_MANAGED_KMS_KEY.")),
    }
}

/// Logging as it is described.
pub(super) fn shown_logging(settings: &MachineSettings) -> Value {
    let mut shown = settings.logging_configuration.clone().unwrap_or_else(|| json!({}));
    if let Some(members) = shown.as_object_mut() {
        members.entry("level").or_insert_with(|| json!("OFF"));
        members.entry("includeExecutionData").or_insert_with(|| json!(false));
    }
    shown
}

/// Tracing as it is described.
pub(super) fn shown_tracing(settings: &MachineSettings) -> Value {
    settings.tracing_configuration.clone().unwrap_or_else(|| json!({"enabled": false}))
}

/// Encryption as it is described.
pub(super) fn shown_encryption(settings: &MachineSettings) -> Value {
    settings.encryption_configuration.clone().unwrap_or_else(|| json!({"type": "AWS_OWNED_KEY"}))
}

/// The ItemProcessor of the distributed Map with a label, as a definition of its own.
pub(super) fn child_definition(definition: &str, label: &str) -> Option<String> {
    let parsed: Value = serde_json::from_str(definition).ok()?;
    processor(&parsed, label).map(Value::to_string)
}

fn processor<'v>(within: &'v Value, label: &str) -> Option<&'v Value> {
    let states = within.get("States")?.as_object()?;
    states.values().find_map(|state| {
        let own = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
        if state.get("Label").and_then(Value::as_str) == Some(label) {
            return own;
        }
        let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
        own.into_iter().chain(branches).find_map(|inner| processor(inner, label))
    })
}

/// The version that an alias chooses for one execution, by weight.
pub(super) fn routed(alias: &Alias) -> u32 {
    let mut ball = rand::random_range(0..100);
    for route in &alias.routes {
        if ball < route.weight {
            return route.version;
        }
        ball -= route.weight;
    }
    alias.routes.last().map_or(0, |route| route.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_checked() {
        assert!(role("arn:aws:iam::012345678901:role/x").is_ok());
        assert!(role("arn:aws:iam::012345678901:user/x").is_err());
        assert!(logging(Some(json!({"level": "OFF"}))).is_ok());
        assert!(logging(Some(json!({"level": "ALL"}))).is_err());
        let group = json!({"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:r:a:log-group:g:*"}}]});
        assert_eq!(logging(Some(group.clone())).unwrap(), Some(group));
        assert!(tracing(Some(json!({"enabled": 1}))).is_err());
        assert!(encryption(Some(json!({"type": "CUSTOMER_MANAGED_KMS_KEY"}))).is_err());
        assert!(encryption(Some(json!({"type": "AWS_OWNED_KEY"}))).is_ok());
    }

    #[test]
    fn the_childs_definition_is_found_at_any_depth() {
        let inner = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
        let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [
            {"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "each", "ItemProcessor": inner}}}]}}});
        assert_eq!(child_definition(&definition.to_string(), "each"), Some(inner.to_string()));
        assert_eq!(child_definition(&definition.to_string(), "other"), None);
    }
}
