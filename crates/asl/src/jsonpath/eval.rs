//! Walks a value along a path's segments.
//!
//! What a step does where it does not fit follows Jayway: an error while the path so far names
//! one value, silence behind a wildcard, slice, filter or descent.

use super::ast::{Filter, Segment, is_definite};
use super::function;
use crate::Value;
use crate::value::Object;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write;

/// Values that one evaluation may visit. Descents within descents multiply.
const MAX_VISITS: u64 = 2_000_000;

/// Why there is no value.
#[derive(Debug, PartialEq)]
pub(super) enum Miss {
    /// Nothing there; the text is Jayway's reason.
    NotFound(String),
    /// The evaluation itself failed.
    Failed(String),
}

/// One evaluation over a document.
pub(super) struct Finder<'v> {
    pub(super) document: &'v Value,
    visits: Cell<u64>,
}

impl<'v> Finder<'v> {
    pub(super) fn new(document: &'v Value) -> Self {
        Self { document, visits: Cell::new(0) }
    }

    /// The value of a path: one value, or an array of all found.
    pub(super) fn eval(&self, segments: &[Segment], start: &Value, definite: bool) -> Result<Value, Miss> {
        if let Some((Segment::Function(function, arguments), before)) = segments.split_last() {
            let subject = self.eval(before, start, is_definite(before))?;
            return function::apply(self, *function, &subject, arguments);
        }
        if definite {
            return self.one(segments, start);
        }
        let mut found = Vec::new();
        self.all(segments, start, true, &mut |value| found.push(value))?;
        Ok(found.into())
    }

    /// The value of a definite path.
    fn one(&self, segments: &[Segment], start: &Value) -> Result<Value, Miss> {
        locate(segments, start)
            .map(Cow::into_owned)
            .map_err(|(index, at)| Miss::NotFound(reason(segments, index, at)))
    }

    /// Counts one visited value.
    pub(super) fn visit(&self) -> Result<(), Miss> {
        let visits = self.visits.get() + 1;
        self.visits.set(visits);
        match visits > MAX_VISITS {
            true => Err(Miss::Failed("The path visits too many values".into())),
            false => Ok(()),
        }
    }

    /// Gives every value of an indefinite path to `found`. `strict` while the path so far names
    /// one value.
    pub(super) fn all(
        &self,
        segments: &[Segment],
        at: &Value,
        strict: bool,
        found: &mut dyn FnMut(Value),
    ) -> Result<(), Miss> {
        self.visit()?;
        let Some((segment, rest)) = segments.split_first() else {
            found(at.clone());
            return Ok(());
        };
        let misfit = || match strict {
            true => Err(Miss::NotFound(reason(segments, 0, at))),
            false => Ok(()),
        };
        match segment {
            Segment::Member(name) => match at.get(name) {
                Some(value) => self.all(rest, value, strict, found),
                // Where Jayway would complain of a missing member, AWS answers `[]`.
                None => Ok(()),
            },
            Segment::Members(names) => match at {
                Value::Object(members) if rest.is_empty() => {
                    found(merged(members, names));
                    Ok(())
                }
                Value::Object(members) => names
                    .iter()
                    .filter_map(|name| members.get(name))
                    .try_for_each(|value| self.all(rest, value, false, found)),
                _ => misfit(),
            },
            Segment::Index(position) => match at {
                // Behind the end there is nothing, which an indefinite path does not mind.
                Value::Array(items) => match element(items, *position) {
                    Some(value) => self.all(rest, value, strict, found),
                    None => Ok(()),
                },
                _ => misfit(),
            },
            Segment::Indexes(positions) => match at {
                Value::Array(items) => positions
                    .iter()
                    .filter_map(|position| element(items, *position))
                    .try_for_each(|value| self.all(rest, value, false, found)),
                _ => misfit(),
            },
            Segment::Slice(from, to) => match at {
                Value::Array(items) => {
                    sliced(items, *from, *to).try_for_each(|value| self.all(rest, value, false, found))
                }
                _ => misfit(),
            },
            Segment::Wildcard => children(at).try_for_each(|value| self.all(rest, value, false, found)),
            Segment::Filter(filter) => self.filtered(filter, rest, (at, strict), found),
            Segment::Descend => self.descend(rest, at, found),
            Segment::Function(..) => Err(Miss::Failed("A function must end the path".into())),
        }
    }

