//! PutObject, CopyObject and the deletes.

use super::blobs::{NewBlob, Stored, etag_of, now_ms};
use super::fault::{Answer, Fault};
use super::index::Tables;
use super::read::{Conditions, matches};
use super::record::{Headers, INLINE_BYTES, Record};
use super::service::{Store, etag, source_of, timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::StreamExt;
use md5::{Digest, Md5};
use s3s::dto::*;
use s3s::{S3Result, s3_error};

/// A body that was received: small ones in memory, large ones on disk already.
pub enum Body {
    /// At most [`INLINE_BYTES`].
    Inline(Bytes),
    /// A durable file.
    File(Stored),
}

/// What is known about a received body.
pub struct Received {
    /// Its bytes.
    pub body: Body,
    /// How many.
    pub size: u64,
    /// MD5 in hex.
    pub etag: String,
}

/// What the client said about the body that it sends.
pub struct Claim {
    /// Content-Length, of the decoded body.
    pub length: Option<i64>,
    /// Content-MD5.
    pub md5: Option<String>,
}

/// Reads a body to its end; more than `in_memory` bytes go to a file as they come.
pub async fn receive(
    store: &Store,
    body: Option<StreamingBlob>,
    claim: Claim,
    in_memory: usize,
) -> S3Result<Received> {
    let mut md5 = Md5::new();
    let mut small = Vec::new();
    let mut file: Option<NewBlob> = None;
    let mut size = 0;
    let mut body = body.into_iter().collect::<futures::stream::SelectAll<_>>();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| s3_error!(IncompleteBody, "The body broke off: {error}"))?;
        md5.update(&chunk);
        size += chunk.len() as u64;
        match &mut file {
            None if small.len() + chunk.len() <= in_memory => small.extend_from_slice(&chunk),
            None => {
                let mut new = store.blobs.create().await.map_err(Fault::from)?;
                new.write(&small).await.map_err(Fault::from)?;
                new.write(&chunk).await.map_err(Fault::from)?;
                small = Vec::new();
                file = Some(new);
            }
            Some(file) => file.write(&chunk).await.map_err(Fault::from)?,
        }
    }
    if claim.length.is_some_and(|claimed| claimed != size as i64) {
        return Err(s3_error!(IncompleteBody));
    }
    let etag = etag_of(md5);
    if claim.md5.is_some_and(|claimed| !same_digest(&claimed, &etag)) {
        return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
    }
    let body = match file {
        Some(file) => Body::File(file.finish().await.map_err(Fault::from)?),
        None => Body::Inline(small.into()),
    };
    Ok(Received { body, size, etag })
}

/// Whether a base64 digest is the same as a hex one.
fn same_digest(base64: &str, hex: &str) -> bool {
    STANDARD.decode(base64).is_ok_and(|digest| hex::encode(digest) == hex)
}

/// PutObject.
pub async fn put(store: &Store, input: PutObjectInput) -> S3Result<PutObjectOutput> {
    store.index.read()?.bucket(&input.bucket)?;
    let claim = Claim { length: input.content_length, md5: input.content_md5 };
    let received = receive(store, input.body, claim, INLINE_BYTES).await?;
    let mut record = Record {
        size: received.size,
        etag: received.etag.clone(),
        modified_ms: now_ms(),
        segments: Vec::new(),
        headers: Headers {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            content_language: input.content_language,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default().into_iter().collect(),
        },
    };
    let body = received.body;
    let (bucket, key) = (input.bucket, input.key);
    let (if_match, if_none_match) = (input.if_match, input.if_none_match);
    store
        .index
        .change(move |tables| {
            tables.bucket(&bucket)?;
            check_write(tables, (&bucket, &key), if_match.as_ref(), if_none_match.as_ref())?;
            let inline = match body {
                Body::Inline(bytes) => bytes,
                Body::File(file) => {
                    record.segments.push(file.keep());
                    Bytes::new()
                }
            };
            tables.put((&bucket, &key), &record, &inline)
        })
        .await?;
    Ok(PutObjectOutput { e_tag: Some(etag(&received.etag)), ..Default::default() })
}

