//! Looking into a manifest.

use crate::context::Cx;
use crate::{Error, Service};
use ::manifest::{InputType, Item, Reader, ReaderConfig};
use model::{Manifest, ManifestId, ManifestItem, Preview};
use objects::{ObjectRead, ReadFrom};

const MAX_SHOWN: usize = 200;
const SHOWN_BYTES: usize = 2_000;
/// How far the preview looks for the largest and for random items.
const SCANNED_BYTES: u64 = 64 * 1024 * 1024;

impl Service {
    /// Some of a manifest's items.
    pub async fn manifest_items(
        &self,
        cx: &Cx,
        id: &ManifestId,
        preview: Preview,
        limit: usize,
    ) -> Result<Vec<ManifestItem>, Error> {
        let manifest = self.manifest(cx, id).await?;
        let limit = limit.clamp(1, MAX_SHOWN);
        let mut chosen = Chosen::new(preview, limit, manifest.items);
        let mut scan = self.scan(&manifest).await?;
        while let Some(items) = scan.next().await? {
            for item in items {
                chosen.offer(item.index, &item.text);
            }
            if chosen.is_full() || scan.bytes > SCANNED_BYTES {
                break;
            }
        }
        Ok(chosen.items)
    }

    /// One item of a manifest as JSON text, whole.
    ///
    /// # Errors
    /// An index past the manifest's end.
    pub(crate) async fn manifest_item(&self, cx: &Cx, id: &ManifestId, index: u64) -> Result<String, Error> {
        let manifest = self.manifest(cx, id).await?;
        if index >= manifest.items {
            let message = format!("The manifest has {} items; the first is 0.", manifest.items);
            return Err(Error::invalid("index", message));
        }
        let mut scan = self.scan(&manifest).await?;
        while let Some(items) = scan.next().await? {
            if let Some(item) = items.into_iter().find(|item| item.index == index) {
                return Ok(item.text.to_string());
            }
        }
        Err(Error::invalid("index", "The manifest has no such item."))
    }

    async fn scan(&self, manifest: &Manifest) -> Result<Scan, Error> {
        let client = self.stores.default_store();
        Ok(Scan {
            object: client.read(&manifest.bucket, &manifest.key, ReadFrom::default()).await?,
            reader: Reader::new(&ReaderConfig::of(InputType::Jsonl)).map_err(Error::internal)?,
            bytes: 0,
            ended: false,
        })
    }
}

/// A manifest's items from the first on.
struct Scan {
    object: ObjectRead,
    reader: Reader,
    /// Bytes read so far.
    bytes: u64,
    ended: bool,
}

impl Scan {
    /// The items of the next piece of the object; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<Item>>, Error> {
        if self.ended {
            return Ok(None);
        }
        match self.object.chunk().await? {
            Some(bytes) => {
                self.bytes += bytes.len() as u64;
                self.reader.push(&bytes).map_err(Error::internal)?;
            }
            None => {
                self.ended = true;
                self.reader.finish().map_err(Error::internal)?;
            }
        }
        let mut found = Vec::new();
        self.reader.drain(&mut found);
        Ok(Some(found))
    }
}

/// Keeps the items that the preview is to show.
struct Chosen {
    preview: Preview,
    limit: usize,
    step: u64,
    items: Vec<ManifestItem>,
}

impl Chosen {
    fn new(preview: Preview, limit: usize, total: u64) -> Self {
        Self { preview, limit, step: (total / limit as u64).max(1), items: Vec::new() }
    }

    fn offer(&mut self, index: u64, text: &str) {
        let bytes = text.len() as u64;
        let wanted = match self.preview {
            Preview::First => self.items.len() < self.limit,
            Preview::Random => self.items.len() < self.limit && index == self.next_random(),
            Preview::Largest => {
                self.items.len() < self.limit || self.items.last().is_some_and(|least| bytes > least.bytes)
            }
        };
        if !wanted {
            return;
        }
        let item = ManifestItem { index, bytes, text: cut(text) };
        match self.preview {
            Preview::Largest => {
                let place = self.items.partition_point(|other| other.bytes >= bytes);
                self.items.insert(place, item);
                self.items.truncate(self.limit);
            }
            _ => self.items.push(item),
        }
    }

    /// One item in each stretch of `step`, at a place that looks random but is always the same.
    fn next_random(&self) -> u64 {
        let stretch = self.items.len() as u64;
        let mixed = (stretch + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        stretch * self.step + mixed % self.step
    }

    fn is_full(&self) -> bool {
        self.preview != Preview::Largest && self.items.len() >= self.limit
    }
}

fn cut(text: &str) -> String {
    match text.len() <= SHOWN_BYTES {
        true => text.to_owned(),
        false => format!("{}…", &text[..text.floor_char_boundary(SHOWN_BYTES)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(preview: Preview) -> Vec<u64> {
        let mut chosen = Chosen::new(preview, 3, 30);
        for index in 0..30u64 {
            chosen.offer(index, &"x".repeat(((index * 7) % 30) as usize));
        }
        chosen.items.iter().map(|item| item.index).collect()
    }

    #[test]
    fn each_preview_shows_its_items() {
        assert_eq!(chosen(Preview::First), [0, 1, 2]);
        assert_eq!(chosen(Preview::Largest), [17, 4, 21]);
        let random = chosen(Preview::Random);
        assert_eq!(random.len(), 3);
        assert!(random.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
