//! Reading objects as streams that survive broken connections.

use super::{ObjectInfo, Objects, bare, ms, sorted};
use crate::error::{Call, Error};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::{Bytes, BytesMut};
use futures::stream::{self, Stream};
use std::time::Duration;

/// How often in a row a read is taken up again without a byte in between.
const RESUMES: u32 = 5;
/// The first pause before that, in milliseconds; each next one is twice as long.
const PAUSE_MS: u64 = 100;
/// How long the next bytes may take, in milliseconds.
const STALL_MS: u64 = 30_000;

/// Which bytes of an object to read.
#[derive(Clone, Debug, Default)]
pub struct ReadFrom {
    /// The first byte.
    pub offset: u64,
    /// How many bytes; all that follow when `None`.
    pub len: Option<u64>,
    /// Fails unless the object still has this etag (without quotes).
    pub etag: Option<String>,
}

impl ReadFrom {
    /// From this byte to the end.
    pub fn offset(offset: u64) -> Self {
        Self { offset, ..Default::default() }
    }

    /// The header of a range request. `None` reads everything.
    fn header(&self) -> Option<String> {
        match (self.offset, self.len) {
            (0, None) => None,
            (from, None) => Some(format!("bytes={from}-")),
            (from, Some(len)) => Some(format!("bytes={from}-{}", from.saturating_add(len.max(1)) - 1)),
        }
    }
}

/// An object that is being read.
pub struct ObjectRead {
    objects: Objects,
    bucket: String,
    key: String,
    /// What is left to read; moves with every chunk.
    left: ReadFrom,
    info: ObjectInfo,
    body: Option<ByteStream>,
    failures: u32,
}

impl ObjectRead {
    /// The object as the store described it. Its size is that of the whole object.
    pub fn info(&self) -> &ObjectInfo {
        &self.info
    }

    /// The next bytes; `None` at the end. Broken connections are taken up again where they broke.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if self.left.len == Some(0) {
                return Ok(None);
            }
            let failure = match self.body.is_some() {
                false => match self.reopen().await {
                    Ok(()) => continue,
                    Err(error) if error.is_transient() => error,
                    Err(error) => return Err(error),
                },
                true => match self.next_of_body().await {
                    Ok(Some(bytes)) if bytes.is_empty() => continue,
                    Ok(Some(bytes)) => return Ok(Some(self.taken(bytes))),
                    Ok(None) => return Ok(None),
                    Err(error) => error,
                },
            };
            self.body = None;
            self.failures += 1;
            if self.failures > RESUMES {
                return Err(failure);
            }
            tokio::time::sleep(Duration::from_millis(PAUSE_MS << (self.failures - 1))).await;
        }
    }

    /// Counts bytes as read. A store that sends more than it was asked for is cut short.
    fn taken(&mut self, mut bytes: Bytes) -> Bytes {
        if let Some(left) = self.left.len {
            bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            self.left.len = Some(left - bytes.len() as u64);
        }
        self.failures = 0;
        self.left.offset += bytes.len() as u64;
        bytes
    }

    async fn next_of_body(&mut self) -> Result<Option<Bytes>, Error> {
        let call = Call::new("read", &self.bucket, &self.key);
        let Some(body) = self.body.as_mut() else { return Err(Error::TimedOut { call }) };
        let next = tokio::time::timeout(Duration::from_millis(STALL_MS), body.next()).await;
        match next {
            Err(_) => Err(Error::TimedOut { call }),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => Err(Error::unreachable(call, self.objects.endpoint(), &error)),
            // The store did not say how long the answer is.
            Ok(None) if self.left.len.is_none() => Ok(None),
            // Bytes are missing, or the read would have ended before.
            Ok(None) => Err(Error::Unreachable {
                call,
                endpoint: self.objects.endpoint().to_owned(),
                cause: format!("the answer ended at byte {}", self.left.offset),
            }),
        }
    }

    async fn reopen(&mut self) -> Result<(), Error> {
        let left = ReadFrom { etag: Some(self.info.etag.clone()), ..self.left.clone() };
        match self.objects.request(&self.bucket, &self.key, &left).await {
            Ok(found) => {
                self.body = Some(found.body);
                Ok(())
            }
            Err(error) if matches!(error.status(), Some(404 | 412)) => {
                Err(Error::Changed { call: Call::new("read", &self.bucket, &self.key) })
            }
            Err(error) => Err(error),
        }
    }

    /// The chunks as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        stream::try_unfold(self, |mut read| async { Ok(read.chunk().await?.map(|bytes| (bytes, read))) })
    }
}

