use super::*;
use crate::{CsvDelimiter, ReaderConfig};
use proptest::prelude::*;
use proptest::sample::Index;

fn json() -> ReaderConfig {
    ReaderConfig::of(InputType::Json)
}

fn jsonl() -> ReaderConfig {
    ReaderConfig::of(InputType::Jsonl)
}

fn csv() -> ReaderConfig {
    ReaderConfig::csv_with_header_row()
}

fn at(pointer: &str) -> ReaderConfig {
    ReaderConfig { items_pointer: Some(pointer.into()), ..json() }
}

/// Feeds `text` in portions and takes what comes.
fn feed(reader: &mut Reader, text: &[u8], portion: usize) -> (Vec<Item>, Result<(), ReadError>) {
    let mut result = Ok(());
    for bytes in text.chunks(portion.max(1)) {
        result = result.and_then(|()| reader.push(bytes));
    }
    result = result.and_then(|()| reader.finish());
    let mut items = Vec::new();
    reader.drain(&mut items);
    (items, result)
}

fn read(config: &ReaderConfig, text: &str) -> Vec<String> {
    let (items, result) = feed(&mut Reader::new(config).unwrap(), text.as_bytes(), usize::MAX);
    assert_eq!(result, Ok(()));
    items.iter().map(|item| item.text.to_string()).collect()
}

fn fault(config: &ReaderConfig, text: &str) -> ReadError {
    match Reader::new(config) {
        Ok(mut reader) => feed(&mut reader, text.as_bytes(), usize::MAX).1.unwrap_err(),
        Err(error) => error,
    }
}

fn imported(config: &ReaderConfig, text: &str) -> (Vec<String>, Vec<Rejected>, Vec<Warning>) {
    let mut reader = Reader::import(config).unwrap();
    let (items, result) = feed(&mut reader, text.as_bytes(), 3);
    assert_eq!(result, Ok(()), "{text}");
    (
        items.iter().map(|item| item.text.to_string()).collect(),
        reader.take_rejected(),
        reader.warnings().to_vec(),
    )
}

#[test]
fn csv_rows_become_objects_of_texts_as_recorded() {
    let body = "Col1,Col2,Col3\nValue1,Value2,Value3\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n\n";
    assert_eq!(
        read(&csv(), body),
        [
            r#"{"Col1":"Value1","Col2":"Value2","Col3":"Value3"}"#,
            r#"{"Col1":"","Col2":"","Col3":""}"#,
            r#"{"Col1":"true","Col2":"1","Col3":"'HelloWorld'"}"#,
            r#"{"Col1":"Null","Col2":"None","Col3":""}"#,
            r#"{"Col1":"   ","Col2":"","Col3":""}"#,
            r#"{"Col1":"","Col2":"","Col3":""}"#,
        ]
    );
}

