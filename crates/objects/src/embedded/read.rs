//! GetObject and HeadObject: conditions, ranges, parts, bodies.

use super::fault::{Answer, Fault};
use super::record::{INLINE_BYTES, Record, Segment};
use super::service::{Store, etag, timestamp};
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use s3s::dto::*;
use s3s::{S3Result, s3_error};
use std::io::{self, SeekFrom};
use std::ops;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Bytes read from a file at once.
const READ_BYTES: usize = 256 * 1024;
/// How often a read begins again when its object is overwritten between index and file.
const RACES: usize = 8;

/// The conditional headers of a read.
#[derive(Default)]
pub struct Conditions {
    /// Else 412.
    pub if_match: Option<ETagCondition>,
    /// Else 304 (412 for a copy).
    pub if_none_match: Option<ETagCondition>,
    /// Else 304 (412 for a copy).
    pub if_modified_since: Option<Timestamp>,
    /// Else 412.
    pub if_unmodified_since: Option<Timestamp>,
}

impl Conditions {
    /// Whether the reader wants this object: `PreconditionFailed` or `NotModified` when not.
    /// RFC 9110, 13.2.2: etags go before times.
    pub fn check(&self, record: &Record) -> S3Result<()> {
        // Times on the wire are whole seconds.
        let modified = timestamp(record.modified_ms / 1000 * 1000);
        let required = match (&self.if_match, &self.if_unmodified_since) {
            (Some(condition), _) => matches(condition, &record.etag),
            (None, Some(since)) => modified <= *since,
            (None, None) => true,
        };
        let changed = match (&self.if_none_match, &self.if_modified_since) {
            (Some(condition), _) => !matches(condition, &record.etag),
            (None, Some(since)) => modified > *since,
            (None, None) => true,
        };
        match (required, changed) {
            (false, _) => Err(s3_error!(PreconditionFailed)),
            (true, false) => Err(s3_error!(NotModified)),
            (true, true) => Ok(()),
        }
    }
}

/// Whether an etag meets a condition.
pub fn matches(condition: &ETagCondition, etag: &str) -> bool {
    condition.as_etag().is_none_or(|wanted| wanted.value() == etag)
}

/// GetObject.
pub async fn get(store: &Store, input: GetObjectInput) -> S3Result<GetObjectOutput> {
    let conditions = Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    for _ in 0..RACES {
        let view = store.index.read()?;
        let record = view.object(&input.bucket, &input.key)?;
        conditions.check(&record)?;
        let part = Selection::of(input.range, input.part_number, &record)?;
        let body = match record.segments.is_empty() {
            true => inline(view.inline(&input.bucket, &input.key)?, &part.bytes),
            false => match files(store, &record.segments, &part.bytes).await {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                other => other.map_err(Fault::from)?,
            },
        };
        return Ok(answer(record, part, body));
    }
    Err(s3_error!(SlowDown, "The object is being overwritten all the time. Try again."))
}

/// HeadObject.
pub async fn head(store: &Store, input: HeadObjectInput) -> S3Result<HeadObjectOutput> {
    let record = store.index.read()?.object(&input.bucket, &input.key)?;
    let conditions = Conditions {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    };
    conditions.check(&record)?;
    let part = Selection::of(input.range, input.part_number, &record)?;
    let headers = record.headers;
    Ok(HeadObjectOutput {
        accept_ranges: Some("bytes".into()),
        content_length: Some((part.bytes.end - part.bytes.start) as i64),
        content_range: part.content_range,
        parts_count: part.parts_count,
        e_tag: Some(etag(&record.etag)),
        last_modified: Some(timestamp(record.modified_ms)),
        content_type: headers.content_type,
        content_encoding: headers.content_encoding,
        content_disposition: headers.content_disposition,
        content_language: headers.content_language,
        cache_control: headers.cache_control,
        metadata: Some(headers.metadata.into_iter().collect()),
        ..Default::default()
    })
}

/// The bytes of an object that a read asked for.
struct Selection {
    bytes: ops::Range<u64>,
    content_range: Option<String>,
    parts_count: Option<i32>,
}

