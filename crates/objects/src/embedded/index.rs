//! The index: which object lies where, in byte order of (bucket, key).

use super::blobs::{Blobs, now_ms};
use super::fault::{Answer, Fault};
use super::record::{Part, Record, Segment, Upload};
use super::writer::Writer;
use bytes::Bytes;
use redb::{
    Database, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition,
    WriteTransaction,
};
use s3s::{S3Result, s3_error};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use std::sync::Arc;

/// (bucket, key): the order of the table is the order of a listing.
pub type ObjectKey = (&'static str, &'static [u8]);
/// (bucket, key, upload id).
type UploadKey = (&'static str, &'static [u8], &'static str);

const BUCKETS: TableDefinition<&str, i64> = TableDefinition::new("buckets");
const OBJECTS: TableDefinition<ObjectKey, &[u8]> = TableDefinition::new("objects");
// Apart from the records, so that a listing reads no bodies.
const INLINE: TableDefinition<ObjectKey, &[u8]> = TableDefinition::new("inline");
/// How many records use a file.
const FILES: TableDefinition<&str, u32> = TableDefinition::new("files");
const UPLOADS: TableDefinition<UploadKey, &[u8]> = TableDefinition::new("uploads");
const PARTS: TableDefinition<(&str, u32), &[u8]> = TableDefinition::new("parts");

/// The pages that the index keeps in memory, in bytes.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// How old an unfinished upload may be at a start, in milliseconds: a week.
const UPLOAD_MS: i64 = 7 * 24 * 3600 * 1000;

/// Cheap to clone. Reads see the last commit; writes go through the group-committing writer.
#[derive(Clone)]
pub struct Index {
    db: Arc<Database>,
    writer: Writer,
}

impl Index {
    /// Opens or makes the index. Gives up uploads that nobody finished, and sweeps files that no
    /// record uses: what a crash left behind.
    pub fn open(path: &Path, blobs: &Blobs) -> Answer<Self> {
        let db = Database::builder().set_cache_size(CACHE_BYTES).create(path);
        let db = Arc::new(db.map_err(|error| Fault::Storage(error.to_string()))?);
        let txn = db.begin_write()?;
        Tables::open(&txn)?.end_uploads_before(now_ms() - UPLOAD_MS)?;
        txn.commit()?;
        let read = db.begin_read()?;
        let files = read.open_table(FILES)?;
        blobs.sweep(|id| Ok(files.get(id)?.is_some()))?;
        let writer = Writer::start(db.clone(), blobs.clone())?;
        Ok(Self { db, writer })
    }

    /// Runs `work` on the tables in the order of calls and answers once it is durable. `work`
    /// must refuse before it changes anything: what it changed is kept.
    pub async fn change<T, F>(&self, work: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Answer<T> + Send + 'static,
    {
        self.writer.change(work).await
    }

    /// Stops the writer after what it has accepted.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// A consistent view.
    pub fn read(&self) -> Result<View, Fault> {
        Ok(View(self.db.begin_read()?))
    }
}

/// A consistent view of the index.
pub struct View(ReadTransaction);

impl View {
    /// Refuses with `NoSuchBucket` when the bucket is not there.
    pub fn bucket(&self, bucket: &str) -> Answer<()> {
        self.0.open_table(BUCKETS)?.get(bucket)?.ok_or_else(|| s3_error!(NoSuchBucket))?;
        Ok(())
    }

    /// Every bucket with its creation time.
    pub fn buckets(&self) -> Answer<Vec<(String, i64)>> {
        let table = self.0.open_table(BUCKETS)?;
        let mut all = Vec::new();
        for row in table.iter()? {
            let (name, created) = row?;
            all.push((name.value().to_owned(), created.value()));
        }
        Ok(all)
    }

    /// The object's record, or `NoSuchBucket` / `NoSuchKey`.
    pub fn object(&self, bucket: &str, key: &str) -> Answer<Record> {
        let table = self.objects()?;
        match table.get((bucket, key.as_bytes()))? {
            Some(found) => decode(found.value()),
            None => {
                self.bucket(bucket)?;
                Err(s3_error!(NoSuchKey, "The specified key does not exist.").into())
            }
        }
    }

    /// The body of an object without segments.
    pub fn inline(&self, bucket: &str, key: &str) -> Answer<Bytes> {
        let table = self.0.open_table(INLINE)?;
        let found = table.get((bucket, key.as_bytes()))?;
        Ok(found.map(|found| Bytes::copy_from_slice(found.value())).unwrap_or_default())
    }

    /// The ordered table of records.
    pub fn objects(&self) -> Result<ReadOnlyTable<ObjectKey, &'static [u8]>, Fault> {
        Ok(self.0.open_table(OBJECTS)?)
    }

    /// The upload, or `NoSuchUpload`.
    pub fn upload(&self, bucket: &str, key: &str, id: &str) -> Answer<Upload> {
        let table = self.0.open_table(UPLOADS)?;
        let found = table.get((bucket, key.as_bytes(), id))?;
        decode(found.ok_or_else(|| s3_error!(NoSuchUpload))?.value())
    }

    /// Up to `max` parts with numbers above `after`.
    pub fn parts(&self, id: &str, after: u32, max: usize) -> Answer<Vec<(u32, Part)>> {
        let table = self.0.open_table(PARTS)?;
        let mut parts = Vec::new();
        for row in table.range((id, after.saturating_add(1))..=(id, u32::MAX))?.take(max) {
            let (key, part) = row?;
            parts.push((key.value().1, decode(part.value())?));
        }
        Ok(parts)
    }

    /// Uploads of a bucket after (key, id), with their keys starting with `prefix`.
    pub fn uploads(
        &self,
        bucket: &str,
        prefix: &str,
        after: (&str, &str),
        max: usize,
    ) -> Answer<Vec<(String, String, Upload)>> {
        let table = self.0.open_table(UPLOADS)?;
        let mut all = Vec::new();
        let from = prefix.as_bytes().max(after.0.as_bytes());
        for row in table.range((bucket, from, "")..)? {
            let (place, upload) = row?;
            let (in_bucket, key, id) = place.value();
            if in_bucket != bucket || !key.starts_with(prefix.as_bytes()) || all.len() == max {
                break;
            }
            if (key, id) > (after.0.as_bytes(), after.1) {
                let key = String::from_utf8_lossy(key).into_owned();
                all.push((key, id.to_owned(), decode(upload.value())?));
            }
        }
        Ok(all)
    }
}

/// The tables inside a write transaction.
pub struct Tables<'t> {
    buckets: Table<'t, &'static str, i64>,
    objects: Table<'t, ObjectKey, &'static [u8]>,
    inline: Table<'t, ObjectKey, &'static [u8]>,
    files: Table<'t, &'static str, u32>,
    uploads: Table<'t, UploadKey, &'static [u8]>,
    parts: Table<'t, (&'static str, u32), &'static [u8]>,
    /// Files that no record uses after this transaction.
    pub garbage: Vec<String>,
}

