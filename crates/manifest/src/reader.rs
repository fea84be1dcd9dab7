//! The reader: bytes pushed in any portions, items out in order, resumable at any item.

mod csv;
mod input;
mod json;
mod jsonl;
mod pointer;
mod sniff;
mod space;
mod value_scan;

use crate::config::{InputType, ReaderConfig};
use crate::error::{ReadError, Rejected, Warning};
use crate::item::Item;
use input::{Input, Sink};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// How faults of the source are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// As AWS: the first fault fails the source.
    #[default]
    Strict,
    /// Faults fail the source too, but comments, trailing commas and `{"items":[…]}` are understood
    /// and warned about.
    Lenient,
    /// For uploads: as lenient, and faulty rows are reported and skipped.
    Import,
}

impl Mode {
    pub(crate) fn understands_more(self) -> bool {
        self != Self::Strict
    }
}

/// Where a reader stands: what [`Reader::resume`] needs beside a ranged read from `offset` on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// First byte to read again.
    pub offset: u64,
    /// Line of that byte, from 1.
    pub line: u64,
    /// Index of the next item.
    pub index: u64,
    /// What the bytes at `offset` are.
    pub phase: Phase,
    /// Strict or import.
    pub mode: Mode,
    /// CSV columns that the first row gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Arc<[String]>>,
    /// JSON: the items are the pairs of an object.
    #[serde(default)]
    pub pairs: bool,
    /// JSON: the items lie inside a larger document.
    #[serde(default)]
    pub nested: bool,
}

/// What stands at a checkpoint's offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The beginning of the file.
    #[default]
    Start,
    /// JSON: what follows the opening bracket.
    First,
    /// An item.
    Item,
    /// JSON: what follows an item.
    Next,
    /// Nothing more is of interest.
    End,
}

enum Format {
    Csv(csv::Scanner),
    Json(json::Scanner),
    Jsonl(jsonl::Scanner),
}

/// Reads one file. Push its bytes, take items as they become ready, finish.
///
/// Memory: one unfinished item (at most 8 MiB) and the items not taken yet.
pub struct Reader {
    format: Format,
    input: Input,
    sink: Sink,
    ready: VecDeque<Item>,
    failed: Option<ReadError>,
}

impl Reader {
    /// A strict reader.
    ///
    /// # Errors
    /// A configuration that no file could satisfy: a negative `MaxItems`, duplicate `CSVHeaders`,
    /// a format that is not read here.
    pub fn new(config: &ReaderConfig) -> Result<Self, ReadError> {
        Self::starting_at(config, Mode::Strict, 0)
    }

    /// A reader in `mode` for a file whose first item has `index`: 0 for a file of its own, more for
    /// a file after others (`LOAD_AND_FLATTEN`, inventories). `MaxItems` counts the earlier ones too.
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn starting_at(config: &ReaderConfig, mode: Mode, index: u64) -> Result<Self, ReadError> {
        Self::resume(config, &Checkpoint { line: 1, mode, index, ..Checkpoint::default() })
    }

    /// A reader for uploads, see [`Mode::Import`].
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn import(config: &ReaderConfig) -> Result<Self, ReadError> {
        Self::starting_at(config, Mode::Import, 0)
    }

