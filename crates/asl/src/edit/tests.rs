use super::*;
use crate::Value;
use crate::check::{CheckOptions, Severity, check};
use crate::graph::graph;
use crate::syntax::{Document, TextEdit, apply_edits};
use proptest::prelude::*;

const TEXT: &str = r#"{
  "StartAt": "A",
  "x-note": {"kept": [1,  2]},
  "States": {
    "A": {
      "Type": "Pass",
      "Colour": "red",
      "Next": "B"
    },
    "B": {
      "Type": "Choice",
      "Choices": [
        {"Variable": "$.x", "IsNull": true, "Next": "C"},
        {"Variable": "$.y", "IsNull": true, "Next": "D"},
        {"Variable": "$.z", "IsNull": true, "Next": "D"}
      ],
      "Default": "D"
    },
    "C": {"Type": "Pass", "Next": "D"},
    "D": {"Type": "Pass", "End": true}
  }
}"#;

fn done(edits: Result<Vec<TextEdit>, EditError>) -> String {
    apply_edits(TEXT, &edits.unwrap())
}

fn value(json: &str) -> Value {
    Value::from_json(json).unwrap()
}

fn arrows(text: &str) -> Vec<String> {
    let name = |pointer: &str| pointer.rsplit('/').next().unwrap_or("").to_owned();
    let graph = graph(text);
    let start = graph.containers[0].start.iter().map(|start| format!("→{}", name(start)));
    start.chain(graph.edges.iter().map(|edge| format!("{}→{}", name(&edge.from), name(&edge.to)))).collect()
}

