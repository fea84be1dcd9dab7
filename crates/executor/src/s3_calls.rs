//! `aws-sdk:s3` actions of Task states, on the store that holds the workspace's bucket.

use crate::deps::{Calling, ObjectStores};
use asl::integration::{S3Entry, S3Listing, S3Object, s3_done, s3_listing, s3_object, s3_put, s3_refusal};
use asl::{Event, Payload, Value};
use model::Timestamp;
use model::limits::MAX_PAYLOAD_BYTES;
use objects::{Error, ListFrom, ObjectInfo, Objects, PutOptions};
use serde_json::json;
use std::sync::Arc;

const KEYS_A_PAGE: u64 = 1_000;

/// Does one action; its errors are in AWS's words.
pub(crate) async fn call(stores: Arc<dyn ObjectStores>, call: Calling, action: &str) -> Event {
    let request = Request { call: &call, arguments: call.task.arguments.value() };
    let bucket = request.text("Bucket");
    if bucket.is_empty() && action != "listBuckets" {
        return request.runtime("Bucket must be given.");
    }
    let objects = match stores.find(&call.whose.workspace, bucket).await {
        Ok(objects) => objects,
        Err(_) => return request.refused(404, "NoSuchBucket", "The specified bucket does not exist"),
    };
    match request.act(&objects, action).await {
        Ok(event) => event,
        Err(error) => request.failed(&error),
    }
}

struct Request<'a> {
    call: &'a Calling,
    arguments: &'a Value,
}

