//! The one grammar for choosing items: in pages, in REST, in redrives and in exports.
//!
//! A filter is words separated by spaces; an item must satisfy all of them:
//! `status:failed,timed_out error:AccessDenied key:photos/ duration:>2s range:0-4095`.

use crate::status::ItemStatus;
use std::fmt;
use std::ops::RangeInclusive;

/// Numbers of which a word allows some: both ends belong to it.
pub type Bounds = RangeInclusive<u64>;

/// Which items are meant. Everything that is given must hold; a list is satisfied by any of its values.
///
/// ```
/// let filter: model::ItemFilter = "status:failed duration:>2s".parse().unwrap();
/// assert_eq!(filter.statuses, [model::ItemStatus::Failed]);
/// assert_eq!(filter.duration_ms, Some(2_001..=u64::MAX));
/// assert_eq!("status:lost".parse::<model::ItemFilter>().unwrap_err().position, 7);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// `status:` Where the item stands.
    pub statuses: Vec<ItemStatus>,
    /// `error:` Part of the error's name, whatever the case.
    pub errors: Vec<String>,
    /// `cause:` Part of the error's cause, with numbers and ids taken out as in failure groups.
    pub causes: Vec<String>,
    /// `state:` The name of the state that failed.
    pub states: Vec<String>,
    /// `group:` The number of the failure group.
    pub groups: Vec<u32>,
    /// `key:`, or a word without a name: part of the item's key, whatever the case.
    pub key: Option<String>,
    /// `duration:` How long the last attempt took, in milliseconds.
    pub duration_ms: Option<Bounds>,
    /// `attempts:` How often the item was started.
    pub attempts: Option<Bounds>,
    /// `range:` The item's index.
    pub range: Option<Bounds>,
}

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {}: {message}", .position + 1)]
pub struct FilterError {
    /// Where, in characters from 0.
    pub position: usize,
    /// What is wrong there and what is allowed.
    pub message: String,
}

/// The words' names.
pub const NAMES: [&str; 9] =
    ["status", "error", "cause", "state", "group", "key", "duration", "attempts", "range"];

/// The longest filter, in characters.
pub const MAX_FILTER_CHARS: usize = 2_000;

/// A part of the text with its position, quotes taken off.
struct Token {
    position: usize,
    text: String,
}

/// One word: `name:value,value` or a bare value.
struct Word {
    position: usize,
    name: Option<String>,
    values: Vec<Token>,
}

impl std::str::FromStr for ItemFilter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let chars: Vec<char> = text.chars().collect();
        if chars.len() > MAX_FILTER_CHARS {
            return Err(error(
                MAX_FILTER_CHARS,
                format!("a filter has at most {MAX_FILTER_CHARS} characters"),
            ));
        }
        let mut filter = Self::default();
        let mut seen: Vec<&'static str> = Vec::new();
        let mut at = 0;
        while let Some(word) = next_word(&chars, &mut at)? {
            let name = known_name(&word)?;
            if seen.contains(&name) {
                let hint = if name == "key" { "" } else { "; separate its values by commas" };
                return Err(error(word.position, format!("{name} is given twice{hint}")));
            }
            seen.push(name);
            filter.take(name, &word.values)?;
        }
        Ok(filter)
    }
}

impl ItemFilter {
    /// Whether every item is meant.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn take(&mut self, name: &str, values: &[Token]) -> Result<(), FilterError> {
        let texts = || values.iter().map(|value| value.text.clone()).collect::<Vec<_>>();
        match name {
            "status" => self.statuses = values.iter().map(status).collect::<Result<_, _>>()?,
            "error" => self.errors = texts(),
            "cause" => self.causes = texts(),
            "state" => self.states = texts(),
            "group" => self.groups = values.iter().map(group).collect::<Result<_, _>>()?,
            "key" => self.key = Some(one(name, values)?.text.clone()),
            "duration" => self.duration_ms = Some(bounds(one(name, values)?, &DURATIONS)?),
            "attempts" => self.attempts = Some(bounds(one(name, values)?, &COUNTS)?),
            _ => self.range = Some(bounds(one(name, values)?, &COUNTS)?),
        }
        Ok(())
    }
}

fn error(position: usize, message: impl Into<String>) -> FilterError {
    FilterError { position, message: message.into() }
}

fn known_name(word: &Word) -> Result<&'static str, FilterError> {
    let Some(name) = &word.name else { return Ok("key") };
    let found = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let message = format!("\"{name}\" is not a name; use {}, or quote the text", NAMES.join(", "));
        error(word.position, message)
    })
}

/// Reads one word and moves `at` behind it; `None` at the end.
fn next_word(chars: &[char], at: &mut usize) -> Result<Option<Word>, FilterError> {
    while chars.get(*at).is_some_and(|c| c.is_whitespace()) {
        *at += 1;
    }
    if *at >= chars.len() {
        return Ok(None);
    }
    let position = *at;
    let end =
        chars[position..].iter().position(|c| !c.is_ascii_alphabetic() && *c != '_').map(|n| position + n);
    let name = match end {
        Some(end) if end > position && chars[end] == ':' => {
            *at = end + 1;
            Some(chars[position..end].iter().collect::<String>())
        }
        _ => None,
    };
    let mut values = Vec::new();
    let splits = !matches!(name.as_deref(), None | Some("key"));
    loop {
        let value = next_value(chars, at, splits)?;
        if value.text.is_empty() {
            let what =
                name.as_deref().map_or_else(|| "text".to_owned(), |name| format!("a value after {name}:"));
            return Err(error(value.position, format!("{what} is missing")));
        }
        values.push(value);
        match chars.get(*at) {
            Some(',') if splits => *at += 1,
            Some(c) if !c.is_whitespace() => {
                return Err(error(*at, "a space is missing after the quotation mark"));
            }
            _ => return Ok(Some(Word { position, name, values })),
        }
    }
}

