use super::*;

/// How long this thread has run, so that a loaded machine makes no difference; the time of day
/// where the system does not tell.
fn busy() -> std::time::Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.as_deref().and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(
        || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap(),
        std::time::Duration::from_nanos,
    )
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
    let expressions: String =
        (0..500).map(|n| format!(r#""k{n}": "{{% $x{} %}}","#, ".a".repeat(950))).collect();
    let chain: String =
        (0..12_000).map(|n| format!(r#""S{n}": {{"Type": "Pass", "Next": "S{}"}},"#, n + 1)).collect();
    let hostile = hostile.into_iter().chain([
        output(&"(".repeat(200_000)),
        output(&"[".repeat(200_000)),
        output(&"1+".repeat(100_000)),
        output(&"$f(".repeat(80_000)),
        output(&"-".repeat(200_000)),
        format!(
            r#"{{"QueryLanguage": "JSONata", "StartAt": "A", "States": {{"A": {{"Type": "Pass", "Output": {{{expressions}"a": 1}}, "End": true}}}}}}"#
        ),
        input(&format!("$[?{}", "(".repeat(200_000))),
        input(&format!("${}", "..a".repeat(200_000))),
        input(&format!("${}", "[?(@.a".repeat(100_000))),
        format!(r#"{{"StartAt": "S0", "States": {{{chain}"S12000": {{"Type": "Task", "Resource": "arn:aws:states:::s3:getObject", "End": true}}}}}}"#),
    ]);
    for text in hostile {
        let begin = busy();
        let found = check(&text, &CheckOptions::strict(MachineType::Standard));
        let taken = busy() - begin;
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
