//! How many items a second this machine reads: `cargo run --release -p mapwright-manifest --example rates`.

use manifest::{BatchConfig, Batcher, Import, InputType, Reader, ReaderConfig};
use std::time::Instant;

/// Bytes pushed at once, as from a network stream.
const PORTION: usize = 64 * 1024;
const ITEMS: usize = 2_000_000;

fn main() {
    let item = |n: usize| {
        format!(
            r#"{{"id":{n},"bucket":"photos-eu","key":"2026/03/14/original/{n:012}.jpg","size":{},"owner":"customer-{}","tags":["a","b","c"],"note":"plain text that fills the line"}}"#,
            n * 7919,
            n % 1000
        )
    };
    let lines: String = (0..ITEMS).map(|n| item(n) + "\n").collect();
    let array = format!("{{\"items\":[{}]}}", (0..ITEMS).map(item).collect::<Vec<_>>().join(","));
    let rows: String = (0..ITEMS)
        .map(|n| format!("{n},photos-eu,2026/03/14/original/{n:012}.jpg,{},customer-{},plain text that fills the line and then some more\n", n * 7919, n % 1000))
        .collect();
    let quoted: String = (0..ITEMS)
        .map(|n| format!("{n},photos-eu,2026/03/14/original/{n:012}.jpg,{},customer-{},\"plain text, with a comma and \"\"marks\"\"\"\n", n * 7919, n % 1000))
        .collect();
    let names = ["id", "bucket", "key", "size", "owner", "note"];
    let pointer = ReaderConfig { items_pointer: Some("/items".into()), ..ReaderConfig::of(InputType::Json) };
    read("JSONL", &ReaderConfig::of(InputType::Jsonl), &lines);
    read("JSON", &pointer, &array);
    read("CSV", &ReaderConfig::csv_with_headers(names), &rows);
    import("manifest.jsonl", &lines);
    import("manifest.json", &array);
    import("manifest.csv", &rows);
    read("CSV with quotes", &ReaderConfig::csv_with_headers(names), &quoted);
}

fn read(name: &str, config: &ReaderConfig, text: &str) {
    let mut reader = Reader::new(config).expect("a sound configuration");
    let mut batcher = Batcher::new(&BatchConfig { max_items_per_batch: Some(100), ..BatchConfig::default() });
    let (mut items, mut bytes, mut batched) = (Vec::new(), 0, 0);
    let start = Instant::now();
    for portion in text.as_bytes().chunks(PORTION) {
        reader.push(portion).expect("a sound file");
        reader.drain(&mut items);
        bytes += items.iter().map(|item| item.text.len()).sum::<usize>();
        items.clear();
    }
    let read = start.elapsed();
    let mut reader = Reader::new(config).expect("a sound configuration");
    let start = Instant::now();
    for portion in text.as_bytes().chunks(PORTION) {
        reader.push(portion).expect("a sound file");
        while let Some(item) = reader.next_item() {
            batcher.push(item.index, &item.text).expect("small items");
        }
        while let Some(batch) = batcher.next_batch() {
            batched += batch.items;
        }
    }
    let both = start.elapsed();
    println!(
        "{name:16} {:5.2} M items/s, {:4} B in and {:4} B out an item; read and batched {:5.2} M items/s ({batched})",
        ITEMS as f64 / read.as_secs_f64() / 1e6,
        text.len() / ITEMS,
        bytes / ITEMS,
        ITEMS as f64 / both.as_secs_f64() / 1e6,
    );
}

fn import(name: &str, text: &str) {
    let mut import = Import::new(name, None);
    let (mut lines, mut bytes) = (Vec::new(), 0);
    let start = Instant::now();
    for portion in text.as_bytes().chunks(PORTION) {
        import.push(portion, &mut lines).expect("a sound file");
        bytes += lines.len();
        lines.clear();
    }
    let imported = import.finish(&mut lines).expect("a sound file");
    let rate = imported.stats.count as f64 / start.elapsed().as_secs_f64() / 1e6;
    println!("import {name:16} {rate:5.2} M items/s, {bytes} bytes, key {:?}", imported.stats.display_key());
}
