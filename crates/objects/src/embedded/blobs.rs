//! Bodies that are too large for the index: files with names of their own, never with keys.

use super::fault::{Answer, Fault};
use super::record::Segment;
use md5::{Digest, Md5};
use model::id::ulid;
use rand::RngExt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// The folder of body files. Cheap to clone.
///
/// A file gets its final name at once, since no record names it before it is complete and on
/// disk; a crash in between leaves a file without a record, which the next start sweeps.
#[derive(Clone)]
pub struct Blobs {
    root: Arc<Path>,
}

impl Blobs {
    /// Makes the folder and its 32 shelves.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        for shelf in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars() {
            std::fs::create_dir_all(root.join(shelf.to_string()))?;
        }
        Ok(Self { root: root.into() })
    }

    /// Where the file of an id lies. Ids are ULIDs, so their last character spreads them.
    pub fn path(&self, id: &str) -> PathBuf {
        let shelf = id.get(id.len().saturating_sub(1)..).unwrap_or_default();
        self.root.join(shelf).join(id)
    }

    /// Removes a file that no record uses. One that cannot be removed is swept later.
    pub fn remove(&self, id: &str) {
        if let Err(error) = std::fs::remove_file(self.path(id)) {
            tracing::warn!(id, %error, "a body file could not be removed");
        }
    }

    /// Removes every file that `used` does not know.
    pub fn sweep(&self, used: impl Fn(&str) -> Result<bool, redb::StorageError>) -> Result<(), Fault> {
        for shelf in std::fs::read_dir(&self.root)? {
            for file in std::fs::read_dir(shelf?.path())? {
                let name = file?.file_name();
                let id = name.to_string_lossy();
                if !used(&id)? {
                    tracing::info!(id = &*id, "removing a body file that no object uses");
                    self.remove(&id);
                }
            }
        }
        Ok(())
    }

    /// Begins a file.
    pub async fn create(&self) -> io::Result<NewBlob> {
        let id = ulid(now_ms(), rand::rng().random());
        let path = self.path(&id);
        let file = File::options().write(true).create_new(true).open(&path).await?;
        Ok(NewBlob { unkept: Unkept(Some(path)), file, id, size: 0 })
    }
}

/// Milliseconds since the epoch, by the machine's clock.
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

/// A file that is being written. Dropped before [`NewBlob::finish`], it is removed.
pub struct NewBlob {
    unkept: Unkept,
    file: File,
    id: String,
    size: u64,
}

impl NewBlob {
    /// Appends.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Makes the file durable: its content, then its name.
    pub async fn finish(mut self) -> io::Result<Stored> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let shelf = self.unkept.0.as_ref().and_then(|path| path.parent()).map(Path::to_owned);
        if let Some(shelf) = shelf {
            File::open(shelf).await?.sync_all().await?;
        }
        Ok(Stored { unkept: self.unkept, segment: Segment { id: self.id, size: self.size } })
    }
}

/// A durable file that no record names yet. Dropped before [`Stored::keep`], it is removed.
pub struct Stored {
    unkept: Unkept,
    segment: Segment,
}

impl Stored {
    /// The caller's record names it now.
    pub fn keep(mut self) -> Segment {
        self.unkept.0.take();
        self.segment.clone()
    }
}

struct Unkept(Option<PathBuf>);

impl Drop for Unkept {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// MD5 as lower-case hex: S3's etag of a plain object.
pub fn etag_of(md5: Md5) -> String {
    hex::encode(md5.finalize())
}

/// The etag of a multipart object: MD5 over the parts' MD5s, then the number of parts.
pub fn multipart_etag(parts: &[String]) -> Answer<String> {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(hex::decode(part).map_err(|error| Fault::Storage(error.to_string()))?);
    }
    Ok(format!("{}-{}", etag_of(md5), parts.len()))
}