#[test]
fn values_are_set_in_place() {
    let text = done(set_value(TEXT, "/States/A/Colour", &value("\"blue\"")));
    assert_eq!(text, TEXT.replace("red", "blue"));
    let text = done(set_value(TEXT, "/States/A/Parameters", &value(r#"{"a":{"b":[1,"x"]},"c":[]}"#)));
    assert!(text.contains("\"Next\": \"B\",\n      \"Parameters\": {\n        \"a\": {\n          \"b\": [1, \"x\"]\n        },\n        \"c\": []\n      }\n    },"), "{text}");
    let text = done(set_value(TEXT, "/States/C/Comment", &value("1")));
    assert_eq!(
        text,
        TEXT.replace("\"Next\": \"D\"}", "\"Next\": \"D\", \"Comment\": 1}")
            .replacen("\"Next\": \"D\", \"Comment\": 1},\n        {", "\"Next\": \"D\"},\n        {", 1)
            .replacen("\"Next\": \"D\", \"Comment\": 1}\n", "\"Next\": \"D\"}\n", 1)
    );
    assert_eq!(set_value(TEXT, "/Nope/x", &value("1")), Err(EditError::not_found("/Nope")));
}

#[test]
fn values_are_removed_with_their_comma() {
    assert_eq!(
        done(remove_value(TEXT, "/States/A/Colour")),
        TEXT.replace("\"Colour\": \"red\",\n      ", "")
    );
    assert_eq!(done(remove_value(TEXT, "/States/A/Next")), TEXT.replace(",\n      \"Next\": \"B\"", ""));
    assert_eq!(done(remove_value(TEXT, "/x-note/kept")), TEXT.replace("\"kept\": [1,  2]", ""));
    assert_eq!(done(remove_value(TEXT, "/x-note/kept/0")), TEXT.replace("1,  2", "2"));
    assert!(remove_value(TEXT, "/x-note/kept/9").is_err());
}

#[test]
fn states_are_added_and_edges_heal() {
    let pass = value(r#"{"Type":"Pass","End":true}"#);
    let add = |place: Where| arrows(&done(add_state(TEXT, &place, "N", &pass)));
    assert_eq!(
        add(Where::After("/States/A".into())),
        ["→A", "A→N", "B→C", "B→D", "B→D", "B→D", "C→D", "N→B"]
    );
    assert_eq!(add(Where::Before("/States/A".into()))[..2], ["→N", "A→B"]);
    assert_eq!(
        add(Where::Before("/States/D".into())),
        ["→A", "A→B", "B→C", "B→N", "B→N", "B→N", "C→N", "N→D"]
    );
    assert_eq!(
        add(Where::On("/States/B/Choices/1/Next".into())),
        ["→A", "A→B", "B→C", "B→N", "B→D", "B→D", "C→D", "N→D"]
    );
    assert_eq!(add(Where::On("/StartAt".into()))[..2], ["→N", "A→B"]);
    assert_eq!(add(Where::After("/States/D".into()))[5..], ["B→D", "C→D", "D→N"].map(String::from)[..]);
    assert_eq!(
        add_state(TEXT, &Where::After("/States/A".into()), "B", &pass),
        Err(EditError::NameTaken { name: "B".into() })
    );
    let text = done(add_state(TEXT, &Where::After("/States/A".into()), "N", &pass));
    assert!(text.contains("\"D\": {\"Type\": \"Pass\", \"End\": true},\n    \"N\": {\n      \"Type\": \"Pass\",\n      \"Next\": \"B\"\n    }\n"), "{text}");
    let empty = "{}";
    let text = apply_edits(empty, &add_state(empty, &Where::Into(String::new()), "A", &pass).unwrap());
    assert!(Document::parse(&text).is_valid(), "{text}");
}

#[test]
fn states_are_removed_and_edges_heal() {
    assert_eq!(arrows(&done(remove_state(TEXT, "/States/A"))), ["→B", "B→C", "B→D", "B→D", "B→D", "C→D"]);
    assert_eq!(arrows(&done(remove_state(TEXT, "/States/C"))), ["→A", "A→B", "B→D", "B→D", "B→D", "B→D"]);
    let text = done(remove_state(TEXT, "/States/D"));
    assert_eq!(arrows(&text), ["→A", "A→B", "B→C"]);
    assert!(text.contains("\"C\": {\"Type\": \"Pass\", \"End\": true}\n"), "{text}");
}

#[test]
fn states_are_renamed_with_all_references() {
    let text = done(rename_state(TEXT, "/States/D", "a \"quoted\" name"));
    assert_eq!(text, TEXT.replace("\"D\"", "\"a \\\"quoted\\\" name\""));
    assert!(rename_state(TEXT, "/States/D", "A").is_err());
}

#[test]
fn states_are_moved_and_duplicated() {
    let chain = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "End": true}}}"#;
    let up = |at: &str| arrows(&apply_edits(chain, &move_up(chain, at).unwrap()));
    assert_eq!(up("/States/B"), ["→B", "A→C", "B→A"]);
    assert_eq!(up("/States/C"), ["→A", "A→C", "C→B"]);
    assert_eq!(arrows(&apply_edits(chain, &move_down(chain, "/States/A").unwrap())), up("/States/B"));
    assert!(move_up(chain, "/States/A").is_err() && move_down(chain, "/States/C").is_err());
    let copied = apply_edits(chain, &duplicate_state(chain, "/States/A").unwrap());
    assert_eq!(arrows(&copied), ["→A", "A→A copy", "B→C", "A copy→B"]);
}

#[test]
fn states_are_wrapped() {
    let text = done(wrap(TEXT, "/States/A", Wrapper::Map, "Each"));
    assert!(text.contains("        \"States\": {\n          \"A\": {\n            \"Type\": \"Pass\",\n            \"Colour\": \"red\",\n            \"End\": true\n          }\n        }\n      },\n      \"Next\": \"B\"\n    },"), "{text}");
    assert_eq!(graph(&text).edges.len(), 6);
    let nested = apply_edits(
        &text,
        &wrap(&text, "/States/Each/ItemProcessor/States/A", Wrapper::Parallel, "Both").unwrap(),
    );
    let found = check(&nested, &CheckOptions::default());
    assert!(found.iter().all(|one| one.severity != Severity::Error), "{found:#?}\n{nested}");
    assert!(
        Document::parse(&nested)
            .node_at("/States/Each/ItemProcessor/States/Both/Branches/0/States/A/Colour")
            .is_some()
    );
}

#[test]
fn rules_go_before_states_all() {
    let text = r#"{"States": {"T": {"Type": "Task", "Retry": [{"ErrorEquals": ["States.ALL"]}]}}}"#;
    let rule = value(r#"{"ErrorEquals":["X"]}"#);
    let with = apply_edits(text, &insert_retry(text, "/States/T", 9, &rule).unwrap());
    assert_eq!(with, text.replace("[{\"E", "[{\"ErrorEquals\": [\"X\"]}, {\"E"));
    let with = apply_edits(text, &insert_catch(text, "/States/T", 0, &rule).unwrap());
    assert_eq!(with, text.replace("]}]}", "]}], \"Catch\": [{\"ErrorEquals\": [\"X\"]}]}"));
}

/// A valid definition of `size` states of all kinds, with unknown fields and nested states.
fn definition(size: usize, kinds: &[u8], pretty: bool) -> String {
    let mut states = serde_json::Map::new();
    for index in 0..size {
        let next = format!("S{}", (index + 1).min(size - 1));
        let last = index + 1 == size;
        let mut state = match kinds[index % kinds.len()] % 4 {
            0 => serde_json::json!({"Type": "Pass", "unknown": {"n": index}}),
            1 if !last => {
                serde_json::json!({"Type": "Choice", "unknown": {"n": index}, "Choices": [{"Variable": "$.x", "IsNull": true, "Next": next}], "Default": "S0"})
            }
            2 => {
                serde_json::json!({"Type": "Map", "unknown": {"n": index}, "ItemProcessor": {"StartAt": format!("I{index}"), "States": {format!("I{index}"): {"Type": "Succeed"}}}})
            }
            _ => {
                serde_json::json!({"Type": "Task", "unknown": {"n": index}, "Resource": "arn:aws:states:::s3:getObject", "Catch": [{"ErrorEquals": ["X"], "Next": next}]})
            }
        };
        match (state["Type"] == "Choice", last) {
            (true, _) => {}
            (false, true) => state["End"] = true.into(),
            (false, false) => state["Next"] = next.into(),
        }
        states.insert(format!("S{index}"), state);
    }
    let whole = serde_json::json!({"StartAt": "S0", "keep": ["me"], "States": states});
    if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) }.unwrap()
}

