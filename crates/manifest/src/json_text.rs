//! Writing JSON text by hand: strings with the escapes that are needed and no others.

/// 0: stands for itself. 1: `\u00XX`. Else the letter after the backslash.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        table[control] = 1;
        control += 1;
    }
    table[0x08] = b'b';
    table[0x0C] = b'f';
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Appends `text` as a JSON string with its quotes.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Appends `text` as the inside of a JSON string.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    let mut clean_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = ESCAPES[usize::from(byte)];
        if escape == 0 {
            continue;
        }
        out.push_str(&text[clean_from..at]);
        clean_from = at + 1;
        out.push('\\');
        match escape {
            1 => out.push_str(&format!("u{byte:04x}")),
            letter => out.push(letter as char),
        }
    }
    out.push_str(&text[clean_from..]);
}

/// Appends a valid JSON text without the white space between its tokens, as AWS writes values that
/// it has read.
pub(crate) fn push_compact(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let (mut at, mut kept_from) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_string(bytes, at),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(&text[kept_from..at]);
                at += 1;
                kept_from = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[kept_from..]);
}

/// The place after the string that begins at `at`.
fn after_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        match bytes[at + found] {
            b'"' => return at + found + 1,
            _ => at += found + 2,
        }
    }
    bytes.len()
}

/// Whether `bytes` are one JSON value; `Err` is the reason that they are not.
pub(crate) fn check(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(text),
        Err(error) => Err(reason(&error)),
    }
}

/// serde_json's message without its own line and column, which count from the item's start.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    format!("not valid JSON: {message} at character {}", error.column())
}

/// The characters that a JSON string (with its quotes) stands for; `None` when it is not valid.
pub(crate) fn unquote(raw: &[u8]) -> Option<String> {
    serde_json::from_slice(raw).ok()
}

/// At most `limit` characters, for messages.
pub(crate) fn excerpt(bytes: &[u8], limit: usize) -> String {
    let head = &bytes[..bytes.len().min(4 * limit)];
    String::from_utf8_lossy(head).trim_end().chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_serde_does() {
        let all: String = (0..0x80u8).map(char::from).chain(['é', '日', '\u{2028}']).collect();
        let mut out = String::new();
        push_string(&mut out, &all);
        assert_eq!(out, serde_json::to_string(&all).unwrap());
        assert_eq!(unquote(out.as_bytes()), Some(all));
    }

    #[test]
    fn only_white_space_between_tokens_goes() {
        let compact = |text: &str| {
            let mut out = String::new();
            push_compact(&mut out, text);
            out
        };
        assert_eq!(compact("{ \"a b\" : [ 1,\n\t2 ] , \"q\\\" x\": \" \\\\\" }"), "{\"a b\":[1,2],\"q\\\" x\":\" \\\\\"}");
        assert_eq!(compact("{\"a\":1}"), "{\"a\":1}");
        assert_eq!(compact("\"never closed \\"), "\"never closed \\");
    }

    #[test]
    fn checks_find_faults() {
        assert!(check(b"{\"a\":[1,2.5e3,null]}").is_ok());
        assert!(check(b"{\"a\":}").unwrap_err().starts_with("not valid JSON: expected value"));
        assert_eq!(check(b"\"\xff\"").unwrap_err(), "not UTF-8 text");
    }
}
