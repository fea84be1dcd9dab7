//! JSON Lines: one value a line; blank lines are passed over.

use super::input::{Input, Place, Sink, TOO_LONG};
use crate::error::ReadError;
use model::limits::MAX_READ_ITEM_BYTES;

#[derive(Default)]
pub(crate) struct Scanner {
    /// Bytes of the unfinished line that hold no line end.
    searched: usize,
    /// The rest of an overlong line is being passed over.
    skipping: bool,
}

impl Scanner {
    pub fn scan(&mut self, input: &mut Input, sink: &mut Sink, eof: bool) -> Result<(), ReadError> {
        while !sink.is_full() {
            let rest = input.rest();
            let end = memchr::memchr(b'\n', &rest[self.searched..]).map(|at| at + self.searched);
            let (line, consumed, lines) = match end {
                Some(end) => (&rest[..end], end + 1, 1),
                None if eof && !rest.is_empty() => (rest, rest.len(), 0),
                None => return self.wait(input, sink),
            };
            let place = Place { line: input.line(), offset: input.offset() };
            if !std::mem::take(&mut self.skipping) {
                add_line(place, line, sink)?;
            }
            self.searched = 0;
            input.consume_lines(consumed, lines);
        }
        Ok(())
    }

    /// No whole line is there. A line past the limit is refused at once and its rest dropped.
    fn wait(&mut self, input: &mut Input, sink: &mut Sink) -> Result<(), ReadError> {
        let rest = input.rest();
        self.searched = rest.len();
        if rest.len() <= MAX_READ_ITEM_BYTES + 1 && !self.skipping {
            return Ok(());
        }
        if !self.skipping {
            let place = Place { line: input.line(), offset: input.offset() };
            sink.refuse(place, TOO_LONG.into(), rest)?;
            self.skipping = true;
        }
        input.consume_lines(self.searched, 0);
        self.searched = 0;
        Ok(())
    }
}

fn add_line(place: Place, line: &[u8], sink: &mut Sink) -> Result<(), ReadError> {
    let text = line.trim_ascii();
    if text.is_empty() {
        return Ok(());
    }
    if sink.understands_more() && (text.starts_with(b"//") || text.starts_with(b"#")) {
        sink.warn_comments(place.line);
        return Ok(());
    }
    sink.add_json(place, text, None)
}
