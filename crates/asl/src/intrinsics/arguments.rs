//! Evaluated arguments and the checks that functions share. Positions count from one, as in
//! AWS's messages.

use crate::Value;

/// The values given to a function.
pub(super) struct Arguments<'v>(pub(super) &'v [Value]);

const ORDINALS: [&str; 3] = ["first", "second", "third"];

/// "The first argument must be …, but was …".
fn wrong(at: usize, expected: &str, value: &Value) -> String {
    let shown = value.to_json();
    let shown = match shown.char_indices().nth(256) {
        Some((end, _)) => &shown[..end],
        None => &shown,
    };
    let ordinal = ORDINALS.get(at).copied().unwrap_or("next");
    format!("The {ordinal} argument must be {expected}, but was: {shown}")
}

impl<'v> Arguments<'v> {
    /// The argument at a position that the number check has proved.
    pub(super) fn value(&self, at: usize) -> &'v Value {
        const ABSENT: &Value = &Value::Null;
        self.0.get(at).unwrap_or(ABSENT)
    }

    pub(super) fn array(&self, at: usize) -> Result<&'v [Value], String> {
        let value = self.value(at);
        value.as_array().ok_or_else(|| wrong(at, "an array", value))
    }

    pub(super) fn text(&self, at: usize) -> Result<&'v str, String> {
        let value = self.value(at);
        value.as_str().ok_or_else(|| wrong(at, "a string", value))
    }

    /// A text of at most `most` characters.
    pub(super) fn short_text(&self, at: usize, most: usize) -> Result<&'v str, String> {
        let text = self.text(at)?;
        match text.chars().count() <= most {
            true => Ok(text),
            false => Err(format!(
                "The {} argument must not be longer than {most} characters",
                ORDINALS.get(at).copied().unwrap_or("next")
            )),
        }
    }

    /// A whole number. A decimal is rounded to the nearest as Java does it, halves up: -1.5 is -1.
    pub(super) fn integer(&self, at: usize) -> Result<i64, String> {
        let value = self.value(at);
        let number = value.as_number().and_then(|n| {
            n.as_i64().or_else(|| {
                n.as_f64()
                    .map(|f| (f + 0.5).floor())
                    .filter(|f| f.abs() < 9.0e15)
                    .map(|f| f as i64)
            })
        });
        number.ok_or_else(|| wrong(at, "an integer", value))
    }

    pub(super) fn boolean(&self, at: usize) -> Result<bool, String> {
        let value = self.value(at);
        value.as_bool().ok_or_else(|| wrong(at, "a boolean", value))
    }

    /// Says what an argument should have been.
    pub(super) fn refuse<T>(&self, at: usize, expected: &str) -> Result<T, String> {
        Err(wrong(at, expected, self.value(at)))
    }
}
