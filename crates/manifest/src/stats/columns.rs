//! The members of items: which there are, what they hold, which one names an item.

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Members beyond these are not listed.
const MOST_COLUMNS: usize = 200;
/// The first items are all looked at, then one in so many.
const FIRST: u64 = 1_000;
const THEN_EVERY: u64 = 64;
/// Values that are compared to see whether a column repeats itself.
const COMPARED: usize = 64;

/// What the values of a column are. Texts are looked into, because CSV has nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Nothing but nulls and empty texts so far.
    #[default]
    Empty,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// `true` and `false`.
    Boolean,
    /// Dates and times that begin `YYYY-MM-DD`.
    Time,
    /// Texts.
    Text,
    /// Arrays.
    Array,
    /// Objects.
    Object,
    /// Several of these.
    Mixed,
}

/// A member of the items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Items of the sample that have it.
    pub seen: u64,
    /// Of these, with null or an empty text.
    pub empty: u64,
    /// Bytes of its longest value as JSON.
    pub max_bytes: u64,
    /// Hashes of its first values.
    values: Vec<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Columns {
    sampled: u64,
    list: Vec<Column>,
}

impl Columns {
    pub fn list(&self) -> &[Column] {
        &self.list
    }

    pub fn observe(&mut self, index: u64, text: &str) {
        if index >= FIRST && !index.is_multiple_of(THEN_EVERY) {
            return;
        }
        self.sampled += 1;
        if text.trim_start().starts_with('{') {
            // Items are valid JSON; one that is not has no columns.
            let _ = serde_json::Deserializer::from_str(text).deserialize_map(Members(self));
        }
    }

    pub fn merge(&mut self, other: &Columns) {
        self.sampled += other.sampled;
        for theirs in &other.list {
            let Some(mine) = self.column(&theirs.name) else { continue };
            mine.kind = both(mine.kind, theirs.kind);
            mine.seen += theirs.seen;
            mine.empty += theirs.empty;
            mine.max_bytes = mine.max_bytes.max(theirs.max_bytes);
            let room = COMPARED - mine.values.len().min(COMPARED);
            mine.values.extend(theirs.values.iter().take(room));
        }
    }

    /// The column of this name, made when there is room.
    fn column(&mut self, name: &str) -> Option<&mut Column> {
        if let Some(place) = self.list.iter().position(|column| column.name == name) {
            return self.list.get_mut(place);
        }
        if self.list.len() >= MOST_COLUMNS {
            return None;
        }
        self.list.push(Column {
            name: name.to_owned(),
            kind: ColumnKind::Empty,
            seen: 0,
            empty: 0,
            max_bytes: 0,
            values: Vec::new(),
        });
        self.list.last_mut()
    }

    pub fn display_key(&self) -> Option<&str> {
        let best = self.list.iter().filter(|column| self.may_name(column)).max_by_key(|column| {
            // Of equals the first one wins.
            let place = self.list.iter().position(|other| std::ptr::eq(other, *column));
            (fitness(&column.name), std::cmp::Reverse(place))
        })?;
        Some(&best.name)
    }

    /// Every item has a short plain value there, and no two the same one.
    fn may_name(&self, column: &Column) -> bool {
        let plain = matches!(column.kind, ColumnKind::Integer | ColumnKind::Text | ColumnKind::Mixed);
        let mut values = column.values.clone();
        values.sort_unstable();
        let distinct = values.is_sorted_by(|a, b| a < b);
        plain && distinct && column.seen == self.sampled && column.empty == 0 && column.max_bytes <= 1_024
    }
}

/// How well a name says that its values are names.
fn fitness(name: &str) -> u8 {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "key" => 5,
        "id" | "uuid" | "name" | "path" | "url" | "uri" | "file" | "filename" => 4,
        _ if lower.ends_with("_id")
            || lower.ends_with("key")
            || name.ends_with("Id")
            || name.ends_with("ID") =>
        {
            3
        }
        _ if ["name", "path", "url", "uri", "file", "email"].iter().any(|end| lower.ends_with(end)) => 2,
        _ => 1,
    }
}

