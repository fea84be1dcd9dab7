//! Strings: where one ends, and what its escapes mean.

/// What a scan of a string found.
pub(super) struct Scanned {
    /// The text, unescaped; a broken escape becomes U+FFFD or the escaped character.
    pub value: String,
    /// The offset behind the string (behind the closing quote, if there is one).
    pub end: usize,
    /// Faults inside, with their offset and length in bytes.
    pub faults: Vec<(usize, usize, String)>,
}

/// Scans the string that opens at `start` with `quote`. It ends at the closing quote, or, when
/// there is none, before the end of the line.
pub(super) fn scan(text: &str, start: usize, quote: char) -> Scanned {
    let mut out = Scanned { value: String::new(), end: text.len(), faults: Vec::new() };
    let mut chars = text[start + 1..].char_indices().map(|(at, c)| (start + 1 + at, c));
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let used = escape(text, at, &mut out);
                // The escape may be several characters; go on behind it.
                chars.by_ref().take(used).for_each(drop);
            }
            '\n' | '\r' => {
                out.end = at;
                fault_unclosed(&mut out, start, at);
                return out;
            }
            c if c == quote => {
                out.end = at + c.len_utf8();
                return out;
            }
            c if (c as u32) < 0x20 => {
                let wanted = if c == '\t' { "\\t".to_owned() } else { format!("\\u{:04x}", c as u32) };
                out.faults.push((
                    at,
                    1,
                    format!("A control character stands inside a string. Write {wanted} instead."),
                ));
                out.value.push(c);
            }
            c => out.value.push(c),
        }
    }
    fault_unclosed(&mut out, start, text.len());
    out
}

fn fault_unclosed(out: &mut Scanned, start: usize, end: usize) {
    out.faults.push((
        start,
        end - start,
        "This string has no closing quote on its line. Close it with \".".to_owned(),
    ));
}

/// Reads the escape whose backslash stands at `at`; answers how many characters follow the backslash.
fn escape(text: &str, at: usize, out: &mut Scanned) -> usize {
    let rest = &text[at + 1..];
    let Some(c) = rest.chars().next() else { return 0 };
    let plain = match c {
        '"' | '\\' | '/' => Some(c),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => return unicode(text, at, out),
        _ => None,
    };
    match plain {
        Some(plain) => out.value.push(plain),
        None if c == '\n' || c == '\r' => return 0,
        None => {
            let message = format!("\\{c} is no escape of JSON. Write \\\\{c} for a backslash and {c}.");
            out.faults.push((at, 1 + c.len_utf8(), message));
            out.value.push(c);
        }
    }
    1
}

fn unicode(text: &str, at: usize, out: &mut Scanned) -> usize {
    let Some(first) = hex4(text, at + 2) else {
        out.faults.push((at, 2, "\\u must be followed by four hexadecimal digits.".to_owned()));
        out.value.push('\u{fffd}');
        return 1;
    };
    if let Some(c) = char::from_u32(first) {
        out.value.push(c);
        return 5;
    }
    let second = match text.get(at + 6..at + 8) {
        Some("\\u") => hex4(text, at + 8),
        _ => None,
    };
    match (first, second) {
        (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) => {
            let code = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            out.value.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            11
        }
        _ => {
            out.faults.push((
                at,
                6,
                "This \\u escape is half of a surrogate pair. Write both halves.".to_owned(),
            ));
            out.value.push('\u{fffd}');
            5
        }
    }
}

fn hex4(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
