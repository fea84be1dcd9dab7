//! Listings: pages in byte order whose cost is that of the page, not of the bucket.

use super::fault::{Answer, Fault};
use super::index::{ObjectKey, decode};
use super::record::Record;
use super::service::{Store, etag, timestamp};
use redb::ReadableTable;
use s3s::dto::*;
use s3s::{S3Result, s3_error};

/// The most keys of a page.
const MAX_KEYS: i32 = 1000;

/// What to list.
struct Query {
    bucket: String,
    prefix: String,
    delimiter: String,
    /// The first key that may be listed, as bytes. Kept as an inclusive bound throughout: the
    /// key right after `k` is `k` with a zero byte.
    from: Vec<u8>,
    max: usize,
}

/// A page of a listing.
#[derive(Default)]
struct Page {
    objects: Vec<(String, Record)>,
    prefixes: Vec<String>,
    /// Where the next page begins; `None` on the last page.
    next: Option<Vec<u8>>,
}

/// ListObjectsV2.
pub async fn list_v2(store: &Store, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let from = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => hex::decode(token)
            .map_err(|_| s3_error!(InvalidArgument, "The continuation token is not one of ours."))?,
        (None, Some(after)) => after_key(after),
        (None, None) => Vec::new(),
    };
    let max_keys = clamp(input.max_keys)?;
    let page = find(
        store,
        Query {
            bucket: input.bucket.clone(),
            prefix: input.prefix.clone().unwrap_or_default(),
            delimiter: input.delimiter.clone().unwrap_or_default(),
            from,
            max: max_keys as usize,
        },
    )
    .await?;
    let text = Text::of(input.encoding_type.as_ref());
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        key_count: Some((page.objects.len() + page.prefixes.len()) as i32),
        max_keys: Some(max_keys),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next.map(hex::encode),
        continuation_token: input.continuation_token,
        prefix: Some(text.encode(&input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(|delimiter| text.encode(&delimiter)),
        start_after: input.start_after.map(|after| text.encode(&after)),
        encoding_type: input.encoding_type,
        contents: Some(page.objects.into_iter().map(|found| text.object(found)).collect()),
        common_prefixes: Some(page.prefixes.iter().map(|prefix| text.prefix(prefix)).collect()),
        ..Default::default()
    })
}

/// ListObjects, the first version: continues at a marker, which is a key or a common prefix.
pub async fn list_v1(store: &Store, input: ListObjectsInput) -> S3Result<ListObjectsOutput> {
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input.delimiter.clone().unwrap_or_default();
    let from = match input.marker.as_deref() {
        Some(marker) if common_prefix(marker, &prefix, &delimiter) == Some(marker) => past(marker),
        Some(marker) if !marker.is_empty() => after_key(marker),
        _ => Vec::new(),
    };
    let max_keys = clamp(input.max_keys)?;
    let bucket = input.bucket.clone();
    let page = find(store, Query { bucket, prefix, delimiter, from, max: max_keys as usize }).await?;
    let text = Text::of(input.encoding_type.as_ref());
    let last = page.objects.last().map(|(key, _)| key).max(page.prefixes.last());
    let next_marker = last.filter(|_| page.next.is_some()).map(|last| text.encode(last));
    Ok(ListObjectsOutput {
        name: Some(input.bucket),
        max_keys: Some(max_keys),
        is_truncated: Some(page.next.is_some()),
        next_marker,
        marker: Some(text.encode(&input.marker.unwrap_or_default())),
        prefix: Some(text.encode(&input.prefix.unwrap_or_default())),
        delimiter: input.delimiter.map(|delimiter| text.encode(&delimiter)),
        encoding_type: input.encoding_type,
        contents: Some(page.objects.into_iter().map(|found| text.object(found)).collect()),
        common_prefixes: Some(page.prefixes.iter().map(|prefix| text.prefix(prefix)).collect()),
        ..Default::default()
    })
}

/// Reading a page may wait for the disk, so it does not happen on an async thread.
async fn find(store: &Store, query: Query) -> S3Result<Page> {
    let view = store.index.read()?;
    let found = tokio::task::spawn_blocking(move || {
        view.bucket(&query.bucket)?;
        page(&view.objects()?, &query)
    });
    Ok(found.await.map_err(|error| Fault::Storage(error.to_string()))??)
}

