//! Buckets and objects of a workspace.

use crate::context::Cx;
use crate::{Error, Service};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use model::{Bucket, ConnectionId, ObjectEntry, ObjectPage, Permission, Timestamp};
use objects::{ListFrom, ObjectRead, PutOptions, ReadFrom};
use serde::Deserialize;

/// Buckets that the server keeps for itself; workspaces do not see them.
pub(crate) const INTERNAL_PREFIX: &str = "mapwright-internal-";

/// Which page of a bucket.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListObjects {
    /// Keys must begin with this.
    #[serde(default)]
    pub prefix: String,
    /// Group keys by `/`.
    #[serde(default)]
    pub folders: bool,
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most this many, up to 1,000.
    pub limit: Option<u16>,
}

impl Service {
    /// The workspace's buckets, by name.
    pub async fn buckets(&self, cx: &Cx) -> Result<Vec<Bucket>, Error> {
        cx.require(Permission::Read)?;
        let all = self.store.buckets(&cx.workspace.id).await?;
        let shown = all.into_iter().filter(|(name, _)| !name.starts_with(INTERNAL_PREFIX));
        Ok(shown.map(|(name, connection)| Bucket { name, connection }).collect())
    }

    /// Makes a bucket in the default store.
    pub async fn create_bucket(&self, cx: &Cx, name: &str) -> Result<(), Error> {
        cx.require(Permission::Edit)?;
        check_bucket_name(name)?;
        if self.store.bucket(&cx.workspace.id, name).await?.is_some() {
            return Ok(());
        }
        self.store.add_bucket(&cx.workspace.id, name, None).await?;
        if let Err(error) = self.stores.default_store().create_bucket(name).await {
            self.store.remove_bucket(&cx.workspace.id, name).await?;
            return Err(error.into());
        }
        self.note(cx, "bucket.create", name).await
    }

    /// Makes a bucket behind a connection known by its name.
    pub async fn attach_bucket(&self, cx: &Cx, name: &str, connection: &ConnectionId) -> Result<(), Error> {
        cx.require(Permission::Edit)?;
        let client = self.stores.of_connection(&cx.workspace.id, connection).await?;
        client.test_connection(Some((name, ""))).await?;
        self.store.add_bucket(&cx.workspace.id, name, Some(connection)).await?;
        self.note(cx, "bucket.attach", name).await
    }

    /// A page of a bucket.
    pub async fn list_objects(&self, cx: &Cx, bucket: &str, list: ListObjects) -> Result<ObjectPage, Error> {
        cx.require(Permission::Read)?;
        let client = self.stores.of_bucket(&cx.workspace.id, bucket).await?;
        let from = ListFrom {
            delimiter: list.folders.then(|| "/".to_owned()),
            continuation: list.after,
            max_keys: list.limit.map(|limit| limit.clamp(1, 1000)),
            ..ListFrom::default()
        };
        let page = client.list(bucket, &list.prefix, from).await?;
        let objects = page.objects.into_iter().map(|object| ObjectEntry {
            key: object.key,
            size: object.size,
            last_modified: Timestamp(object.last_modified_ms),
            etag: object.etag,
        });
        Ok(ObjectPage { objects: objects.collect(), folders: page.common_prefixes, next: page.next })
    }

    /// Opens an object for reading.
    pub async fn read_object(&self, cx: &Cx, bucket: &str, key: &str) -> Result<ObjectRead, Error> {
        cx.require(Permission::Read)?;
        let client = self.stores.of_bucket(&cx.workspace.id, bucket).await?;
        match client.read(bucket, key, ReadFrom::default()).await {
            Err(error) if error.is_not_found() => Err(Error::not_found("object", format!("{bucket}/{key}"))),
            read => Ok(read?),
        }
    }

    /// Writes an object from a stream of bytes; the answer is its size. Nothing is visible when the
    /// stream breaks off.
    pub async fn write_object<E: std::fmt::Display>(
        &self,
        cx: &Cx,
        place: (&str, &str),
        content_type: Option<String>,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<u64, Error> {
        cx.require(Permission::Edit)?;
        let (bucket, key) = place;
        if key.is_empty() || key.len() > 1024 {
            return Err(Error::invalid("key", "An object's key has 1 to 1024 bytes."));
        }
        let client = self.stores.of_bucket(&cx.workspace.id, bucket).await?;
        let mut upload = client.upload(bucket, key, PutOptions { content_type, only_if_absent: false });
        let mut body = std::pin::pin!(body);
        while let Some(bytes) = body.next().await {
            let written = match bytes {
                Ok(bytes) => upload.write(bytes).await.map_err(Error::from),
                Err(cut) => Err(cut_off(upload.written(), cut)),
            };
            if let Err(error) = written {
                upload.abort().await.ok();
                return Err(error);
            }
        }
        let size = upload.written();
        upload.finish().await?;
        Ok(size)
    }

    /// Removes an object; one that is not there counts as removed.
    pub async fn delete_object(&self, cx: &Cx, bucket: &str, key: &str) -> Result<(), Error> {
        cx.require(Permission::Edit)?;
        let client = self.stores.of_bucket(&cx.workspace.id, bucket).await?;
        client.delete(bucket, key).await?;
        self.note(cx, "object.delete", &format!("s3://{bucket}/{key}")).await
    }
}

/// An upload that broke off, with how far it came.
pub(crate) fn cut_off(received: u64, cause: impl std::fmt::Display) -> Error {
    Error::invalid(
        "body",
        format!("The upload broke off after {received} bytes ({cause}). Nothing was kept; send it again."),
    )
}

/// S3's rule: 3 to 63 characters of a-z, 0-9, `-` and `.`, beginning and ending with a letter or digit.
pub(crate) fn check_bucket_name(name: &str) -> Result<(), Error> {
    let outer = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    let good = (3..=63).contains(&bytes.len())
        && bytes.iter().all(|&b| outer(b) || b == b'-' || b == b'.')
        && outer(bytes[0])
        && outer(bytes[bytes.len() - 1])
        && !name.starts_with(INTERNAL_PREFIX);
    match good {
        true => Ok(()),
        false => Err(Error::invalid(
            "name",
            "A bucket's name has 3 to 63 characters: a-z, 0-9, - and ., beginning and ending with a letter or digit.",
        )),
    }
}
