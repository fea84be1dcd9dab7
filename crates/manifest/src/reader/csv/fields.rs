//! The fields of a row.

/// Fields of the row split last, in its text or, where marks were taken out, beside it.
#[derive(Debug)]
pub(super) struct Fields {
    delimiter: u8,
    ranges: Vec<(usize, usize)>,
    plain: bool,
    unquoted: String,
}

impl Fields {
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, ranges: Vec::new(), plain: true, unquoted: String::new() }
    }

    pub fn count(&self) -> usize {
        self.ranges.len()
    }

    /// Field `n` of `row`, the text given to [`Fields::split`]; empty past the last.
    pub fn get<'a>(&'a self, n: usize, row: &'a str) -> &'a str {
        let text = if self.plain { row } else { &self.unquoted };
        self.ranges.get(n).and_then(|&(start, end)| text.get(start..end)).unwrap_or_default()
    }

    /// Splits a row without its line end. `plain` rows hold neither quotation mark nor backslash.
    pub fn split(&mut self, row: &str, plain: bool) {
        self.ranges.clear();
        self.plain = plain;
        match plain {
            true => self.split_plain(row),
            false => self.split_marked(row),
        }
    }

    fn split_plain(&mut self, row: &str) {
        let mut start = 0;
        for end in memchr::memchr_iter(self.delimiter, row.as_bytes()) {
            self.ranges.push((start, end));
            start = end + 1;
        }
        self.ranges.push((start, row.len()));
    }

    fn split_marked(&mut self, row: &str) {
        let bytes = row.as_bytes();
        self.unquoted.clear();
        let (mut start, mut run) = (0, 0);
        let (mut at, mut quoted, mut empty) = (0, false, true);
        while at < bytes.len() {
            if let Some(dull) = memchr::memchr3(b'"', b'\\', self.delimiter, &bytes[at..]) {
                empty &= dull == 0;
                at += dull;
            } else {
                break;
            }
            let byte = bytes[at];
            let next = bytes.get(at + 1).copied();
            let mark = match byte {
                b'"' if quoted && next == Some(b'"') => Mark::Escape,
                b'"' if quoted || empty => Mark::Toggle,
                b'"' if next == Some(b'"') => Mark::Escape,
                b'\\' if matches!(next, Some(b'\\' | b'"')) || next == Some(self.delimiter) => Mark::Escape,
                b'\\' => Mark::Drop,
                _ if byte == self.delimiter && !quoted => Mark::End,
                _ => Mark::None,
            };
            if mark != Mark::None {
                self.unquoted.push_str(&row[run..at]);
                run = at + 1;
            }
            empty = mark == Mark::End;
            match mark {
                Mark::Toggle => quoted = !quoted,
                // The character after the mark is text, whatever it is.
                Mark::Escape => at += 1,
                Mark::End => {
                    self.ranges.push((start, self.unquoted.len()));
                    start = self.unquoted.len();
                }
                Mark::None | Mark::Drop => {}
            }
            at += 1;
        }
        self.unquoted.push_str(&row[run..]);
        self.ranges.push((start, self.unquoted.len()));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    /// The next character stands for itself.
    Escape,
    /// Opens or closes a quoted field.
    Toggle,
    /// A backslash that escapes nothing.
    Drop,
    /// The delimiter.
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(row: &str) -> Vec<String> {
        let mut fields = Fields::new(b',');
        fields.split(row, !row.contains(['"', '\\']));
        (0..fields.count()).map(|n| fields.get(n, row).to_owned()).collect()
    }

    #[test]
    fn the_record_of_the_developer_guide() {
        let row = "abc,123,\"This string contains commas, a double quotation marks (\"\"), and a newline (\n)\",{\"\"MyKey\"\":\"\"MyValue\"\"},\"[1,2,3]\"";
        assert_eq!(
            split(row),
            [
                "abc",
                "123",
                "This string contains commas, a double quotation marks (\"), and a newline (\n)",
                "{\"MyKey\":\"MyValue\"}",
                "[1,2,3]"
            ]
        );
    }

    #[test]
    fn backslashes_escape_three_characters_and_vanish_before_others() {
        assert_eq!(split(r#"a\,b,\"c\",d\\e,\x\y,"q\"r\,s""#), ["a,b", "\"c\"", r"d\e", "xy", "q\"r,s"]);
    }

    #[test]
    fn odd_quotation_marks() {
        assert_eq!(split(r#"5" pipe,"a"b,"","""x""""#), ["5\" pipe", "ab", "", "\"x\""]);
        assert_eq!(split(r#",,"#), ["", "", ""]);
    }
}
