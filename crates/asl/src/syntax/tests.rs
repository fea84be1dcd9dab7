use super::*;
use crate::Value;
use proptest::prelude::*;

fn messages(text: &str) -> Vec<String> {
    Document::parse(text).errors.into_iter().map(|error| error.message).collect()
}

fn repaired(text: &str) -> String {
    let edits: Vec<_> = Document::parse(text).errors.into_iter().flat_map(|error| error.fix).collect();
    apply_edits(text, &edits)
}

#[test]
fn places_of_nodes_and_keys() {
    let text = "{\n  \"a/b\": [true, {\"é\": \"x\\ny\"}]\n}";
    let document = Document::parse(text);
    assert!(document.is_valid());
    let node = document.node_at("/a~1b/1/é").unwrap();
    assert_eq!(node.as_str(), Some("x\ny"));
    assert_eq!(node.span.slice(text), "\"x\\ny\"");
    assert_eq!(document.pointer_at(node.span.start), "/a~1b/1/é");
    assert_eq!(document.position(node.span.start), Position { line: 2, column: 23 });
    let member = document.root.as_ref().unwrap().member("a/b").unwrap();
    assert_eq!(member.key_span.slice(text), "\"a/b\"");
    assert_eq!(document.node_at("/nope"), None);
}

#[test]
fn json5_liberties_are_faults_with_a_fix() {
    let text = "{\n  // why\n  \"a\": 1, /* b */\n  \"b\": [1, 2,],\n}";
    let kinds: Vec<_> = Document::parse(text).errors.iter().map(|error| error.kind).collect();
    use SyntaxErrorKind::{Comment, TrailingComma};
    assert_eq!(kinds, [Comment, Comment, TrailingComma, TrailingComma]);
    assert_eq!(repaired(text), "{\n  \"a\": 1,\n  \"b\": [1, 2]\n}");
}

#[test]
fn all_faults_are_found_and_most_repaired() {
    let text = "{a: 'x', \"b\" 2 \"c\": True, \"d\": None,, \"e\": [1 2}";
    assert_eq!(messages(text).len(), 9, "{:?}", messages(text));
    let fixed = Document::parse(&repaired(text));
    assert!(fixed.is_valid(), "{} {:?}", fixed.text, fixed.errors);
    assert_eq!(fixed.node_at("/e/1").unwrap().as_i64(), Some(2));
}

#[test]
fn a_broken_member_does_not_hide_the_next() {
    let document = Document::parse("{\"a\": , \"b\": \"open\n, \"c\": 3}");
    assert!(document.node_at("/a").unwrap().is_missing());
    assert_eq!(document.node_at("/c").unwrap().as_i64(), Some(3));
    assert_eq!(document.errors.len(), 2);
}

#[test]
fn bombs_give_one_error() {
    for bomb in ["[".repeat(900_000), "{\"a\":".repeat(200_000), "[{\"a\":".repeat(150_000)] {
        let document = Document::parse(&bomb);
        let too_large = document.errors.iter().filter(|error| error.kind == SyntaxErrorKind::TooLarge);
        assert_eq!(too_large.count(), 1);
        assert_eq!(document.errors.len(), 1);
    }
    assert_eq!(Document::parse(&" ".repeat(1_100_000)).errors.len(), 1);
    assert!(Document::parse(&",".repeat(1_000_000)).errors.len() <= MAX_ERRORS);
    assert!(Document::parse(&"{]".repeat(400_000)).errors.len() <= MAX_ERRORS);
}

#[test]
fn surrogates_and_escapes() {
    let document = Document::parse(r#"["\ud83d\ude00", "\ud800", "\x"]"#);
    assert_eq!(document.node_at("/0").unwrap().as_str(), Some("😀"));
    assert_eq!(document.errors.len(), 2);
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        ".{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((".{0,8}", inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn print_after_parse_is_identity(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = Document::parse(&text);
        prop_assert!(document.errors.is_empty(), "{:?}", document.errors);
        prop_assert_eq!(document.print(), text.clone());
        prop_assert_eq!(document.root.unwrap().to_value(), Value::from_json(&text).unwrap());
    }

    #[test]
    fn any_text_gives_a_tree_inside_its_bounds(text in "[\\[\\]{},:\"'/*\\\\a1 \n-]{0,80}", at in 0usize..90) {
        let document = Document::parse(&text);
        prop_assert_eq!(document.print(), text.clone());
        prop_assert_eq!(document.is_valid(), serde_json::from_str::<serde_json::Value>(&text).is_ok());
        document.pointer_at(at);
        document.position(at);
    }

    #[test]
    fn mutated_json_never_panics(value in json(), at in any::<prop::sample::Index>(), c in any::<char>()) {
        let mut chars: Vec<char> = value.to_string().chars().collect();
        let index = at.index(chars.len());
        chars[index] = c;
        let text: String = chars.into_iter().collect();
        let document = Document::parse(&text);
        prop_assert_eq!(document.print(), text.clone());
        if serde_json::from_str::<serde_json::Value>(&text).is_err() {
            prop_assert!(!document.errors.is_empty());
        }
    }
}
