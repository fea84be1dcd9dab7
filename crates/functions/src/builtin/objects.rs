//! Functions that read objects.

use super::{Event, Outcome, Raised};
use crate::source::ObjectBytes;
use futures::TryStreamExt;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The longest line, in bytes: that of an item.
const MAX_LINE_BYTES: usize = model::limits::MAX_READ_ITEM_BYTES;

/// Counts the lines and records of one object, or of each item of a batch together.
pub async fn count_lines(event: Event) -> Outcome {
    let skip = match event.text("onMalformed").or(batch_input(&event, "onMalformed")) {
        None | Some("raise") => false,
        Some("skip") => true,
        Some(other) => {
            let said = format!("\"onMalformed\" is \"{other}\"; it may be \"raise\" or \"skip\".");
            return Err(Raised::new("InvalidParameterValueException", said));
        }
    };
    let mut count = Count::default();
    for (bucket, key) in objects_of(&event)? {
        let body = event.objects.open(&event.workspace, &bucket, &key).await?;
        count.object(body, skip, &format!("s3://{bucket}/{key}")).await?;
    }
    let mut answer = json!({ "lines": count.lines, "records": count.records });
    if skip {
        answer["skipped"] = count.skipped.into();
    }
    Ok(answer.to_string().into())
}

/// SHA-256 and size of one object.
pub async fn checksum(event: Event) -> Outcome {
    let mut sums = Vec::new();
    for (bucket, key) in objects_of(&event)? {
        let mut body = event.objects.open(&event.workspace, &bucket, &key).await?;
        let (mut sha, mut bytes) = (Sha256::new(), 0);
        while let Some(chunk) = body.try_next().await? {
            sha.update(&chunk);
            bytes += chunk.len();
        }
        sums.push(json!({ "Key": key, "sha256": hex::encode(sha.finalize()), "bytes": bytes }));
    }
    match sums.as_mut_slice() {
        [only] => Ok(only.take().to_string().into()),
        _ => Ok(Value::Array(sums).to_string().into()),
    }
}

/// `{Bucket, Key}` of the event, or of each of the `Items` of a batch, where `BatchInput` may
/// give what all of them share.
fn objects_of(event: &Event) -> Result<Vec<(String, String)>, Raised> {
    let field = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let of = |value: &Value| {
        let bucket = field(value, "Bucket").or_else(|| field(event.value(), "Bucket"));
        let bucket = bucket.or_else(|| batch_input(event, "Bucket").map(Into::into));
        bucket.zip(field(value, "Key")).ok_or_else(|| {
            Raised::new(
                "InvalidParameterValueException",
                "The event must have \"Bucket\" and \"Key\". Add the bucket with an ItemSelector.",
            )
        })
    };
    match event.value().get("Items").and_then(Value::as_array) {
        Some(items) => items.iter().map(of).collect(),
        None => Ok(vec![of(event.value())?]),
    }
}

fn batch_input<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    event.value().get("BatchInput")?.get(name)?.as_str()
}

#[derive(Default)]
struct Count {
    lines: u64,
    records: u64,
    skipped: u64,
}

impl Count {
    async fn object(&mut self, mut body: ObjectBytes, skip: bool, place: &str) -> Result<(), Raised> {
        let (mut line, mut number) = (Vec::new(), 0);
        while let Some(chunk) = body.try_next().await? {
            let mut rest = &chunk[..];
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                line.extend_from_slice(&rest[..end]);
                rest = &rest[end + 1..];
                number += 1;
                self.line(&line, skip, (place, number))?;
                line.clear();
            }
            line.extend_from_slice(rest);
            if line.len() > MAX_LINE_BYTES {
                let said = format!("Line {} of {place} is longer than 8 MiB.", number + 1);
                return Err(Raised::new("MalformedObject", said));
            }
        }
        match line.is_empty() {
            true => Ok(()),
            false => self.line(&line, skip, (place, number + 1)),
        }
    }

    fn line(&mut self, line: &[u8], skip: bool, (place, number): (&str, u64)) -> Result<(), Raised> {
        self.lines += 1;
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match serde_json::from_slice::<IgnoredAny>(line) {
            Ok(_) => self.records += 1,
            Err(_) if skip => self.skipped += 1,
            Err(why) => {
                let said = format!("Line {number} of {place} is not valid JSON: {why}.");
                return Err(Raised::new("MalformedObject", said));
            }
        }
        Ok(())
    }
}
