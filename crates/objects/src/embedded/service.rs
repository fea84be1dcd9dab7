//! The S3 operations of the embedded store, each in the file of its kind.

use super::blobs::Blobs;
use super::door::Visible;
use super::index::Index;
use super::{list, multipart, read, write};
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

/// The state that operations share. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    /// Which object lies where.
    pub index: Index,
    /// Large bodies.
    pub blobs: Blobs,
    /// The region that the store says it is in.
    pub region: String,
}

/// S3's form of a time.
pub fn timestamp(ms: i64) -> Timestamp {
    let at = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    at.unwrap_or(time::OffsetDateTime::UNIX_EPOCH).into()
}

/// S3's form of an etag.
pub fn etag(value: &str) -> ETag {
    ETag::Strong(value.to_owned())
}

macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident = $call:path;)*) => {
        #[async_trait::async_trait]
        impl S3 for Store {
            async fn list_buckets(&self, req: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
                let visible = req.extensions.get::<Visible>().cloned();
                list_buckets(self, req.input, visible).await.map(S3Response::new)
            }

            $(async fn $name(&self, req: S3Request<$input>) -> S3Result<S3Response<$output>> {
                $call(self, req.input).await.map(S3Response::new)
            })*
        }
    };
}

operations! {
    create_bucket(CreateBucketInput) -> CreateBucketOutput = create_bucket;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = head_bucket;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = bucket_location;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput = delete_bucket;
    list_objects(ListObjectsInput) -> ListObjectsOutput = list::list_v1;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list::list_v2;
    get_object(GetObjectInput) -> GetObjectOutput = read::get;
    head_object(HeadObjectInput) -> HeadObjectOutput = read::head;
    put_object(PutObjectInput) -> PutObjectOutput = write::put;
    copy_object(CopyObjectInput) -> CopyObjectOutput = write::copy;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = write::delete;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = write::delete_many;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = multipart::create;
    upload_part(UploadPartInput) -> UploadPartOutput = multipart::upload_part;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = multipart::copy_part;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = multipart::complete;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = multipart::abort;
    list_parts(ListPartsInput) -> ListPartsOutput = multipart::list_parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = multipart::list_uploads;
}

async fn list_buckets(
    store: &Store,
    input: ListBucketsInput,
    visible: Option<Visible>,
) -> S3Result<ListBucketsOutput> {
    let shown = |name: &String| visible.as_ref().is_none_or(|Visible(names)| names.contains(name));
    let prefix = input.prefix.unwrap_or_default();
    let all = store.index.read()?.buckets()?.into_iter();
    let buckets = all.filter(|(name, _)| name.starts_with(&prefix) && shown(name)).map(|(name, created)| Bucket {
        name: Some(name),
        creation_date: Some(timestamp(created)),
        ..Default::default()
    });
    Ok(ListBucketsOutput { buckets: Some(buckets.collect()), ..Default::default() })
}

async fn create_bucket(store: &Store, input: CreateBucketInput) -> S3Result<CreateBucketOutput> {
    let location = format!("/{}", input.bucket);
    let now = super::blobs::now_ms();
    store.index.change(move |tables| tables.create_bucket(&input.bucket, now)).await?;
    Ok(CreateBucketOutput { location: Some(location) })
}

async fn head_bucket(store: &Store, input: HeadBucketInput) -> S3Result<HeadBucketOutput> {
    store.index.read()?.bucket(&input.bucket)?;
    Ok(HeadBucketOutput { bucket_region: Some(store.region.clone()), ..Default::default() })
}

async fn bucket_location(store: &Store, input: GetBucketLocationInput) -> S3Result<GetBucketLocationOutput> {
    store.index.read()?.bucket(&input.bucket)?;
    // S3 says nothing for its first region.
    let elsewhere = Some(store.region.clone()).filter(|region| region != "us-east-1");
    Ok(GetBucketLocationOutput { location_constraint: elsewhere.map(BucketLocationConstraint::from) })
}

async fn delete_bucket(store: &Store, input: DeleteBucketInput) -> S3Result<DeleteBucketOutput> {
    store.index.change(move |tables| tables.delete_bucket(&input.bucket)).await?;
    Ok(DeleteBucketOutput {})
}

/// The bucket and key of a copy's source.
pub fn source_of(source: CopySource) -> S3Result<(String, String)> {
    match source {
        CopySource::Bucket { bucket, key, version_id: None } => Ok((bucket.into(), key.into())),
        _ => Err(s3_error!(NotImplemented, "A copy's source is a bucket and a key, without version.")),
    }
}