/// The conditions of a write: 412 when what is there does not fit.
pub fn check_write(
    tables: &Tables<'_>,
    (bucket, key): (&str, &str),
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> Answer<()> {
    if if_match.is_none() && if_none_match.is_none() {
        return Ok(());
    }
    let there = tables.object(bucket, key)?;
    if let Some(condition) = if_match {
        let there = there.as_ref().ok_or_else(|| s3_error!(NoSuchKey))?;
        if !matches(condition, &there.etag) {
            return Err(s3_error!(PreconditionFailed).into());
        }
    }
    let taken = there.zip(if_none_match).is_some_and(|(there, none)| matches(none, &there.etag));
    match taken {
        true => Err(s3_error!(PreconditionFailed, "The object exists already.").into()),
        false => Ok(()),
    }
}

/// CopyObject: the copy shares the files of its source, so its size does not matter.
pub async fn copy(store: &Store, input: CopyObjectInput) -> S3Result<CopyObjectOutput> {
    let conditions = Conditions {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    let replace = input.metadata_directive.is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
    let headers = replace.then(|| Headers {
        content_type: input.content_type,
        content_encoding: input.content_encoding,
        content_disposition: input.content_disposition,
        content_language: input.content_language,
        cache_control: input.cache_control,
        metadata: input.metadata.unwrap_or_default().into_iter().collect(),
    });
    let (from_bucket, from_key) = source_of(input.copy_source)?;
    let (bucket, key) = (input.bucket, input.key);
    if !replace && (&from_bucket, &from_key) == (&bucket, &key) {
        return Err(s3_error!(
            InvalidRequest,
            "A copy of an object onto itself must change something: replace its metadata."
        ));
    }
    let now = now_ms();
    let copied = store
        .index
        .change(move |tables| {
            tables.bucket(&from_bucket)?;
            tables.bucket(&bucket)?;
            let source = tables.object(&from_bucket, &from_key)?;
            let mut record = source.ok_or_else(|| s3_error!(NoSuchKey))?;
            conditions.check(&record).map_err(|_| s3_error!(PreconditionFailed))?;
            let inline = tables.inline(&from_bucket, &from_key)?;
            record.modified_ms = now;
            if let Some(headers) = headers {
                record.headers = headers;
            }
            tables.put((&bucket, &key), &record, &inline)?;
            Ok(record.etag)
        })
        .await?;
    let result = CopyObjectResult {
        e_tag: Some(etag(&copied)),
        last_modified: Some(timestamp(now)),
        ..Default::default()
    };
    Ok(CopyObjectOutput { copy_object_result: Some(result), ..Default::default() })
}

/// DeleteObject: an object that is not there is deleted too.
pub async fn delete(store: &Store, input: DeleteObjectInput) -> S3Result<DeleteObjectOutput> {
    let (bucket, key, if_match) = (input.bucket, input.key, input.if_match);
    store
        .index
        .change(move |tables| {
            tables.bucket(&bucket)?;
            check_write(tables, (&bucket, &key), if_match.as_ref(), None)?;
            tables.delete(&bucket, &key)
        })
        .await?;
    Ok(DeleteObjectOutput::default())
}

/// DeleteObjects: up to 1,000 keys in one commit.
pub async fn delete_many(store: &Store, input: DeleteObjectsInput) -> S3Result<DeleteObjectsOutput> {
    if input.delete.objects.len() > 1000 {
        return Err(s3_error!(MalformedXML, "At most 1,000 keys can be deleted at once."));
    }
    let keys: Vec<String> = input.delete.objects.into_iter().map(|object| object.key).collect();
    let quiet = input.delete.quiet.unwrap_or_default();
    let bucket = input.bucket;
    let deleted = store
        .index
        .change(move |tables| {
            tables.bucket(&bucket)?;
            for key in &keys {
                tables.delete(&bucket, key)?;
            }
            Ok(keys)
        })
        .await?;
    let deleted = deleted.into_iter().filter(|_| !quiet);
    let deleted = deleted.map(|key| DeletedObject { key: Some(key), ..Default::default() });
    Ok(DeleteObjectsOutput { deleted: Some(deleted.collect()), ..Default::default() })
}
