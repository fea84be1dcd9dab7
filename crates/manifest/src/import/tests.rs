use super::*;
use crate::config::{CsvDelimiter, CsvHeaderLocation};
use proptest::prelude::*;

fn import(name: &str, bytes: &[u8], portion: usize) -> Result<(String, Imported), ReadError> {
    let mut import = Import::new(name, None);
    let mut lines = Vec::new();
    for portion in bytes.chunks(portion) {
        import.push(portion, &mut lines)?;
    }
    let imported = import.finish(&mut lines)?;
    Ok((String::from_utf8(lines).unwrap(), imported))
}

fn lines(name: &str, text: &str) -> String {
    import(name, text.as_bytes(), 7).unwrap().0
}

fn guessed(name: &str, text: &str) -> ReaderConfig {
    sniff(name, text.as_bytes(), true).unwrap().config
}

#[test]
fn formats_are_told_from_the_beginning() {
    let kind = |name, text| guessed(name, text).input_type.unwrap();
    assert_eq!(kind("x", "[1,2]"), InputType::Json);
    assert_eq!(kind("x", "// all of them\n{\"items\": [\n"), InputType::Json);
    assert_eq!(kind("x", "{\"a\":1}\n{\"a\":2}\n"), InputType::Jsonl);
    assert_eq!(kind("x.json", "{\"a\":1}\n{\"a\":2}\n"), InputType::Jsonl);
    assert_eq!(kind("x.json", "{\"a\":1}"), InputType::Json);
    assert_eq!(kind("x", "{\"a\":1}"), InputType::Jsonl);
    assert_eq!(kind("x", "{\n \"a\":1\n}"), InputType::Json);
    assert_eq!(kind("x.ndjson", "[1]"), InputType::Jsonl);
    assert_eq!(kind("x.txt", "a,b\n1,2\n"), InputType::Csv);
    assert_eq!(guessed("x", "a;b\n\"1;,\";2\n").csv_delimiter, Some(CsvDelimiter::Semicolon));
    assert_eq!(guessed("x.tsv", "a\tb,c\n").csv_delimiter, Some(CsvDelimiter::Tab));
    assert_eq!(guessed("x.csv", "a,b\n").csv_delimiter, None);
    assert!(sniff("x.gz", b"\x1F\x8B\x08", true).unwrap_err().cause.contains("gzip"));
}

#[test]
fn a_list_of_keys_has_no_header() {
    let keys = guessed("keys.txt", "2026/03/a.jpg\n2026/03/b.jpg\n");
    assert_eq!(keys.csv_header_location, Some(CsvHeaderLocation::Given));
    assert_eq!(
        lines("keys.txt", "photos/a.jpg\nphotos/b.jpg"),
        "{\"Key\":\"photos/a.jpg\"}\n{\"Key\":\"photos/b.jpg\"}\n"
    );
    assert_eq!(guessed("x.csv", "1,2\n3,4\n").csv_headers.unwrap(), ["column_1", "column_2"]);
    assert_eq!(
        guessed("x.csv", "Order ID,user.name\n3,4\n").csv_header_location,
        Some(CsvHeaderLocation::FirstRow)
    );
}

#[test]
fn every_format_becomes_lines() {
    assert_eq!(lines("x.csv", "True,a,H\n1,2,3\n"), "{\"True\":\"1\",\"a\":\"2\",\"H\":\"3\"}\n");
    assert_eq!(
        lines("x.json", "[\n {\"a\": \"x \\\" y\",\n  \"b\": [1,\r\n 2]},\n 3\n]"),
        "{\"a\":\"x \\\" y\",\"b\":[1,2]}\n3\n"
    );
    assert_eq!(lines("x", "{\"items\":[1,2,],}"), "1\n2\n");
    assert_eq!(lines("x.json", "{\"k\":1}"), "{\"Key\":\"k\",\"Value\":1}\n");
}

#[test]
fn faults_are_listed_and_the_rest_is_kept() {
    let (text, imported) = import("x.jsonl", b"{\"id\":1}\n{oops}\n// note\n{\"id\":2},\n\xff\n", 5).unwrap();
    assert_eq!(text, "{\"id\":1}\n{\"id\":2}\n");
    let found: Vec<u64> = imported.rejected.iter().map(|row| row.line).collect();
    assert_eq!((found, imported.rejected_count), (vec![2, 5], 2));
    assert_eq!(imported.warnings[0].code, "W-MAP-04");
    assert_eq!(imported.stats.display_key(), Some("id"));
}

#[test]
fn many_faults_are_counted_but_not_kept() {
    let (_, imported) = import("x.jsonl", "{\n".repeat(3000).as_bytes(), 1000).unwrap();
    assert_eq!((imported.rejected.len(), imported.rejected_count), (MOST_REJECTED, 3000));
}

proptest! {
    #[test]
    fn what_was_imported_reads_back(
        values in prop::collection::vec("[a-z\\\\\"\n\r\t ,é]{0,12}", 1..20),
        portion in 1usize..50,
        format in 0usize..3,
    ) {
        let items: Vec<serde_json::Value> = values.iter().map(|value| serde_json::json!({"k": value, "n": [1, {"x": null}]})).collect();
        let text = match format {
            0 => serde_json::to_string(&items).unwrap(),
            1 => serde_json::to_string_pretty(&items).unwrap(),
            _ => items.iter().map(|item| format!("{item}\n")).collect(),
        };
        let name = ["x.json", "x.json", "x.jsonl"][format];
        let (lines, imported) = import(name, text.as_bytes(), portion).unwrap();
        prop_assert_eq!(imported.stats.count, items.len() as u64);
        let mut reader = Reader::new(&imported_config()).unwrap();
        reader.push(lines.as_bytes()).unwrap();
        reader.finish().unwrap();
        let back: Vec<serde_json::Value> = std::iter::from_fn(|| reader.next_item()).map(|item| serde_json::from_str(&item.text).unwrap()).collect();
        prop_assert_eq!(back, items);
    }

    #[test]
    fn no_upload_panics(bytes in prop::collection::vec(prop::sample::select(b"[]{}\",:/*\\a1 \n\r\xff;|\t.".to_vec()), 0..80), portion in 1usize..20, name in 0usize..5) {
        let name = ["x", "x.csv", "x.json", "x.jsonl", "x.txt"][name];
        let pieces = import(name, &bytes, portion);
        prop_assert_eq!(pieces, import(name, &bytes, 1000));
    }
}