impl Request<'_> {
    fn text(&self, name: &str) -> &str {
        self.arguments.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn optional(&self, name: &str) -> Option<String> {
        self.arguments.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    async fn act(&self, objects: &Objects, action: &str) -> Result<Event, Error> {
        let id = self.call.id;
        let (bucket, key) = (self.text("Bucket"), self.text("Key"));
        let keyed = ["getObject", "headObject", "putObject", "deleteObject", "copyObject"];
        if keyed.contains(&action) && key.is_empty() {
            return Ok(self.runtime("Key must be given."));
        }
        Ok(match action {
            "getObject" => {
                let (info, body) = objects.get(bucket, key, MAX_PAYLOAD_BYTES as u64).await?;
                s3_object(id, &object(info, Some(body.to_vec())))
            }
            "headObject" => s3_object(id, &object(objects.head(bucket, key).await?, None)),
            "putObject" => {
                let body = match self.arguments.get("Body") {
                    Some(Value::String(text)) => text.to_string(),
                    Some(other) => other.to_json(),
                    None => String::new(),
                };
                let options = PutOptions {
                    content_type: self.optional("ContentType"),
                    only_if_absent: self.text("IfNoneMatch") == "*",
                };
                s3_put(id, &quoted(&objects.put_with(bucket, key, body.into(), options).await?), None)
            }
            "copyObject" => {
                let Some(from) = source(self.text("CopySource")) else {
                    return Ok(self.refused(400, "InvalidArgument", "Invalid copy source object key"));
                };
                let info = objects.head(&from.0, &from.1).await?;
                objects.copy((&from.0, &from.1), (bucket, key)).await?;
                let result = json!({
                    "CopyObjectResult": {"ETag": quoted(&info.etag), "LastModified": Timestamp(info.last_modified_ms).to_rfc3339()},
                    "ServerSideEncryption": "AES256",
                });
                self.answer(&result)
            }
            "deleteObject" => {
                objects.delete(bucket, key).await?;
                s3_done(id)
            }
            "deleteObjects" => {
                let listed = self.arguments.get("Delete").and_then(|delete| delete.get("Objects")).and_then(Value::as_array);
                let mut deleted = Vec::new();
                for key in listed.into_iter().flatten().filter_map(|object| object.get("Key").and_then(Value::as_str)) {
                    objects.delete(bucket, key).await?;
                    deleted.push(json!({"Key": key}));
                }
                self.answer(&json!({"Deleted": deleted}))
            }
            "listObjectsV2" | "listObjects" => self.list(objects).await?,
            "headBucket" => {
                objects.list(bucket, "", ListFrom { max_keys: Some(1), ..ListFrom::default() }).await?;
                s3_done(id)
            }
            "createBucket" => {
                objects.create_bucket(bucket).await?;
                self.answer(&json!({"Location": format!("/{bucket}")}))
            }
            "listBuckets" => {
                let names = objects.list_buckets().await?;
                let buckets: Vec<_> = names.iter().map(|name| json!({"Name": name})).collect();
                self.answer(&json!({"Buckets": buckets}))
            }
            other => self.runtime(&format!("The S3 action {other} cannot be called on this server.")),
        })
    }

    async fn list(&self, objects: &Objects) -> Result<Event, Error> {
        let max_keys = self.arguments.get("MaxKeys").and_then(Value::as_number).and_then(|n| n.as_u64());
        let from = ListFrom {
            delimiter: self.optional("Delimiter"),
            start_after: self.optional("StartAfter").or_else(|| self.optional("Marker")),
            continuation: self.optional("ContinuationToken"),
            max_keys: max_keys.map(|n| n.min(KEYS_A_PAGE) as u16),
        };
        let page = objects.list(self.text("Bucket"), self.text("Prefix"), from).await?;
        let entry = |info: ObjectInfo| S3Entry {
            key: info.key,
            etag: quoted(&info.etag),
            last_modified: Timestamp(info.last_modified_ms),
            size: info.size,
        };
        Ok(s3_listing(self.call.id, &S3Listing {
            bucket: self.text("Bucket").to_owned(),
            prefix: self.text("Prefix").to_owned(),
            max_keys: max_keys.unwrap_or(KEYS_A_PAGE),
            contents: page.objects.into_iter().map(entry).collect(),
            next_continuation_token: page.next,
        }))
    }

    fn answer(&self, result: &serde_json::Value) -> Event {
        Event::TaskSucceeded { id: self.call.id, output: Payload::from_text(result.to_string().into()) }
    }

    fn failed(&self, error: &Error) -> Event {
        match error {
            Error::Refused { status, code, message, .. } => {
                let said = if message.is_empty() { known_words(code) } else { message };
                self.refused(*status, code, said)
            }
            Error::TooLarge { .. } => Event::TaskFailed {
                id: self.call.id,
                error: "States.DataLimitExceeded".into(),
                cause: Some(format!("The state/task 'aws-sdk:s3' returned a result with a size exceeding the maximum number of bytes service limit. {error}")),
            },
            other => Event::TaskFailed {
                id: self.call.id,
                error: "S3.SdkClientException".into(),
                cause: Some(other.to_string()),
            },
        }
    }

    fn refused(&self, status: u16, code: &str, message: &str) -> Event {
        s3_refusal(self.call.id, status, code, message, &self.request_id())
    }

    fn runtime(&self, said: &str) -> Event {
        Event::TaskFailed { id: self.call.id, error: "States.Runtime".into(), cause: Some(said.to_owned()) }
    }

    /// Sixteen characters, as S3's are; the same for the same call.
    fn request_id(&self) -> String {
        format!("{:016X}", crate::child_name::seed(&self.call.idempotency_key))
    }
}

fn object(info: ObjectInfo, body: Option<Vec<u8>>) -> S3Object {
    S3Object {
        body,
        content_length: info.size,
        content_type: info.content_type.unwrap_or_else(|| "binary/octet-stream".into()),
        etag: quoted(&info.etag),
        last_modified: Timestamp(info.last_modified_ms),
        metadata: info.metadata.into_iter().collect(),
        version_id: None,
    }
}

fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// `BUCKET/KEY` of a CopySource: with or without a first slash, URL-encoded.
fn source(text: &str) -> Option<(String, String)> {
    let text = text.strip_prefix('/').unwrap_or(text);
    let (bucket, key) = text.split_once('/')?;
    let mut bytes = key.bytes();
    let mut decoded = Vec::with_capacity(key.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let hex = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    let key = String::from_utf8(decoded).ok().filter(|key| !key.is_empty())?;
    Some((bucket.to_owned(), key))
}

/// S3's words where an answer came without a body.
fn known_words(code: &str) -> &'static str {
    match code {
        "NoSuchKey" | "NotFound" => "The specified key does not exist.",
        "NoSuchBucket" => "The specified bucket does not exist",
        "AccessDenied" => "Access Denied",
        "PreconditionFailed" => "At least one of the pre-conditions you specified did not hold",
        _ => "The request was refused.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_sources_are_read_in_every_form() {
        let pair = |bucket: &str, key: &str| Some((bucket.to_owned(), key.to_owned()));
        assert_eq!(source("/a/b/c%20d.txt"), pair("a", "b/c d.txt"));
        assert_eq!(source("a/k"), pair("a", "k"));
        assert_eq!(source("a"), None);
        assert_eq!(source("a/%zz"), None);
    }
}
