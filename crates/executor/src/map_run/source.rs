//! Where items come from: a file, a listing, or the state's own input.

use super::plan::{Cursor, Plan, Position};
use crate::deps::Buckets;
use asl::{MapItems, ReaderSpec, Value};
use manifest::{Checkpoint, InputType, Item, ListedObject, Mode, ReadError, Reader, ReaderConfig, Text};
use model::Profile;
use objects::{ListFrom, ObjectRead, Objects, ReadFrom};
use std::sync::Arc;

/// A source that cannot be read: the Map Run fails with this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFault {
    pub(crate) error: String,
    pub(crate) cause: String,
}

impl SourceFault {
    pub(crate) fn reading(cause: impl Into<String>) -> Self {
        Self { error: ReadError::NAME.into(), cause: cause.into() }
    }
}

impl From<ReadError> for SourceFault {
    fn from(error: ReadError) -> Self {
        Self::reading(error.cause)
    }
}

impl From<objects::Error> for SourceFault {
    fn from(error: objects::Error) -> Self {
        Self::reading(error.to_string())
    }
}

async fn store_of(buckets: &Buckets, bucket: &str) -> Result<Objects, SourceFault> {
    buckets.store_of(bucket).await.map_err(SourceFault::reading)
}

/// Gives items in order, a portion at a time, from a cursor on.
pub(crate) enum Source {
    File(Box<FileSource>),
    Listing(Box<ListingSource>),
    Inline(InlineSource),
}

impl Source {
    /// Opens the source of a plan at a cursor.
    pub(crate) async fn open(plan: &Plan, buckets: &Buckets, from: &Cursor) -> Result<Self, SourceFault> {
        match (&plan.manifest, &plan.spec.items) {
            (Some(manifest), items) => {
                let mut config = ReaderConfig::of(InputType::Jsonl);
                if let MapItems::Reader(reader) = items {
                    config.max_items = reader.config.max_items;
                }
                let file = FileSource::open(store_of(buckets, &manifest.bucket).await?, (&manifest.bucket, &manifest.key), config, from);
                Ok(Self::File(Box::new(file.await?)))
            }
            (None, MapItems::Inline(value)) => Ok(Self::Inline(InlineSource::new(value, from.item)?)),
            (None, MapItems::Reader(reader)) => {
                Self::open_reader(plan, reader, buckets, from).await
            }
        }
    }

    async fn open_reader(plan: &Plan, reader: &ReaderSpec, buckets: &Buckets, from: &Cursor) -> Result<Self, SourceFault> {
        let argument = |name: &str| reader.arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let bucket = argument("Bucket");
        let objects = store_of(buckets, &bucket).await?;
        let lenient = plan.profile == Profile::Lenient;
        if reader.resource.ends_with(":listObjectsV2") {
            if reader.config.transformation.as_deref() == Some("LOAD_AND_FLATTEN") {
                return Err(SourceFault::reading("Transformation LOAD_AND_FLATTEN cannot be read here."));
            }
            let after = match &from.at {
                Position::After(key) => Some(key.clone()),
                _ => None,
            };
            return Ok(Self::Listing(Box::new(ListingSource {
                objects,
                prefix: argument("Prefix"),
                lenient,
                limit: limit(reader)?,
                index: from.item,
                after,
                first_of_page: from.item,
                page_keys: Vec::new(),
                continuation: None,
                ended: false,
                bucket,
            })));
        }
        let config = serde_json::to_value(&reader.config).and_then(serde_json::from_value::<ReaderConfig>);
        let config = config.map_err(|e| SourceFault::reading(format!("ReaderConfig: {e}")))?;
        let key = argument("Key");
        let lenient_json = lenient && config.input_type == Some(InputType::Json) && config.items_pointer.is_none();
        let file = FileSource::open_as(objects, (&bucket, &key), config, from, lenient_json).await?;
        Ok(Self::File(Box::new(file)))
    }

    /// Adds the next items to `out`; `false` when there are no more.
    pub(crate) async fn read(&mut self, out: &mut Vec<Item>) -> Result<bool, SourceFault> {
        match self {
            Self::File(file) => file.read(out).await,
            Self::Listing(listing) => listing.read(out).await,
            Self::Inline(inline) => Ok(inline.read(out)),
        }
    }

    /// Where to go on so that the next item is `item`, one of the last portion.
    pub(crate) fn position_of(&self, item: &Item) -> Position {
        match self {
            Self::File(file) => Position::File(file.reader.checkpoint_at(item)),
            Self::Listing(listing) => listing.position_of(item.index),
            Self::Inline(_) => Position::Start,
        }
    }

    /// `$$.Map.Item.Source`.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(file) => format!("S3://{}/{}", file.bucket, file.key),
            Self::Listing(listing) => format!("S3://{}", listing.bucket),
            Self::Inline(_) => "STATE_DATA".into(),
        }
    }
}

/// An object that is read from a byte on.
pub(crate) struct FileSource {
    bucket: String,
    key: String,
    reader: Reader,
    read: Option<ObjectRead>,
}

