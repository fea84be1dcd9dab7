//! Writing objects of unknown length.

use super::{Objects, PutOptions, bare};
use crate::error::{Call, Error};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;

/// Bytes of a part: the least that S3 takes, since a part is held until it is sent. Ten thousand
/// of them, the most that S3 takes, are 48 GiB.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// A writer of one object. Nothing is visible before [`MultipartUpload::finish`]; dropped before
/// that, what was sent stays in the store as an unfinished upload, so call
/// [`MultipartUpload::abort`].
pub struct MultipartUpload {
    objects: Objects,
    bucket: String,
    key: String,
    options: PutOptions,
    /// None until the first full part: small objects are written in one request.
    id: Option<String>,
    parts: Vec<CompletedPart>,
    waiting: Vec<u8>,
    written: u64,
}

impl Objects {
    /// Begins to write an object in parts of 5 MiB.
    pub fn upload(&self, bucket: &str, key: &str, options: PutOptions) -> MultipartUpload {
        MultipartUpload {
            objects: self.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            options,
            id: None,
            parts: Vec::new(),
            waiting: Vec::new(),
            written: 0,
        }
    }
}

impl MultipartUpload {
    /// Bytes given to [`MultipartUpload::write`] so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Appends; sends a part whenever one is full.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        self.written += bytes.len() as u64;
        while self.waiting.len() + bytes.len() >= PART_BYTES {
            let fitting = bytes.split_to(PART_BYTES - self.waiting.len());
            let part = match self.waiting.is_empty() {
                true => fitting,
                false => {
                    self.hold(&fitting);
                    std::mem::take(&mut self.waiting).into()
                }
            };
            self.send_part(part).await?;
        }
        self.hold(&bytes);
        Ok(())
    }

    /// Holds `bytes` until a part is full. No buffer has room for more than a part, and the ones
    /// after the first have it from the start.
    fn hold(&mut self, bytes: &[u8]) {
        let needed = self.waiting.len() + bytes.len();
        if needed > self.waiting.capacity() {
            let room = if self.parts.is_empty() { needed.next_power_of_two() } else { PART_BYTES };
            self.waiting.reserve_exact(room.min(PART_BYTES) - self.waiting.len());
        }
        self.waiting.extend_from_slice(bytes);
    }

    /// Makes the object visible and gives its etag.
    pub async fn finish(mut self) -> Result<String, Error> {
        let rest = Bytes::from(std::mem::take(&mut self.waiting));
        let Some(id) = self.id.clone() else {
            let options = std::mem::take(&mut self.options);
            return self.objects.put_with(&self.bucket, &self.key, rest, options).await;
        };
        if !rest.is_empty() {
            self.send_part(rest).await?;
        }
        let parts = std::mem::take(&mut self.parts);
        let ending = format!("-{}", parts.len());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.objects.client.complete_multipart_upload();
        let request = request.bucket(&self.bucket).key(&self.key).upload_id(id);
        let request = request.set_if_none_match(self.options.only_if_absent.then(|| "*".into()));
        let error = match request.multipart_upload(parts).send().await {
            Ok(done) => return Ok(bare(done.e_tag())),
            Err(error) => self.objects.failed("finish writing", &self.bucket, &self.key, error),
        };
        // The answer of a first try may have been lost: then a second one finds no upload.
        if error.code() == Some("NoSuchUpload")
            && let Ok(there) = self.objects.head(&self.bucket, &self.key).await
            && there.size == self.written
            && there.etag.ends_with(&ending)
        {
            return Ok(there.etag);
        }
        Err(error)
    }

    /// Gives up: the store forgets what was sent.
    pub async fn abort(self) -> Result<(), Error> {
        let Some(id) = &self.id else { return Ok(()) };
        let request = self.objects.client.abort_multipart_upload();
        let sent = request.bucket(&self.bucket).key(&self.key).upload_id(id).send().await;
        sent.map(drop).map_err(|e| self.objects.failed("abort writing", &self.bucket, &self.key, e))
    }

    async fn send_part(&mut self, body: Bytes) -> Result<(), Error> {
        let id = self.started().await?;
        let number = self.parts.len() as i32 + 1;
        let request = self.objects.client.upload_part().bucket(&self.bucket).key(&self.key);
        let sent = request.upload_id(id).part_number(number).body(body.into()).send().await;
        let done = sent.map_err(|e| self.objects.failed("write", &self.bucket, &self.key, e))?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(done.e_tag).build();
        self.parts.push(part);
        Ok(())
    }

    async fn started(&mut self) -> Result<String, Error> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let request = self.objects.client.create_multipart_upload();
        let request = request.bucket(&self.bucket).key(&self.key);
        let sent = request.set_content_type(self.options.content_type.clone()).send().await;
        let made = sent.map_err(|e| self.objects.failed("begin writing", &self.bucket, &self.key, e))?;
        let id = made.upload_id.ok_or_else(|| Error::Refused {
            call: Call::new("begin writing", &self.bucket, &self.key),
            status: 200,
            code: "Unknown".into(),
            message: "the answer has no upload id".into(),
        })?;
        self.id = Some(id.clone());
        Ok(id)
    }
}