impl Selection {
    fn of(range: Option<Range>, part: Option<i32>, record: &Record) -> S3Result<Self> {
        let parts_count = part.and(i32::try_from(record.segments.len()).ok()).filter(|n| *n > 0);
        let bytes = match (range, part) {
            (Some(_), Some(_)) => {
                return Err(s3_error!(InvalidRequest, "Give a range or a part number, not both."));
            }
            (Some(range), None) => range.check(record.size)?,
            (None, Some(number)) => part_range(record, number)?,
            (None, None) => 0..record.size,
        };
        let asked = (range.is_some() || part.is_some()) && !bytes.is_empty();
        let content_range = asked.then(|| format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, record.size));
        Ok(Self { bytes, content_range, parts_count })
    }
}

fn part_range(record: &Record, number: i32) -> S3Result<ops::Range<u64>> {
    let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    match (place, record.segments.as_slice()) {
        (Some(0), []) => Ok(0..record.size),
        (Some(place), segments) if place < segments.len() => {
            let start = segments[..place].iter().map(|segment| segment.size).sum();
            Ok(start..start + segments[place].size)
        }
        _ => Err(s3_error!(InvalidRange, "The object has no part {number}.")),
    }
}

fn answer(record: Record, part: Selection, body: StreamingBlob) -> GetObjectOutput {
    let headers = record.headers;
    GetObjectOutput {
        body: Some(body),
        accept_ranges: Some("bytes".into()),
        content_length: Some((part.bytes.end - part.bytes.start) as i64),
        content_range: part.content_range,
        parts_count: part.parts_count,
        e_tag: Some(etag(&record.etag)),
        last_modified: Some(timestamp(record.modified_ms)),
        content_type: headers.content_type,
        content_encoding: headers.content_encoding,
        content_disposition: headers.content_disposition,
        content_language: headers.content_language,
        cache_control: headers.cache_control,
        metadata: Some(headers.metadata.into_iter().collect()),
        ..Default::default()
    }
}

fn inline(body: Bytes, bytes: &ops::Range<u64>) -> StreamingBlob {
    debug_assert!(body.len() <= INLINE_BYTES);
    let end = (bytes.end as usize).min(body.len());
    let part = body.slice((bytes.start as usize).min(end)..end);
    s3s::Body::from(part).into()
}

async fn files(store: &Store, segments: &[Segment], bytes: &ops::Range<u64>) -> io::Result<StreamingBlob> {
    Ok(StreamingBlob::wrap(file_stream(store, segments, bytes).await?))
}

/// The bytes of a body in files. The first file is open when this returns, so that a body that
/// was overwritten meanwhile is noticed before the answer begins.
pub async fn file_stream(
    store: &Store,
    segments: &[Segment],
    bytes: &ops::Range<u64>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static + use<>> {
    let mut wanted = Vec::new();
    let mut start = 0;
    for segment in segments {
        let end = start + segment.size;
        let (from, to) = (bytes.start.max(start), bytes.end.min(end));
        if from < to {
            wanted.push((store.blobs.path(&segment.id), from - start, to - from));
        }
        start = end;
    }
    let mut wanted = wanted.into_iter();
    let first = match wanted.next() {
        Some(place) => Some(open(place).await?),
        None => None,
    };
    let rest = stream::iter(wanted).then(open).try_flatten();
    Ok(stream::iter(first).flatten().chain(rest))
}

async fn open(
    (path, from, len): (std::path::PathBuf, u64, u64),
) -> io::Result<impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static> {
    let mut file = File::open(path).await?;
    if from > 0 {
        file.seek(SeekFrom::Start(from)).await?;
    }
    file.set_max_buf_size(READ_BYTES);
    Ok(ReaderStream::with_capacity(file.take(len), READ_BYTES))
}

/// A whole object as a stream: what a copy of a part reads.
pub async fn stream_of(
    store: &Store,
    (bucket, key): (&str, &str),
    range: Option<Range>,
    conditions: &Conditions,
) -> Answer<StreamingBlob> {
    let view = store.index.read()?;
    let record = view.object(bucket, key)?;
    conditions.check(&record)?;
    let bytes = range.map_or(Ok(0..record.size), |range| range.check(record.size));
    let bytes = bytes.map_err(|_| s3_error!(InvalidRange))?;
    match record.segments.is_empty() {
        true => Ok(inline(view.inline(bucket, key)?, &bytes)),
        false => Ok(files(store, &record.segments, &bytes).await?),
    }
}
