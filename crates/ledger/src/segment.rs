//! What up to 256 children received, returned and went through.

use crate::blob;
use crate::chunk::SegmentRef;
use crate::error::DecodeError;
use crate::key::item_key;
use crate::varint::{self, Bytes};

/// Children in one segment at most.
pub const MAX_SEGMENT_CHILDREN: usize = 256;
/// A segment is closed when it holds this many bytes before compression.
pub const MAX_SEGMENT_BYTES: usize = 1024 * 1024;

const FORMAT: u8 = 1;
const HAS_OUTPUT: u8 = 1;
const SAME_OUTPUT: u8 = 2;
const HAS_ERROR: u8 = 4;
const HAS_CAUSE: u8 = 8;
const HAS_RESUME: u8 = 16;
const HAS_EARLIER: u8 = 32;

/// What a child returned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output<'a> {
    /// Nothing: it did not succeed.
    #[default]
    None,
    /// Exactly its input.
    Input,
    /// This JSON text.
    Text(&'a str),
}

/// One attempt of one child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record<'a> {
    /// The child.
    pub index: u64,
    /// How it ended (the ledger's code).
    pub status: model::ItemStatus,
    /// The attempt, from 1.
    pub attempt: u32,
    /// What it received, JSON text.
    pub input: &'a str,
    /// What it returned.
    pub output: Output<'a>,
    /// The error's name.
    pub error: Option<&'a str>,
    /// The error's cause.
    pub cause: Option<&'a str>,
    /// Its history in compact form.
    pub history: &'a [u8],
    /// The failed execution itself, from which a redrive goes on.
    pub resume: Option<&'a [u8]>,
    /// Where the attempt before this one lies.
    pub earlier: Option<SegmentRef>,
}

impl Record<'_> {
    /// The output's JSON text.
    pub fn output_text(&self) -> Option<&str> {
        match self.output {
            Output::None => None,
            Output::Input => Some(self.input),
            Output::Text(text) => Some(text),
        }
    }
}

/// Collects records; like things are laid side by side, which compresses best.
#[derive(Debug, Default)]
pub struct SegmentBuilder {
    head: Vec<u8>,
    keys: Vec<u8>,
    inputs: Vec<u8>,
    outputs: Vec<u8>,
    errors: Vec<u8>,
    histories: Vec<u8>,
    records: usize,
    index: u64,
    first: u64,
    last: u64,
}

impl SegmentBuilder {
    /// Records so far.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether the next record belongs into another segment.
    pub fn is_full(&self) -> bool {
        self.records >= MAX_SEGMENT_CHILDREN || self.raw_bytes() >= MAX_SEGMENT_BYTES
    }

    /// Bytes before compression.
    pub fn raw_bytes(&self) -> usize {
        self.head.len() + self.inputs.len() + self.outputs.len() + self.errors.len() + self.histories.len()
    }

    /// The smallest and the largest index; `None` when empty.
    pub fn index_range(&self) -> Option<(u64, u64)> {
        (self.records > 0).then_some((self.first, self.last))
    }

    /// Adds a record; answers its slot.
    pub fn push(&mut self, record: &Record) -> u16 {
        let slot = self.records as u16;
        let mut flags = 0;
        let mut lengths = [record.input.len() as u64, 0, 0, 0, record.history.len() as u64, 0];
        self.inputs.extend_from_slice(record.input.as_bytes());
        match record.output {
            Output::None => {}
            Output::Input => flags |= SAME_OUTPUT,
            Output::Text(text) if text == record.input => flags |= SAME_OUTPUT,
            Output::Text(text) => {
                flags |= HAS_OUTPUT;
                lengths[1] = text.len() as u64;
                self.outputs.extend_from_slice(text.as_bytes());
            }
        }
        for (place, flag, text) in [(2, HAS_ERROR, record.error), (3, HAS_CAUSE, record.cause)] {
            if let Some(text) = text {
                flags |= flag;
                lengths[place] = text.len() as u64;
                self.errors.extend_from_slice(text.as_bytes());
            }
        }
        self.histories.extend_from_slice(record.history);
        if let Some(resume) = record.resume {
            flags |= HAS_RESUME;
            lengths[5] = resume.len() as u64;
            self.histories.extend_from_slice(resume);
        }
        if record.earlier.is_some() {
            flags |= HAS_EARLIER;
        }
        self.head.push(flags);
        self.head.push(record.status as u8);
        varint::put_signed(&mut self.head, record.index.wrapping_sub(self.index) as i64);
        varint::put(&mut self.head, u64::from(record.attempt));
        lengths.iter().for_each(|length| varint::put(&mut self.head, *length));
        if let Some(earlier) = record.earlier {
            varint::put(&mut self.head, u64::from(earlier.segment));
            varint::put(&mut self.head, u64::from(earlier.slot));
        }
        let key = item_key(record.input);
        varint::put_signed(&mut self.keys, record.index.wrapping_sub(self.index) as i64);
        varint::put(&mut self.keys, key.len() as u64);
        self.keys.extend_from_slice(key.as_bytes());
        self.first = if self.records == 0 { record.index } else { self.first.min(record.index) };
        self.last = self.last.max(record.index);
        self.index = record.index.wrapping_add(1);
        self.records += 1;
        slot
    }

    /// The bytes to store: the records, and the items' keys by themselves for searching.
    /// The builder is empty afterwards.
    pub fn finish(&mut self) -> (Vec<u8>, Vec<u8>) {
        let built = std::mem::take(self);
        let mut plain = Vec::with_capacity(built.raw_bytes() + 32);
        plain.push(FORMAT);
        varint::put(&mut plain, built.records as u64);
        for part in [&built.head, &built.inputs, &built.outputs, &built.errors, &built.histories] {
            varint::put(&mut plain, part.len() as u64);
        }
        for part in [&built.head, &built.inputs, &built.outputs, &built.errors, &built.histories] {
            plain.extend_from_slice(part);
        }
        (blob::pack(&plain), blob::pack(&built.keys))
    }
}