proptest! {
    #[test]
    fn edits_keep_what_they_do_not_touch(
        size in 1usize..7, kinds in prop::collection::vec(any::<u8>(), 1..7), pretty in any::<bool>(),
        steps in prop::collection::vec((0u8..9, any::<prop::sample::Index>()), 1..6),
    ) {
        let mut text = definition(size, &kinds, pretty);
        for (number, (step, at)) in steps.into_iter().enumerate() {
            let nodes = graph(&text).nodes;
            if nodes.is_empty() {
                break;
            }
            let pointer = &nodes[at.index(nodes.len())].pointer;
            let name = format!("New {number}");
            let pass = value(r#"{"Type":"Pass"}"#);
            let edits = match step {
                0 => add_state(&text, &Where::After(pointer.clone()), &name, &pass),
                1 => add_state(&text, &Where::Before(pointer.clone()), &name, &pass),
                2 => rename_state(&text, pointer, &name),
                3 => duplicate_state(&text, pointer),
                4 => move_up(&text, pointer),
                5 => move_down(&text, pointer),
                6 => wrap(&text, pointer, if number % 2 == 0 { Wrapper::Map } else { Wrapper::Parallel }, &name),
                7 => insert_retry(&text, pointer, 0, &value(r#"{"ErrorEquals":["Y"]}"#)),
                _ => remove_state(&text, pointer),
            };
            let Ok(edits) = edits else { continue };
            let before = text.matches("\"unknown\"").count();
            let next = apply_edits(&text, &edits);
            let document = Document::parse(&next);
            prop_assert!(document.is_valid(), "step {step} at {pointer}\n{text}\n{next}\n{:?}", document.errors);
            let after = next.matches("\"unknown\"").count();
            match step {
                3 => prop_assert!(after >= before),
                8 => prop_assert!(after <= before),
                _ => prop_assert_eq!(after, before, "step {} at {}\n{}\n{}", step, pointer, text, next),
            }
            prop_assert_eq!(document.node_at("/keep/0").and_then(|node| node.as_str()), Some("me"));
            let found = check(&next, &CheckOptions::default());
            let wrong: Vec<_> = found.iter().filter(|one| matches!(one.rule, "MW-FLOW-TARGET" | "MW-STATE-NEXT" | "MW-STATE-DUPLICATE")).collect();
            // Removing the last state of a container leaves its StartAt without a target.
            let emptied = step == 8;
            prop_assert!(emptied || wrong.is_empty(), "step {} at {}\n{}\n{}\n{:?}", step, pointer, text, next, wrong);
            if emptied && !wrong.is_empty() {
                break;
            }
            text = next;
        }
    }

    #[test]
    fn any_pointer_on_any_text_is_safe(text in "[\\[\\]{},:\"a1 \n]{0,60}", pointer in "(/[a1~0]{0,2}){0,3}") {
        let one = value("1");
        for edits in [set_value(&text, &pointer, &one), remove_value(&text, &pointer), rename_key(&text, &pointer, "k"), remove_state(&text, &pointer), move_up(&text, &pointer), wrap(&text, &pointer, Wrapper::Map, "n"), insert_catch(&text, &pointer, 0, &one), add_state(&text, &Where::On(pointer.clone()), "n", &one)].into_iter().flatten() {
            apply_edits(&text, &edits);
        }
    }

    #[test]
    fn mutated_definitions_are_checked_and_drawn(size in 1usize..5, kinds in prop::collection::vec(any::<u8>(), 1..5), at in any::<prop::sample::Index>(), c in prop::sample::select(vec!['"', '{', '}', '[', ']', ',', ':', 'x', '1', '\n', '$', 'é'])) {
        let mut chars: Vec<char> = definition(size, &kinds, true).chars().collect();
        let index = at.index(chars.len());
        chars[index] = c;
        let text: String = chars.into_iter().collect();
        for one in check(&text, &CheckOptions::default()) {
            prop_assert!(text.get(one.span.start..one.span.end).is_some());
        }
        graph(&text);
        crate::check::repair(&text, &CheckOptions::default());
    }
}