#[test]
fn csv_headers_can_be_given_and_delimiters_chosen() {
    let config = ReaderConfig {
        csv_delimiter: Some(CsvDelimiter::Pipe),
        ..ReaderConfig::csv_with_headers(["a", "b"])
    };
    assert_eq!(read(&config, "1|\"2\r\n|\"\r\n3"), [r#"{"a":"1","b":"2\r\n|"}"#, r#"{"a":"3","b":""}"#]);
    let twice = ReaderConfig::csv_with_headers(["H1", "H1"]);
    assert_eq!(fault(&twice, "").cause, "CSV headers cannot contain duplicates.");
    assert_eq!(fault(&csv(), "a,a\n").cause, "CSV headers cannot contain duplicates.");
    assert_eq!(fault(&csv(), "a,b\n1,\"2").line, 2);
}

#[test]
fn json_arrays_and_objects_are_iterated() {
    assert_eq!(read(&json(), " [ {\"a\": 1} , \"x,]\",null,[] ]\n"), ["{\"a\":1}", "\"x,]\"", "null", "[]"]);
    assert_eq!(read(&json(), "[]"), Vec::<String>::new());
    let mut reader = Reader::new(&json()).unwrap();
    let (items, _) = feed(&mut reader, b"{\"k\\u00e9\": {\"v\":1},\n \"l\":2}", 1);
    assert_eq!(&*items[0].text, r#"{"Key":"ké","Value":{"v":1}}"#);
    assert_eq!(items[1].key.as_deref(), Some("l"));
    assert_eq!(items[1].line, 2);
}

#[test]
fn json_faults_are_told() {
    assert_eq!(fault(&json(), "12").cause, "Attempting to map over non-iterable node.");
    assert_eq!(fault(&json(), "").cause, "The file is empty.");
    let broken = fault(&json(), "[1,\n2,\n{\"a\":}]");
    assert_eq!((broken.line, broken.offset), (3, 7));
    for text in [
        "[1,2",
        "[1 2]",
        "[1,]",
        "[1] x",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{a:1}",
        "[1}",
        "{\"items\":[1] // no\n}",
    ] {
        assert_ne!(fault(&json(), text).cause, "", "{text}");
    }
}

#[test]
fn pointers_lead_into_the_document() {
    let text = r#"{"x":{"items":[0]},"a/b":[{"y":"]"},{"list":[1,{"z":2}]}],"items":7}"#;
    assert_eq!(read(&at("/a~1b/1/list"), text), ["1", r#"{"z":2}"#]);
    assert_eq!(read(&at("/x"), text), [r#"{"Key":"items","Value":[0]}"#]);
    assert_eq!(fault(&at("/items"), text).cause, "Attempting to map over non-iterable node.");
    for pointer in ["/nowhere", "/a~1b/7", "/a~1b/x", "/items/x", "x"] {
        assert!(fault(&at(pointer), text).cause.contains("ItemsPointer"), "{pointer}");
    }
}

#[test]
fn the_item_limit_ends_reading() {
    let config = ReaderConfig { max_items: Some(2), ..json() };
    let mut reader = Reader::new(&config).unwrap();
    reader.push(b"[1,2,3,").unwrap();
    assert!(reader.is_done());
    assert_eq!((reader.finish(), reader.items_found()), (Ok(()), 2));
}

#[test]
fn lines_are_items_and_blank_lines_are_not() {
    assert_eq!(read(&jsonl(), "\u{feff}{\"a\":1}\r\n\n [2] \n\"three\""), ["{\"a\":1}", "[2]", "\"three\""]);
    let broken = fault(&jsonl(), "{}\n{\"a\":1}}\n");
    assert_eq!((broken.line, broken.offset), (2, 3));
}

#[test]
fn items_before_a_fault_are_given() {
    let mut reader = Reader::new(&jsonl()).unwrap();
    assert!(reader.push(b"1\n2\nx\n4\n").is_err());
    assert!(reader.push(b"5\n").is_err());
    let mut items = Vec::new();
    reader.drain(&mut items);
    assert_eq!(items.len(), 2);
}

#[test]
fn an_overlong_item_is_refused_with_its_line() {
    let long = "x".repeat(model::limits::MAX_READ_ITEM_BYTES + 10);
    for (config, text) in [
        (json(), format!("[1,\n\"{long}\",\n3]")),
        (jsonl(), format!("1\n\"{long}\"\n3\n")),
        (csv(), format!("a\n\"{long}\"\n3\n")),
    ] {
        let mut reader = Reader::new(&config).unwrap();
        let (_, result) = feed(&mut reader, text.as_bytes(), 1 << 16);
        assert_eq!(result.unwrap_err().line, 2);
        let mut reader = Reader::import(&config).unwrap();
        let (items, result) = feed(&mut reader, text.as_bytes(), 1 << 16);
        assert_eq!((result, reader.take_rejected().len()), (Ok(()), 1));
        assert!(items.last().unwrap().text.contains('3'));
    }
}

#[test]
fn import_reports_rows_and_goes_on() {
    let (items, rejected, _) = imported(&jsonl(), "1\n{bad\n3\n");
    assert_eq!(items, ["1", "3"]);
    assert_eq!((rejected[0].line, rejected[0].excerpt.as_str()), (2, "{bad"));
    let (items, rejected, warnings) = imported(&csv(), "a,a\n1,2\n\n3\n\"open\n4,5");
    assert_eq!(items, [r#"{"a":"1","a_2":"2"}"#, r#"{"a":"3","a_2":""}"#, r#"{"a":"4","a_2":"5"}"#]);
    assert_eq!(rejected[0].line, 5);
    let codes: Vec<&str> = warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["W-CSV-03", "W-CSV-01", "W-CSV-02"]);
}

#[test]
fn import_understands_comments_commas_and_envelopes() {
    let text = "// the day's work\n{\"version\": 1, /* [ */\n \"items\": [ {\"a\": 1, // one ]\n}, 2, ] }";
    let (items, rejected, warnings) = imported(&json(), text);
    assert_eq!(items, ["{\"a\":1}", "2"]);
    assert!(rejected.is_empty());
    let codes: Vec<&str> = warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["W-MAP-04", "W-MAP-03"]);
    let (items, _, warnings) = imported(&json(), "{\"a\":[1],\"b\":[2]}");
    assert_eq!((items.len(), warnings.len()), (2, 0));
}

#[test]
fn lenient_reading_understands_envelopes_but_fails_on_faults() {
    let text = b"{\"v\":1,\"items\":[1,2,/* three */3]}";
    let mut reader = Reader::starting_at(&json(), Mode::Lenient, 10).unwrap();
    reader.push(text).unwrap();
    assert_eq!(reader.next_item().map(|item| (item.index, item.text.to_string())), Some((10, "1".into())));
    let checkpoint = reader.checkpoint();
    let mut later = Reader::resume(&json(), &checkpoint).unwrap();
    let (items, result) = feed(&mut later, &text[checkpoint.offset as usize..], 2);
    assert_eq!(result, Ok(()));
    assert_eq!(items.iter().map(|item| item.index).collect::<Vec<_>>(), [11, 12]);
    assert_eq!((items[1].line, later.is_done()), (1, true));
    let mut reader = Reader::starting_at(&jsonl(), Mode::Lenient, 0).unwrap();
    assert_eq!(reader.push(b"1,\nbad\n").unwrap_err().line, 2);
    assert_eq!(reader.next_item().unwrap().text.as_str(), "1");
}

#[test]
fn the_limit_counts_the_items_of_earlier_files() {
    let config = ReaderConfig { max_items: Some(3), ..csv() };
    let mut reader = Reader::starting_at(&config, Mode::Strict, 2).unwrap();
    let (items, _) = feed(&mut reader, b"a\n1\n2\n", 3);
    assert_eq!(items.iter().map(|item| item.index).collect::<Vec<_>>(), [2]);
}

/// Documents of each format with the ways to hide a boundary.
fn document() -> impl Strategy<Value = (ReaderConfig, String)> {
    let value = prop_oneof![
        Just("1".to_owned()),
        Just("null".to_owned()),
        Just("\"a,]}\\\"\\\\\"".to_owned()),
        Just("{\"k\": [1, {\"x\":\"é日\"}]}".to_owned()),
        Just("[ ]".to_owned()),
        Just("{\"//\":\"/*\"}".to_owned()),
    ];
    let field = prop_oneof![
        Just("plain"),
        Just(""),
        Just("\"quo\"\"ted\""),
        Just("\"new\nline,\""),
        Just("es\\,cape\\\\"),
        Just("a\"\"b"),
        Just("\"back\\\"slash\""),
        Just("é日\\x"),
        Just("\"\""),
        Just("  ")
    ];
    let row = prop::collection::vec(field, 0..5).prop_map(|fields| fields.join(","));
    let spaced = |values: Vec<String>| values.join(" ,\n");
    prop_oneof![
        prop::collection::vec(value.clone(), 0..8).prop_map(|values| (jsonl(), values.join("\r\n"))),
        prop::collection::vec(value.clone(), 0..8)
            .prop_map(move |values| (json(), format!("[{}]", spaced(values)))),
        prop::collection::vec(value.clone(), 0..8).prop_map(move |values| (
            at("/a/1"),
            format!("{{\"b\":[\"]\"],\"a\":[\"\\\"\",[{}]]}}", spaced(values))
        )),
        prop::collection::vec(value, 0..8).prop_map(|values| {
            let pairs: Vec<String> =
                values.iter().enumerate().map(|(n, value)| format!("\"k\\u00e9{n}\" : {value}")).collect();
            (json(), format!("{{ {} }}", pairs.join(" , ")))
        }),
        prop::collection::vec(row, 0..8)
            .prop_map(|rows| (csv(), format!("h1,\"h 2\",\n{}", rows.join("\n")))),
    ]
}

proptest! {
    #[test]
    fn any_portions_give_the_same_items((config, text) in document(), portion in 1usize..9) {
        let whole = feed(&mut Reader::new(&config).unwrap(), text.as_bytes(), usize::MAX);
        let pieces = feed(&mut Reader::new(&config).unwrap(), text.as_bytes(), portion);
        prop_assert_eq!(&whole.1, &Ok(()));
        prop_assert_eq!(&whole, &pieces);
        for item in &whole.0 {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&item.text).is_ok());
        }
        let lenient = feed(&mut Reader::import(&config).unwrap(), text.as_bytes(), usize::MAX);
        let crumbs = feed(&mut Reader::import(&config).unwrap(), text.as_bytes(), portion);
        prop_assert_eq!(lenient, crumbs);
    }

    #[test]
    fn reading_goes_on_at_any_checkpoint((config, text) in document(), portion in 1usize..40, cut in any::<Index>()) {
        let (all, _) = feed(&mut Reader::new(&config).unwrap(), text.as_bytes(), usize::MAX);
        // Take some items while the bytes come in, then go on from the checkpoint.
        let taken = cut.index(all.len() + 1);
        let mut reader = Reader::new(&config).unwrap();
        let mut items = Vec::new();
        for bytes in text.as_bytes().chunks(portion) {
            reader.push(bytes).unwrap();
            while items.len() < taken && let Some(item) = reader.next_item() {
                items.push(item);
            }
            if items.len() == taken {
                break;
            }
        }
        if items.len() < taken {
            reader.finish().unwrap();
            items.extend(std::iter::from_fn(|| reader.next_item()).take(taken - items.len()));
        }
        let saved = serde_json::to_string(&reader.checkpoint()).unwrap();
        let checkpoint: Checkpoint = serde_json::from_str(&saved).unwrap();
        let mut later = Reader::resume(&config, &checkpoint).unwrap();
        let (rest, result) = feed(&mut later, &text.as_bytes()[checkpoint.offset as usize..], portion);
        prop_assert_eq!(result, Ok(()));
        items.extend(rest);
        prop_assert_eq!(items, all);
    }

    #[test]
    fn no_input_panics(text in "[\\[\\]{}\",:/*\\\\a1 \n\r\t]{0,60}", portion in 1usize..9, format in 0usize..3) {
        let config = [csv(), json(), jsonl()][format].clone();
        for mode in [Mode::Strict, Mode::Lenient, Mode::Import] {
            let run = |portion| {
                let start = Checkpoint { line: 1, mode, ..Checkpoint::default() };
                let mut reader = Reader::resume(&config, &start).unwrap();
                let (items, result) = feed(&mut reader, text.as_bytes(), portion);
                (items, result, reader.take_rejected().len())
            };
            prop_assert_eq!(run(usize::MAX), run(portion));
        }
    }
}
