//! The answers of AWS's API about a definition.

use super::checker::check;
use super::diagnostic::{Diagnostic, Severity};
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
    /// Where: `/States/<name>/<field>`, or `/`.
    pub location: String,
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
            format!("{}: {} at {}", aws.code, aws.message, aws.location)
        });
    let errors: Vec<String> = errors.collect();
    (!errors.is_empty()).then(|| format!("Invalid State Machine Definition: '{}'", errors.join(", ")))
}

fn diagnostics(definition: &str, machine_type: MachineType) -> Vec<Diagnostic> {
    let mut found = check(definition, &CheckOptions::strict(machine_type));
    found.retain(|found| !found.code.is_empty());
    found
}

fn aws(found: &Diagnostic) -> AwsDiagnostic {
    AwsDiagnostic {
        severity: if found.severity == Severity::Error { "ERROR" } else { "WARNING" },
        code: found.code,
        message: found.aws_message.clone().unwrap_or_else(|| found.message.clone()),
        location: if found.pointer.is_empty() { "/".to_owned() } else { found.pointer.clone() },
    }
}
