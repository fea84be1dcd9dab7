//! Multipart uploads: parts are files, and completing one makes an object of those files.

use super::blobs::{multipart_etag, now_ms};
use super::fault::{Answer, Fault};
use super::index::Tables;
use super::list::{Text, clamp};
use super::read::{Conditions, stream_of};
use super::record::{Headers, Part as StoredPart, Record, Upload};
use super::service::{Store, etag, source_of, timestamp};
use super::write::{Body, Claim, check_write, receive};
use s3s::dto::*;
use s3s::{S3Result, s3_error};

/// The smallest part, except for the last one. Source: Amazon S3 multipart upload limits.
const MIN_PART_BYTES: u64 = 5 * 1024 * 1024;
/// The largest part number.
const MAX_PARTS: i32 = 10_000;

/// CreateMultipartUpload.
pub async fn create(
    store: &Store,
    input: CreateMultipartUploadInput,
) -> S3Result<CreateMultipartUploadOutput> {
    let now = now_ms();
    let id = model::id::ulid(now, rand::random());
    let upload = Upload {
        started_ms: now,
        headers: Headers {
            content_type: input.content_type,
            content_encoding: input.content_encoding,
            content_disposition: input.content_disposition,
            content_language: input.content_language,
            cache_control: input.cache_control,
            metadata: input.metadata.unwrap_or_default().into_iter().collect(),
        },
    };
    let (bucket, key, upload_id) = (input.bucket.clone(), input.key.clone(), id.clone());
    store.index.change(move |tables| tables.start_upload((&bucket, &key), &upload_id, &upload)).await?;
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        ..Default::default()
    })
}

/// Which part of which upload.
struct Place {
    bucket: String,
    key: String,
    upload: String,
    number: i32,
}

async fn store_part(
    store: &Store,
    place: Place,
    body: Option<StreamingBlob>,
    claim: Claim,
) -> S3Result<StoredPart> {
    let Place { bucket, key, upload, number } = place;
    if !(1..=MAX_PARTS).contains(&number) {
        return Err(s3_error!(InvalidArgument, "A part number is between 1 and {MAX_PARTS}."));
    }
    store.index.read()?.upload(&bucket, &key, &upload)?;
    let received = receive(store, body, claim, 0).await?;
    let file = match received.body {
        Body::File(file) => file,
        // Only an empty body stays in memory here.
        Body::Inline(_) => {
            store.blobs.create().await.map_err(Fault::from)?.finish().await.map_err(Fault::from)?
        }
    };
    let etag = received.etag;
    store
        .index
        .change(move |tables| {
            tables.upload(&bucket, &key, &upload)?;
            let part = StoredPart { segment: file.keep(), etag, modified_ms: now_ms() };
            tables.put_part(&upload, number as u32, &part)?;
            Ok(part)
        })
        .await
}

/// UploadPart.
pub async fn upload_part(store: &Store, input: UploadPartInput) -> S3Result<UploadPartOutput> {
    let place =
        Place { bucket: input.bucket, key: input.key, upload: input.upload_id, number: input.part_number };
    let claim = Claim { length: input.content_length, md5: input.content_md5 };
    let part = store_part(store, place, input.body, claim).await?;
    Ok(UploadPartOutput { e_tag: Some(etag(&part.etag)), ..Default::default() })
}

/// UploadPartCopy.
pub async fn copy_part(store: &Store, input: UploadPartCopyInput) -> S3Result<UploadPartCopyOutput> {
    let conditions = Conditions {
        if_match: input.copy_source_if_match,
        if_none_match: input.copy_source_if_none_match,
        if_modified_since: input.copy_source_if_modified_since,
        if_unmodified_since: input.copy_source_if_unmodified_since,
    };
    let range = input.copy_source_range.as_deref().map(Range::parse).transpose();
    let range = range.map_err(|_| s3_error!(InvalidArgument, "The range of the copy is not one."))?;
    let (bucket, key) = source_of(input.copy_source)?;
    let body = stream_of(store, (&bucket, &key), range, &conditions).await?;
    let place =
        Place { bucket: input.bucket, key: input.key, upload: input.upload_id, number: input.part_number };
    let part = store_part(store, place, Some(body), Claim { length: None, md5: None }).await?;
    let result = CopyPartResult {
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified_ms)),
        ..Default::default()
    };
    Ok(UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() })
}

/// CompleteMultipartUpload.
pub async fn complete(
    store: &Store,
    input: CompleteMultipartUploadInput,
) -> S3Result<CompleteMultipartUploadOutput> {
    let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
    let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id);
    let (if_match, if_none_match) = (input.if_match, input.if_none_match);
    let completed = store
        .index
        .change(move |tables| {
            let upload = tables.upload(&bucket, &key, &id)?;
            check_write(tables, (&bucket, &key), if_match.as_ref(), if_none_match.as_ref())?;
            let parts = chosen(tables, &id, &named)?;
            let etags: Vec<String> = parts.iter().map(|part| part.etag.clone()).collect();
            let record = Record {
                size: parts.iter().map(|part| part.segment.size).sum(),
                etag: multipart_etag(&etags)?,
                modified_ms: now_ms(),
                segments: parts.into_iter().map(|part| part.segment).collect(),
                headers: upload.headers,
            };
            tables.put((&bucket, &key), &record, &[])?;
            tables.end_upload(&bucket, key.as_bytes(), &id)?;
            Ok(record.etag)
        })
        .await?;
    Ok(CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(etag(&completed)),
        ..Default::default()
    })
}

