use super::faults::{FAULTS, MAP_FAULTS, map};
use super::*;

#[test]
fn the_seed_that_lists_objects_is_repaired() {
    let text = include_str!("../testdata/seed_listing.asl.json");
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
    let text =
        include_str!("../testdata/seed_manifest.asl.json").replace("\"ItemProcessor\"", "\"Iterator\"");
    let manifest = crate::syntax::Document::parse(include_str!("../testdata/seed_manifest.json"));
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
    let text = map(r#""Comment": "x""#).replace(r#""P": {"Type": "Pass""#, r#""P": {"Type": "Pass", "Parameters": {"t.$": "$.total", "i.$": "$.order.id", "n.$": "$.order.note[0]", "savedPath": "$.text"}"#);
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
fn every_fix_is_an_edit_of_the_text() {
    let seeds = [
        include_str!("../testdata/seed_listing.asl.json"),
        include_str!("../testdata/seed_manifest.asl.json"),
    ];
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
