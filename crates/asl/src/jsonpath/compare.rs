//! The operators of filters over values that may be absent.

use super::ast::Operator;
use crate::Value;
use serde_json::Number;
use std::cmp::Ordering;

/// True when the relation holds. An absent value equals nothing.
pub(super) fn holds(left: Option<&Value>, operator: Operator, right: Option<&Value>) -> bool {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => !equal(left, right),
        Operator::SameEqual => same_kind(left, right) && equal(left, right),
        Operator::SameNotEqual => !(same_kind(left, right) && equal(left, right)),
        Operator::Less => order(left, right).is_some_and(Ordering::is_lt),
        Operator::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Operator::Greater => order(left, right).is_some_and(Ordering::is_gt),
        Operator::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Operator::In => list(right).is_some_and(|items| contains(items, left)),
        Operator::NotIn => !list(right).is_some_and(|items| contains(items, left)),
        Operator::AnyOf => sets(left, right, |a, b| a.iter().any(|x| contains(b, Some(x)))),
        Operator::NoneOf => sets(left, right, |a, b| !a.iter().any(|x| contains(b, Some(x)))),
        Operator::SubsetOf => sets(left, right, |a, b| a.iter().all(|x| contains(b, Some(x)))),
        Operator::All => sets(left, right, |a, b| b.iter().all(|x| contains(a, Some(x)))),
        Operator::Contains => match (left, right) {
            (Some(Value::String(text)), Some(Value::String(part))) => text.contains(&**part),
            (Some(Value::Array(items)), _) => contains(items, right),
            _ => false,
        },
        Operator::Size => match (size(left), right) {
            (Some(size), Some(Value::Number(n))) => n.as_u64() == Some(size as u64),
            _ => false,
        },
        Operator::Empty => match (size(left), right) {
            (Some(size), Some(Value::Bool(wanted))) => (size == 0) == *wanted,
            _ => false,
        },
        Operator::Exists => matches!(right, Some(Value::Bool(wanted)) if left.is_some() == *wanted),
        Operator::Type => same_kind(left, right),
        // Regular expressions are no values; the evaluator handles them.
        Operator::Matches => false,
    }
}

fn same_kind(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(a), Some(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        _ => left.is_none() && right.is_none(),
    }
}

/// Equality of JSON values, numbers by value: `1` equals `1.0`, at any depth.
pub(crate) fn equal_values(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b) == Some(Ordering::Equal),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal_values(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal_values(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Equality in filters: numbers by value, and a number equals the text that writes it.
fn equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => compare(a, b) == Some(Ordering::Equal),
        (Some(Value::String(text)), Some(Value::Number(n))) => **text == n.to_string(),
        (Some(Value::Number(n)), Some(Value::String(text))) => text
            .parse()
            .is_ok_and(|m| compare(n, &m) == Some(Ordering::Equal)),
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(a), Value::Number(b)) => compare(a, b),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Orders numbers by value: exactly where both are integers.
pub(super) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn whole(n: &Number) -> Option<i128> {
    n.as_i64()
        .map(i128::from)
        .or_else(|| n.as_u64().map(i128::from))
}

fn list(value: Option<&Value>) -> Option<&[Value]> {
    value?.as_array()
}

fn contains(items: &[Value], wanted: Option<&Value>) -> bool {
    items.iter().any(|item| equal(Some(item), wanted))
}

fn sets(
    left: Option<&Value>,
    right: Option<&Value>,
    relation: impl Fn(&[Value], &[Value]) -> bool,
) -> bool {
    match (list(left), list(right)) {
        (Some(left), Some(right)) => relation(left, right),
        _ => false,
    }
}

fn size(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(members) => Some(members.len()),
        _ => None,
    }
}