impl FileSource {
    async fn open(objects: Objects, place: (&str, &str), config: ReaderConfig, from: &Cursor) -> Result<Self, SourceFault> {
        Self::open_as(objects, place, config, from, false).await
    }

    async fn open_as(
        objects: Objects,
        (bucket, key): (&str, &str),
        config: ReaderConfig,
        from: &Cursor,
        lenient: bool,
    ) -> Result<Self, SourceFault> {
        let mut checkpoint = match &from.at {
            Position::File(checkpoint) => checkpoint.clone(),
            _ => Checkpoint { line: 1, ..Checkpoint::default() },
        };
        if lenient {
            checkpoint.mode = Mode::Lenient;
        }
        let reader = Reader::resume(&config, &checkpoint)?;
        let read = match from.done {
            true => None,
            false => Some(objects.read(bucket, key, ReadFrom::offset(checkpoint.offset)).await?),
        };
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), reader, read })
    }

    async fn read(&mut self, out: &mut Vec<Item>) -> Result<bool, SourceFault> {
        while out.is_empty() {
            if self.reader.is_done() {
                self.read = None;
            }
            let Some(read) = &mut self.read else {
                return Ok(false);
            };
            match read.chunk().await? {
                Some(bytes) => self.reader.push(&bytes)?,
                None => {
                    self.read = None;
                    self.reader.finish()?;
                }
            }
            self.reader.drain(out);
        }
        Ok(true)
    }
}

/// The keys under a prefix.
pub(crate) struct ListingSource {
    objects: Objects,
    bucket: String,
    prefix: String,
    lenient: bool,
    limit: u64,
    index: u64,
    /// The key before the current page.
    after: Option<String>,
    first_of_page: u64,
    page_keys: Vec<String>,
    continuation: Option<String>,
    ended: bool,
}

impl ListingSource {
    async fn read(&mut self, out: &mut Vec<Item>) -> Result<bool, SourceFault> {
        while out.is_empty() {
            if self.ended || self.index >= self.limit {
                return Ok(false);
            }
            if let Some(last) = self.page_keys.pop() {
                self.after = Some(last);
            }
            let start_after = self.after.clone().filter(|_| self.continuation.is_none());
            let from = ListFrom { start_after, continuation: self.continuation.take(), ..ListFrom::default() };
            let page = self.objects.list(&self.bucket, &self.prefix, from).await?;
            self.first_of_page = self.index;
            self.page_keys.clear();
            for object in page.objects {
                if self.index >= self.limit {
                    break;
                }
                let listed = ListedObject {
                    key: &object.key,
                    size: object.size,
                    etag: &format!("\"{}\"", object.etag),
                    last_modified: object.last_modified_ms / 1000,
                    storage_class: &object.storage_class,
                };
                let text = match self.lenient {
                    true => manifest::lenient_listing_item(&self.bucket, &listed),
                    false => manifest::listing_item(&listed),
                };
                out.push(Item { index: self.index, text: Text::from(text), key: None, line: 0, offset: 0 });
                self.page_keys.push(object.key);
                self.index += 1;
            }
            self.ended = page.next.is_none();
            self.continuation = page.next;
        }
        Ok(true)
    }

    fn position_of(&self, index: u64) -> Position {
        let before = match index.checked_sub(self.first_of_page + 1) {
            Some(place) => self.page_keys.get(place as usize).cloned(),
            None => self.after.clone(),
        };
        before.map_or(Position::Start, Position::After)
    }
}

/// Elements of an array, or members of an object, of the state's input.
pub(crate) struct InlineSource {
    items: Arc<Vec<Value>>,
    pairs: Vec<(Arc<str>, Value)>,
    next: u64,
}

impl InlineSource {
    const PORTION: u64 = 256;

    fn new(value: &Value, next: u64) -> Result<Self, SourceFault> {
        match value {
            Value::Array(items) => Ok(Self { items: Arc::clone(items), pairs: Vec::new(), next }),
            Value::Object(members) => {
                let pairs = members.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect();
                Ok(Self { items: Arc::default(), pairs, next })
            }
            other => Err(SourceFault {
                error: "States.Runtime".into(),
                cause: format!("Map state input must be an array but was: {}", other.to_json()),
            }),
        }
    }

    fn read(&mut self, out: &mut Vec<Item>) -> bool {
        for index in self.next..self.next + Self::PORTION {
            let (key, text) = match (self.items.get(index as usize), self.pairs.get(index as usize)) {
                (Some(value), _) => (None, value.to_json()),
                (None, Some((key, value))) => {
                    let name = Value::String(Arc::clone(key)).to_json();
                    (Some(Arc::clone(key)), format!("{{\"Key\":{name},\"Value\":{}}}", value.to_json()))
                }
                (None, None) => break,
            };
            out.push(Item { index, text: Text::from(text), key, line: 0, offset: 0 });
        }
        self.next += out.len() as u64;
        !out.is_empty()
    }
}

/// The most items to read; 0 is no limit.
fn limit(reader: &ReaderSpec) -> Result<u64, SourceFault> {
    let config = ReaderConfig { max_items: reader.config.max_items, ..ReaderConfig::default() };
    Ok(config.item_limit()?.unwrap_or(u64::MAX))
}
