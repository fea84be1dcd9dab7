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
    fn checks_find_faults() {
        assert!(check(b"{\"a\":[1,2.5e3,null]}").is_ok());
        assert!(check(b"{\"a\":}").unwrap_err().starts_with("not valid JSON: expected value"));
        assert_eq!(check(b"\"\xff\"").unwrap_err(), "not UTF-8 text");
    }
}
