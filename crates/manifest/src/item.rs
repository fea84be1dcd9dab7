//! An item of a Map Run: JSON text that shares its memory with its neighbours.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A piece of a shared string. Cloning copies no text; [`Text::detached`] frees the neighbours.
#[derive(Clone)]
pub struct Text {
    shared: Arc<String>,
    start: usize,
    end: usize,
}

impl Text {
    /// `start..end` of `shared`. The bounds lie on characters: readers cut at JSON's edges.
    pub(crate) fn slice(shared: &Arc<String>, start: usize, end: usize) -> Self {
        Self { shared: Arc::clone(shared), start, end }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.shared.get(self.start..self.end).unwrap_or_default()
    }

    /// The same text in memory of its own, for items that outlive the rest of their chunk.
    pub fn detached(&self) -> Self {
        Self::from(self.as_str().to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let end = text.len();
        Self { shared: Arc::new(text), start: 0, end }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// One item as its source gives it, before ItemSelector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its place in the source, from 0 (`$$.Map.Item.Index`).
    pub index: u64,
    /// JSON text (`$$.Map.Item.Value`). A pair of an object reads `{"Key":k,"Value":v}`.
    pub text: Text,
    /// The name of a pair (`$$.Map.Item.Key`); `None` unless the source is an object.
    pub key: Option<Arc<str>>,
    /// Line where it begins, from 1.
    pub line: u64,
    /// Byte where it begins.
    pub offset: u64,
}
