//! Functions of plain JSON.

use super::{Event, Outcome, Raised};
use serde_json::{Map, Number, Value};

/// The sum of `numbers`, of the event itself when it is an array, or of its own numeric fields.
pub fn add(event: &Event) -> Outcome {
    let all: Vec<&Value> = match (event.value().get("numbers"), event.value()) {
        (Some(Value::Array(numbers)), _) | (None, Value::Array(numbers)) => numbers.iter().collect(),
        (None, Value::Object(fields)) => fields.values().collect(),
        _ => Vec::new(),
    };
    let (mut whole, mut float) = (Some(0_i64), 0.0);
    for value in &all {
        let wrong = || Raised::new("TypeError", format!("Cannot add {value}: it is not a number."));
        let number = value.as_number().ok_or_else(wrong)?;
        whole = whole.and_then(|sum| sum.checked_add(number.as_i64()?));
        float += number.as_f64().unwrap_or_default();
    }
    match whole.map(Number::from).or(Number::from_f64(float)) {
        Some(sum) => Ok(sum.to_string().into()),
        None => Err(Raised::new("OverflowError", "The sum is too large for a number.")),
    }
}

/// The same value with the names of all fields in capitals.
pub fn uppercase_keys(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let upper = fields.into_iter().map(|(name, value)| (name.to_uppercase(), uppercase_keys(value)));
            Value::Object(upper.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(uppercase_keys).collect(),
        plain => plain,
    }
}
