use super::*;
use crate::Value;
use crate::syntax::apply_edits;
use std::path::PathBuf;

mod faults;
mod hostile;
mod repairs;

fn lenient() -> CheckOptions {
    CheckOptions::default()
}

fn rules(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|one| one.rule).collect()
}

fn errors(text: &str) -> Vec<String> {
    let found = check(text, &CheckOptions::strict(MachineType::Standard));
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    errors.map(|one| format!("{} {} {}", one.rule, one.pointer, one.message)).collect()
}

/// The recorded cases, or `None` (said aloud) where they are not at hand.
pub(crate) fn recorded(folder: &str) -> Option<Vec<(String, serde_json::Value)>> {
    let root = std::env::var_os("MAPWRIGHT_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    let Ok(listing) = std::fs::read_dir(root.join(folder)) else {
        eprintln!(
            "NOT RUN: no recorded cases in {} (set MAPWRIGHT_CONFORMANCE)",
            root.join(folder).display()
        );
        return None;
    };
    let mut cases: Vec<_> = listing
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "json"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (entry.file_name().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!cases.is_empty(), "{folder} is empty");
    Some(cases)
}

#[test]
fn whatever_aws_ran_has_no_error() {
    let folders = [
        "base_states",
        "choice_operators",
        "choice_scenarios",
        "context_object",
        "credentials",
        "error_handling",
        "fail_state",
        "intrinsic_functions",
        "jsonata_data_flow",
        "map_distributed__inline_items",
        "map_distributed__item_reader_csv",
        "map_distributed__item_reader_json",
        "map_distributed__item_reader_listObjectsV2",
        "map_inline",
        "parallel",
        "query_language",
        "retry_catch",
        "service_integrations",
        "timeouts_heartbeats",
        "variables_assign",
        "variables_states",
        "wait_scenarios",
    ];
    let mut wrong = Vec::new();
    for folder in folders {
        for (file, case) in recorded(folder).unwrap_or_default() {
            for run in case["runs"].as_array().into_iter().flatten() {
                let text = run["definition"].as_str().unwrap();
                let found = errors(text);
                assert!(crate::Program::compile(text).is_ok(), "{folder}/{file} does not compile");
                wrong.extend(found.into_iter().map(|error| format!("{folder}/{file}: {error}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} false alarms:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn validation_as_recorded() {
    for (file, case) in recorded("api_validate_definition").unwrap_or_default() {
        for call in case["calls"].as_array().unwrap() {
            let answer =
                validate(call["params"]["definition"].as_str().unwrap(), MachineType::Standard, false, 100);
            assert_eq!(serde_json::to_value(&answer).unwrap(), call["expect"]["response"], "{file}");
        }
    }
}

#[test]
fn refusals_as_recorded() {
    let mut checked = 0;
    for (file, case) in recorded("map_distributed__label_validation").unwrap_or_default() {
        for call in case["calls"].as_array().unwrap() {
            let refused =
                invalid_definition(call["params"]["definition"].as_str().unwrap(), MachineType::Standard);
            let expected = call["expect"]["error"]["code"] == "InvalidDefinition";
            assert_eq!(refused.is_some(), expected, "{file}: {refused:?}");
            checked += 1;
        }
    }
    eprintln!("{checked} recorded refusals compared");
}

/// As measured on AWS: codes, wording, and places, which are not always JSON Pointers.
#[test]
fn refusals_in_the_words_of_aws() {
    let pass = |fields: &str| format!(r#"{{"Type": "Pass", {fields}}}"#);
    let one = |state: &str| format!(r#"{{"StartAt": "A", "States": {{"A": {state}}}}}"#);
    let ata = |state: &str| {
        format!(r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {state}}}}}"#)
    };
    for (text, wanted) in [
        (
            r#"{"StartAt": "pass1", "States": {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": true}}}"#.to_owned(),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2",
        ),
        (
            r#"{"StartAt": "Not sure", "States": {"Pass One": {"Type": "Pass", "Next": "Success"}, "Success": {"Type": "Succeed"}}}"#.to_owned(),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: Not sure at /StartAt, MISSING_TRANSITION_TARGET: State \"Pass One\" is not reachable. at /States/Pass One",
        ),
        (
            r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}, "C": {"Type": "Pass", "Next": "A"}}}"#.to_owned(),
            "MISSING_END_STATE: Workflow has no terminal state at null",
        ),
        (
            one(&pass(r#""Next": "NOPE""#)),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null",
        ),
        (
            one(r#"{"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "X"}], "Default": "B"}, "B": {"Type": "Succeed"}"#),
            "MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Choices[0]/Next",
        ),
        (
            one(&pass(r#""End": true, "TimeoutSeconds": 5"#)),
            "SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/A",
        ),
        (
            one(&pass(r#""End": true, "Output": 5"#)),
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage at /States/A",
        ),
        (
            ata(&pass(r#""End": true, "Output": "{% 1 + %}""#)),
            "INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/A/Output",
        ),
        (
            ata(&pass(r#""End": true, "Output": {"v": "{% $uppercase(phone) %}"}"#)),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. at /States/A/Output/v",
        ),
        (
            ata(&pass(r#""End": true, "Output": "{% $$ %}""#)),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported. at /States/A/Output",
        ),
        (
            ata(&pass(r#""End": true, "Output": "{% $map($states.input.a, function($x) { b }) %}""#)),
            "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'b' at the top level is not supported. at /States/A/Output",
        ),
        (
            ata(&pass(r#""End": true, "Output": "{% $states.errorOutput.Cause %}""#)),
            "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist. at /States/A/Output",
        ),
        (
            one(&pass(r#""End": true, "QueryLanguage": "jsonpath""#)),
            "SCHEMA_VALIDATION_FAILED: Value should be one of the following: [JSONPath, JSONata] at /States/A/QueryLanguage",
        ),
        (
            one(r#"{"Type": "Map", "End": true, "ItemProcessor": {"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": {"Type": "Succeed"}}}}"#),
            "SCHEMA_VALIDATION_FAILED: Field 'QueryLanguage' is not supported at /States/A/ItemProcessor",
        ),
    ] {
        let wanted = format!("Invalid State Machine Definition: '{wanted}'");
        assert_eq!(invalid_definition(&text, MachineType::Standard).as_deref(), Some(wanted.as_str()), "{text}");
    }
}

#[test]
fn numbers_of_a_map_are_refused_in_the_words_of_aws() {
    for (fields, wanted) in [
        (r#""ToleratedFailurePercentage": 101"#, "Maximum value is 100.0"),
        (r#""ToleratedFailurePercentage": -1"#, "Minimum value is 0.0"),
        (r#""ToleratedFailureCount": -1"#, "Minimum value is 0"),
        (r#""MaxConcurrencyPath": "$$.Execution.Input.n""#, "Value is not a Reference Path"),
        (
            r#""MaxConcurrency": 1, "MaxConcurrencyPath": "$.n""#,
            "There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath]",
        ),
    ] {
        let answer = validate(&faults::map(fields), MachineType::Standard, false, 100);
        let messages: Vec<&str> = answer.diagnostics.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(messages, [wanted], "{fields}");
    }
}

#[test]
fn ten_faults_are_found_in_one_pass() {
    let text = r#"{"StartAt": "A", "TimeoutSecond": 5, "States": {
        "A": {"Type": "Pas", "Next": "B"},
        "B": {"Type": "Pass", "Next": "Nowhere"},
        "C": {"Type": "Wait", "Seconds": -1, "End": true},
        "D": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"x.$": "$["}, "End": true},
        "E": {"Type": "Choice", "Choices": []},
        "F": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 + %}", "End": true},
        "G": {"Type": "Map", "End": true},
        "H": {"Type": "Parallel", "Branches": 5, "End": true},
        "I": {"Type": "Fail", "Error": "x", "ErrorPath": "$.x"}
    }}"#;
    let found = check(text, &lenient());
    let errors: Vec<&str> = found
        .iter()
        .filter(|one| one.severity == Severity::Error && one.rule != "MW-FLOW-UNREACHABLE")
        .map(|one| one.pointer.as_str())
        .collect();
    for pointer in [
        "/States/A/Type",
        "/States/B/Next",
        "/States/C/Seconds",
        "/States/D/Parameters/x.$",
        "/States/E/Choices",
        "/States/F/Output",
        "/States/G",
        "/States/H/Branches",
        "/States/I/ErrorPath",
    ] {
        assert!(errors.contains(&pointer), "{pointer} is not among {errors:?}");
    }
    assert!(found.iter().any(|one| one.pointer == "/TimeoutSecond"));
    assert!(found.iter().all(|one| one.line > 0 && one.column > 0 && !one.message.is_empty()));
}
