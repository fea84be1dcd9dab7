//! Finds where a JSON value ends, in any number of portions, without judging what is inside.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Nothing,
    Container,
    String,
    Scalar,
    LineComment,
    BlockComment,
}

/// Scans one value. Give it the bytes from the value's start, again with more bytes when it asks.
#[derive(Debug)]
pub(crate) struct ValueScan {
    at: usize,
    depth: usize,
    inside: Inside,
    comments: bool,
}

impl ValueScan {
    /// With `comments`, `//` and `/* */` hide what they hold.
    pub fn new(comments: bool) -> Self {
        Self { at: 0, depth: 0, inside: Inside::Nothing, comments }
    }

    /// Whether nothing of the value has been seen.
    pub fn is_fresh(&self) -> bool {
        self.inside == Inside::Nothing
    }

    /// Forgets the value, to scan the next.
    pub fn reset(&mut self) {
        *self = Self::new(self.comments);
    }

    /// Tells that the first `n` bytes will not be given again.
    pub fn forget(&mut self, n: usize) {
        self.at -= n;
    }

    /// How many bytes need not be looked at again.
    pub fn seen(&self) -> usize {
        self.at
    }

    /// The value's length, or `None` when its end is not among `bytes`.
    pub fn end(&mut self, bytes: &[u8], eof: bool) -> Option<usize> {
        while self.at < bytes.len() {
            match self.inside {
                Inside::Nothing => self.begin(bytes[self.at]),
                Inside::String => {
                    self.string(bytes)?;
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                    self.inside = Inside::Container;
                }
                Inside::Container => {
                    self.container(bytes)?;
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                Inside::Scalar => {
                    let ends =
                        |b: &u8| matches!(b, b',' | b']' | b'}' | b':' | b'/') || b.is_ascii_whitespace();
                    match bytes[self.at..].iter().position(ends) {
                        Some(more) => {
                            self.at += more;
                            return Some(self.at);
                        }
                        None => self.at = bytes.len(),
                    }
                }
                Inside::LineComment => {
                    self.comment(memchr::memchr(b'\n', &bytes[self.at..]).map(|n| n + 1), bytes.len())
                }
                Inside::BlockComment => {
                    let close = memchr::memmem::find(&bytes[self.at..], b"*/").map(|n| n + 2);
                    // A star at the end may be half of the closing mark.
                    self.comment(close, bytes.len() - usize::from(bytes.ends_with(b"*")));
                    close?;
                }
            }
        }
        (eof && self.inside == Inside::Scalar).then_some(self.at)
    }

    fn begin(&mut self, byte: u8) {
        self.inside = match byte {
            b'"' => Inside::String,
            b'{' | b'[' => Inside::Container,
            _ => Inside::Scalar,
        };
        // The opening bracket is left for `container` to count.
        self.at += usize::from(self.inside != Inside::Container);
    }

    /// Moves past the closing quote; `None` when it is not there.
    fn string(&mut self, bytes: &[u8]) -> Option<()> {
        loop {
            // Most strings are shorter than a vector search is worth.
            let near = &bytes[self.at..bytes.len().min(self.at + 16)];
            let ends = |&byte: &u8| byte == b'"' || byte == b'\\';
            let found = near.iter().position(ends);
            match found.or_else(|| memchr::memchr2(b'"', b'\\', &bytes[self.at..])) {
                Some(n) if bytes[self.at + n] == b'"' => {
                    self.at += n + 1;
                    return Some(());
                }
                Some(n) if self.at + n + 1 < bytes.len() => self.at += n + 2,
                Some(n) => {
                    self.at += n;
                    return None;
                }
                None => {
                    self.at = bytes.len();
                    return None;
                }
            }
        }
    }

    /// Moves to what ends the run: a closing bracket to depth 0, a string, a comment.
    fn container(&mut self, bytes: &[u8]) -> Option<()> {
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        self.at += 1;
                        return Some(());
                    }
                }
                b'"' => {
                    self.at += 1;
                    self.inside = Inside::String;
                    return Some(());
                }
                b'/' if self.comments => match bytes.get(self.at + 1)? {
                    b'/' => self.inside = Inside::LineComment,
                    b'*' => self.inside = Inside::BlockComment,
                    _ => {}
                },
                _ => {}
            }
            self.at += 1;
            if matches!(self.inside, Inside::LineComment | Inside::BlockComment) {
                self.at += 1;
                return Some(());
            }
        }
        None
    }

    fn comment(&mut self, close: Option<usize>, otherwise: usize) {
        match close {
            Some(n) => {
                self.at += n;
                self.inside = Inside::Container;
            }
            None => self.at = otherwise.max(self.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value's length when its bytes come one at a time.
    fn crawl(text: &str, comments: bool) -> Option<usize> {
        let mut scan = ValueScan::new(comments);
        (1..=text.len()).find_map(|n| scan.end(&text.as_bytes()[..n], n == text.len()))
    }

    #[test]
    fn values_end_where_they_end() {
        for (text, value) in [
            ("{\"a\":\"}\\\"]\",\"b\":[1,{}]} ,", "{\"a\":\"}\\\"]\",\"b\":[1,{}]}"),
            ("\"a\\\\\",1", "\"a\\\\\""),
            ("12.5e3]", "12.5e3"),
            ("true", "true"),
            ("[]x", "[]"),
        ] {
            assert_eq!(crawl(text, false), Some(value.len()), "{text}");
            assert_eq!(ValueScan::new(false).end(text.as_bytes(), true), Some(value.len()), "{text}");
        }
        assert_eq!(crawl("[1,\"]", false), None);
    }

    #[test]
    fn comments_hide_brackets_only_when_asked() {
        let text = "[1, // ] \"\n 2 /* ] **/ , 3]";
        assert_eq!(crawl(text, true), Some(text.len()));
        assert_eq!(crawl(text, false), Some(8));
        assert_eq!(crawl("[1 /", true), None);
        assert_eq!(crawl("[1 /* x *", true), None);
    }
}
