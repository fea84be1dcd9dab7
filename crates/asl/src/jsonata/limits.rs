//! Bounds on what the library does not bound: texts that double, values that share parts, and
//! the few arguments that make it grow without end or panic.

use jsonata_core::evaluator::{Evaluator, EvaluatorError, HostFnResult};
use jsonata_core::value::JValue;
use std::cell::Cell;
use std::rc::Rc;

/// Bounds an operand, and the sum of all in one evaluation.
pub(super) const LARGE: &str = "mapwright_large";
/// Bounds a separator or replacement, which is written once per element or match.
pub(super) const SMALL: &str = "mapwright_small";
/// Bounds a number that a text is as long as.
pub(super) const WIDTH: &str = "mapwright_width";
/// Bounds a number to those that there are.
pub(super) const FINITE: &str = "mapwright_finite";
/// Bounds an end of a range.
pub(super) const END: &str = "mapwright_end";
/// Bounds what a picture asks for.
pub(super) const PICTURE: &str = "mapwright_picture";
/// Refuses a picture of Roman numbers where the number is not in sight.
pub(super) const ROMAN: &str = "mapwright_roman";

/// Largest operand: values and bytes of text, shared parts counted each time.
const MAX_OPERAND: usize = 2 << 20;
/// All operands of one evaluation together.
const MAX_TOTAL: usize = 512 << 20;
/// A separator or replacement times the largest operand so far.
const MAX_PRODUCT: usize = 128 << 20;
/// Farthest end of a range. The library counts a range in 64 bits, so the count of a wider one would
/// overflow and pass its own limit.
const MAX_END: f64 = 4e18;
/// Widest `$pad`, largest Roman number.
const MAX_WIDTH: f64 = 100_000.0;

/// Adds the limiting functions, for one evaluation.
pub(super) fn register(evaluator: &mut Evaluator) {
    let total = Cell::new(MAX_TOTAL);
    let largest = Rc::new(Cell::new(1));
    let seen = largest.clone();
    add(evaluator, LARGE, move |value| {
        let size = size(value, MAX_OPERAND.min(total.get())).ok_or_else(too_large)?;
        total.set(total.get() - size);
        seen.set(seen.get().max(size));
        Ok(())
    });
    add(evaluator, SMALL, move |value| {
        size(value, MAX_PRODUCT / largest.get()).map(|_| ()).ok_or_else(too_large)
    });
    add(evaluator, WIDTH, |value| match value {
        JValue::Number(width) if !width.is_finite() || width.abs() > MAX_WIDTH => {
            Err(error(format!("D1001: Number out of range: {width}")))
        }
        _ => Ok(()),
    });
    add(evaluator, FINITE, |value| match value {
        JValue::Number(number) if !number.is_finite() => {
            Err(error(format!("D1001: Number out of range: {number}")))
        }
        _ => Ok(()),
    });
    add(evaluator, END, |value| match value {
        JValue::Number(end) if end.abs() > MAX_END => Err(error(
            "D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e7".into(),
        )),
        _ => Ok(()),
    });
    add(evaluator, ROMAN, |value| match value {
        JValue::String(picture) if picture.contains(['i', 'I', 'w', 'W']) => {
            Err(error("D3130: Give $formatInteger both arguments for Roman numbers and words".into()))
        }
        _ => Ok(()),
    });
    add(evaluator, PICTURE, |value| match value {
        JValue::String(picture) if odd_picture(picture) => Err(error(format!(
            "D3132: Unknown component specifier in date/time picture string: {picture:.100}"
        ))),
        _ => Ok(()),
    });
}

/// A function that gives its argument back when `check` has nothing against it.
fn add(
    evaluator: &mut Evaluator,
    name: &str,
    check: impl Fn(&JValue) -> Result<(), EvaluatorError> + 'static,
) {
    let added = evaluator.register_fn(name, move |args: &[JValue]| -> HostFnResult {
        let value = args.first().cloned().unwrap_or(JValue::Undefined);
        check(&value).map(|()| value)
    });
    debug_assert!(added.is_ok(), "no built-in has this name");
}

fn error(message: String) -> EvaluatorError {
    EvaluatorError::EvaluationError(message)
}

fn too_large() -> EvaluatorError {
    error("The evaluation needs more memory than is allowed".into())
}

/// True when a date picture has anything but ASCII inside its brackets, which makes the library
/// panic, or asks there for a width of more than three digits.
fn odd_picture(picture: &str) -> bool {
    picture.split('[').skip(1).any(|part| {
        let marker = part.split(']').next().unwrap_or(part);
        let wide = |width: &str| width.chars().filter(char::is_ascii_digit).count() > 3;
        !marker.is_ascii() || marker.split([',', '-']).skip(1).any(wide)
    })
}

/// The size of a value; `None` beyond `most`. Stops there, so shared parts cost no more than the
/// bound; deep ones are walked with a list, not the stack.
fn size(value: &JValue, most: usize) -> Option<usize> {
    let mut left = most;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let size = match value {
            JValue::String(text) => text.len(),
            JValue::Array(items) if items.len() <= left => {
                open.extend(items.iter());
                1
            }
            JValue::Object(members) if members.len() <= left => {
                open.extend(members.values());
                members.keys().map(String::len).sum::<usize>() + 1
            }
            JValue::Array(_) | JValue::Object(_) => return None,
            _ => 1,
        };
        left = left.checked_sub(size)?;
    }
    Some(most - left)
}
