//! From byte offsets to lines and columns.

use serde::{Deserialize, Serialize};

/// Characters are counted once per this many bytes, so that a column costs the same on a line of
/// one megabyte as on a short one.
const STRIDE: usize = 256;

/// A place as people read it: both numbers begin at 1, the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    chars_before: Vec<usize>,
}

impl LineIndex {
    /// Reads the text once.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        let mut chars_before = Vec::with_capacity(text.len() / STRIDE + 1);
        let mut chars = 0;
        for (offset, byte) in text.bytes().enumerate() {
            if offset % STRIDE == 0 {
                chars_before.push(chars);
            }
            chars += usize::from(begins_char(byte));
            if byte == b'\n' {
                starts.push(offset + 1);
            }
        }
        Self { starts, chars_before }
    }

    /// The line and column of a byte offset of the same `text`; beyond its end, the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        Position { line, column: self.chars(text, offset) - self.chars(text, start) + 1 }
    }

    /// The byte offset at which a line (from 1) begins, if there is such a line.
    pub fn line_start(&self, line: usize) -> Option<usize> {
        self.starts.get(line.checked_sub(1)?).copied()
    }

    fn chars(&self, text: &str, offset: usize) -> usize {
        let block = offset / STRIDE;
        let Some(before) = self.chars_before.get(block) else {
            return self.chars_before.last().copied().unwrap_or(0)
                + count_chars(text, self.chars_before.len().saturating_sub(1) * STRIDE, offset);
        };
        before + count_chars(text, block * STRIDE, offset)
    }
}

fn count_chars(text: &str, from: usize, to: usize) -> usize {
    text.as_bytes()[from..to].iter().filter(|byte| begins_char(**byte)).count()
}

fn begins_char(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}
