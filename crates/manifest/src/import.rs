//! Uploads of any format made into JSON Lines, with everything that people want to know about them.

mod sniff;

pub use sniff::{Sniffed, sniff};

use crate::config::{InputType, ReaderConfig};
use crate::error::{ReadError, Rejected, Warning};
use crate::item::Item;
use crate::reader::Reader;
use crate::stats::Stats;
use serde::{Deserialize, Serialize};

/// Bytes that are looked at to tell the format.
const HEAD_BYTES: usize = 64 * 1024;
/// Refused rows that are kept; later ones are only counted.
const MOST_REJECTED: usize = 1_000;

/// What became of an upload.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// How the upload was read.
    pub config: ReaderConfig,
    /// Figures about its items.
    pub stats: Stats,
    /// Rows that are no items, the first thousand.
    pub rejected: Vec<Rejected>,
    /// How many there were.
    pub rejected_count: u64,
    /// What was accepted although AWS would not.
    pub warnings: Vec<Warning>,
}

/// Takes an upload's bytes, gives the lines of a JSON Lines file: one item a line.
///
/// ```
/// let mut import = manifest::Import::new("orders.csv", None);
/// let mut lines = Vec::new();
/// import.push(b"id,total\n1,9.50\n2,7", &mut lines).unwrap();
/// let imported = import.finish(&mut lines).unwrap();
/// assert_eq!(lines, b"{\"id\":\"1\",\"total\":\"9.50\"}\n{\"id\":\"2\",\"total\":\"7\"}\n");
/// assert_eq!(imported.stats.count, 2);
/// ```
pub struct Import {
    name: String,
    config: Option<ReaderConfig>,
    head: Vec<u8>,
    reader: Option<Reader>,
    items: Vec<Item>,
    imported: Imported,
}

impl Import {
    /// An import of the file `name`. Without a configuration the format is told from the name and
    /// the first bytes.
    pub fn new(name: &str, config: Option<ReaderConfig>) -> Self {
        Self {
            name: name.to_owned(),
            config,
            head: Vec::new(),
            reader: None,
            items: Vec::new(),
            imported: Imported::default(),
        }
    }

    /// Takes the next bytes and appends finished lines to `lines`.
    ///
    /// # Errors
    /// A file that is no manifest: compressed, not UTF-8, or broken where no next row can be found.
    pub fn push(&mut self, bytes: &[u8], lines: &mut Vec<u8>) -> Result<(), ReadError> {
        if self.reader.is_some() {
            return self.read(bytes, lines);
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() < HEAD_BYTES && self.config.is_none() {
            return Ok(());
        }
        self.begin(false, lines)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Import::push`].
    pub fn finish(mut self, lines: &mut Vec<u8>) -> Result<Imported, ReadError> {
        if self.reader.is_none() {
            self.begin(true, lines)?;
        }
        if let Some(reader) = &mut self.reader {
            let result = reader.finish();
            self.take(lines);
            result?;
        }
        let from_reader = self.reader.as_ref().map(Reader::warnings).unwrap_or_default();
        self.imported.warnings.extend_from_slice(from_reader);
        Ok(self.imported)
    }

    /// What is known so far; warnings come with the end.
    pub fn progress(&self) -> &Imported {
        &self.imported
    }

    fn begin(&mut self, whole: bool, lines: &mut Vec<u8>) -> Result<(), ReadError> {
        let head = std::mem::take(&mut self.head);
        let config = match self.config.take() {
            Some(config) => config,
            None => {
                let sniffed = sniff(&self.name, &head, whole)?;
                self.imported.warnings.extend(sniffed.warning);
                sniffed.config
            }
        };
        self.reader = Some(Reader::import(&config)?);
        self.imported.config = config;
        self.read(&head, lines)
    }

    fn read(&mut self, bytes: &[u8], lines: &mut Vec<u8>) -> Result<(), ReadError> {
        let Some(reader) = &mut self.reader else { return Ok(()) };
        let result = reader.push(bytes);
        self.take(lines);
        result
    }

    /// Writes the items that are ready and collects the rows that were refused.
    fn take(&mut self, lines: &mut Vec<u8>) {
        let Some(reader) = &mut self.reader else { return };
        reader.drain(&mut self.items);
        for item in self.items.drain(..) {
            let start = lines.len();
            write_line(&item.text, lines);
            // Figures are about what is stored.
            let line = std::str::from_utf8(&lines[start..lines.len() - 1]).unwrap_or_default();
            self.imported.stats.observe(item.index, line, item.key.as_deref());
        }
        let rejected = reader.take_rejected();
        self.imported.rejected_count += rejected.len() as u64;
        let room = MOST_REJECTED - self.imported.rejected.len();
        self.imported.rejected.extend(rejected.into_iter().take(room));
    }
}

/// Appends valid JSON as one line: line ends between its parts go, and with them all other space.
fn write_line(json: &str, lines: &mut Vec<u8>) {
    let bytes = json.as_bytes();
    if memchr::memchr2(b'\n', b'\r', bytes).is_none() {
        lines.extend_from_slice(bytes);
        lines.push(b'\n');
        return;
    }
    let (mut in_string, mut escaped) = (false, false);
    for &byte in bytes {
        if in_string || !byte.is_ascii_whitespace() {
            lines.push(byte);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
    }
    lines.push(b'\n');
}

/// The configuration that reads what an import wrote.
pub fn imported_config() -> ReaderConfig {
    ReaderConfig::of(InputType::Jsonl)
}

#[cfg(test)]
mod tests;
