//! What people call an item.

/// Members that name an item, the best first.
const NAMES: [&str; 10] =
    ["Key", "key", "id", "Id", "ID", "name", "Name", "url", "path", "file"];
const MAX_CHARS: usize = 200;

/// What people call the item that a child received, from the JSON text of its input: the `Key`,
/// `id` or `name` of an object (of the first item of a batch), else its first text or number, else the
/// beginning of the text itself. Looks at the outermost members only.
pub fn item_key(input: &str) -> String {
    let text = input.trim_start();
    if let Some(batch) = member(text, "Items").and_then(|items| items.strip_prefix('[')) {
        return item_key(batch);
    }
    let found = match text.starts_with('{') {
        true => named(text),
        false => Some(scalar(text)),
    };
    let found = found.unwrap_or_else(|| text.to_owned());
    match found.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => format!("{}…", &found[..cut]),
        None => found,
    }
}

fn named(object: &str) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    let mut first: Option<&str> = None;
    for (name, value) in Members::new(object) {
        if !matches!(value.as_bytes().first(), Some(b'"' | b'-' | b'0'..=b'9')) {
            continue;
        }
        first = first.or(Some(value));
        let rank = NAMES.iter().position(|candidate| *candidate == name);
        if let Some(rank) = rank.filter(|rank| best.is_none_or(|(before, _)| *rank < before)) {
            best = Some((rank, value));
            if rank == 0 {
                break;
            }
        }
    }
    best.map(|(_, value)| value).or(first).map(scalar)
}

fn member<'a>(object: &'a str, wanted: &str) -> Option<&'a str> {
    // Only a batch begins with these names, so other inputs are not searched through.
    (object.starts_with("{\"Items\"") || object.starts_with("{\"BatchInput\""))
        .then(|| Members::new(object).find(|(name, _)| *name == wanted).map(|(_, value)| value))?
}

/// The beginning of `text` as one JSON scalar, without quotes.
fn scalar(text: &str) -> String {
    match text.strip_prefix('"') {
        Some(inside) => {
            let raw = &inside[..string_end(inside)];
            match raw.contains('\\') {
                true => serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_else(|_| raw.to_owned()),
                false => raw.to_owned(),
            }
        }
        None => {
            let end = text.find([',', '}', ']']).unwrap_or(text.len());
            let whole = if text.starts_with(['{', '[']) { text } else { &text[..end] };
            whole.trim_end().to_owned()
        }
    }
}

/// Where the string ends whose first character `text` begins with: the place of its quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The outermost members of an object: name and the text that begins with the value.
struct Members<'a> {
    rest: &'a str,
}

impl<'a> Members<'a> {
    fn new(object: &'a str) -> Self {
        Self { rest: object.strip_prefix('{').unwrap_or_default() }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let after = past(self.rest, b" ,\t\r\n").strip_prefix('"')?;
        let end = string_end(after);
        let name = &after[..end];
        let value = past(past(after.get(end + 1..)?, b" \t\r\n").strip_prefix(':')?, b" \t\r\n");
        self.rest = value.get(value_len(value)..)?;
        Some((name, value))
    }
}

/// What follows these characters at the beginning of a text.
fn past<'a>(text: &'a str, skipped: &[u8]) -> &'a str {
    let skip = text.bytes().take_while(|byte| skipped.contains(byte)).count();
    &text[skip..]
}

fn value_len(value: &str) -> usize {
    let bytes = value.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at += 1 + string_end(&value[at + 1..]),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => break,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => break,
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_member_that_names_the_item_is_found() {
        for (input, key) in [
            (r#"{"Etag":"\"x\"","Key":"photos/a.jpg","Size":3}"#, "photos/a.jpg"),
            (r#"{"size":3,"nested":{"Key":"no"},"id":"A-17"}"#, "A-17"),
            (r#"{"b":[1,"}"],"total":12.5,"x":"y"}"#, "12.5"),
            (r#"{"Items":[{"id":7},{"id":8}]}"#, "7"),
            (r#"{"BatchInput":{"id":1},"Items":["first","second"]}"#, "first"),
            (r#""a \"quoted\" text""#, "a \"quoted\" text"),
            ("42", "42"),
            ("{}", "{}"),
            ("[1,2]", "[1,2]"),
        ] {
            assert_eq!(item_key(input), key, "{input}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_key(text: String) {
            prop_assert!(item_key(&text).chars().count() <= MAX_CHARS + 1);
        }

        #[test]
        fn broken_objects_have_a_key(text in r#"\{"[a-zKey\\"]{0,9}[":,{}\[\]0-9a-z\\ ]{0,30}"#) {
            item_key(&text);
        }
    }
}
