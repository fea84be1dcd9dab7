//! Where a CSV row ends, in any number of portions.

/// A whole row at the beginning of what was searched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Bytes without the line end.
    pub length: usize,
    /// Bytes with it.
    pub consumed: usize,
    /// 1, or 0 for a last line without an end.
    pub line_ends: u64,
    /// Neither quotation mark nor backslash is in it.
    pub plain: bool,
    /// The file ended inside quotation marks.
    pub open_quote: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    FieldStart,
    Unquoted,
    UnquotedBackslash,
    Quoted,
    QuotedBackslash,
    /// After a quotation mark in a quoted field: its end, or half of `""`.
    QuotedQuote,
}

#[derive(Debug)]
pub(super) struct RowScan {
    delimiter: u8,
    searched: usize,
    at: At,
    plain: bool,
}

impl RowScan {
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, searched: 0, at: At::FieldStart, plain: true }
    }

    pub fn reset(&mut self) {
        *self = Self::new(self.delimiter);
    }

    /// The row that `bytes` begin with; `None` when its end is not there. Give the same bytes and
    /// more the next time.
    pub fn next(&mut self, bytes: &[u8], eof: bool) -> Option<Row> {
        if self.searched == 0
            && let Some(end) = memchr::memchr(b'\n', bytes)
            && memchr::memchr2(b'"', b'\\', &bytes[..end]).is_none()
        {
            return Some(row(bytes, end, 1, true));
        }
        while self.searched < bytes.len() {
            self.searched += self.dull(&bytes[self.searched..]);
            let Some(&byte) = bytes.get(self.searched) else { break };
            if byte == b'\n' && !matches!(self.at, At::Quoted | At::QuotedBackslash) {
                let found = row(bytes, self.searched, 1, self.plain);
                self.reset();
                return Some(found);
            }
            self.plain &= !matches!(byte, b'"' | b'\\');
            self.at = self.after(byte);
            self.searched += 1;
        }
        if !eof || bytes.is_empty() {
            return None;
        }
        let open_quote = matches!(self.at, At::Quoted | At::QuotedBackslash);
        let found = Row { open_quote, ..row(bytes, bytes.len(), 0, self.plain) };
        self.reset();
        Some(found)
    }

    /// How many bytes change nothing.
    fn dull(&self, rest: &[u8]) -> usize {
        let next = match self.at {
            At::Quoted => memchr::memchr2(b'"', b'\\', rest),
            At::Unquoted => {
                rest.iter().position(|&byte| matches!(byte, b'\n' | b'"' | b'\\') || byte == self.delimiter)
            }
            _ => Some(0),
        };
        next.unwrap_or(rest.len())
    }

    fn after(&self, byte: u8) -> At {
        let delimiter = byte == self.delimiter;
        match (self.at, byte) {
            (At::Quoted, b'"') => At::QuotedQuote,
            (At::Quoted, b'\\') => At::QuotedBackslash,
            (At::Quoted | At::QuotedBackslash, _) => At::Quoted,
            (At::QuotedQuote, b'"') | (At::FieldStart, b'"') => At::Quoted,
            (At::UnquotedBackslash, b'\\') => At::Unquoted,
            (At::UnquotedBackslash, _) if delimiter => At::Unquoted,
            (_, b'\\') => At::UnquotedBackslash,
            _ if delimiter => At::FieldStart,
            _ => At::Unquoted,
        }
    }
}

fn row(bytes: &[u8], end: usize, line_ends: u64, plain: bool) -> Row {
    let length = if bytes[..end].ends_with(b"\r") { end - 1 } else { end };
    Row { length, consumed: end + line_ends as usize, line_ends, plain, open_quote: false }
}
