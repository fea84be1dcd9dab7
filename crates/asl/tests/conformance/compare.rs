//! Comparing what was recorded with what was observed.

use serde_json::Value;

/// Members that level 1 leaves out inside outputs.
const LEFT_OUT: [&str; 4] = ["Cause", "SdkHttpMetadata", "SdkResponseMetadata", "RedriveStatusReason"];

/// A text as the recording tool shows it: an object where it is the text of one.
pub fn shown(text: &str) -> Value {
    match text.trim_start().starts_with('{').then(|| serde_json::from_str(text)) {
        Some(Ok(value)) => value,
        _ => text.into(),
    }
}

/// The same for every text of a structure, one level deep.
pub fn all_shown(value: &Value) -> Value {
    match value {
        Value::String(text) => shown(text),
        Value::Array(items) => items.iter().map(all_shown).collect(),
        Value::Object(members) => members.iter().map(|(k, v)| (k.clone(), all_shown(v))).collect(),
        other => other.clone(),
    }
}

pub struct Matcher<'a> {
    pub placeholders: &'a [String],
    /// Whether level 1's exceptions apply.
    pub lenient: bool,
}

impl Matcher<'_> {
    /// Where the two differ first; `None` when they match.
    pub fn difference(&self, expected: &Value, found: &Value, at: &str) -> Option<String> {
        let differ = || Some(format!("{at}: expected {} found {}", brief(expected), brief(found)));
        match (expected, found) {
            (Value::String(text), _) if self.placeholders.contains(text) => None,
            (Value::String(a), Value::String(b)) => match self.text_matches(a, b) {
                true => None,
                // The recording tool wrote some texts anew when it put placeholders into them.
                false => match (rewritten(a), rewritten(b)) {
                    (Some(a), Some(b))
                        if self.placeholders.iter().any(|p| expected.to_string().contains(p)) =>
                    {
                        self.difference(&a, &b, at)
                    }
                    _ => differ(),
                },
            },
            // The recording test parsed this text.
            (Value::Array(_) | Value::Number(_) | Value::Bool(_), Value::String(text)) => {
                match parsed(text) {
                    Some(parsed) => self.difference(expected, &parsed, at),
                    None => differ(),
                }
            }
            (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => a
                .iter()
                .zip(b)
                .enumerate()
                .find_map(|(i, (a, b))| self.difference(a, b, &format!("{at}/{i}"))),
            (Value::Object(a), Value::Object(b)) => {
                let skip = |key: &str| self.lenient && LEFT_OUT.contains(&key);
                for key in b.keys().filter(|key| !skip(key)) {
                    if !a.contains_key(key) {
                        return Some(format!("{at}/{key}: not expected, found {}", brief(&b[key])));
                    }
                }
                a.iter().filter(|(key, _)| !skip(key)).find_map(|(key, a)| match b.get(key) {
                    Some(b) => self.difference(a, b, &format!("{at}/{key}")),
                    None => Some(format!("{at}/{key}: missing, expected {}", brief(a))),
                })
            }
            (a, b) if a == b => None,
            _ => differ(),
        }
    }

    /// Placeholders inside a text stand for any text.
    fn text_matches(&self, expected: &str, found: &str) -> bool {
        if expected == found {
            return true;
        }
        let mut pattern = vec![expected.to_owned()];
        for placeholder in self.placeholders.iter().filter(|p| !p.is_empty()) {
            pattern =
                pattern.iter().flat_map(|part| part.split(placeholder.as_str()).map(str::to_owned)).collect();
        }
        let (Some(first), Some(last)) = (pattern.first(), pattern.last()) else { return false };
        if pattern.len() == 1 || !found.starts_with(first.as_str()) {
            return false;
        }
        let mut rest = &found[first.len()..];
        for part in &pattern[1..pattern.len() - 1] {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

/// The object or array that a text is.
fn rewritten(text: &str) -> Option<Value> {
    parsed(text).filter(|value| value.is_object() || value.is_array())
}

fn parsed(text: &str) -> Option<Value> {
    match serde_json::from_str(text).ok()? {
        // A string within the text was parsed as well.
        Value::String(inner) => serde_json::from_str(&inner).ok(),
        value => Some(value),
    }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(700) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