/// A stored segment, decompressed.
#[derive(Clone, Debug)]
pub struct Segment {
    plain: Vec<u8>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    index: u64,
    status: u8,
    flags: u8,
    attempt: u32,
    /// Starts of input, output, error, cause, history, resume in `plain`, with their lengths.
    spans: [(usize, usize); 6],
    earlier: Option<SegmentRef>,
}

impl Segment {
    /// Reads stored bytes.
    pub fn decode(stored: &[u8]) -> Result<Self, DecodeError> {
        let plain = blob::unpack(stored)?;
        let rows = rows(&plain)?;
        Ok(Self { plain, rows })
    }

    /// The indexes and keys of a segment's items, in the order of its records, from their own blob.
    pub fn decode_keys(stored: &[u8]) -> Result<Vec<(u64, String)>, DecodeError> {
        let plain = blob::unpack(stored)?;
        let mut bytes = Bytes::new(&plain);
        let mut keys = Vec::new();
        let mut next_index = 0u64;
        while !bytes.rest().is_empty() {
            let index = next_index.wrapping_add(bytes.signed("index")? as u64);
            next_index = index.wrapping_add(1);
            let len = bytes.count(plain.len(), "key")?;
            keys.push((index, text(bytes.take(len, "key")?)?.to_owned()));
        }
        Ok(keys)
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The largest index of its records; `None` when empty.
    pub fn last_index(&self) -> Option<u64> {
        self.rows.iter().map(|row| row.index).max()
    }

    /// The bytes to store when succeeded children lose input, output and history, but for those that
    /// `keep` names by index. Places stay as they are; an input that was dropped is empty.
    pub fn without_payloads(&self, keep: impl Fn(u64) -> bool) -> Vec<u8> {
        let mut builder = SegmentBuilder::default();
        for record in (0..self.len() as u16).filter_map(|slot| self.record(slot)) {
            let dropped = record.status == model::ItemStatus::Succeeded && !keep(record.index);
            builder.push(&match dropped {
                true => Record { input: "", output: Output::None, history: &[], ..record },
                false => record,
            });
        }
        builder.finish().0
    }

    /// One record.
    pub fn record(&self, slot: u16) -> Option<Record<'_>> {
        let row = self.rows.get(usize::from(slot))?;
        let bytes = |place: usize| {
            let (start, len) = row.spans[place];
            &self.plain[start..start + len]
        };
        // `rows` has checked that these are UTF-8.
        let string = |place: usize| std::str::from_utf8(bytes(place)).unwrap_or_default();
        let has = |flag: u8| row.flags & flag != 0;
        Some(Record {
            index: row.index,
            status: model::ItemStatus::from_code(row.status),
            attempt: row.attempt,
            input: string(0),
            output: match row.flags & (HAS_OUTPUT | SAME_OUTPUT) {
                0 => Output::None,
                SAME_OUTPUT => Output::Input,
                _ => Output::Text(string(1)),
            },
            error: has(HAS_ERROR).then(|| string(2)),
            cause: has(HAS_CAUSE).then(|| string(3)),
            history: bytes(4),
            resume: has(HAS_RESUME).then(|| bytes(5)),
            earlier: row.earlier,
        })
    }
}

fn rows(plain: &[u8]) -> Result<Vec<Row>, DecodeError> {
    let mut bytes = Bytes::new(plain);
    if bytes.byte("format")? != FORMAT {
        return Err(DecodeError::Impossible("format"));
    }
    let count = bytes.count(MAX_SEGMENT_CHILDREN, "records")?;
    let mut part_lens = [0; 5];
    for len in &mut part_lens {
        *len = bytes.count(plain.len(), "part")?;
    }
    let mut at = plain.len() - bytes.rest().len();
    let mut starts = [0; 5];
    for (start, len) in starts.iter_mut().zip(part_lens) {
        *start = at;
        at = at.checked_add(len).ok_or(DecodeError::Impossible("part"))?;
    }
    let head = plain.get(starts[0]..starts[0] + part_lens[0]).ok_or(DecodeError::Short("head"))?;
    let mut head = Bytes::new(head);
    let mut next_index = 0u64;
    let mut rows = Vec::with_capacity(count);
    for _ in 0..count {
        let flags = head.byte("flags")?;
        let status = head.byte("status")?;
        let index = next_index.wrapping_add(head.signed("index")? as u64);
        next_index = index.wrapping_add(1);
        let attempt = head.small("attempt")?;
        let mut spans = [(0, 0); 6];
        for (place, part) in [(0, 1), (1, 2), (2, 3), (3, 3), (4, 4), (5, 4)] {
            let len = head.count(plain.len(), "length")?;
            spans[place] = (starts[part], len);
            starts[part] += len;
            let span = plain.get(spans[place].0..starts[part]).ok_or(DecodeError::Short("record"))?;
            if place < 4 {
                text(span)?;
            }
        }
        let earlier = match flags & HAS_EARLIER {
            0 => None,
            _ => Some(SegmentRef {
                segment: head.small("earlier")?,
                slot: head.count(MAX_SEGMENT_CHILDREN, "earlier")? as u16,
            }),
        };
        rows.push(Row { index, status, flags, attempt, spans, earlier });
    }
    Ok(rows)
}

fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|_| DecodeError::Impossible("text"))
}

#[cfg(test)]
mod tests;