/// The parts that the client named, checked as S3 checks them.
fn chosen(tables: &Tables<'_>, id: &str, named: &[CompletedPart]) -> Answer<Vec<StoredPart>> {
    let mut parts: Vec<StoredPart> = Vec::with_capacity(named.len());
    let mut last = 0;
    for named in named {
        let number = named.part_number.unwrap_or_default();
        if number <= last {
            return Err(s3_error!(InvalidPartOrder, "Parts must be named in ascending order.").into());
        }
        last = number;
        let part = tables.part(id, number as u32)?;
        let same = |part: &StoredPart| named.e_tag.as_ref().is_none_or(|e| e.value() == part.etag);
        let part = part.filter(same).ok_or_else(|| {
            s3_error!(InvalidPart, "Part {number} was not uploaded, or its etag is another one.")
        })?;
        if parts.last().is_some_and(|before| before.segment.size < MIN_PART_BYTES) {
            return Err(s3_error!(EntityTooSmall, "Only the last part may be under 5 MiB.").into());
        }
        parts.push(part);
    }
    match parts.is_empty() {
        true => Err(s3_error!(MalformedXML, "Name at least one part.").into()),
        false => Ok(parts),
    }
}

/// AbortMultipartUpload.
pub async fn abort(store: &Store, input: AbortMultipartUploadInput) -> S3Result<AbortMultipartUploadOutput> {
    let (bucket, key, id) = (input.bucket, input.key, input.upload_id);
    store
        .index
        .change(move |tables| {
            tables.upload(&bucket, &key, &id)?;
            tables.end_upload(&bucket, key.as_bytes(), &id)
        })
        .await?;
    Ok(AbortMultipartUploadOutput::default())
}

/// ListParts.
pub async fn list_parts(store: &Store, input: ListPartsInput) -> S3Result<ListPartsOutput> {
    let max = clamp(input.max_parts)?;
    let after = input.part_number_marker.unwrap_or_default().max(0);
    let view = store.index.read()?;
    view.upload(&input.bucket, &input.key, &input.upload_id)?;
    let mut found = view.parts(&input.upload_id, after as u32, max as usize + 1)?;
    let more = found.len() > max as usize;
    found.truncate(max as usize);
    let next = found.last().map_or(after, |(number, _)| *number as i32);
    let parts = found.into_iter().map(|(number, part)| Part {
        part_number: Some(number as i32),
        size: Some(part.segment.size as i64),
        e_tag: Some(etag(&part.etag)),
        last_modified: Some(timestamp(part.modified_ms)),
        ..Default::default()
    });
    Ok(ListPartsOutput {
        parts: Some(parts.collect()),
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        max_parts: Some(max),
        part_number_marker: Some(after),
        is_truncated: Some(more),
        next_part_number_marker: Some(next),
        ..Default::default()
    })
}

/// ListMultipartUploads; delimiters are not grouped here.
pub async fn list_uploads(
    store: &Store,
    input: ListMultipartUploadsInput,
) -> S3Result<ListMultipartUploadsOutput> {
    let max = clamp(input.max_uploads)?;
    let prefix = input.prefix.unwrap_or_default();
    let key_marker = input.key_marker.unwrap_or_default();
    // Without an upload id, the marker's own key is over.
    let id_marker = input.upload_id_marker.unwrap_or_else(|| "~".to_owned());
    let view = store.index.read()?;
    view.bucket(&input.bucket)?;
    let after = (key_marker.as_str(), id_marker.as_str());
    let mut found = view.uploads(&input.bucket, &prefix, after, max as usize + 1)?;
    let more = found.len() > max as usize;
    found.truncate(max as usize);
    let text = Text::of(input.encoding_type.as_ref());
    let last = found.last().filter(|_| more).map(|(key, id, _)| (text.encode(key), id.clone()));
    let (next_key_marker, next_upload_id_marker) = last.unzip();
    let uploads = found.into_iter().map(|(key, id, upload)| MultipartUpload {
        key: Some(text.encode(&key)),
        upload_id: Some(id),
        initiated: Some(timestamp(upload.started_ms)),
        ..Default::default()
    });
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        uploads: Some(uploads.collect()),
        prefix: Some(text.encode(&prefix)),
        key_marker: Some(text.encode(&key_marker)),
        max_uploads: Some(max),
        is_truncated: Some(more),
        next_key_marker,
        next_upload_id_marker,
        encoding_type: input.encoding_type,
        ..Default::default()
    })
}