    /// A reader that goes on at `checkpoint`; push the bytes from `checkpoint.offset` on.
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn resume(config: &ReaderConfig, checkpoint: &Checkpoint) -> Result<Self, ReadError> {
        let limit = config.item_limit()?;
        let format = match config.input_type {
            Some(InputType::Csv) => Format::Csv(csv::Scanner::new(config, checkpoint)?),
            Some(InputType::Json) => Format::Json(json::Scanner::new(config, checkpoint)?),
            Some(InputType::Jsonl) => Format::Jsonl(jsonl::Scanner::default()),
            Some(InputType::Parquet) => {
                return Err(ReadError::start("Items cannot be read from PARQUET files here."));
            }
            Some(InputType::Manifest) | None => {
                return Err(ReadError::start(
                    "ReaderConfig.InputType must be CSV, JSON or JSONL to read a file.",
                ));
            }
        };
        Ok(Self {
            format,
            input: Input::at(checkpoint.offset, checkpoint.line),
            sink: Sink::new(checkpoint.mode, limit, checkpoint.index),
            ready: VecDeque::new(),
            failed: None,
        })
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// The fault of the source. Items before it can still be taken; every later call fails too.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        if self.failed.is_none() && !self.is_done() {
            self.input.push(bytes);
        }
        self.scan(false)
    }

    /// Says that the file has ended.
    ///
    /// # Errors
    /// As [`Reader::push`]; also a file that breaks off.
    pub fn finish(&mut self) -> Result<(), ReadError> {
        self.scan(true)
    }

    /// The next item that is ready.
    pub fn next_item(&mut self) -> Option<Item> {
        self.ready.pop_front()
    }

    /// Moves every item that is ready to the end of `out`.
    pub fn drain(&mut self, out: &mut Vec<Item>) {
        out.extend(self.ready.drain(..));
    }

    /// Whether no further byte can give an item: the limit is reached or the array closed.
    pub fn is_done(&self) -> bool {
        self.sink.is_full() || matches!(&self.format, Format::Json(json) if json.is_done())
    }

    /// Items found so far, taken or not, with those before the checkpoint.
    pub fn items_found(&self) -> u64 {
        self.sink.index()
    }

    /// Import: rows refused since the last call.
    pub fn take_rejected(&mut self) -> Vec<Rejected> {
        std::mem::take(&mut self.sink.rejected)
    }

    /// Not strict: what was accepted with a shake of the head; one entry for each code.
    pub fn warnings(&self) -> &[Warning] {
        &self.sink.warnings
    }

    /// CSV columns in the file's order, once they are known.
    pub fn csv_headers(&self) -> Option<Arc<[String]>> {
        match &self.format {
            Format::Csv(csv) => csv.headers(),
            _ => None,
        }
    }

    /// Where to go on so that the next item is the one after the last item taken.
    pub fn checkpoint(&self) -> Checkpoint {
        match self.ready.front() {
            Some(item) => self.checkpoint_at(item),
            None => {
                let (offset, line, phase) = match &self.format {
                    Format::Json(json) => json.mark(),
                    Format::Csv(csv) if csv.headers().is_none() => (0, 1, Phase::Start),
                    _ => (self.input.offset(), self.input.line(), Phase::Item),
                };
                self.checkpoint_with((offset, line, phase), self.sink.index())
            }
        }
    }

    /// Where to go on so that the next item is `item`, one that this reader gave.
    pub fn checkpoint_at(&self, item: &Item) -> Checkpoint {
        self.checkpoint_with((item.offset, item.line, Phase::Item), item.index)
    }

    fn checkpoint_with(&self, (offset, line, phase): (u64, u64, Phase), index: u64) -> Checkpoint {
        let (pairs, nested) = match &self.format {
            Format::Json(json) => (json.pairs(), json.nested()),
            _ => (false, false),
        };
        let headers = self.csv_headers();
        Checkpoint { offset, line, index, phase, mode: self.sink.mode, headers, pairs, nested }
    }

    fn scan(&mut self, eof: bool) -> Result<(), ReadError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if self.is_done() || !self.input.past_byte_order_mark(eof) {
            return Ok(());
        }
        let result = match &mut self.format {
            Format::Csv(csv) => csv.scan(&mut self.input, &mut self.sink, eof),
            Format::Json(json) => json.scan(&mut self.input, &mut self.sink, eof),
            Format::Jsonl(jsonl) => jsonl.scan(&mut self.input, &mut self.sink, eof),
        };
        self.sink.hand_over(&mut self.ready);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }
}

/// Whether an object is an envelope around an array of items, see [`Mode::Lenient`].
pub(crate) fn import_shape_is_envelope(object: &[u8]) -> bool {
    matches!(sniff::shape(object, true), sniff::Shape::Member(_))
}

#[cfg(test)]
mod tests;
