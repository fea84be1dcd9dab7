//! Which variables each state of a definition refers to: `variableReferences` of
//! DescribeStateMachine.

use crate::intrinsics::Intrinsic;
use crate::jsonata::Expression;
use crate::jsonpath::{Path, Root};
use serde_json::Value;
use std::collections::BTreeMap;

/// Fields whose members are texts, but for those whose names end in `.$`.
const TEMPLATES: [&str; 5] = ["Parameters", "ResultSelector", "ItemSelector", "Assign", "BatchInput"];

/// The variables that each state refers to, by the state's name, in the order of their first use.
/// States that refer to none are not in it. States inside of others count by themselves. A text that is no
/// definition has none.
///
/// ```
/// let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$total"}, "End": true}}}"#;
/// assert_eq!(asl::variable_references(definition)["A"], ["total"]);
/// ```
pub fn variable_references(definition: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    if let Ok(root) = serde_json::from_str::<Value>(definition) {
        let jsonata = is_jsonata(&root, false);
        states_of(&root, jsonata, &mut found);
    }
    found
}

fn is_jsonata(node: &Value, outer: bool) -> bool {
    node["QueryLanguage"].as_str().map_or(outer, |language| language == "JSONata")
}

/// The states of a definition, a processor or a branch, and those inside of them.
fn states_of(machine: &Value, jsonata: bool, found: &mut BTreeMap<String, Vec<String>>) {
    for (name, state) in machine["States"].as_object().into_iter().flatten() {
        let jsonata = is_jsonata(state, jsonata);
        let mut variables = Vec::new();
        let mut open = vec![("", state, false)];
        while let Some((field, node, template)) = open.pop() {
            let template = template || TEMPLATES.contains(&field);
            let behind = open.len();
            match node {
                Value::String(_) if template && !jsonata && !field.ends_with(".$") => {}
                Value::String(text) => read(field, text, jsonata, &mut variables),
                Value::Array(items) => open.extend(items.iter().map(|item| (field, item, template))),
                Value::Object(_) if node["States"].is_object() => states_of(node, is_jsonata(node, jsonata), found),
                Value::Object(fields) => open.extend(fields.iter().map(|(field, node)| (field.as_str(), node, template))),
                _ => {}
            }
            open[behind..].reverse();
        }
        if !variables.is_empty() {
            found.insert(name.clone(), variables);
        }
    }
}

fn read(field: &str, text: &str, jsonata: bool, found: &mut Vec<String>) {
    let mut add = |name: &str| {
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    };
    if jsonata {
        let expression = text.trim().strip_prefix("{%").and_then(|text| text.strip_suffix("%}"));
        if let Some(compiled) = expression.and_then(|text| Expression::compile(field, text).ok()) {
            compiled.variables().for_each(add);
        }
        return;
    }
    let is_query = field.ends_with(".$") || field == "Variable" || field.ends_with("Path") && field != "ResultPath";
    if !is_query {
        return;
    }
    let mut of_path = |path: &Path| {
        if let Root::Variable(name) = path.root() {
            add(name);
        }
    };
    match text.starts_with('$') {
        true => Path::parse(text).iter().for_each(&mut of_path),
        false => {
            if let Ok(intrinsic) = Intrinsic::parse(text) {
                intrinsic.paths().into_iter().for_each(of_path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_intrinsics_and_choices_refer_to_variables() {
        let definition = r#"{"StartAt": "A", "States": {
            "A": {"Type": "Pass", "Assign": {"n.$": "States.MathAdd($n, $step)"}, "ResultPath": "$.n", "Next": "B"},
            "B": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericGreaterThanPath": "$limit.most", "Next": "C"}], "Default": "C"},
            "C": {"Type": "Pass", "InputPath": "$.no.variable", "Parameters": {"context.$": "$$.State.Name", "text": "$n", "savedPath": "$n"}, "End": true}}}"#;
        let found = variable_references(definition);
        assert_eq!(found["A"], ["n", "step"]);
        assert_eq!(found["B"], ["n", "limit"]);
        assert!(!found.contains_key("C"));
    }

    #[test]
    fn expressions_refer_to_what_they_do_not_bind_themselves() {
        let definition = r#"{"QueryLanguage": "JSONata", "StartAt": "M", "States": {
            "M": {"Type": "Map", "Items": "{% $orders %}", "ItemProcessor": {"StartAt": "I", "States": {
                "I": {"Type": "Pass", "Output": "{% ($tax := 2; $map($states.input, function($one) {$one * $tax * $rate})) %}", "End": true}}},
                "End": true}}}"#;
        let found = variable_references(definition);
        assert_eq!(found["M"], ["orders"]);
        assert_eq!(found["I"], ["rate"]);
        assert_eq!(variable_references("no definition").len(), 0);
    }
}
