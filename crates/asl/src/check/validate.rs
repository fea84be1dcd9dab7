//! The answers of AWS's API about a definition.

use super::checker::check;
use super::diagnostic::{AwsPlace, Diagnostic, Severity};
use super::options::{CheckOptions, MachineType};
use serde::Serialize;

/// Most diagnostics of one answer. Source: API reference, ValidateStateMachineDefinition.
const MAX_RESULTS: usize = 100;

/// One diagnostic of `ValidateStateMachineDefinition`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AwsDiagnostic {
    /// `ERROR` or `WARNING`.
    pub severity: &'static str,
    /// For example `SCHEMA_VALIDATION_FAILED`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where: `/States/<name>/<field>`, or `/`; AWS names no place for some faults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// The answer of `ValidateStateMachineDefinition`; serialises to AWS's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// `OK` or `FAIL`.
    pub result: &'static str,
    /// What was found.
    pub diagnostics: Vec<AwsDiagnostic>,
    /// Whether more was found than was asked for.
    pub truncated: bool,
}

/// What AWS answers to `ValidateStateMachineDefinition`. With `warnings` (request field
/// `severity` = `WARNING`) warnings are listed too; `max_results` of 0 or over 100 means 100.
pub fn validate(
    definition: &str,
    machine_type: MachineType,
    warnings: bool,
    max_results: usize,
) -> Validation {
    let found = diagnostics(definition, machine_type);
    let failed = found.iter().any(|found| found.severity == Severity::Error);
    let listed = found.iter().filter(|found| warnings || found.severity == Severity::Error);
    let most = if (1..=MAX_RESULTS).contains(&max_results) { max_results } else { MAX_RESULTS };
    let count = listed.clone().count();
    Validation {
        result: if failed { "FAIL" } else { "OK" },
        diagnostics: listed.take(most).map(aws).collect(),
        truncated: count > most,
    }
}

/// The message of `InvalidDefinition`, with which `CreateStateMachine` and `UpdateStateMachine`
/// refuse a definition; `None` when they accept it.
pub fn invalid_definition(definition: &str, machine_type: MachineType) -> Option<String> {
    let found = diagnostics(definition, machine_type);
    let errors =
        found.iter().filter(|found| found.severity == Severity::Error).take(MAX_RESULTS).map(|found| {
            let aws = aws(found);
            format!("{}: {} at {}", aws.code, aws.message, aws.location.as_deref().unwrap_or("null"))
        });
    let errors: Vec<String> = errors.collect();
    (!errors.is_empty()).then(|| format!("Invalid State Machine Definition: '{}'", errors.join(", ")))
}

fn diagnostics(definition: &str, machine_type: MachineType) -> Vec<Diagnostic> {
    let mut found = check(definition, &CheckOptions::strict(machine_type));
    found.retain(|found| !found.code.is_empty());
    found.sort_by_key(|found| found.aws_place == AwsPlace::Nowhere);
    // Where a workflow has no end, AWS does not ask what can be reached.
    if found.iter().any(|found| found.code == "MISSING_END_STATE") {
        found.retain(|found| found.rule != super::flow::UNREACHABLE.id);
    }
    found
}

fn aws(found: &Diagnostic) -> AwsDiagnostic {
    AwsDiagnostic {
        severity: if found.severity == Severity::Error { "ERROR" } else { "WARNING" },
        code: found.code,
        message: found.aws_message.clone().unwrap_or_else(|| found.message.clone()),
        location: match found.aws_place {
            AwsPlace::Here => Some(location(&found.pointer)),
            AwsPlace::Owner => Some(location(found.pointer.rsplit_once('/').map_or("", |(owner, _)| owner))),
            AwsPlace::Nowhere => None,
        },
    }
}

/// A JSON Pointer as AWS writes it: `/States/Sort/Choices[0]/Next`.
fn location(pointer: &str) -> String {
    let mut written = String::new();
    let mut before = "";
    for step in pointer.split('/').skip(1) {
        let index = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        match index && !matches!(before, "" | "States") {
            true => written.push_str(&format!("[{step}]")),
            false => {
                written.push('/');
                written.push_str(&step.replace("~1", "/").replace("~0", "~"));
            }
        }
        before = step;
    }
    if written.is_empty() { "/".to_owned() } else { written }
}
