//! S3's answers as results and errors of an `aws-sdk:s3` Task.
//! Names and members follow the SDK's response shapes; absent members are left out.

use crate::Value;
use crate::execution::{EffectId, Event};
use crate::payload::Payload;
use crate::value::Object;
use model::Timestamp;

/// An object, as getObject and headObject answer it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct S3Object {
    /// The content; `None` for headObject.
    pub body: Option<Vec<u8>>,
    /// In bytes.
    pub content_length: u64,
    /// For example `text/plain`.
    pub content_type: String,
    /// With its quotes.
    pub etag: String,
    /// When it was written.
    pub last_modified: Timestamp,
    /// The user's own metadata.
    pub metadata: Vec<(String, String)>,
    /// In a bucket with versions.
    pub version_id: Option<String>,
}

/// One object of a listing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct S3Entry {
    /// Its key.
    pub key: String,
    /// With its quotes.
    pub etag: String,
    /// When it was written.
    pub last_modified: Timestamp,
    /// In bytes.
    pub size: u64,
}

/// A page of listObjectsV2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct S3Listing {
    /// The bucket.
    pub bucket: String,
    /// As asked for.
    pub prefix: String,
    /// As asked for; 1,000 by default.
    pub max_keys: u64,
    /// The objects.
    pub contents: Vec<S3Entry>,
    /// Where the next page begins.
    pub next_continuation_token: Option<String>,
}

/// The result of getObject or headObject.
pub fn s3_object(id: EffectId, object: &S3Object) -> Event {
    let mut result = Object::new();
    result.insert("AcceptRanges".into(), "bytes".into());
    if let Some(body) = &object.body {
        result.insert("Body".into(), String::from_utf8_lossy(body).into_owned().into());
    }
    result.insert("ContentLength".into(), object.content_length.into());
    result.insert("ContentType".into(), object.content_type.as_str().into());
    result.insert("ETag".into(), object.etag.as_str().into());
    result.insert("LastModified".into(), seconds(object.last_modified).into());
    let metadata = object.metadata.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into()));
    result.insert("Metadata".into(), metadata.collect::<Object>().into());
    result.insert("ServerSideEncryption".into(), "AES256".into());
    if let Some(version) = &object.version_id {
        result.insert("VersionId".into(), version.as_str().into());
    }
    succeeded(id, result)
}

/// The result of putObject.
pub fn s3_put(id: EffectId, etag: &str, version_id: Option<&str>) -> Event {
    let mut result = Object::new();
    result.insert("ETag".into(), etag.into());
    result.insert("ServerSideEncryption".into(), "AES256".into());
    if let Some(version) = version_id {
        result.insert("VersionId".into(), version.into());
    }
    succeeded(id, result)
}

/// The result of listObjectsV2.
pub fn s3_listing(id: EffectId, listing: &S3Listing) -> Event {
    let entry = |entry: &S3Entry| -> Value {
        let mut members = Object::new();
        members.insert("ETag".into(), entry.etag.as_str().into());
        members.insert("Key".into(), entry.key.as_str().into());
        members.insert("LastModified".into(), seconds(entry.last_modified).into());
        members.insert("Size".into(), entry.size.into());
        members.insert("StorageClass".into(), "STANDARD".into());
        members.into()
    };
    let mut result = Object::new();
    result.insert("Contents".into(), listing.contents.iter().map(entry).collect::<Vec<_>>().into());
    result.insert("IsTruncated".into(), listing.next_continuation_token.is_some().into());
    result.insert("KeyCount".into(), (listing.contents.len() as u64).into());
    result.insert("MaxKeys".into(), listing.max_keys.into());
    result.insert("Name".into(), listing.bucket.as_str().into());
    if let Some(token) = &listing.next_continuation_token {
        result.insert("NextContinuationToken".into(), token.as_str().into());
    }
    result.insert("Prefix".into(), listing.prefix.as_str().into());
    succeeded(id, result)
}

/// The result of an action that answers nothing: deleteObject, deleteBucket …
pub fn s3_done(id: EffectId) -> Event {
    succeeded(id, Object::new())
}

/// The error of a refused request. `code` is S3's: `NoSuchKey`.
pub fn s3_refusal(id: EffectId, status_code: u16, code: &str, message: &str, request_id: &str) -> Event {
    let cause = format!("{message} (Service: S3, Status Code: {status_code}, Request ID: {request_id})");
    Event::TaskFailed { id, error: error_name(code), cause: Some(cause) }
}

/// Codes that the SDK has an exception for are named by it, all others are `S3.S3Exception`.
fn error_name(code: &str) -> String {
    const NAMED: [&str; 12] = [
        "BucketAlreadyExists",
        "BucketAlreadyOwnedByYou",
        "EncryptionTypeMismatch",
        "InvalidObjectState",
        "InvalidRequest",
        "InvalidWriteOffset",
        "NoSuchBucket",
        "NoSuchKey",
        "NoSuchUpload",
        "ObjectAlreadyInActiveTierError",
        "ObjectNotInActiveTierError",
        "TooManyParts",
    ];
    match NAMED.contains(&code) {
        true => format!("S3.{code}Exception"),
        false => "S3.S3Exception".to_owned(),
    }
}

/// `2026-01-01T00:00:00Z`: S3's times have no fraction.
fn seconds(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    match text.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => text,
    }
}

fn succeeded(id: EffectId, result: Object) -> Event {
    Event::TaskSucceeded { id, output: Payload::from_value(result.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_named_as_the_sdk_names_them() {
        let error = |code| match s3_refusal(EffectId(1), 404, code, "The specified key does not exist.", "r")
        {
            Event::TaskFailed { error, .. } => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(error("NoSuchKey"), "S3.NoSuchKeyException");
        assert_eq!(error("AccessDenied"), "S3.S3Exception");
    }

    #[test]
    fn an_object_is_shown_with_its_text() {
        let object = S3Object { body: Some(b"hello".to_vec()), content_length: 5, ..Default::default() };
        let Event::TaskSucceeded { output, .. } = s3_object(EffectId(1), &object) else { panic!() };
        assert_eq!(output.value().get("Body"), Some(&"hello".into()));
        assert_eq!(output.value().get("LastModified"), Some(&"1970-01-01T00:00:00Z".into()));
    }
}
