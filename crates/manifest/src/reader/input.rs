//! What the scanners read from and write to.

use crate::error::{ReadError, Rejected, Warning};
use crate::item::{Item, Text};
use crate::json_text::{check, excerpt, push_compact, push_string};
use crate::reader::Mode;
use crate::relax::relaxed;
use model::limits::MAX_READ_ITEM_BYTES;
use std::collections::VecDeque;
use std::sync::Arc;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The bytes that no scanner has consumed yet, and where they stand in the file.
pub(crate) struct Input {
    bytes: Vec<u8>,
    at: usize,
    offset: u64,
    line: u64,
}

impl Input {
    pub fn at(offset: u64, line: u64) -> Self {
        Self { bytes: Vec::new(), at: 0, offset, line }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(bytes);
    }

    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn line(&self) -> u64 {
        self.line
    }

    /// Consumes `n` bytes and counts their lines.
    pub fn consume(&mut self, n: usize) {
        let lines = memchr::memchr_iter(b'\n', &self.rest()[..n]).count();
        self.consume_lines(n, lines as u64);
    }

    /// Consumes `n` bytes with `lines` line ends among them.
    pub fn consume_lines(&mut self, n: usize, lines: u64) {
        self.at += n;
        self.offset += n as u64;
        self.line += lines;
    }

    pub fn error(&self, cause: impl Into<String>) -> ReadError {
        ReadError::new(cause, self.line, self.offset)
    }

    /// Steps over a byte order mark at the file's start; false while it cannot be told.
    pub fn past_byte_order_mark(&mut self, eof: bool) -> bool {
        if self.offset > 0 {
            return true;
        }
        let rest = self.rest();
        if rest.starts_with(BYTE_ORDER_MARK) {
            self.consume_lines(BYTE_ORDER_MARK.len(), 0);
        } else if rest.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(rest) {
            return eof;
        }
        true
    }
}

/// Where an item or a faulty row begins.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub line: u64,
    pub offset: u64,
}

struct Found {
    start: usize,
    end: usize,
    place: Place,
    key: Option<Arc<str>>,
}

/// Collects items, refusals and warnings of one push.
pub(crate) struct Sink {
    pub mode: Mode,
    pub rejected: Vec<Rejected>,
    pub warnings: Vec<Warning>,
    limit: Option<u64>,
    index: u64,
    handed_over: u64,
    text: String,
    found: Vec<Found>,
}

impl Sink {
    pub fn new(mode: Mode, limit: Option<u64>, index: u64) -> Self {
        Self {
            mode,
            rejected: Vec::new(),
            warnings: Vec::new(),
            limit,
            index,
            handed_over: index,
            text: String::new(),
            found: Vec::new(),
        }
    }

    pub fn index(&self) -> u64 {
        self.index
    }

    pub fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.index >= limit)
    }

    pub fn importing(&self) -> bool {
        self.mode == Mode::Import
    }

    pub fn understands_more(&self) -> bool {
        self.mode.understands_more()
    }

    /// Adds an item whose JSON text `write` appends; the writer guarantees valid JSON.
    pub fn add(&mut self, place: Place, key: Option<Arc<str>>, write: impl FnOnce(&mut String)) {
        let start = self.text.len();
        write(&mut self.text);
        self.found.push(Found { start, end: self.text.len(), place, key });
        self.index += 1;
    }

    /// Checks that `raw` is JSON and adds it; with a key, as a pair.
    pub fn add_json(&mut self, place: Place, raw: &[u8], key: Option<Arc<str>>) -> Result<(), ReadError> {
        if raw.len() > MAX_READ_ITEM_BYTES {
            return self.refuse(place, TOO_LONG.into(), raw);
        }
        match check(raw) {
            Ok(text) => {
                self.add_value(place, text, key);
                Ok(())
            }
            Err(reason) if self.understands_more() => self.add_relaxed(place, raw, key, reason),
            Err(reason) => self.refuse(place, reason, raw),
        }
    }

    /// Refuses a row: fails the source, or reports the row and lets import go on.
    pub fn refuse(&mut self, place: Place, reason: String, row: &[u8]) -> Result<(), ReadError> {
        match self.mode {
            Mode::Strict | Mode::Lenient => Err(ReadError::new(reason, place.line, place.offset)),
            Mode::Import => {
                self.rejected.push(Rejected { line: place.line, reason, excerpt: excerpt(row, 120) });
                Ok(())
            }
        }
    }

    /// Notes a warning; the first of each code gives line and text.
    pub fn warn(&mut self, code: &str, line: u64, text: &str) {
        match self.warnings.iter_mut().find(|warning| warning.code == code) {
            Some(warning) => warning.count += 1,
            None => self.warnings.push(Warning { code: code.into(), text: text.into(), line, count: 1 }),
        }
    }

    /// Turns what was found since the last time into items.
    pub fn hand_over(&mut self, ready: &mut VecDeque<Item>) {
        if self.found.is_empty() {
            return;
        }
        let shared = Arc::new(std::mem::take(&mut self.text));
        // The next portion is likely to be as long as this one.
        self.text.reserve(shared.len().min(MAX_READ_ITEM_BYTES));
        ready.reserve(self.found.len());
        for found in self.found.drain(..) {
            ready.push_back(Item {
                index: self.handed_over,
                text: Text::slice(&shared, found.start, found.end),
                key: found.key,
                line: found.place.line,
                offset: found.place.offset,
            });
            self.handed_over += 1;
        }
    }

    fn add_value(&mut self, place: Place, value: &str, key: Option<Arc<str>>) {
        match key {
            None => self.add(place, None, |out| push_compact(out, value)),
            Some(key) => self.add(place, Some(Arc::clone(&key)), |out| {
                out.push_str("{\"Key\":");
                push_string(out, &key);
                out.push_str(",\"Value\":");
                push_compact(out, value);
                out.push('}');
            }),
        }
    }

    fn add_relaxed(
        &mut self,
        place: Place,
        raw: &[u8],
        key: Option<Arc<str>>,
        reason: String,
    ) -> Result<(), ReadError> {
        let (clean, found) = relaxed(&String::from_utf8_lossy(raw));
        match check(clean.trim().as_bytes()) {
            Ok(text) if std::str::from_utf8(raw).is_ok() => {
                if found.comments {
                    self.warn_comments(place.line);
                }
                if found.trailing_commas {
                    self.warn_trailing_commas(place.line);
                }
                self.add_value(place, text, key);
                Ok(())
            }
            _ => self.refuse(place, reason, raw),
        }
    }

    pub fn warn_comments(&mut self, line: u64) {
        self.warn("W-MAP-04", line, "Comments were taken out: JSON has none, and AWS refuses them.");
    }

    pub fn warn_trailing_commas(&mut self, line: u64) {
        self.warn("W-MAP-04", line, "Trailing commas were taken out: JSON has none, and AWS refuses them.");
    }
}

/// The reason for an item that is longer than AWS reads.
pub(crate) const TOO_LONG: &str = "The item is longer than the 8 MB that one item of a file may have.";
