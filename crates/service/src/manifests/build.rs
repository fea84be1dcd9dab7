//! Writing a manifest's items as they are found.

use crate::Error;
use ::manifest::{Import, Imported, ReadError, ReaderConfig, Stats};
use model::{Manifest, ManifestSource, RejectedRow};
use objects::MultipartUpload;

/// Rejected rows that are kept with the manifest; the count goes on.
const KEPT_REJECTED: usize = 200;
/// Lines are handed to the store in pieces of about this many bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// Items on their way into the store.
pub(super) struct Builder {
    upload: MultipartUpload,
    lines: Vec<u8>,
    import: Option<Import>,
    /// Bytes of the file so far.
    received: u64,
    listed: Stats,
}

impl Builder {
    /// Of an uploaded file. Without a configuration the format is told from the name and the bytes.
    pub fn of_file(upload: MultipartUpload, name: &str, config: Option<ReaderConfig>) -> Self {
        Self { import: Some(Import::new(name, config)), ..Self::of_items(upload) }
    }

    /// Of items that are given one by one.
    pub fn of_items(upload: MultipartUpload) -> Self {
        Self { upload, lines: Vec::new(), import: None, received: 0, listed: Stats::default() }
    }

    /// Bytes of the file so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next bytes of the file.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.received += bytes.len() as u64;
        if let Some(import) = &mut self.import {
            import.push(bytes, &mut self.lines).map_err(unreadable)?;
        }
        self.hand_over(PIECE_BYTES).await
    }

    /// One listed item: JSON text without line breaks, and its key.
    pub async fn item(&mut self, text: &str, key: &str) -> Result<(), Error> {
        self.listed.observe(self.listed.count, text, Some(key));
        self.lines.extend_from_slice(text.as_bytes());
        self.lines.push(b'\n');
        self.hand_over(PIECE_BYTES).await
    }

    /// Ends the file or the listing, writes what was counted into the manifest, and makes the items
    /// visible. When there are none nothing becomes visible.
    pub async fn finish(mut self, manifest: &mut Manifest) -> Result<(), Error> {
        let imported = match self.import.take().map(|import| import.finish(&mut self.lines)) {
            None => Imported { stats: std::mem::take(&mut self.listed), ..Imported::default() },
            Some(Ok(imported)) => imported,
            Some(Err(error)) => {
                self.abort().await;
                return Err(unreadable(error));
            }
        };
        if imported.stats.count == 0 {
            self.abort().await;
            return Err(nothing_found(&imported));
        }
        self.hand_over(1).await?;
        self.upload.finish().await?;
        describe(manifest, imported)
    }

    /// Takes back what was written.
    pub async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "an unfinished manifest could not be taken back");
        }
    }

    async fn hand_over(&mut self, at_least: usize) -> Result<(), Error> {
        match self.lines.len() >= at_least {
            true => Ok(self.upload.write(std::mem::take(&mut self.lines).into()).await?),
            false => Ok(()),
        }
    }
}

fn describe(manifest: &mut Manifest, imported: Imported) -> Result<(), Error> {
    if let (ManifestSource::Upload { format, .. }, Some(read_as)) =
        (&mut manifest.source, imported.config.input_type)
    {
        *format = format!("{read_as:?}").to_uppercase();
    }
    manifest.items = imported.stats.count;
    manifest.bytes = imported.stats.bytes;
    manifest.oversize = imported.stats.over_payload_limit;
    manifest.rejected = imported.rejected_count;
    manifest.warnings = imported.warnings.into_iter().map(|warning| warning.text).collect();
    let kept = imported.rejected.into_iter().take(KEPT_REJECTED);
    manifest.rejected_rows =
        kept.map(|row| RejectedRow { line: row.line, reason: row.reason, excerpt: row.excerpt }).collect();
    manifest.stats = serde_json::to_value(&imported.stats).map_err(Error::internal)?;
    Ok(())
}

fn nothing_found(imported: &Imported) -> Error {
    let text = match imported.rejected.first() {
        Some(row) => format!(
            "No row of the file could be read. The first problem is in line {}: {}.",
            row.line, row.reason
        ),
        None => "There are no items. Choose another file or prefix.".to_owned(),
    };
    Error::invalid("body", text)
}

fn unreadable(error: ReadError) -> Error {
    let place = if error.line > 0 { format!("Line {}: ", error.line) } else { String::new() };
    Error::invalid("body", format!("{place}{}", error.cause))
}
