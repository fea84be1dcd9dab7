//! The embedded store for many tenants: each access key sees the buckets of its own tenant only.

use super::service::Store;
use async_trait::async_trait;
use bytes::Bytes;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::dto::{CreateBucketInput, ListBucketsInput};
use s3s::path::S3Path;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Request, S3Result, s3_error};
use std::error::Error as StdError;
use std::sync::Arc;

/// Who the tenants are and whose bucket is whose.
#[async_trait]
pub trait Tenants: Send + Sync + 'static {
    /// The secret of an access key; `None` for an unknown one.
    async fn secret(&self, access_key: &str) -> Option<String>;
    /// Whether a key may read a bucket's objects, or change them.
    async fn may(&self, access_key: &str, bucket: &str, change: bool) -> bool;
    /// The buckets that a key sees.
    async fn buckets(&self, access_key: &str) -> Vec<String>;
    /// Makes a bucket the key's; `false` when it belongs to somebody else or may not be made.
    async fn claim(&self, access_key: &str, bucket: &str) -> bool;
    /// Forgets a bucket that was deleted.
    async fn release(&self, access_key: &str, bucket: &str);
}

/// The S3 protocol for tenants, over HTTP requests that somebody else accepts.
#[derive(Clone)]
pub struct TenantDoor {
    service: S3Service,
    tenants: Arc<dyn Tenants>,
}

/// The buckets that an answer may name.
#[derive(Clone)]
pub(super) struct Visible(pub(super) Arc<Vec<String>>);

impl TenantDoor {
    pub(super) fn new(store: Store, tenants: Arc<dyn Tenants>) -> Self {
        let mut service = S3ServiceBuilder::new(store);
        service.set_auth(Keys(Arc::clone(&tenants)));
        service.set_access(Access(Arc::clone(&tenants)));
        Self { service: service.build(), tenants }
    }

    /// Answers one request. An error says that no answer could be made at all.
    pub async fn call<B>(
        &self,
        request: http::Request<B>,
    ) -> Result<http::Response<s3s::Body>, Box<dyn StdError + Send + Sync>>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: StdError + Send + Sync + 'static,
    {
        let deleted = deleted_bucket(&request);
        let answer = self.service.call(request.map(s3s::Body::http_body_unsync)).await;
        let answer = answer.map_err(|error| format!("{error:?}"))?;
        if let Some((key, bucket)) = deleted.filter(|_| answer.status().is_success()) {
            self.tenants.release(&key, &bucket).await;
        }
        Ok(answer)
    }
}

struct Keys(Arc<dyn Tenants>);

#[async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match self.0.secret(access_key).await {
            Some(secret) => Ok(SecretKey::from(secret)),
            None => Err(s3_error!(InvalidAccessKeyId)),
        }
    }
}

struct Access(Arc<dyn Tenants>);

#[async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else {
            return Err(s3_error!(AccessDenied, "Requests must be signed."));
        };
        let key = credentials.access_key.clone();
        let bucket = match cx.s3_path() {
            S3Path::Root => return Ok(()),
            S3Path::Bucket { bucket } | S3Path::Object { bucket, .. } => bucket.to_string(),
        };
        if cx.s3_op().name() == "CreateBucket" {
            return Ok(());
        }
        let change = !cx.method().is_safe();
        if !self.0.may(&key, &bucket, change).await {
            return Err(s3_error!(NoSuchBucket, "The specified bucket does not exist"));
        }
        let source = cx.headers().get("x-amz-copy-source").and_then(|value| value.to_str().ok());
        if let Some(source) = source {
            let source = source.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
            if !self.0.may(&key, &source, false).await {
                return Err(s3_error!(NoSuchBucket, "The copy's source bucket does not exist"));
            }
        }
        Ok(())
    }

    async fn list_buckets(&self, req: &mut S3Request<ListBucketsInput>) -> S3Result<()> {
        let visible = self.0.buckets(&key_of(req)?).await;
        req.extensions.insert(Visible(Arc::new(visible)));
        Ok(())
    }

    async fn create_bucket(&self, req: &mut S3Request<CreateBucketInput>) -> S3Result<()> {
        match self.0.claim(&key_of(req)?, &req.input.bucket).await {
            true => Ok(()),
            false => Err(s3_error!(BucketAlreadyExists)),
        }
    }
}

/// The access key and the bucket of a DeleteBucket request.
fn deleted_bucket<B>(request: &http::Request<B>) -> Option<(String, String)> {
    let bucket = request.uri().path().trim_matches('/');
    if request.method() != http::Method::DELETE || request.uri().query().is_some() || bucket.contains('/') {
        return None;
    }
    let signed = request.headers().get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let credential = signed.split_once("Credential=")?.1.split(',').next()?;
    Some((credential.rsplitn(5, '/').last()?.to_owned(), bucket.to_owned()))
}

fn key_of<T>(req: &S3Request<T>) -> S3Result<String> {
    let credentials = req.credentials.as_ref();
    credentials.map(|known| known.access_key.clone()).ok_or_else(|| s3_error!(AccessDenied, "Requests must be signed."))
}
