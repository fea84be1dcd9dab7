//! Fields that hold numbers, and AWS's words when they do not.

use crate::Value;
use crate::execution::failure::Failure;
use crate::jsonata::JsonataTemplate;
use crate::program::expr::NumberField;
use crate::scope::Scope;

/// `Seconds` of a Wait.
pub(super) fn wait_seconds(field: &NumberField, scope: &Scope<'_>) -> Result<i64, Failure> {
    let value = field.eval(scope)?;
    let whole = integer(field, &value);
    match (field, whole) {
        (_, Some(seconds)) if seconds >= 0 => Ok(seconds),
        (NumberField::Path(path, name), Some(seconds)) => Err(Failure::runtime(format!(
            "The {name} parameter references a negative value: {} == {seconds}",
            path.text()
        ))),
        (NumberField::Path(path, name), None) => Err(Failure::runtime(format!(
            "The {name} parameter cannot be parsed as a long value: {} == {}",
            path.text(),
            plain(&value)
        ))),
        (NumberField::Jsonata(template, _), None) if value.as_number().is_none() => {
            Err(unexpected_type(template, "number", &value))
        }
        (NumberField::Jsonata(_, name), Some(_)) => {
            Err(Failure::query(name, format!("The {name} field cannot be negative: {}", plain(&value))))
        }
        (NumberField::Jsonata(_, name), None) => Err(Failure::query(
            name,
            format!("The {name} field cannot be parsed as a long value: {}", plain(&value)),
        )),
        (NumberField::Literal(_), _) => Ok(0),
    }
}

/// A whole number: `MaxConcurrencyPath`, `TimeoutSecondsPath` … Negative numbers pass.
pub(super) fn whole(field: &NumberField, scope: &Scope<'_>) -> Result<i64, Failure> {
    let value = field.eval(scope)?;
    match (integer(field, &value), field) {
        (Some(number), _) => Ok(number),
        (None, NumberField::Path(path, name)) => Err(Failure::runtime(format!(
            "The {name} field refers to value \"{}\" which is not a valid integer: {}",
            plain(&value),
            path.text()
        ))),
        (None, NumberField::Jsonata(template, _)) => Err(unexpected_type(template, "number", &value)),
        (None, NumberField::Literal(_)) => Ok(0),
    }
}

/// A number with a fraction: `ToleratedFailurePercentage`.
pub(super) fn decimal(field: &NumberField, scope: &Scope<'_>) -> Result<f64, Failure> {
    let value = field.eval(scope)?;
    let found = match &value {
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        other => other.as_number().and_then(serde_json::Number::as_f64),
    };
    match (found, field) {
        (Some(number), _) => Ok(number),
        (None, NumberField::Path(path, name)) => Err(Failure::runtime(format!(
            "The {name} field refers to value \"{}\" which is not a valid float: {}",
            plain(&value),
            path.text()
        ))),
        (None, NumberField::Jsonata(template, _)) => Err(unexpected_type(template, "number", &value)),
        (None, NumberField::Literal(_)) => Ok(0.0),
    }
}

/// A 64-bit integer, also one that stands in a string. What a path finds must be written as one; an
/// expression's `3.0` is 3, as its language does not tell them apart.
fn integer(field: &NumberField, value: &Value) -> Option<i64> {
    if let Some(text) = value.as_str() {
        return text.parse().ok();
    }
    let number = value.as_number()?;
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|_| !matches!(field, NumberField::Path(..)))?;
        (float.fract() == 0.0 && float.abs() < 9.0e15).then_some(float as i64)
    })
}

/// Text without its quotes, anything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_json(), str::to_owned)
}

/// "returned an unexpected result type": what AWS says of a JSONata field whose value does not fit.
pub(super) fn unexpected_type(template: &JsonataTemplate, expected: &str, value: &Value) -> Failure {
    match template.as_expression() {
        Some(expression) => expression.unexpected(expected, value).into(),
        None => Failure::runtime(format!("expected a {expected}, found {}", value.to_json())),
    }
}

/// A fault of a numeric field, in the error that its language gives.
pub(super) fn fault(field: &NumberField, cause: &str) -> Failure {
    match field {
        NumberField::Jsonata(_, name) => Failure::query(name, cause),
        _ => Failure::runtime(cause),
    }
}

/// A number below zero where none may be.
pub(super) fn negative(field: &NumberField, name: &str) -> Failure {
    fault(field, &format!("{name} cannot be negative."))
}

/// A timeout that is no positive number.
pub(super) fn not_positive(field: &NumberField, number: i64) -> Failure {
    match field {
        NumberField::Path(query, name) => Failure::runtime(format!(
            "The {name} field refers to value \"{number}\" which is not a positive integer: {}",
            query.text()
        )),
        NumberField::Jsonata(_, name) => {
            Failure::query(name, format!("The {name} field must be a positive integer: {number}"))
        }
        NumberField::Literal(_) => Failure::runtime(format!("{number} is not a positive integer")),
    }
}

/// The field's name without its ending `Path`.
pub(super) fn plain_name(field: &NumberField) -> &'static str {
    match field {
        NumberField::Path(_, name) => name.strip_suffix("Path").unwrap_or(name),
        NumberField::Jsonata(_, name) => name,
        NumberField::Literal(_) => "",
    }
}
