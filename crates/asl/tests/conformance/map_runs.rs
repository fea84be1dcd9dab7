//! Map Runs in memory: items, batches, children one after the other, results.

use super::driver;
use super::world::World;
use asl::{MapItem, MapItems, MapRunEnd, MapRunSpec, Outcome, Payload, Program, ReaderSpec};
use manifest::{BatchConfig, ListedObject};
use serde_json::{Value, json};
use std::sync::Arc;

struct Item {
    value: Payload,
    key: Option<String>,
    source: String,
}

pub fn run(case: &Value, world: &World, program: &Program, spec: &MapRunSpec) -> MapRunEnd {
    let failed =
        |error: &str, cause: String| MapRunEnd::Failed { error: error.to_owned(), cause: Some(cause) };
    let items = match read(world, &spec.items) {
        Ok(items) => items,
        Err(cause) => return failed("States.ItemReaderFailed", cause),
    };
    let mut inputs = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let item = MapItem {
            index: index as u64,
            value: &item.value,
            key: item.key.as_deref(),
            source: &item.source,
        };
        match spec.select(program, &item) {
            Ok(input) => inputs.push(input),
            Err(e) => return failed(&e.error, e.cause),
        }
    }
    let inputs = batches(spec, inputs);
    let child = program.map_child(spec.map);
    let (mut outputs, mut failures) = (Vec::new(), 0u64);
    let total: u64 = inputs.iter().map(|(_, items)| items).sum();
    for (input, items) in inputs {
        let ended = driver::run(case, world, &child, input, spec.execution_type);
        match ended.execution.outcome() {
            Some(Outcome::Succeeded { output }) => outputs.push(output.value().to_json()),
            _ => failures += items,
        }
    }
    let count = failures > spec.tolerated_failure_count.unwrap_or(0);
    let percent =
        failures as f64 * 100.0 / total.max(1) as f64 > spec.tolerated_failure_percentage.unwrap_or(0.0);
    let trips = match (spec.tolerated_failure_count, spec.tolerated_failure_percentage) {
        (Some(_), Some(_)) => count || percent,
        (Some(_), None) => count,
        (None, Some(_)) => percent,
        (None, None) => failures > 0,
    };
    if trips {
        let cause = "The specified tolerated failure threshold was exceeded";
        return failed("States.ExceedToleratedFailureThreshold", cause.to_owned());
    }
    let output =
        match spec.result_writer.as_ref().and_then(|writer| writer.bucket.as_ref().map(|b| (writer, b))) {
            Some((writer, bucket)) => {
                let prefix = writer.prefix.as_deref().unwrap_or_default();
                json!({
                    "MapRunArn": "arn",
                    "ResultWriterDetails": {"Bucket": bucket, "Key": format!("{prefix}/uuid/manifest.json")},
                })
                .to_string()
            }
            None => format!("[{}]", outputs.join(",")),
        };
    MapRunEnd::Succeeded { output: Payload::from_text(output.into()) }
}

fn batches(spec: &MapRunSpec, inputs: Vec<Payload>) -> Vec<(Payload, u64)> {
    let Some(batcher) = &spec.batcher else {
        return inputs.into_iter().map(|input| (input, 1)).collect();
    };
    let config = BatchConfig {
        max_items_per_batch: batcher.max_items,
        max_input_bytes_per_batch: batcher.max_input_bytes,
        batch_input: batcher.batch_input.as_ref().map(asl::Value::to_json),
    };
    let most = config.max_items_per_batch.unwrap_or(u64::MAX) as usize;
    let mut batches = Vec::new();
    for chunk in inputs.chunks(most.clamp(1, 1 << 20)) {
        let items: Vec<_> = chunk.iter().map(|input| input.text().to_string()).collect();
        let head = config.batch_input.as_ref().map(|b| format!("\"BatchInput\":{b},")).unwrap_or_default();
        let text = format!("{{{head}\"Items\":[{}]}}", items.join(","));
        batches.push((Payload::from_text(text.into()), chunk.len() as u64));
    }
    batches
}

fn read(world: &World, items: &MapItems) -> Result<Vec<Item>, String> {
    match items {
        MapItems::Inline(asl::Value::Object(members)) => {
            let pair = |(key, value): (&Arc<str>, &asl::Value)| {
                let text = format!("{{\"Key\":{},\"Value\":{}}}", Value::from(&**key), value.to_json());
                Item {
                    value: Payload::from_text(text.into()),
                    key: Some(key.to_string()),
                    source: "STATE_DATA".into(),
                }
            };
            Ok(members.iter().map(pair).collect())
        }
        MapItems::Inline(value) => {
            let item = |value: &asl::Value| Item {
                value: Payload::from_value(value.clone()),
                key: None,
                source: "STATE_DATA".into(),
            };
            Ok(value.as_array().unwrap_or_default().iter().map(item).collect())
        }
        MapItems::Reader(reader) if reader.resource.ends_with(":listObjectsV2") => list(world, reader),
        MapItems::Reader(reader) => object(world, reader),
    }
}

fn argument(reader: &ReaderSpec, name: &str) -> String {
    reader.arguments.get(name).and_then(asl::Value::as_str).unwrap_or_default().to_owned()
}

fn list(world: &World, reader: &ReaderSpec) -> Result<Vec<Item>, String> {
    let (bucket, prefix) = (argument(reader, "Bucket"), argument(reader, "Prefix"));
    let objects = world.buckets.get(&bucket).ok_or("The specified bucket does not exist")?;
    let listed = objects.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(key, body)| {
        let object = ListedObject {
            key,
            size: body.len() as u64,
            etag: "\"etag\"",
            last_modified: 1_767_225_600,
            storage_class: "STANDARD",
        };
        Item {
            value: Payload::from_text(manifest::listing_item(&object).into()),
            key: None,
            source: format!("S3://{bucket}"),
        }
    });
    let most = reader.config.max_items.unwrap_or(i64::MAX);
    Ok(listed.take(most.max(0) as usize).collect())
}

fn object(world: &World, reader: &ReaderSpec) -> Result<Vec<Item>, String> {
    let (bucket, key) = (argument(reader, "Bucket"), argument(reader, "Key"));
    let objects = world.buckets.get(&bucket).ok_or("The specified bucket does not exist")?;
    let body = objects.get(&key).ok_or("The specified key does not exist.")?;
    let config = serde_json::to_value(&reader.config).expect("a reader's configuration is JSON");
    let config: manifest::ReaderConfig = serde_json::from_value(config).map_err(|e| e.to_string())?;
    let mut reader = manifest::Reader::new(&config).map_err(|e| e.cause)?;
    reader.push(body).map_err(|e| e.cause)?;
    reader.finish().map_err(|e| e.cause)?;
    let mut items = Vec::new();
    while let Some(item) = reader.next_item() {
        items.push(Item {
            value: Payload::from_text(item.text.as_str().into()),
            key: item.key.as_deref().map(str::to_owned),
            source: format!("S3://{bucket}/{key}"),
        });
    }
    Ok(items)
}
