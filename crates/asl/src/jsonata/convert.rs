//! Between our values and the library's, without text in between.

use super::uses::Part;
use crate::Value;
use crate::value::Object;
use indexmap::IndexMap;
use jsonata_core::value::JValue;
use serde_json::Number;

/// Deepest result, so that what is written can be read again.
const MAX_DEPTH: u32 = 120;
/// Most values in a result: results share parts, and a shared part is written each time.
const MAX_VALUES: u32 = 1_000_000;
/// Most bytes of text in a result.
const MAX_TEXT: usize = 16 << 20;

/// A value as the library sees it. Numbers become 64-bit floats, as JSONata knows no others.
pub(super) fn to_library(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(b) => JValue::Bool(*b),
        Value::Number(n) => JValue::Number(n.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => JValue::string(&**text),
        Value::Array(items) => JValue::array(items.iter().map(to_library).collect()),
        Value::Object(members) => JValue::object(
            members
                .iter()
                .map(|(name, value)| (name.to_string(), to_library(value)))
                .collect(),
        ),
    }
}

/// The part of a value that an expression can reach.
pub(super) fn part_to_library(value: &Value, part: &Part) -> JValue {
    match (part, value) {
        (Part::Members(names), Value::Object(members)) => {
            let mut object = IndexMap::with_capacity(names.len());
            for name in names {
                if let Some(value) = members.get(&**name) {
                    object.insert(name.to_string(), to_library(value));
                }
            }
            JValue::object(object)
        }
        _ => to_library(value),
    }
}

/// Why a result cannot be taken.
#[derive(Debug, PartialEq)]
pub(super) enum Unfit {
    /// Nothing.
    Undefined,
    /// A function.
    Kind(&'static str),
    /// Too deep or too large.
    TooLarge,
}

/// A result as our value.
pub(super) fn from_library(result: &JValue) -> Result<Value, Unfit> {
    Reader {
        values: MAX_VALUES,
        text: MAX_TEXT,
    }
    .read(result, MAX_DEPTH)
}

struct Reader {
    values: u32,
    text: usize,
}

impl Reader {
    fn read(&mut self, value: &JValue, depth: u32) -> Result<Value, Unfit> {
        let depth = depth.checked_sub(1).ok_or(Unfit::TooLarge)?;
        self.values = self.values.checked_sub(1).ok_or(Unfit::TooLarge)?;
        Ok(match value {
            JValue::Null => Value::Null,
            JValue::Bool(b) => Value::Bool(*b),
            JValue::Number(n) => number(*n),
            JValue::String(text) => {
                self.take_text(text)?;
                Value::from(&**text)
            }
            JValue::Array(items) => {
                let mut array = Vec::with_capacity(items.len().min(4096));
                for item in items.iter().filter(|item| !item.is_undefined()) {
                    array.push(self.read(item, depth)?);
                }
                array.into()
            }
            JValue::Object(members) => {
                let mut object = Object::with_capacity(members.len().min(4096));
                for (name, value) in members.iter().filter(|(_, value)| !value.is_undefined()) {
                    self.take_text(name)?;
                    object.insert(name.as_str().into(), self.read(value, depth)?);
                }
                object.into()
            }
            JValue::Undefined => return Err(Unfit::Undefined),
            _ => return Err(Unfit::Kind("function")),
        })
    }

    fn take_text(&mut self, text: &str) -> Result<(), Unfit> {
        self.text = self.text.checked_sub(text.len()).ok_or(Unfit::TooLarge)?;
        Ok(())
    }
}

/// A whole number is written without a fraction, as JavaScript does, and what JSON cannot write as
/// the text of its name: so measured on AWS.
fn number(n: f64) -> Value {
    const WRITTEN_IN_FULL: f64 = 9.2e18;
    if n.fract() == 0.0 && n.abs() < WRITTEN_IN_FULL {
        return Value::Number((n as i64).into());
    }
    match Number::from_f64(n) {
        Some(number) => Value::Number(number),
        None if n.is_nan() => "NaN".into(),
        None if n > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}
