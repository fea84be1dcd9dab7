//! Functions at the end of a path: `$.prices.sum()`, `$.name.concat('-', $.id)`.

use super::ast::{Function, Operand};
use super::compare::compare;
use super::eval::{Finder, Miss};
use crate::Value;
use serde_json::Number;

/// Applies a function to what the path before it found.
pub(super) fn apply(
    finder: &Finder<'_>,
    function: Function,
    subject: &Value,
    arguments: &[Operand],
) -> Result<Value, Miss> {
    let mut given = Vec::with_capacity(arguments.len());
    for argument in arguments {
        if let Some(value) = finder.operand_value(argument, finder.document)? {
            given.push(value);
        }
    }
    match function {
        Function::Length => Ok(match given.first().unwrap_or(subject) {
            Value::Array(items) => (items.len() as u64).into(),
            Value::Object(members) => (members.len() as u64).into(),
            _ => Value::Null,
        }),
        Function::Keys => Ok(match subject {
            Value::Object(members) => members
                .keys()
                .map(|key| Value::String(key.clone()))
                .collect::<Vec<_>>()
                .into(),
            _ => Value::Null,
        }),
        Function::Concat => {
            let mut text = String::new();
            for value in flat(subject, &given) {
                match value {
                    Value::String(part) => text.push_str(part),
                    Value::Number(n) if !std::ptr::eq(value, subject) => {
                        text.push_str(&n.to_string());
                    }
                    _ => {}
                }
            }
            Ok(text.into())
        }
        Function::Append => match subject {
            Value::Array(items) => {
                let mut items = (**items).clone();
                items.extend(given);
                Ok(items.into())
            }
            other => Ok(other.clone()),
        },
        Function::Min | Function::Max | Function::Avg | Function::Sum | Function::StdDev => {
            aggregate(function, subject, &given)
        }
    }
}

/// The subject's elements, then the arguments (or their elements).
fn flat<'v>(subject: &'v Value, given: &'v [Value]) -> impl Iterator<Item = &'v Value> {
    std::iter::once(subject).chain(given).flat_map(|value| {
        value
            .as_array()
            .unwrap_or_else(|| std::slice::from_ref(value))
    })
}

fn aggregate(function: Function, subject: &Value, given: &[Value]) -> Result<Value, Miss> {
    let numbers: Vec<&Number> = flat(subject, given).filter_map(Value::as_number).collect();
    if numbers.is_empty() {
        let cause = "Aggregation function attempted to calculate value using empty array";
        return Err(Miss::Failed(cause.into()));
    }
    let floats = || numbers.iter().filter_map(|n| n.as_f64());
    let count = numbers.len() as f64;
    let sum: f64 = floats().sum();
    let answer = match function {
        Function::Sum => sum,
        Function::Avg => sum / count,
        Function::StdDev => {
            let squares: f64 = floats().map(|n| n * n).sum();
            (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
        }
        _ => {
            let wanted = match function {
                Function::Min => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let best = numbers.iter().copied().reduce(|best, n| {
                if compare(n, best) == Some(wanted) {
                    n
                } else {
                    best
                }
            });
            best.and_then(Number::as_f64).unwrap_or(f64::NAN)
        }
    };
    Number::from_f64(answer)
        .map(Value::Number)
        .ok_or_else(|| Miss::Failed("The result is no number".into()))
}
