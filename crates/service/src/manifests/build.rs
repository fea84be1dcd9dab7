//! Writing a manifest's items as they are found.

use crate::Error;
use ::manifest::{Item, ReadError, Reader, ReaderConfig};
use bytes::{Bytes, BytesMut};
use model::limits::MAX_PAYLOAD_BYTES;
use model::{Manifest, RejectedRow};
use objects::MultipartUpload;

/// Rejected rows that are kept with the manifest; the count goes on.
const KEPT_REJECTED: usize = 200;
/// Lines are handed to the store in pieces of about this many bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// A manifest that is being made.
pub(super) struct Builder {
    reader: Option<Reader>,
    upload: MultipartUpload,
    lines: BytesMut,
    found: Vec<Item>,
    received: u64,
    items: u64,
    bytes: u64,
    oversize: u64,
    rejected: u64,
    rejected_rows: Vec<RejectedRow>,
}

impl Builder {
    /// Of an uploaded file.
    pub fn of_file(upload: MultipartUpload, config: &ReaderConfig) -> Result<Self, Error> {
        let reader = Reader::import(config).map_err(unreadable)?;
        Ok(Self { reader: Some(reader), ..Self::of_items(upload) })
    }

    /// Of items that are given one by one.
    pub fn of_items(upload: MultipartUpload) -> Self {
        Self {
            reader: None,
            upload,
            lines: BytesMut::with_capacity(PIECE_BYTES * 2),
            found: Vec::new(),
            received: 0,
            items: 0,
            bytes: 0,
            oversize: 0,
            rejected: 0,
            rejected_rows: Vec::new(),
        }
    }

    /// Bytes of the file so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next bytes of the file.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.received += bytes.len() as u64;
        let Some(reader) = &mut self.reader else { return Ok(()) };
        reader.push(bytes).map_err(unreadable)?;
        self.take_found().await
    }

    /// The file is complete.
    pub async fn end_of_file(&mut self) -> Result<(), Error> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        reader.finish().map_err(unreadable)?;
        self.take_found().await?;
        match self.items {
            0 => Err(Error::invalid("body", self.nothing_found())),
            _ => Ok(()),
        }
    }

    /// One item, JSON text without line breaks.
    pub async fn item(&mut self, text: &str) -> Result<(), Error> {
        self.items += 1;
        self.bytes += text.len() as u64;
        self.oversize += u64::from(text.len() > MAX_PAYLOAD_BYTES);
        self.lines.extend_from_slice(text.as_bytes());
        self.lines.extend_from_slice(b"\n");
        match self.lines.len() >= PIECE_BYTES {
            true => self.hand_over().await,
            false => Ok(()),
        }
    }

    /// Makes the items visible and writes what was counted into the manifest.
    pub async fn finish(mut self, manifest: &mut Manifest) -> Result<(), Error> {
        self.hand_over().await?;
        manifest.items = self.items;
        manifest.bytes = self.bytes;
        manifest.oversize = self.oversize;
        manifest.rejected = self.rejected;
        manifest.rejected_rows = self.rejected_rows;
        if let Some(reader) = &self.reader {
            manifest.warnings = reader.warnings().iter().map(|warning| warning.text.clone()).collect();
        }
        self.upload.finish().await?;
        Ok(())
    }

    /// Takes back what was written.
    pub async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "an unfinished manifest could not be taken back");
        }
    }

    async fn take_found(&mut self) -> Result<(), Error> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let mut found = std::mem::take(&mut self.found);
        reader.drain(&mut found);
        for row in reader.take_rejected() {
            self.rejected += 1;
            if self.rejected_rows.len() < KEPT_REJECTED {
                self.rejected_rows.push(RejectedRow {
                    line: row.line,
                    reason: row.reason,
                    excerpt: row.excerpt,
                });
            }
        }
        for item in found.drain(..) {
            match item.text.contains('\n') {
                // A pretty-printed element: one line in the manifest.
                true => self.item(&one_line(&item.text)).await?,
                false => self.item(&item.text).await?,
            }
        }
        self.found = found;
        Ok(())
    }

    async fn hand_over(&mut self) -> Result<(), Error> {
        let piece: Bytes = self.lines.split().freeze();
        Ok(self.upload.write(piece).await?)
    }

    fn nothing_found(&self) -> String {
        match self.rejected_rows.first() {
            Some(row) => format!(
                "No row of the file could be read. The first problem is in line {}: {}",
                row.line, row.reason
            ),
            None => "The file holds no items.".to_owned(),
        }
    }
}

/// Line breaks in JSON text stand only between tokens, so each may become a space.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn unreadable(error: ReadError) -> Error {
    Error::invalid("body", error.to_string())
}
