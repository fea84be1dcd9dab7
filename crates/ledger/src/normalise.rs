//! Taking out of a cause what differs from item to item.

/// Causes are compared by this many characters at most.
const MAX_CHARS: usize = 512;
/// Only this much of a cause is looked at.
const MAX_READ_BYTES: usize = 4_096;

/// The cause with numbers, ids, ARNs, quoted keys, times and hexadecimal taken out, so that the
/// same fault on different items reads the same: `Item "A-17" has 3 parts` → `Item "…" has # parts`.
///
/// A function's error is JSON text; what it says stands in `errorMessage`, so only that is kept.
pub fn normalise_cause(cause: &str) -> String {
    match error_message(cause) {
        Some(message) => normalise_text(&message),
        None => normalise_text(cause),
    }
}

fn error_message(cause: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Raised {
        #[serde(rename = "errorMessage")]
        message: String,
    }
    let raised: Raised = serde_json::from_str(cause).ok()?;
    Some(raised.message)
}

fn normalise_text(cause: &str) -> String {
    let mut cut = cause.len().min(MAX_READ_BYTES);
    while !cause.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut out = String::with_capacity(cut.min(MAX_CHARS * 2));
    let mut rest = &cause[..cut];
    while let Some(c) = rest.chars().next() {
        if out.len() >= MAX_CHARS {
            out.push('…');
            break;
        }
        rest = match c {
            '"' | '\'' | '`' => quoted(c, rest, &mut out),
            c if c.is_alphanumeric() => word(rest, &mut out),
            c => {
                out.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

/// A quoted text that closes on the same line becomes its quotes. Keys of JSON objects stay:
/// they are the form of the message, not the item.
fn quoted<'a>(quote: char, rest: &'a str, out: &mut String) -> &'a str {
    let inside = &rest[1..];
    let closing = inside.find([quote, '\n']).filter(|at| inside[*at..].starts_with(quote));
    out.push(quote);
    // An apostrophe within a word (don't) opens nothing.
    let apostrophe = quote == '\'' && out.chars().rev().nth(1).is_some_and(char::is_alphanumeric);
    match closing {
        Some(at) if !apostrophe => {
            let after = &inside[at + 1..];
            let is_key = quote == '"' && after.trim_start().starts_with(':');
            match is_key && at <= 40 && !inside[..at].bytes().any(|b| b.is_ascii_digit()) {
                true => out.push_str(&inside[..at]),
                false => out.push('…'),
            }
            out.push(quote);
            after
        }
        _ => inside,
    }
}

/// A run of letters, digits and what joins them in ids, ARNs, paths and times.
fn word<'a>(rest: &'a str, out: &mut String) -> &'a str {
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '/' | '+' | '$')))
        .unwrap_or(rest.len());
    let (whole, after) = rest.split_at(end);
    let core = whole.trim_end_matches(['.', ':', '-', '/']);
    let tail = &whole[core.len()..];
    if core.starts_with("arn:") {
        out.push_str("<arn>");
    } else if core.contains("://") {
        out.push_str("<url>");
    } else if is_uuid(core) {
        out.push_str("<id>");
    } else if is_time(core) {
        out.push_str("<time>");
    } else {
        plain_word(core, out);
    }
    out.push_str(tail);
    after
}

/// Parts of a word: long hexadecimal and mixed ids become `<id>`, digits become `#`, words stay.
fn plain_word(word: &str, out: &mut String) {
    for (place, part) in word.split_inclusive(['-', '_', ':', '.', '/', '+', '$']).enumerate() {
        let (text, joint) = match part.char_indices().next_back() {
            Some((at, c)) if !c.is_alphanumeric() => part.split_at(at),
            _ => (part, ""),
        };
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if text.len() >= 8 && digits > 0 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            out.push_str(if digits == text.len() { "#" } else { "<id>" });
        } else if text.len() >= 16 && digits >= 3 {
            out.push_str("<id>");
        } else if digits > 0 {
            squeeze_digits(text, out);
        } else {
            out.push_str(text);
        }
        // A fraction or a range is one number: `1.5`, `3-7`, `10:15`.
        let numeric = |c: char| matches!(c, '.' | ',' | '-' | ':');
        if !(joint.starts_with(numeric) && out.ends_with('#') && next_is_number(word, place)) {
            out.push_str(joint);
        } else {
            out.pop();
        }
    }
}

fn next_is_number(word: &str, place: usize) -> bool {
    word.split(['-', '_', ':', '.', '/', '+', '$'])
        .nth(place + 1)
        .is_some_and(|next| !next.is_empty() && next.bytes().all(|b| b.is_ascii_digit()))
}

fn squeeze_digits(text: &str, out: &mut String) {
    let mut in_number = false;
    for c in text.chars() {
        let digit = c.is_ascii_digit();
        match (digit, in_number) {
            (true, true) => {}
            (true, false) => out.push('#'),
            (false, _) => out.push(c),
        }
        in_number = digit;
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b'-'
        && bytes[5..7].iter().all(u8::is_ascii_digit)
        && bytes[7] == b'-'
        && bytes[8..10].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_between_items_goes_what_says_the_fault_stays() {
        for (cause, expected) in [
            ("Item \"A-17\" has 3 parts", "Item \"…\" has # parts"),
            ("no order 4711 in table orders", "no order # in table orders"),
            ("request 0b9c1f9e-8c1e-4b55-9c8e-0123456789ab failed", "request <id> failed"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f: denied", "<arn>: denied"),
            ("timed out at 2026-03-14T09:26:53.589Z after 2.5 s", "timed out at <time> after # s"),
            ("key photos/2026/03/14/IMG_0093.jpg is gone", "key photos/#/#/#/IMG_#.jpg is gone"),
            ("{\"errorMessage\": \"bad id 17\", \"n\": 3}", "bad id #"),
            ("don't know it, can't", "don't know it, can't"),
            ("sha deadbeef0123 differs", "sha <id> differs"),
        ] {
            assert_eq!(normalise_cause(cause), expected);
        }
        assert_eq!(normalise_cause("order 1 is late"), normalise_cause("order 20 is late"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(cause: String) {
            prop_assert!(normalise_cause(&cause).chars().count() <= MAX_CHARS * 2);
        }
    }
}