impl Column {
    fn observe(&mut self, raw: &str) {
        let kind = kind_of(raw);
        self.seen += 1;
        self.empty += u64::from(kind == ColumnKind::Empty);
        self.kind = both(self.kind, kind);
        self.max_bytes = self.max_bytes.max(raw.len() as u64);
        if self.values.len() < COMPARED {
            self.values.push(hash(raw.as_bytes()));
        }
    }
}

fn kind_of(raw: &str) -> ColumnKind {
    match raw.as_bytes() {
        [b'{', ..] => ColumnKind::Object,
        [b'[', ..] => ColumnKind::Array,
        [b'"', text @ .., b'"'] => kind_of_text(text),
        b"null" => ColumnKind::Empty,
        b"true" | b"false" => ColumnKind::Boolean,
        number => kind_of_number(number).unwrap_or(ColumnKind::Number),
    }
}

fn kind_of_text(text: &[u8]) -> ColumnKind {
    match text {
        b"" => ColumnKind::Empty,
        b"true" | b"false" | b"True" | b"False" | b"TRUE" | b"FALSE" => ColumnKind::Boolean,
        [a, b, c, d, b'-', e, f, b'-', g, h, ..]
            if [a, b, c, d, e, f, g, h].iter().all(|x| x.is_ascii_digit()) =>
        {
            ColumnKind::Time
        }
        _ => kind_of_number(text).unwrap_or(ColumnKind::Text),
    }
}

/// Whole or not; `None` for what is no number or has zeros in front, as codes do.
fn kind_of_number(text: &[u8]) -> Option<ColumnKind> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !digits.first()?.is_ascii_digit() || (digits.len() > 1 && digits[0] == b'0' && digits[1] != b'.') {
        return None;
    }
    if digits.iter().all(u8::is_ascii_digit) {
        return Some(ColumnKind::Integer);
    }
    let plain =
        digits.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    (plain && std::str::from_utf8(text).ok()?.parse::<f64>().is_ok()).then_some(ColumnKind::Number)
}

/// What a column is that holds both.
fn both(one: ColumnKind, other: ColumnKind) -> ColumnKind {
    use ColumnKind::{Empty, Integer, Mixed, Number};
    match (one, other) {
        (same, again) if same == again => same,
        (Empty, kind) | (kind, Empty) => kind,
        (Integer, Number) | (Number, Integer) => Number,
        _ => Mixed,
    }
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

struct Members<'c>(&'c mut Columns);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            match self.0.column(&name) {
                Some(column) => column.observe(map.next_value::<&RawValue>()?.get()),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A member's name, borrowed when it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(items: &[&str]) -> Columns {
        let mut columns = Columns::default();
        for (index, item) in items.iter().enumerate() {
            columns.observe(index as u64, item);
        }
        columns
    }

    #[test]
    fn kinds_are_told_from_values() {
        let found = columns(&[
            r#"{"i":"1","n":1,"b":"true","d":"2026-03-14","z":"007","o":{},"m":1,"e":""}"#,
            r#"{"i":"-2","n":1.5,"b":false,"d":"2026-03-15T10:00Z","z":"008","o":{"x":1},"m":"x","e":null}"#,
        ]);
        let kinds: Vec<ColumnKind> = found.list().iter().map(|column| column.kind).collect();
        use ColumnKind::*;
        assert_eq!(kinds, [Integer, Number, Boolean, Time, Text, Object, Mixed, Empty]);
        assert_eq!(found.list()[7].empty, 2);
    }

    #[test]
    fn the_best_name_is_distinct_and_called_so() {
        let found = columns(&[
            r#"{"n":1,"Bucket":"b","Key":"x/1","id":3}"#,
            r#"{"n":2,"Bucket":"b","Key":"x/2","id":3}"#,
        ]);
        assert_eq!(found.display_key(), Some("Key"));
        assert_eq!(columns(&[r#"{"a":"x"}"#, r#"{"a":"x"}"#]).display_key(), None);
        assert_eq!(columns(&["1", "[2]"]).display_key(), None);
        assert_eq!(columns(&[r#"{"a":"x","b":"y"}"#]).display_key(), Some("a"));
    }
}
