//! The client of one S3 endpoint.

mod list;
mod read;
mod upload;

pub use list::{ListFrom, ListPage};
pub use read::{ObjectRead, ReadFrom};
pub use upload::MultipartUpload;

use crate::endpoint::Endpoint;
use crate::error::{Call, Error};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use bytes::Bytes;
use model::AddressPolicy;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Keys that one DeleteObjects call takes.
const DELETE_KEYS: usize = 1000;

/// An object, without its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its etag, without quotes.
    pub etag: String,
    /// When it was written, in milliseconds since the epoch.
    pub last_modified_ms: i64,
    /// `STANDARD`, `GLACIER` …
    pub storage_class: String,
    /// Its content type; listings do not know it.
    pub content_type: Option<String>,
    /// What its writer noted with it, by name; listings do not know it.
    pub metadata: BTreeMap<String, String>,
}

/// What to write beside the bytes.
#[derive(Clone, Debug, Default)]
pub struct PutOptions {
    /// For example `application/json`.
    pub content_type: Option<String>,
    /// Fails with status 412 when the key is taken.
    pub only_if_absent: bool,
}

/// A client of one endpoint. Cheap to clone; all clones share connections.
#[derive(Clone)]
pub struct Objects {
    pub(crate) client: Client,
    endpoint: Arc<str>,
}

impl Objects {
    /// Makes a client; nothing is sent yet. `policy` guards where it may connect to.
    pub fn new(endpoint: Endpoint, policy: AddressPolicy) -> Result<Self, Error> {
        Ok(Self { endpoint: endpoint.name().into(), client: endpoint.client(policy)? })
    }

    /// The endpoint's URL, or the words for Amazon S3.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What is known about an object.
    pub async fn head(&self, bucket: &str, key: &str) -> Result<ObjectInfo, Error> {
        let sent = self.client.head_object().bucket(bucket).key(key).send().await;
        let found = sent.map_err(|error| self.failed("find", bucket, key, error))?;
        Ok(ObjectInfo {
            key: key.to_owned(),
            size: found.content_length().unwrap_or_default().max(0) as u64,
            etag: bare(found.e_tag()),
            last_modified_ms: ms(found.last_modified()),
            storage_class: found.storage_class().map_or("STANDARD", |c| c.as_str()).to_owned(),
            metadata: sorted(found.metadata()),
            content_type: found.content_type,
        })
    }

    /// Writes an object in one request (up to 5 GiB) and gives its etag.
    pub async fn put(&self, bucket: &str, key: &str, body: Bytes) -> Result<String, Error> {
        self.put_with(bucket, key, body, PutOptions::default()).await
    }

    /// Writes an object with a content type, or only when its key is free.
    pub async fn put_with(
        &self,
        bucket: &str,
        key: &str,
        body: Bytes,
        options: PutOptions,
    ) -> Result<String, Error> {
        let request = self.client.put_object().bucket(bucket).key(key).body(body.into());
        let request = request.set_content_type(options.content_type);
        let sent = request.set_if_none_match(options.only_if_absent.then(|| "*".into())).send();
        let done = sent.await.map_err(|error| self.failed("write", bucket, key, error))?;
        Ok(bare(done.e_tag()))
    }

    /// Copies an object of up to 5 GiB inside the store. Places are (bucket, key).
    pub async fn copy(&self, from: (&str, &str), to: (&str, &str)) -> Result<(), Error> {
        let source = format!("{}/{}", from.0, percent_encoded(from.1));
        let request = self.client.copy_object().copy_source(source).bucket(to.0).key(to.1);
        let sent = request.send().await;
        sent.map(drop).map_err(|error| self.failed("copy to", to.0, to.1, error))
    }

    /// Removes an object; one that is not there counts as removed.
    pub async fn delete(&self, bucket: &str, key: &str) -> Result<(), Error> {
        let sent = self.client.delete_object().bucket(bucket).key(key).send().await;
        sent.map(drop).map_err(|error| self.failed("delete", bucket, key, error))
    }

    /// Removes every object whose key starts with `prefix`, and says how many there were.
    pub async fn delete_prefix(&self, bucket: &str, prefix: &str) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            // Always the first page: what it named is gone by the next turn.
            let page = self.list(bucket, prefix, ListFrom::default()).await?;
            for keys in page.objects.chunks(DELETE_KEYS) {
                self.delete_keys(bucket, prefix, keys).await?;
                deleted += keys.len() as u64;
            }
            if page.next.is_none() {
                return Ok(deleted);
            }
        }
    }

    async fn delete_keys(&self, bucket: &str, prefix: &str, keys: &[ObjectInfo]) -> Result<(), Error> {
        let built: Result<Vec<_>, _> =
            keys.iter().map(|object| ObjectIdentifier::builder().key(&object.key).build()).collect();
        let delete = built.and_then(|ids| Delete::builder().set_objects(Some(ids)).quiet(true).build());
        let delete = delete.map_err(|error| Error::Endpoint(error.to_string()))?;
        let sent = self.client.delete_objects().bucket(bucket).delete(delete).send().await;
        let done = sent.map_err(|error| self.failed("delete", bucket, prefix, error))?;
        match done.errors().first() {
            None => Ok(()),
            Some(first) => Err(Error::Refused {
                call: Call::new("delete", bucket, first.key().unwrap_or(prefix)),
                status: 200,
                code: first.code().unwrap_or("Unknown").to_owned(),
                message: first.message().unwrap_or_default().to_owned(),
            }),
        }
    }

    /// Makes a bucket. `false` says that it was ours already.
    pub async fn create_bucket(&self, bucket: &str) -> Result<bool, Error> {
        match self.client.create_bucket().bucket(bucket).send().await {
            Ok(_) => Ok(true),
            Err(error) => match self.failed("create the bucket", bucket, "", error) {
                error if error.code() == Some("BucketAlreadyOwnedByYou") => Ok(false),
                error => Err(error),
            },
        }
    }

    /// The names of the buckets that these credentials may list.
    pub async fn list_buckets(&self) -> Result<Vec<String>, Error> {
        let sent = self.client.list_buckets().send().await;
        let found = sent.map_err(|error| self.failed("list buckets", "", "", error))?;
        Ok(found.buckets().iter().filter_map(|bucket| bucket.name().map(Into::into)).collect())
    }

    /// Checks that the endpoint answers and the credentials may list: a bucket's keys under a
    /// prefix when one is given, else the buckets.
    pub async fn test_connection(&self, bucket: Option<(&str, &str)>) -> Result<(), Error> {
        match bucket {
            None => self.list_buckets().await.map(drop),
            Some((bucket, prefix)) => {
                let one = ListFrom { max_keys: Some(1), ..Default::default() };
                self.list(bucket, prefix, one).await.map(drop)
            }
        }
    }

    fn failed<E>(
        &self,
        operation: &'static str,
        bucket: &str,
        key: &str,
        error: SdkError<E, HttpResponse>,
    ) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        Error::from_sdk(Call::new(operation, bucket, key), &self.endpoint, error)
    }
}

/// An etag without its quotes.
fn bare(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

fn sorted(metadata: Option<&HashMap<String, String>>) -> BTreeMap<String, String> {
    metadata.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn ms(at: Option<&DateTime>) -> i64 {
    at.and_then(|at| at.to_millis().ok()).unwrap_or_default()
}

/// A key as it stands in the copy-source header: everything but plain characters and `/` escaped.
fn percent_encoded(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(byte as char);
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