impl Objects {
    /// Begins to read an object. An offset at or past the end reads nothing.
    pub async fn read(&self, bucket: &str, key: &str, from: ReadFrom) -> Result<ObjectRead, Error> {
        let (info, mut left, body) = match self.request(bucket, key, &from).await {
            Ok(found) => {
                let sent = found.content_length().and_then(|sent| u64::try_from(sent).ok());
                let info = info_of(key, &found, from.offset + sent.unwrap_or_default());
                let len = [from.len, sent].into_iter().flatten().min();
                (info, ReadFrom { len, ..from }, Some(found.body))
            }
            // The range lies past the end, or the object is empty.
            Err(error) if error.status() == Some(416) => {
                let info = self.head(bucket, key).await?;
                (info, ReadFrom { len: Some(0), ..from }, None)
            }
            Err(error) => return Err(error),
        };
        left.etag = Some(info.etag.clone());
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        Ok(ObjectRead { objects: self.clone(), bucket, key, left, info, body, failures: 0 })
    }

    /// The bytes of an object, read as they are asked for.
    pub fn stream(
        &self,
        bucket: &str,
        key: &str,
        from: ReadFrom,
    ) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        let (objects, bucket, key) = (self.clone(), bucket.to_owned(), key.to_owned());
        let open = async move { objects.read(&bucket, &key, from).await };
        futures::TryStreamExt::try_flatten(stream::once(async { open.await.map(ObjectRead::into_stream) }))
    }

    /// A whole object of at most `max_bytes`.
    pub async fn get_small(&self, bucket: &str, key: &str, max_bytes: u64) -> Result<Bytes, Error> {
        self.get(bucket, key, max_bytes).await.map(|(_, body)| body)
    }

    /// A whole object of at most `max_bytes`, and what is known about it, in one request.
    pub async fn get(&self, bucket: &str, key: &str, max_bytes: u64) -> Result<(ObjectInfo, Bytes), Error> {
        let mut read = self.read(bucket, key, ReadFrom::default()).await?;
        let size = read.info().size;
        if size > max_bytes {
            let call = Call::new("read", bucket, key);
            return Err(Error::TooLarge { call, size, limit: max_bytes });
        }
        let mut all = BytesMut::with_capacity(size as usize);
        while let Some(bytes) = read.chunk().await? {
            all.extend_from_slice(&bytes);
            let size = all.len() as u64;
            if size > max_bytes {
                return Err(Error::TooLarge { call: Call::new("read", bucket, key), size, limit: max_bytes });
            }
        }
        Ok((read.info, all.freeze()))
    }

    async fn request(&self, bucket: &str, key: &str, from: &ReadFrom) -> Result<GetObjectOutput, Error> {
        let request = self.client.get_object().bucket(bucket).key(key).set_range(from.header());
        let quoted = from.etag.as_ref().filter(|e| !e.is_empty()).map(|etag| format!("\"{etag}\""));
        let sent = request.set_if_match(quoted).send().await;
        let found = sent.map_err(|error| self.failed("read", bucket, key, error))?;
        // A store that ignores ranges sends everything.
        match from.offset > 0 && found.content_range().is_none() {
            true => Err(Error::Endpoint(format!(
                "{} does not answer range requests, which reading needs.",
                self.endpoint()
            ))),
            false => Ok(found),
        }
    }
}

fn info_of(key: &str, found: &GetObjectOutput, end: u64) -> ObjectInfo {
    // `bytes 5-9/10`: the part after the slash is the whole size.
    let whole = found.content_range().and_then(|range| range.rsplit_once('/')?.1.parse().ok());
    ObjectInfo {
        key: key.to_owned(),
        size: whole.unwrap_or(end),
        etag: bare(found.e_tag()),
        last_modified_ms: ms(found.last_modified()),
        storage_class: found.storage_class().map_or("STANDARD", |c| c.as_str()).to_owned(),
        content_type: found.content_type().map(Into::into),
        metadata: sorted(found.metadata()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_headers_are_inclusive() {
        assert_eq!(ReadFrom::default().header(), None);
        assert_eq!(ReadFrom::offset(5).header().as_deref(), Some("bytes=5-"));
        let ten = ReadFrom { offset: 5, len: Some(10), etag: None };
        assert_eq!(ten.header().as_deref(), Some("bytes=5-14"));
        let all = ReadFrom { offset: 1, len: Some(u64::MAX), etag: None };
        assert!(all.header().is_some());
    }
}