impl<'t> Tables<'t> {
    /// Opens them, making those that do not exist yet.
    pub fn open(txn: &'t WriteTransaction) -> Result<Self, redb::TableError> {
        Ok(Self {
            buckets: txn.open_table(BUCKETS)?,
            objects: txn.open_table(OBJECTS)?,
            inline: txn.open_table(INLINE)?,
            files: txn.open_table(FILES)?,
            uploads: txn.open_table(UPLOADS)?,
            parts: txn.open_table(PARTS)?,
            garbage: Vec::new(),
        })
    }

    /// Refuses with `NoSuchBucket` when the bucket is not there.
    pub fn bucket(&self, bucket: &str) -> Answer<()> {
        self.buckets.get(bucket)?.ok_or_else(|| s3_error!(NoSuchBucket))?;
        Ok(())
    }

    /// Makes a bucket.
    pub fn create_bucket(&mut self, bucket: &str, now_ms: i64) -> Answer<()> {
        if self.buckets.get(bucket)?.is_some() {
            return Err(s3_error!(BucketAlreadyOwnedByYou).into());
        }
        self.buckets.insert(bucket, now_ms)?;
        Ok(())
    }

    /// Removes an empty bucket together with its unfinished uploads.
    pub fn delete_bucket(&mut self, bucket: &str) -> Answer<()> {
        self.bucket(bucket)?;
        let holds_one = match self.objects.range((bucket, &[][..])..)?.next() {
            Some(row) => row?.0.value().0 == bucket,
            None => false,
        };
        if holds_one {
            return Err(s3_error!(BucketNotEmpty).into());
        }
        self.end_uploads(|place, _| place == bucket)?;
        self.buckets.remove(bucket)?;
        Ok(())
    }

    fn end_uploads_before(&mut self, ms: i64) -> Answer<()> {
        self.end_uploads(|_, upload| upload.started_ms < ms)
    }

