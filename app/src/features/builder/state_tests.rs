use super::state::Draft;
use asl::Value;

const TEXT: &str = r#"{
  "StartAt": "A",
  "States": {
    "A": { "Type": "Pass", "Next": "B" },
    "B": { "Type": "Succeed" }
  }
}"#;

#[test]
fn typing_within_a_second_is_one_step() {
    let mut draft = Draft::new(TEXT);
    draft.type_text(&format!("{TEXT} "), 1_000);
    draft.type_text(&format!("{TEXT}  "), 1_400);
    draft.type_text(&format!("{TEXT}   "), 5_000);
    assert!(draft.undo());
    assert_eq!(draft.text(), format!("{TEXT}  "));
    assert!(draft.undo());
    assert_eq!(draft.text(), TEXT);
    assert!(!draft.undo());
    assert!(draft.redo() && draft.redo() && !draft.redo());
    assert_eq!(draft.text(), format!("{TEXT}   "));
}

#[test]
fn a_new_step_forgets_what_was_undone_and_old_steps_fall_out() {
    let mut draft = Draft::new("{}");
    for step in 0..250 {
        draft.replace(format!("{{\"n\": {step}}}"));
    }
    let undone = std::iter::from_fn(|| draft.undo().then_some(())).count();
    assert_eq!(undone, 200);
    draft.replace("{}".into());
    assert!(!draft.redo());
}

#[test]
fn broken_text_keeps_the_graph_and_says_where() {
    let mut draft = Draft::new(TEXT);
    draft.select(Some("/States/B".into()));
    draft.type_text(&TEXT.replace("\"Pass\", ", "\"Pass\" "), 0);
    assert_eq!(draft.broken_line(), Some(4));
    assert_eq!(draft.graph().nodes.len(), 2);
    assert_eq!(draft.selected(), Some("/States/B"));
    draft.undo();
    assert_eq!(draft.broken_line(), None);
}

#[test]
fn the_caret_finds_its_state() {
    let draft = Draft::new(TEXT);
    let at = TEXT.find("Succeed").unwrap();
    assert_eq!(draft.state_at(at).as_deref(), Some("/States/B"));
    assert_eq!(draft.state_at(2), None);
}

#[test]
fn fields_bring_their_objects_and_take_them_away() {
    let mut draft = Draft::new(TEXT);
    let bucket = "/ItemReader/Parameters/Bucket";
    draft.set_field("/States/A", bucket, Some(Value::from("photos"))).unwrap();
    assert_eq!(draft.document().node_at("/States/A/ItemReader/Parameters/Bucket").unwrap().as_str(), Some("photos"));
    draft.set_field("/States/A", bucket, None).unwrap();
    assert_eq!(draft.text(), TEXT);
    draft.set_field("/States/A", bucket, None).unwrap();
}

#[test]
fn renaming_keeps_the_selection_and_the_arrows() {
    let mut draft = Draft::new(TEXT);
    draft.rename("/States/B", "Done").unwrap();
    assert_eq!(draft.selected(), Some("/States/Done"));
    assert_eq!(draft.graph().edges[0].to, "/States/Done");
    assert!(draft.rename("/States/Done", "A").is_err());
}

#[test]
fn next_and_end_exclude_each_other() {
    let mut draft = Draft::new(TEXT);
    draft.set_next("/States/A", None).unwrap();
    let document = draft.document();
    assert!(document.node_at("/States/A/Next").is_none() && document.node_at("/States/A/End").unwrap().is_true());
    draft.set_next("/States/A", Some("B")).unwrap();
    let document = draft.document();
    assert!(document.node_at("/States/A/End").is_none());
    assert_eq!(document.node_at("/States/A/Next").unwrap().as_str(), Some("B"));
}

#[test]
fn all_fixes_are_one_step() {
    let seed = include_str!("../jobs/templates/objects-in-manifest.json");
    let mut draft = Draft::new(seed);
    assert!(draft.diagnostics().iter().any(|found| found.fix.is_some()));
    draft.fix_all();
    assert_ne!(draft.text(), seed);
    draft.undo();
    assert_eq!(draft.text(), seed);
}