/// Reads a value: text in quotation marks, or everything up to a space (and a comma, in lists).
fn next_value(chars: &[char], at: &mut usize, splits: bool) -> Result<Token, FilterError> {
    let position = *at;
    let mut text = String::new();
    if chars.get(*at) == Some(&'"') {
        *at += 1;
        loop {
            match chars.get(*at) {
                Some('"') => break,
                Some('\\') if matches!(chars.get(*at + 1), Some('"' | '\\')) => {
                    text.push(chars[*at + 1]);
                    *at += 2;
                }
                Some(c) => {
                    text.push(*c);
                    *at += 1;
                }
                None => return Err(error(position, "this quotation mark is not closed")),
            }
        }
        *at += 1;
        return Ok(Token { position, text });
    }
    while let Some(c) = chars.get(*at).filter(|c| !c.is_whitespace() && !(splits && **c == ',')) {
        text.push(*c);
        *at += 1;
    }
    Ok(Token { position, text })
}

fn one<'t>(name: &str, values: &'t [Token]) -> Result<&'t Token, FilterError> {
    match values {
        [value] => Ok(value),
        [_, second, ..] => Err(error(second.position, format!("{name} takes one value"))),
        [] => Err(error(0, format!("a value after {name}: is missing"))),
    }
}

fn status(value: &Token) -> Result<ItemStatus, FilterError> {
    let wanted = value.text.to_ascii_uppercase().replace('-', "_");
    let found = ItemStatus::ALL.into_iter().find(|status| status.as_str() == wanted);
    found.ok_or_else(|| {
        let names: Vec<String> =
            ItemStatus::ALL.iter().map(|status| status.as_str().to_lowercase()).collect();
        error(value.position, format!("\"{}\" is not a status; use {}", value.text, names.join(", ")))
    })
}

fn group(value: &Token) -> Result<u32, FilterError> {
    let wrong =
        || error(value.position, format!("\"{}\" is not a failure group; use its number", value.text));
    value.text.parse().map_err(|_| wrong())
}

/// How numbers of a kind are written.
struct Numbers {
    read: fn(&str) -> Option<u64>,
    allowed: &'static str,
}

const COUNTS: Numbers = Numbers { read: count, allowed: "a number, >N, >=N, <N, <=N or N-M" };
const DURATIONS: Numbers = Numbers {
    read: duration,
    allowed: "a duration with its unit (ms, s, m, h), >2s, >=2s, <500ms, <=1m or 1s-5s",
};

fn count(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn duration(text: &str) -> Option<u64> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(split);
    let ms = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" | "min" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    let value = number.parse::<f64>().ok()? * ms;
    (value.is_finite() && value <= 9e15).then(|| value.round() as u64)
}

fn bounds(value: &Token, numbers: &Numbers) -> Result<Bounds, FilterError> {
    let wrong = |text: &str, ahead: usize| {
        let message = format!("\"{text}\" cannot be read; use {}", numbers.allowed);
        error(value.position + ahead, message)
    };
    let text = value.text.as_str();
    let read = |part: &str, ahead: usize| (numbers.read)(part).ok_or_else(|| wrong(part, ahead));
    let empty = |what: &str| error(value.position, format!("{what} leaves no number"));
    let bounds = if let Some(rest) = text.strip_prefix(">=") {
        read(rest, 2)?..=u64::MAX
    } else if let Some(rest) = text.strip_prefix("<=") {
        0..=read(rest, 2)?
    } else if let Some(rest) = text.strip_prefix('>') {
        read(rest, 1)?.checked_add(1).ok_or_else(|| empty(text))?..=u64::MAX
    } else if let Some(rest) = text.strip_prefix('<') {
        0..=read(rest, 1)?.checked_sub(1).ok_or_else(|| empty(text))?
    } else if let Some((low, high)) = text.split_once('-') {
        read(low, 0)?..=read(high, low.chars().count() + 1)?
    } else {
        let exact = read(text, 0)?;
        exact..=exact
    };
    match bounds.is_empty() {
        true => Err(error(value.position, format!("\"{text}\" ends before it begins"))),
        false => Ok(bounds),
    }
}

/// The filter as text that reads back as the same filter.
impl fmt::Display for ItemFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<String> =
            self.statuses.iter().map(|status| status.as_str().to_lowercase()).collect();
        let groups: Vec<String> = self.groups.iter().map(u32::to_string).collect();
        let key: Vec<String> = self.key.iter().cloned().collect();
        let lists = [
            ("status", &statuses),
            ("error", &self.errors),
            ("cause", &self.causes),
            ("state", &self.states),
            ("group", &groups),
            ("key", &key),
        ];
        let mut words: Vec<String> = Vec::new();
        for (name, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            words.push(format!("{name}:{}", values.join(",")));
        }
        let ranges = [
            ("duration", &self.duration_ms, "ms"),
            ("attempts", &self.attempts, ""),
            ("range", &self.range, ""),
        ];
        for (name, bounds, unit) in ranges {
            let Some(bounds) = bounds else { continue };
            words.push(match (*bounds.start(), *bounds.end()) {
                (low, u64::MAX) => format!("{name}:>={low}{unit}"),
                (low, high) if low == high => format!("{name}:{low}{unit}"),
                (low, high) => format!("{name}:{low}{unit}-{high}{unit}"),
            });
        }
        f.write_str(&words.join(" "))
    }
}

fn quoted(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && c != ',' && c != '"';
    match text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests;