    fn end_uploads(&mut self, chosen: impl Fn(&str, &Upload) -> bool) -> Answer<()> {
        let mut uploads = Vec::new();
        for row in self.uploads.iter()? {
            let (place, upload) = row?;
            let (bucket, key, id) = place.value();
            if chosen(bucket, &decode(upload.value())?) {
                uploads.push((bucket.to_owned(), key.to_vec(), id.to_owned()));
            }
        }
        for (bucket, key, id) in uploads {
            self.end_upload(&bucket, &key, &id)?;
        }
        Ok(())
    }

    /// The record of an object, if it is there.
    pub fn object(&self, bucket: &str, key: &str) -> Answer<Option<Record>> {
        self.objects.get((bucket, key.as_bytes()))?.map(|found| decode(found.value())).transpose()
    }

    /// The body of an object without segments.
    pub fn inline(&self, bucket: &str, key: &str) -> Answer<Bytes> {
        let found = self.inline.get((bucket, key.as_bytes()))?;
        Ok(found.map(|found| Bytes::copy_from_slice(found.value())).unwrap_or_default())
    }

    /// Writes an object over what was there. Files of `record` count one use more.
    pub fn put(&mut self, place: (&str, &str), record: &Record, inline: &[u8]) -> Answer<()> {
        let key = (place.0, place.1.as_bytes());
        for segment in &record.segments {
            self.use_file(&segment.id)?;
        }
        let before = self.objects.insert(key, &*encode(record)?)?.map(|old| decode(old.value()));
        match record.segments.is_empty() {
            true => drop(self.inline.insert(key, inline)?),
            false => drop(self.inline.remove(key)?),
        }
        let before: Option<Record> = before.transpose()?;
        self.release(before.map(|record| record.segments).unwrap_or_default())
    }

    /// Removes an object; nothing happens when it is not there.
    pub fn delete(&mut self, bucket: &str, key: &str) -> Answer<()> {
        let place = (bucket, key.as_bytes());
        let before = self.objects.remove(place)?.map(|old| decode::<Record>(old.value()));
        self.inline.remove(place)?;
        self.release(before.transpose()?.map(|record| record.segments).unwrap_or_default())
    }

    /// Starts an upload.
    pub fn start_upload(&mut self, place: (&str, &str), id: &str, upload: &Upload) -> Answer<()> {
        self.bucket(place.0)?;
        self.uploads.insert((place.0, place.1.as_bytes(), id), &*encode(upload)?)?;
        Ok(())
    }

    /// The upload, or `NoSuchUpload`.
    pub fn upload(&self, bucket: &str, key: &str, id: &str) -> Answer<Upload> {
        let found = self.uploads.get((bucket, key.as_bytes(), id))?;
        decode(found.ok_or_else(|| s3_error!(NoSuchUpload))?.value())
    }

    /// Writes a part over what had its number.
    pub fn put_part(&mut self, id: &str, number: u32, part: &Part) -> Answer<()> {
        self.use_file(&part.segment.id)?;
        let before = self.parts.insert((id, number), &*encode(part)?)?;
        let before = before.map(|old| decode::<Part>(old.value())).transpose()?;
        self.release(before.map(|part| part.segment).into_iter().collect())
    }

    /// A part of an upload.
    pub fn part(&self, id: &str, number: u32) -> Answer<Option<Part>> {
        self.parts.get((id, number))?.map(|found| decode(found.value())).transpose()
    }

    /// Forgets an upload and its parts. Parts that an object uses by now keep their files.
    pub fn end_upload(&mut self, bucket: &str, key: &[u8], id: &str) -> Answer<()> {
        self.uploads.remove((bucket, key, id))?;
        let mut gone = Vec::new();
        for row in self.parts.extract_from_if((id, 0)..=(id, u32::MAX), |_, _| true)? {
            gone.push(decode::<Part>(row?.1.value())?.segment);
        }
        self.release(gone)
    }

    fn use_file(&mut self, id: &str) -> Answer<()> {
        let uses = self.files.get(id)?.map_or(0, |uses| uses.value());
        self.files.insert(id, uses + 1)?;
        Ok(())
    }

    fn release(&mut self, segments: Vec<Segment>) -> Answer<()> {
        for Segment { id, .. } in segments {
            let uses = self.files.get(&*id)?.map_or(0, |uses| uses.value());
            if uses > 1 {
                self.files.insert(&*id, uses - 1)?;
            } else {
                self.files.remove(&*id)?;
                self.garbage.push(id);
            }
        }
        Ok(())
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|error| Fault::Storage(error.to_string()))
}

/// Reads a stored record.
pub fn decode<T: DeserializeOwned>(stored: &[u8]) -> Answer<T> {
    serde_json::from_slice(stored).map_err(|error| Fault::Storage(error.to_string()))
}