fn page(table: &impl ReadableTable<ObjectKey, &'static [u8]>, query: &Query) -> Answer<Page> {
    let mut page = Page::default();
    if query.max == 0 {
        return Ok(page);
    }
    let mut from = query.from.clone().max(query.prefix.as_bytes().to_vec());
    // Each turn reads a run of plain keys and at most one common prefix, past which the next
    // turn seeks: the keys below a common prefix are never read.
    'seek: loop {
        for row in table.range((query.bucket.as_str(), from.as_slice())..)? {
            let (place, record) = row?;
            let (bucket, key) = place.value();
            let key = match std::str::from_utf8(key) {
                Ok(key) if bucket == query.bucket && key.starts_with(&query.prefix) => key,
                _ => return Ok(page),
            };
            if page.objects.len() + page.prefixes.len() == query.max {
                page.next = Some(from);
                return Ok(page);
            }
            if let Some(prefix) = common_prefix(key, &query.prefix, &query.delimiter) {
                from = past(prefix);
                page.prefixes.push(prefix.to_owned());
                continue 'seek;
            }
            from = after_key(key);
            page.objects.push((key.to_owned(), decode(record.value())?));
        }
        return Ok(page);
    }
}

/// The part of `key` up to and with the first delimiter after the prefix.
fn common_prefix<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    let rest = key.strip_prefix(prefix).filter(|_| !delimiter.is_empty())?;
    let end = rest.find(delimiter)? + delimiter.len();
    Some(&key[..prefix.len() + end])
}

/// The smallest bytes after `key`.
fn after_key(key: &str) -> Vec<u8> {
    [key.as_bytes(), &[0]].concat()
}

/// The smallest bytes after everything that starts with `prefix`.
fn past(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is 0xFF, so adding one never carries.
    if let Some(last) = bytes.last_mut() {
        *last += 1;
    }
    bytes
}

/// `max-keys` as S3 takes it: 1,000 unless smaller.
pub fn clamp(max: Option<i32>) -> S3Result<i32> {
    match max.unwrap_or(MAX_KEYS) {
        max if max < 0 => Err(s3_error!(InvalidArgument, "max-keys must not be negative.")),
        max => Ok(max.min(MAX_KEYS)),
    }
}

/// How keys are written into the answer.
#[derive(Clone, Copy)]
pub struct Text {
    url: bool,
}

impl Text {
    /// Percent-encoded when the client asked for `encoding-type=url`, else as they are.
    pub fn of(encoding: Option<&EncodingType>) -> Self {
        Self { url: encoding.is_some_and(|encoding| encoding.as_str() == EncodingType::URL) }
    }

    /// One key, prefix or delimiter.
    pub fn encode(self, text: &str) -> String {
        if !self.url {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                    out.push(byte as char);
                }
                b' ' => out.push('+'),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
        out
    }

    fn prefix(self, prefix: &str) -> CommonPrefix {
        CommonPrefix { prefix: Some(self.encode(prefix)) }
    }

    fn object(self, (key, record): (String, Record)) -> Object {
        Object {
            key: Some(self.encode(&key)),
            size: Some(record.size as i64),
            e_tag: Some(etag(&record.etag)),
            last_modified: Some(timestamp(record.modified_ms)),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_prefixes_end_at_the_first_delimiter_after_the_prefix() {
        assert_eq!(common_prefix("a/b/c", "", "/"), Some("a/"));
        assert_eq!(common_prefix("a/b/c", "a/", "/"), Some("a/b/"));
        assert_eq!(common_prefix("a/b", "a/b", "/"), None);
        assert_eq!(common_prefix("x//y", "x/", "/"), Some("x//"));
        assert_eq!(common_prefix("größe--1", "g", "--"), Some("größe--"));
        assert_eq!(common_prefix("a/b", "", ""), None);
    }

    #[test]
    fn keys_are_encoded_when_asked() {
        let url = Text::of(Some(&EncodingType::from_static(EncodingType::URL)));
        assert_eq!(url.encode("a b+c/ü\u{1}"), "a+b%2Bc/%C3%BC%01");
        assert_eq!(Text::of(None).encode("a b"), "a b");
    }
}
