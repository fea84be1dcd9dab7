use super::*;
use crate::Value;
use crate::syntax::apply_edits;
use std::path::PathBuf;

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

/// Definitions with one fault each: the rule that must find it, and the pointer.
const FAULTS: &[(&str, &str, &str)] = &[
    (r#"{"States": {"A": {"Type": "Succeed"}}}"#, "MW-FIELD-REQUIRED", ""),
    (r#"{"StartAt": "B", "States": {"A": {"Type": "Succeed"}}}"#, "MW-FLOW-TARGET", "/StartAt"),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "b"}, "B": {"Type": "Succeed"}}}"#,
        "MW-FLOW-TARGET",
        "/States/A/Next",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "B": {"Type": "Succeed"}}}"#,
        "MW-FLOW-UNREACHABLE",
        "/States/B",
    ),
    (r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}"#, "MW-FLOW-NO-END", "/States"),
    (r#"{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}"#, "MW-STATE-NEXT", "/States/A"),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true, "Next": "A"}}}"#,
        "MW-STATE-NEXT",
        "/States/A",
    ),
    (r#"{"StartAt": "A", "States": {"A": {"Type": "Pas", "End": true}}}"#, "MW-STATE-TYPE", "/States/A/Type"),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": "true"}}}"#,
        "MW-FIELD-KIND",
        "/States/A/End",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Output": 1, "End": true}}}"#,
        "MW-FIELD-LANGUAGE",
        "/States/A/Output",
    ),
    (
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "ResultPath": "$.x", "End": true}}}"#,
        "MW-FIELD-LANGUAGE",
        "/States/A/ResultPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "x", "End": true}}}"#,
        "MW-PATH",
        "/States/A/InputPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "ResultPath": "$$.x", "End": true}}}"#,
        "MW-PATH",
        "/States/A/ResultPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": 1}, "End": true}}}"#,
        "MW-TEMPLATE",
        "/States/A/Parameters/x.$",
    ),
    (
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output": ["{% 1"], "End": true}}}"#,
        "MW-JSONATA",
        "/States/A/Output/0",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.a[", "End": true}}}"#,
        "MW-PATH",
        "/States/A/InputPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "ResultPath": "$.a[*]", "End": true}}}"#,
        "MW-PATH",
        "/States/A/ResultPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "States.Formt('{}', 1)"}, "End": true}}}"#,
        "MW-TEMPLATE",
        "/States/A/Parameters/x.$",
    ),
    (
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": true}}}"#,
        "MW-JSONATA",
        "/States/A/Output",
    ),
    (r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "End": true}}}"#, "MW-WAIT", "/States/A"),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "SecondsPath": "$.s", "End": true}}}"#,
        "MW-FIELD-EXCLUSIVE",
        "/States/A/SecondsPath",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Wait", "Timestamp": "soon", "End": true}}}"#,
        "MW-WAIT",
        "/States/A/Timestamp",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "lambda", "End": true}}}"#,
        "MW-TASK-RESOURCE",
        "/States/A/Resource",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {}, "End": true}}}"#,
        "MW-TASK-FUNCTION",
        "/States/A/Parameters",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "TimeoutSeconds": 5, "HeartbeatSeconds": 5, "End": true}}}"#,
        "MW-TASK-HEARTBEAT",
        "/States/A/HeartbeatSeconds",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [], "Default": "A"}}}"#,
        "MW-CHOICE",
        "/States/A/Choices",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "StringEqual": "a", "Next": "B"}]}, "B": {"Type": "Fail"}}}"#,
        "MW-CHOICE",
        "/States/A/Choices/0/StringEqual",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEquals": "1", "Next": "B"}]}, "B": {"Type": "Fail"}}}"#,
        "MW-CHOICE-OPERAND",
        "/States/A/Choices/0/NumericEquals",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Not": {"Variable": "$.x", "IsNull": true, "Next": "B"}, "Next": "B"}]}, "B": {"Type": "Fail"}}}"#,
        "MW-CHOICE",
        "/States/A/Choices/0/Not/Next",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "Retry": [{"ErrorEquals": ["States.ALL", "X"]}], "End": true}}}"#,
        "MW-ERROR-ALL-ALONE",
        "/States/A/Retry/0/ErrorEquals",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}], "End": true}}}"#,
        "MW-ERROR-ALL-LAST",
        "/States/A/Retry/0/ErrorEquals",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "Catch": [{"ErrorEquals": ["X"], "Next": "C"}], "End": true}}}"#,
        "MW-FLOW-TARGET",
        "/States/A/Catch/0/Next",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f", "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": -1}], "End": true}}}"#,
        "MW-FIELD-RANGE",
        "/States/A/Retry/0/MaxAttempts",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}], "End": true}}}"#,
        "MW-STATE-DUPLICATE",
        "/States/A/Branches/0/States/A",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}}"#,
        "MW-STATE-DUPLICATE",
        "/States/A",
    ),
    (
        r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"1x": 1}, "End": true}}}"#,
        "MW-ASSIGN",
        "/States/A/Assign/1x",
    ),
    (r#"{"StartAt": "A", "States": {"A": {"Type": "Map", "End": true}}}"#, "MW-FIELD-REQUIRED", "/States/A"),
    ("[1]", "MW-FIELD-KIND", ""),
    ("", "MW-JSON", ""),
    ("{", "MW-JSON", ""),
];

