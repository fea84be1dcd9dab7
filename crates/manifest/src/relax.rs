//! Comments and trailing commas taken out of JSON.

/// What [`relaxed`] had to take out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relaxed {
    pub comments: bool,
    pub trailing_commas: bool,
}

/// `text` without comments and trailing commas, and which of them there were.
pub(crate) fn relaxed(text: &str) -> (String, Relaxed) {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut found = Relaxed::default();
    // Where in `out` a comma stands that nothing but space has followed.
    let mut comma: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        let len = match bytes[at] {
            b'"' => {
                comma = None;
                string_len(&bytes[at..])
            }
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => {
                found.comments = true;
                at += comment_len(&bytes[at..]);
                continue;
            }
            b',' => {
                comma = Some(out.len());
                1
            }
            b']' | b'}' => {
                if let Some(place) = comma.take() {
                    out[place] = b' ';
                    found.trailing_commas = true;
                }
                1
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    comma = None;
                }
                1
            }
        };
        out.extend_from_slice(&bytes[at..at + len]);
        at += len;
    }
    if let Some(place) = comma {
        out.truncate(place);
        found.trailing_commas = true;
    }
    // Whole strings, comments and single ASCII bytes were moved, so the characters are whole.
    (String::from_utf8_lossy(&out).into_owned(), found)
}

fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn comment_len(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'/') => memchr::memchr(b'\n', bytes).unwrap_or(bytes.len()),
        _ => memchr::memmem::find(&bytes[2..], b"*/").map_or(bytes.len(), |end| end + 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        relaxed(text).0
    }

    #[test]
    fn comments_and_trailing_commas_go() {
        assert_eq!(clean("{\"a\":1, // one\n}"), "{\"a\":1  \n}");
        assert_eq!(clean("[1,/* two */2,]"), "[1,2 ]");
        assert_eq!(clean("{\"a\":1},"), "{\"a\":1}");
        assert_eq!(clean("[\"http://x\",\"a,]\"]"), "[\"http://x\",\"a,]\"]");
        assert_eq!(clean("[\"é\\\"//\"]"), "[\"é\\\"//\"]");
        assert_eq!(clean("[1 /* never closed"), "[1 ");
    }
}
