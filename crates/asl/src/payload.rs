//! What travels between states: JSON as text, as a value, or both.

use crate::Value;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A JSON payload. Text and value are each made from the other when first asked for,
/// so a payload that no path looks into is passed on unparsed. Cloning copies a pointer.
#[derive(Clone)]
pub struct Payload(Arc<Forms>);

#[derive(Default)]
struct Forms {
    text: OnceLock<Arc<str>>,
    value: OnceLock<Value>,
}

impl Payload {
    /// Takes JSON text that is known to be valid, unparsed.
    /// Text that turns out not to be JSON reads as `null`.
    pub fn from_text(text: Arc<str>) -> Self {
        Self(Arc::new(Forms { text: OnceLock::from(text), value: OnceLock::new() }))
    }

    /// Takes JSON text of unknown origin. The text is kept as written.
    ///
    /// # Errors
    /// When the text is not one JSON value, or is nested deeper than 128 levels.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let value = Value::from_json(text)?;
        Ok(Self(Arc::new(Forms { text: OnceLock::from(Arc::from(text)), value: OnceLock::from(value) })))
    }

    /// Takes a value; its text is written when asked for.
    pub fn from_value(value: Value) -> Self {
        Self(Arc::new(Forms { text: OnceLock::new(), value: OnceLock::from(value) }))
    }

    /// `{}`.
    pub fn empty_object() -> Self {
        Self::from_value(crate::value::Object::new().into())
    }

    /// The JSON text.
    pub fn text(&self) -> Arc<str> {
        self.as_text().clone()
    }

    /// The JSON text, borrowed.
    pub fn as_text(&self) -> &Arc<str> {
        self.0.text.get_or_init(|| self.0.value.get().unwrap_or(&Value::Null).to_json().into())
    }

    /// The value.
    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| match self.0.text.get() {
            Some(text) => Value::from_json(text).unwrap_or_default(),
            None => Value::Null,
        })
    }

    /// The length of the text, in UTF-8 bytes: what AWS's payload limit counts.
    pub fn len_bytes(&self) -> usize {
        self.as_text().len()
    }

    /// Whether this was made from a value that is nested so deeply that its text could not be read again.
    /// Bounded: it looks no deeper than that.
    pub fn is_too_deep(&self) -> bool {
        match (self.0.text.get(), self.0.value.get()) {
            (None, Some(value)) => is_deeper(value, MAX_DEPTH),
            _ => false,
        }
    }

    /// Whether both are the same allocation, so certainly equal.
    pub fn is_same(&self, other: &Payload) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Arrays and objects within each other; the JSON parser gives up at 128.
const MAX_DEPTH: u32 = 120;

fn is_deeper(value: &Value, levels: u32) -> bool {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => true,
        Value::Array(items) => items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(members) => members.values().any(|member| is_deeper(member, levels - 1)),
        _ => false,
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.value() == other.value()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_text())
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self::from_value(value)
    }
}

/// As its JSON text, so that spacing and key order survive.
impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_text())
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::from_text(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_as_written() {
        let payload = Payload::parse(r#"[ 1,  2.0 ]"#).unwrap();
        assert_eq!(&*payload.text(), "[ 1,  2.0 ]");
        assert_eq!(payload.value().to_json(), "[1,2.0]");
        assert_eq!(payload.len_bytes(), 11);
        assert!(Payload::parse("{").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels| (0..levels).fold(Value::Null, |inner, _| vec![inner].into());
        assert!(!Payload::from_value(nested(120)).is_too_deep());
        assert!(Payload::from_value(nested(121)).is_too_deep());
    }

    #[test]
    fn a_payload_survives_serde() {
        let payload = Payload::parse(r#"{"a": "é"}"#).unwrap();
        let back: Payload = serde_json::from_str(&serde_json::to_string(&payload).unwrap()).unwrap();
        assert_eq!(back.text(), payload.text());
    }
}