    fn filtered(
        &self,
        filter: &Filter,
        rest: &[Segment],
        (at, strict): (&Value, bool),
        found: &mut dyn FnMut(Value),
    ) -> Result<(), Miss> {
        let mut keep = |value: &Value| match self.accepts(filter, value)? {
            true => self.all(rest, value, false, found),
            false => Ok(()),
        };
        match at {
            Value::Array(items) => items.iter().try_for_each(keep),
            Value::Object(_) => keep(at),
            _ if strict => Err(Miss::NotFound("A filter can not be applied to primitives".into())),
            _ => Ok(()),
        }
    }

    /// Applies `segments` to a value and to everything in it.
    fn descend(&self, segments: &[Segment], at: &Value, found: &mut dyn FnMut(Value)) -> Result<(), Miss> {
        self.visit()?;
        // An array's own elements are candidates of a filter one level down, where each object
        // is asked; asking here as well would give each twice.
        let once = !matches!((segments.first(), at), (Some(Segment::Filter(_)), Value::Array(_)));
        if once && matches!(at, Value::Array(_) | Value::Object(_)) {
            self.all(segments, at, false, found)?;
        }
        children(at).try_for_each(|child| self.descend(segments, child, found))
    }
}

/// Follows a definite path; what fails tells which segment, and on what.
pub(super) fn locate<'v>(
    segments: &[Segment],
    start: &'v Value,
) -> Result<Cow<'v, Value>, (usize, &'v Value)> {
    let mut at = start;
    for (index, segment) in segments.iter().enumerate() {
        let next = match segment {
            Segment::Member(name) => at.get(name),
            Segment::Index(position) => at.as_array().and_then(|a| element(a, *position)),
            Segment::Members(names) => match at {
                Value::Object(members) => return Ok(Cow::Owned(merged(members, names))),
                _ => None,
            },
            _ => None,
        };
        at = next.ok_or((index, at))?;
    }
    Ok(Cow::Borrowed(at))
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// An element; a negative position counts from the end.
fn element(items: &[Value], position: i64) -> Option<&Value> {
    let position = match position < 0 {
        true => position + items.len() as i64,
        false => position,
    };
    items.get(usize::try_from(position).ok()?)
}

/// Jayway's slice: with both bounds, a negative start counts up to the end one by one, so
/// `[-2:1]` is the last two elements and the first.
fn sliced(items: &[Value], from: Option<i64>, to: Option<i64>) -> impl Iterator<Item = &Value> {
    let length = items.len() as i64;
    let wrap = |bound: i64| if bound < 0 { length + bound } else { bound };
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from.max(-length), to.min(length)),
        (Some(from), None) => (wrap(from).max(0), length),
        (None, Some(to)) => (0, wrap(to).min(length)),
        (None, None) => (0, length),
    };
    (from..to).filter_map(|position| element(items, position))
}

fn merged(members: &Object, names: &[std::sync::Arc<str>]) -> Value {
    let mut object = Object::new();
    for name in names {
        if let Some(value) = members.get(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    object.into()
}

/// Why the segment at `index` finds nothing in `at`.
fn reason(segments: &[Segment], index: usize, at: &Value) -> String {
    let so_far = written(&segments[..=index]);
    match (&segments[index], at) {
        (Segment::Member(_), Value::Object(_)) if index + 1 < segments.len() => {
            format!("Missing property in path {so_far}")
        }
        (Segment::Member(name), Value::Null | Value::Bool(_) | Value::Number(_))
        | (Segment::Member(name), Value::String(_) | Value::Array(_)) => format!(
            "Expected to find an object with property ['{name}'] in path {} but found '{}'",
            written(&segments[..index]),
            kind(at)
        ),
        (Segment::Index(_), Value::Array(_)) | (Segment::Member(_), _) => {
            format!("No results for path: {}", written(segments))
        }
        (Segment::Index(position), _) => format!(
            "Filter: [{position}] can only be applied to arrays. Current context is: {}",
            at.to_json()
        ),
        _ => format!("No results for path: {so_far}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The canonical text of segments: `$['a'][0]`.
fn written(segments: &[Segment]) -> String {
    let mut text = String::from("$");
    for segment in segments {
        let done = match segment {
            Segment::Member(name) => write!(text, "['{name}']"),
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Members(names) => write!(text, "['{}']", names.join("','")),
            Segment::Wildcard => write!(text, "[*]"),
            Segment::Descend => write!(text, ".."),
            _ => write!(text, "[?]"),
        };
        done.expect("writing to a String succeeds");
    }
    text
}
