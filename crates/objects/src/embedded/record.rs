//! What the index keeps about an object, an upload and a part. Stored as JSON with short names.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bodies up to this many bytes lie in the index itself; larger ones are files.
pub const INLINE_BYTES: usize = 32 * 1024;

/// An object. Its body is inline when `segments` is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(rename = "s")]
    pub size: u64,
    /// Without the quotes.
    #[serde(rename = "e")]
    pub etag: String,
    #[serde(rename = "m")]
    pub modified_ms: i64,
    /// The files that make up the body, in order; one for each part of a multipart upload.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    #[serde(flatten)]
    pub headers: Headers,
}

/// A file of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    #[serde(rename = "i")]
    pub id: String,
    #[serde(rename = "s")]
    pub size: u64,
}

/// The headers that a writer gave and readers get back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    #[serde(rename = "ct", default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(rename = "ce", default, skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(rename = "cd", default, skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    #[serde(rename = "cl", default, skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(rename = "cc", default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    #[serde(rename = "um", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// A multipart upload that is neither completed nor aborted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Upload {
    #[serde(rename = "m")]
    pub started_ms: i64,
    #[serde(flatten)]
    pub headers: Headers,
}

/// A part of such an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    #[serde(rename = "f")]
    pub segment: Segment,
    #[serde(rename = "e")]
    pub etag: String,
    #[serde(rename = "m")]
    pub modified_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_small_and_come_back() {
        let record = Record {
            size: 5,
            etag: "e".into(),
            modified_ms: 7,
            segments: Vec::new(),
            headers: Headers::default(),
        };
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(text, r#"{"s":5,"e":"e","m":7}"#);
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}