#[test]
fn each_fault_is_found_at_its_place() {
    for (text, rule, pointer) in FAULTS {
        let found = check(text, &CheckOptions::strict(MachineType::Standard));
        let hit = found.iter().find(|one| one.rule == *rule && one.pointer == *pointer);
        let hit = hit.unwrap_or_else(|| panic!("{rule} at {pointer} not in {found:#?}\n{text}"));
        assert_eq!(hit.severity, Severity::Error);
        assert!(hit.message.ends_with(['.', '?']), "{}", hit.message);
        assert!(!hit.code.is_empty());
    }
}

fn map(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, {fields}, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}}}}}}}"#
    )
}

const MAP_FAULTS: &[(&str, &str, &str)] = &[
    (r#""Label": """#, "L-09", "/Label"),
    (r#""Label": "a b""#, "L-09", "/Label"),
    (r#""Label": "12345678901234567890123456789012345678901""#, "L-09", "/Label"),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::dynamodb:getItem"}"#,
        "MW-READER-RESOURCE",
        "/ItemReader/Resource",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Prefix": "a/"}}"#,
        "MW-READER-ARGUMENTS",
        "/ItemReader/Parameters",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}"#,
        "MW-READER-CONFIG",
        "/ItemReader",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "CSV"}}"#,
        "MW-READER-HEADERS",
        "/ItemReader/ReaderConfig",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN"}}"#,
        "MW-READER-HEADERS",
        "/ItemReader/ReaderConfig",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "CSVX"}}"#,
        "MW-FIELD-VALUE",
        "/ItemReader/ReaderConfig/InputType",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "JSONL", "ItemsPointer": "/a"}}"#,
        "MW-READER-CONFIG",
        "/ItemReader/ReaderConfig/ItemsPointer",
    ),
    (
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "JSON", "MaxItems": 1, "MaxItemsPath": "$.m"}}"#,
        "MW-FIELD-EXCLUSIVE",
        "/ItemReader/ReaderConfig/MaxItemsPath",
    ),
    (r#""ItemBatcher": {"BatchInput": {}}"#, "MW-BATCHER", "/ItemBatcher"),
    (
        r#""ItemBatcher": {"MaxInputBytesPerBatch": 262145}"#,
        "MW-FIELD-RANGE",
        "/ItemBatcher/MaxInputBytesPerBatch",
    ),
    (r#""ResultWriter": {}"#, "MW-WRITER", "/ResultWriter"),
    (
        r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Prefix": "x"}}"#,
        "MW-WRITER",
        "/ResultWriter/Parameters",
    ),
    (
        r#""ResultWriter": {"WriterConfig": {"OutputType": "JSON"}}"#,
        "MW-FIELD-REQUIRED",
        "/ResultWriter/WriterConfig",
    ),
    (r#""ToleratedFailurePercentage": 101"#, "MW-FIELD-RANGE", "/ToleratedFailurePercentage"),
    (
        r#""ToleratedFailureCount": 1, "ToleratedFailureCountPath": "$.c""#,
        "MW-FIELD-EXCLUSIVE",
        "/ToleratedFailureCountPath",
    ),
    (r#""TimeoutSeconds": 5"#, "MW-FIELD-MISPLACED", "/TimeoutSeconds"),
];

#[test]
fn each_fault_of_a_distributed_map_is_found() {
    assert_eq!(errors(&map(r#""Label": "größe""#)), Vec::<String>::new());
    for (fields, rule, pointer) in MAP_FAULTS {
        let text = map(fields);
        let found = check(&text, &CheckOptions::strict(MachineType::Standard));
        let hit = found.iter().any(|one| {
            one.rule == *rule
                && one.pointer == format!("/States/M{pointer}")
                && one.severity == Severity::Error
        });
        assert!(hit, "{rule} at {pointer} not in {found:#?}");
    }
    let express = check(&map(r#""Label": "a""#), &CheckOptions::strict(MachineType::Express));
    assert!(rules(&express).contains(&"MW-MAP-MODE"));
}

#[test]
fn unknown_fields_are_tolerated_here_and_refused_there() {
    let text = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Nxt": "B", "Colour": 1, "End": true}}}"#;
    let found = check(text, &lenient());
    assert_eq!(rules(&found), ["MW-FIELD-UNKNOWN", "MW-FIELD-UNKNOWN"]);
    assert!(found.iter().all(|one| one.severity == Severity::Warning));
    assert_eq!(found[0].message, "Nxt is not a field of a Pass state. Did you mean Next?");
    assert_eq!(found[0].fix.as_ref().unwrap().edits[0].new_text, "\"Next\"");
    assert_eq!((found[1].line, found[1].column), (1, 63));
    assert_eq!(errors(text).len(), 2);
}

#[test]
fn the_seed_that_lists_objects_is_repaired() {
    let text = include_str!("testdata/seed_listing.asl.json");
    let found = check(text, &lenient());
    assert!(found.iter().all(|one| one.severity != Severity::Error), "{found:#?}");
    for rule in ["W-MAP-02", "W-MAP-06", "MW-MAP-CONCURRENCY", "L-14", "MW-TASK-RETRY", "MW-TASK-TIMEOUT"] {
        assert!(found.iter().any(|one| one.rule == rule && one.fix.is_some()), "{rule} not in {found:#?}");
    }
    let repaired = repair(text, &lenient());
    let left = check(&repaired, &lenient());
    assert!(left.iter().all(|one| one.severity == Severity::Hint), "{left:#?}\n{repaired}");
    let selector = r#"{"Bucket":"my-massive-data-bucket","Key.$":"$$.Map.Item.Value.Key"}"#;
    let value = Value::from_json(&repaired).unwrap();
    let state = value.get("States").unwrap().get("ProcessAllTheData").unwrap();
    assert_eq!(state.get("ItemSelector").unwrap().to_json(), selector);
    assert_eq!(errors(&repaired), Vec::<String>::new());
}

#[test]
fn the_seed_with_a_manifest_is_repaired() {
    let text = include_str!("testdata/seed_manifest.asl.json").replace("\"ItemProcessor\"", "\"Iterator\"");
    let manifest = crate::syntax::Document::parse(include_str!("testdata/seed_manifest.json"));
    assert_eq!(manifest.errors.len(), 2, "{:?}", manifest.errors);
    let options = CheckOptions { manifest_sample: manifest.root.map(|root| root.to_value()), ..lenient() };
    let found = check(&text, &options);
    assert!(found.iter().all(|one| one.severity != Severity::Error), "{found:#?}");
    for rule in ["W-MAP-01", "W-MAP-03", "W-MAP-05", "W-MAP-06"] {
        assert!(found.iter().any(|one| one.rule == rule && one.fix.is_some()), "{rule} not in {found:#?}");
    }
    let repaired = repair(&text, &options);
    let left = check(&repaired, &options);
    assert!(
        left.iter().all(|one| !one.rule.starts_with("W-MAP") && one.severity == Severity::Hint),
        "{left:#?}"
    );
    let value = Value::from_json(&repaired).unwrap();
    let state = value.get("States").unwrap().get("ProcessAllTheData").unwrap();
    assert_eq!(state.get("MaxConcurrency").unwrap().to_json(), "1000");
    assert_eq!(
        state.get("ItemReader").unwrap().get("ReaderConfig").unwrap().get("ItemsPointer").unwrap().as_str(),
        Some("/items")
    );
    let normal = Value::from_json(&normalize(&text)).unwrap();
    let state = normal.get("States").unwrap().get("ProcessAllTheData").unwrap();
    assert_eq!(state.get("MaxConcurrency").unwrap().to_json(), "1000");
    assert!(state.get("ItemProcessor").is_some() && state.get("ResultWriter").is_none());
    assert!(
        errors(&text).iter().any(|error| error.starts_with("W-MAP-01")),
        "AWS refuses a misplaced MaxConcurrency"
    );
}

#[test]
fn comments_are_removed_on_request() {
    let text = "{\n  // first\n  \"StartAt\": \"A\",\n  \"States\": {\"A\": {\"Type\": \"Succeed\"}, /* last */},\n}";
    let found = check(text, &lenient());
    assert!(
        found.iter().all(|one| one.rule == "W-MAP-04" && one.severity == Severity::Warning),
        "{found:#?}"
    );
    assert_eq!(
        repair(text, &lenient()),
        "{\n  \"StartAt\": \"A\",\n  \"States\": {\"A\": {\"Type\": \"Succeed\"}}\n}"
    );
    assert_eq!(errors(text).len(), 4);
}

#[test]
fn paths_are_tried_on_the_sample_item() {
    let text = map(r#""Comment": "x""#).replace(r#""P": {"Type": "Pass""#, r#""P": {"Type": "Pass", "Parameters": {"t.$": "$.total", "i.$": "$.order.id", "n.$": "$.order.note[0]"}"#);
    let item_sample = Some(Value::from_json(r#"{"order": {"id": 1}}"#).unwrap());
    let found = check(&text, &CheckOptions { item_sample, ..lenient() });
    let absent: Vec<_> =
        found.iter().filter(|one| one.rule == "MW-DATA-ABSENT").map(|one| one.message.as_str()).collect();
    assert_eq!(absent.len(), 2, "{absent:?}");
    assert!(absent[0].starts_with("total is not in the sample item, which has order."));
}

#[test]
fn paths_are_tried_on_what_the_selector_passes_on() {
    let text = map(
        r#""ItemSelector": {"id.$": "$$.Map.Item.Value.order.id", "x.$": "$$.Map.Item.Value.gone", "k": 1}"#,
    )
    .replace(
        r#""P": {"Type": "Pass""#,
        r#""P": {"Type": "Pass", "Parameters": {"a.$": "$.id", "b.$": "$.order"}"#,
    );
    let item_sample = Some(Value::from_json(r#"{"order": {"id": 1}}"#).unwrap());
    let found = check(&text, &CheckOptions { item_sample, ..lenient() });
    let data: Vec<_> = found
        .iter()
        .filter(|one| one.rule.starts_with("MW-DATA"))
        .map(|one| (one.rule, one.message.as_str()))
        .collect();
    assert_eq!(
        data[0],
        ("MW-DATA-ABSENT", "gone is not in the sample item, which has order. Check the path.")
    );
    assert!(
        data[1].1.starts_with("order is read here, but ItemSelector passes on only id, x, k."),
        "{data:?}"
    );
    assert_eq!(data.len(), 2);
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

#[test]
fn refusals_in_the_words_of_aws() {
    let text = r#"{"StartAt": "pass1", "States": {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": true}}}"#;
    let wanted = "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State \"pass2\" is not reachable. at /States/pass2'";
    assert_eq!(invalid_definition(text, MachineType::Standard).as_deref(), Some(wanted));
}

#[test]
fn every_fix_is_an_edit_of_the_text() {
    let seeds =
        [include_str!("testdata/seed_listing.asl.json"), include_str!("testdata/seed_manifest.asl.json")];
    let faults = FAULTS
        .iter()
        .map(|(text, _, _)| (*text).to_owned())
        .chain(MAP_FAULTS.iter().map(|(fields, _, _)| map(fields)));
    for text in seeds.iter().map(|text| (*text).to_owned()).chain(faults) {
        for one in check(&text, &lenient()) {
            assert!(one.span.end <= text.len() && one.line > 0 && one.column > 0);
            let Some(fix) = one.fix else { continue };
            let fixed = apply_edits(&text, &fix.edits);
            assert_ne!(fixed, text);
            let before = check(&text, &lenient()).iter().filter(|other| other.rule == one.rule).count();
            let after = check(&fixed, &lenient()).iter().filter(|other| other.rule == one.rule).count();
            assert!(after < before, "{} remains after its fix:\n{fixed}", one.rule);
        }
    }
}

#[test]
fn hostile_definitions_take_bounded_time() {
    let long = "n".repeat(400_000);
    let many_targets: String =
        (0..20_000).map(|n| format!(r#""S{n}": {{"Type": "Pass", "Next": "T{n}"}},"#)).collect();
    let fields: String = (0..60_000).map(|n| format!(r#""f{n}": 1,"#)).collect();
    let nested =
        |depth: usize| {
            (0..depth).fold(r#"{"StartAt": "A", "States": {}}"#.to_owned(), |inner, n| {
        format!(r#"{{"StartAt": "{n}", "States": {{"{n}": {{"Type": "Parallel", "Branches": [{inner}]}}}}}}"#)
    })
        };
    let hostile = [
        format!(
            r#"{{"StartAt": "{long}", "States": {{"{long}": {{{}"Type": "Pass"}}}}}}"#,
            &fields[..500_000]
        ),
        format!(r#"{{"StartAt": "S0", "States": {{{many_targets}"Z": {{"Type": "Succeed"}}}}}}"#),
        format!(r#"{{{fields}"a": 1}}"#),
        format!("// {}\n", "/* x */".repeat(140_000)),
        nested(24),
        nested(5_000),
        "{\"States\":".repeat(100_000),
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Choice", "Choices": [{}]}}}}}}"#,
            "{\"And\":[{}]},".repeat(60_000)
        ),
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "Parameters": {{"x.$": "States.Format({})"}}}}}}}}"#,
            "States.Array(".repeat(60_000)
        ),
    ];
    let output = |text: &str| {
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": "{{% {text} %}}", "End": true}}}}}}"#
        )
    };
    let input = |text: &str| {
        format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Pass", "InputPath": "{text}", "End": true}}}}}}"#
        )
    };
    let chain: String =
        (0..12_000).map(|n| format!(r#""S{n}": {{"Type": "Pass", "Next": "S{}"}},"#, n + 1)).collect();
    let hostile = hostile.into_iter().chain([
        output(&"(".repeat(200_000)),
        output(&"[".repeat(200_000)),
        output(&"1+".repeat(100_000)),
        output(&"$f(".repeat(80_000)),
        output(&"-".repeat(200_000)),
        input(&format!("$[?{}", "(".repeat(200_000))),
        input(&format!("${}", "..a".repeat(200_000))),
        input(&format!("${}", "[?(@.a".repeat(100_000))),
        format!(r#"{{"StartAt": "S0", "States": {{{chain}"S12000": {{"Type": "Task", "Resource": "arn:aws:states:::s3:getObject", "End": true}}}}}}"#),
    ]);
    for text in hostile {
        let begin = std::time::Instant::now();
        let found = check(&text, &CheckOptions::strict(MachineType::Standard));
        let taken = begin.elapsed();
        assert!(!found.is_empty() && found.len() <= 600);
        eprintln!("{taken:?} for {} bytes, {} diagnostics", text.len(), found.len());
        assert!(taken.as_secs() < 10, "{taken:?} for {}…", &text[..60]);
    }
}

/// Replaces or removes the value at the `at`-th place of a JSON tree.
fn mangle(value: &mut serde_json::Value, at: &mut usize, by: &Option<serde_json::Value>) {
    match value {
        serde_json::Value::Object(members) => {
            let keys: Vec<String> = members.keys().cloned().collect();
            for key in keys {
                if *at == 0 {
                    match by {
                        Some(by) => drop(members.insert(key, by.clone())),
                        None => drop(members.shift_remove(&key)),
                    }
                    *at = usize::MAX;
                    return;
                }
                *at -= 1;
                if let Some(inner) = members.get_mut(&key) {
                    mangle(inner, at, by);
                }
                if *at == usize::MAX {
                    return;
                }
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                mangle(item, at, by);
                if *at == usize::MAX {
                    return;
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_rules_find_what_the_compiler_would_refuse() {
    let mut missed = std::collections::BTreeMap::new();
    for folder in [
        "map_inline",
        "map_distributed__item_reader_csv",
        "retry_catch",
        "choice_scenarios",
        "wait_scenarios",
        "parallel",
        "variables_assign",
        "jsonata_data_flow",
        "error_handling",
    ] {
        for (file, case) in recorded(folder).unwrap_or_default() {
            for run in case["runs"].as_array().into_iter().flatten() {
                let definition: serde_json::Value =
                    serde_json::from_str(run["definition"].as_str().unwrap()).unwrap();
                for by in [
                    None,
                    Some(serde_json::json!(-1.5)),
                    Some(serde_json::json!("x")),
                    Some(serde_json::json!({})),
                    Some(serde_json::json!([1])),
                    Some(serde_json::json!(null)),
                    Some(serde_json::json!(true)),
                    Some(serde_json::json!("{% ( %}")),
                    Some(serde_json::json!("$.a[")),
                ] {
                    for start in 0..200 {
                        let (mut mangled, mut at) = (definition.clone(), start);
                        mangle(&mut mangled, &mut at, &by);
                        if at != usize::MAX {
                            break;
                        }
                        let found = check(&mangled.to_string(), &CheckOptions::strict(MachineType::Standard));
                        for one in found.iter().filter(|one| one.rule == "MW-COMPILE") {
                            let last = one.pointer.rsplit('/').next().unwrap_or("").to_owned();
                            missed
                                .entry((last, one.message.clone()))
                                .or_insert(format!("{file} {by:?} {}", one.pointer));
                        }
                    }
                }
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn the_differences_are_repaired_in_jsonata_too() {
    let text = r#"{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "MaxConcurrency": 5, "ToleratedFailureCount": 1,
        "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "{% $b %}", "Prefix": "in"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS", "ToleratedFailureCount": 2}, "StartAt": "P", "States": {
            "P": {"Type": "Pass", "Output": "{% $states.input.Bucket & $states.input.Size %}", "End": true}}}}}}"#;
    let found = check(text, &lenient());
    let mut ids = rules(&found);
    ids.sort_unstable();
    assert_eq!(ids, ["L-11", "W-MAP-01", "W-MAP-02", "W-MAP-06"]);
    let repaired = repair(text, &lenient());
    assert_eq!(check(&repaired, &lenient()), []);
    let state = Value::from_json(&repaired).unwrap();
    let state = state.get("States").unwrap().get("M").unwrap();
    assert_eq!(
        state.get("ItemSelector").unwrap().to_json(),
        r#"{"Bucket":"{% $b %}","Key":"{% $states.context.Map.Item.Value.Key %}","Size":"{% $states.context.Map.Item.Value.Size %}"}"#
    );
    assert_eq!(
        state.get("ResultWriter").unwrap().get("Arguments").unwrap().to_json(),
        r#"{"Bucket":"{% $b %}","Prefix":"results/"}"#
    );
    assert_eq!(state.get("ToleratedFailureCount").unwrap().to_json(), "1");
}
