use super::*;
use model::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn child<'a>(status: ItemStatus, input: &'a str, output: Option<&'a str>) -> ChildResult<'a> {
    ChildResult {
        status,
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:m/label:e1",
        name: "e1",
        state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m/label",
        input,
        output,
        error: (ResultKind::of(status) == ResultKind::Failed).then_some("E"),
        cause: None,
        start: Timestamp(1_700_000_000_123),
        stop: Timestamp(1_700_000_001_000),
        redrive_count: 0,
        redrive_status: RedriveStatus::of(status, false),
    }
}

fn config(transformation: ResultTransformation, output_type: OutputType) -> WriterConfig {
    WriterConfig { transformation, output_type }
}

/// The objects that the pieces make.
fn objects(files: &mut ResultFiles) -> BTreeMap<String, String> {
    let mut objects: BTreeMap<String, String> = BTreeMap::new();
    for piece in files.take_pieces() {
        objects.entry(piece.key).or_default().push_str(std::str::from_utf8(&piece.bytes).unwrap());
    }
    objects
}

#[test]
fn records_hold_input_and_output_as_strings() {
    let record = child(ItemStatus::Succeeded, r#"{"a":1}"#, Some("[2]")).record();
    let value: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        value,
        json!({
            "ExecutionArn": "arn:aws:states:us-east-1:000000000000:execution:m/label:e1",
            "Input": "{\"a\":1}",
            "InputDetails": {"Included": true},
            "Name": "e1",
            "Output": "[2]",
            "OutputDetails": {"Included": true},
            "RedriveCount": 0,
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "StartDate": "2023-11-14T22:13:20.123Z",
            "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m/label",
            "Status": "SUCCEEDED",
            "StopDate": "2023-11-14T22:13:21.000Z",
        })
    );
    let names: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert!(names.is_sorted());
    assert_eq!(
        child(ItemStatus::Pending, "7", None).record(),
        r#"{"Input":"7","InputDetails":{"Included":true},"Status":"PENDING"}"#
    );
    let failed: Value = serde_json::from_str(&child(ItemStatus::TimedOut, "7", None).record()).unwrap();
    assert_eq!((&failed["RedriveStatus"], &failed["Error"]), (&json!("REDRIVABLE"), &json!("E")));
    assert_eq!(failed.get("Output"), None);
}

#[test]
fn transformations_apply_to_successes_only() {
    for (transformation, output_type, succeeded) in [
        (ResultTransformation::Compact, OutputType::Json, "[[1,[2]],{\"x\":3}]"),
        (ResultTransformation::Flatten, OutputType::Json, "[1,[2],{\"x\":3}]"),
        (ResultTransformation::Flatten, OutputType::Jsonl, "1\n[2]\n{\"x\":3}\n"),
    ] {
        let mut files = ResultFiles::new(config(transformation, output_type), results_folder("out/", "u", 0));
        files.push(&child(ItemStatus::Succeeded, "0", Some("[1,[2]]")));
        files.push(&child(ItemStatus::Succeeded, "0", Some("{\"x\":3}")));
        files.push(&child(ItemStatus::Failed, "0", None));
        files.finish();
        let objects = objects(&mut files);
        assert_eq!(objects["out/u/SUCCEEDED_0.json"], succeeded);
        assert!(objects["out/u/FAILED_0.json"].contains("\"Status\":\"FAILED\""));
        assert_eq!(objects.len(), 2);
    }
}

#[test]
fn the_manifest_lists_every_file_by_kind() {
    let mut files = ResultFiles::new(WriterConfig::default(), results_folder("", "u", 2));
    files.push(&child(ItemStatus::Succeeded, "0", Some("1")));
    files.finish();
    let size = objects(&mut files)["u/Redrive-2/SUCCEEDED_0.json"].len();
    assert_eq!(
        results_manifest("b", "arn:m", files.files()),
        format!(
            r#"{{"DestinationBucket":"b","MapRunArn":"arn:m","ResultFiles":{{"FAILED":[],"PENDING":[],"SUCCEEDED":[{{"Key":"u/Redrive-2/SUCCEEDED_0.json","Size":{size}}}]}}}}"#
        )
    );
    assert_eq!(
        results_output("b", "arn:m", &files.manifest_key()),
        r#"{"MapRunArn":"arn:m","ResultWriterDetails":{"Bucket":"b","Key":"u/Redrive-2/manifest.json"}}"#
    );
}

proptest! {
    #[test]
    fn every_result_is_in_one_file_and_no_file_is_too_long(
        outputs in prop::collection::vec(0u32..100_000, 1..60),
        max_file_bytes in 20u64..200,
        piece_bytes in 1usize..50,
        lines in any::<bool>(),
    ) {
        let output_type = if lines { OutputType::Jsonl } else { OutputType::Json };
        let mut files = ResultFiles::new(config(ResultTransformation::Compact, output_type), "r").with_limits(max_file_bytes, piece_bytes);
        for output in &outputs {
            files.push(&child(ItemStatus::Succeeded, "0", Some(&output.to_string())));
        }
        files.finish();
        let pieces = files.take_pieces();
        prop_assert!(pieces.iter().all(|piece| piece.last || piece.bytes.len() >= piece_bytes));
        let mut all: Vec<u32> = Vec::new();
        for file in files.files() {
            let bytes: Vec<u8> = pieces.iter().filter(|piece| piece.key == file.key).flat_map(|piece| piece.bytes.clone()).collect();
            prop_assert_eq!(bytes.len() as u64, file.size);
            prop_assert!(file.size <= max_file_bytes);
            match lines {
                true => all.extend(String::from_utf8(bytes).unwrap().lines().map(|line| line.parse::<u32>().unwrap())),
                false => all.extend(serde_json::from_slice::<Vec<u32>>(&bytes).unwrap()),
            }
        }
        prop_assert_eq!(all, outputs);
    }
}
