use super::*;

/// Definitions with one fault each: the rule that must find it, and the pointer.
pub(super) const FAULTS: &[(&str, &str, &str)] = &[
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

pub(super) fn map(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "M", "States": {{"M": {{"Type": "Map", "End": true, {fields}, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "P", "States": {{"P": {{"Type": "Pass", "End": true}}}}}}}}}}}}"#
    )
}

pub(super) const MAP_FAULTS: &[(&str, &str, &str)] = &[
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
