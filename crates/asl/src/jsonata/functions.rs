//! AWS's functions, and the language's impure ones made repeatable.

use super::uses::Uses;
use crate::Value;
use crate::scope::Rng;
use jsonata_core::evaluator::{Evaluator, EvaluatorError, HostFnResult};
use jsonata_core::value::JValue;
use model::Timestamp;
use std::rc::Rc;

/// Most elements that `$range` makes.
const MAX_RANGE: f64 = 1_000_000.0;

/// What the impure functions take from.
pub(super) struct Source {
    pub(super) rng: Rc<Rng>,
    pub(super) now: Timestamp,
}

/// What a function does with its arguments.
type Function = dyn Fn(&[JValue]) -> HostFnResult;

/// Adds the functions that an expression mentions.
pub(super) fn register(evaluator: &mut Evaluator, uses: &Uses, source: &Source) {
    let mut add = |name: &str, function: Box<Function>| {
        if uses.mentions(name) {
            let added = evaluator.register_fn_override(name, move |args: &[JValue]| function(args));
            debug_assert!(added.is_ok(), "{name} cannot be replaced");
        }
    };
    add("partition", Box::new(partition));
    add("range", Box::new(range));
    add("hash", Box::new(hash));
    add("parse", Box::new(parse));
    let rng = source.rng.clone();
    add("random", Box::new(move |args| random(args, &rng)));
    let rng = source.rng.clone();
    add("uuid", Box::new(move |_| Ok(JValue::string(rng.next_uuid()))));
    let rng = source.rng.clone();
    add("shuffle", Box::new(move |args| shuffle(args, &rng)));
    let now = source.now;
    add("millis", Box::new(move |_| Ok(JValue::Number(now.0 as f64))));
    add("now", Box::new(move |args| now_text(args, now)));
}

fn error<T>(message: impl Into<String>) -> Result<T, EvaluatorError> {
    Err(EvaluatorError::EvaluationError(message.into()))
}

fn mismatch<T>(position: usize, function: &str) -> Result<T, EvaluatorError> {
    error(format!("T0410: Argument {position} of function \"{function}\" does not match function signature"))
}

/// A number argument; `None` for an undefined one.
fn number(args: &[JValue], at: usize, function: &str) -> Result<Option<f64>, EvaluatorError> {
    match args.get(at) {
        None | Some(JValue::Undefined) => Ok(None),
        Some(JValue::Number(n)) if n.is_finite() => Ok(Some(*n)),
        Some(_) => mismatch(at + 1, function),
    }
}

/// A whole number that must be there.
fn integer(args: &[JValue], at: usize, function: &str) -> Result<f64, EvaluatorError> {
    match number(args, at, function)? {
        Some(n) if n.abs() < 9.0e15 => Ok(n.floor()),
        _ => mismatch(at + 1, function),
    }
}

fn no_more(args: &[JValue], most: usize, function: &str) -> Result<(), EvaluatorError> {
    match args.len() > most {
        true => mismatch(most + 1, function),
        false => Ok(()),
    }
}

/// `$partition(array, size)`: parts of at most `size` elements.
fn partition(args: &[JValue]) -> HostFnResult {
    no_more(args, 2, "partition")?;
    let items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items.as_slice(),
        // As everywhere in JSONata, a value stands for an array of one.
        Some(one) => std::slice::from_ref(one),
    };
    let size = integer(args, 1, "partition")?;
    if size < 1.0 {
        return mismatch(2, "partition");
    }
    let parts = items.chunks(size as usize);
    Ok(JValue::array(parts.map(|part| JValue::array(part.to_vec())).collect()))
}

/// `$range(first, last, step)`: both ends included.
fn range(args: &[JValue]) -> HostFnResult {
    no_more(args, 3, "range")?;
    let (first, last) = (integer(args, 0, "range")?, integer(args, 1, "range")?);
    let step = match args.len() {
        3 => integer(args, 2, "range")?,
        _ => 1.0,
    };
    if step == 0.0 {
        return mismatch(3, "range");
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > MAX_RANGE {
        return error(format!(
            "D2014: The size of the sequence allocated by the range function must not exceed 1e6.  Attempted to allocate {count}."
        ));
    }
    let numbers = (0..count.max(0.0) as u32).map(|n| JValue::Number(first + f64::from(n) * step));
    Ok(JValue::array(numbers.collect()))
}

/// `$hash(data, algorithm)`: hexadecimal; without an algorithm, SHA-1.
fn hash(args: &[JValue]) -> HostFnResult {
    no_more(args, 2, "hash")?;
    let data = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::String(text)) => text.to_string(),
        Some(value) => match super::convert::from_library(value) {
            Ok(value) => value.to_json(),
            Err(_) => return mismatch(1, "hash"),
        },
    };
    let algorithm = match args.get(1) {
        None | Some(JValue::Undefined) => "SHA-1",
        Some(JValue::String(name)) => name,
        Some(_) => return mismatch(2, "hash"),
    };
    match crate::intrinsics::digest(data.as_bytes(), algorithm) {
        Some(digest) => Ok(JValue::string(digest)),
        None => mismatch(2, "hash"),
    }
}

/// `$parse(text)`: the JSON that a text writes.
fn parse(args: &[JValue]) -> HostFnResult {
    // Not counted: `$map(texts, $parse)` gives a position and the array as well.
    match args.first() {
        None | Some(JValue::Undefined) => Ok(JValue::Undefined),
        Some(JValue::String(text)) => match Value::from_json(text) {
            Ok(value) => Ok(super::convert::to_library(&value)),
            Err(_) => error("The argument of the parse function must be valid JSON"),
        },
        Some(_) => mismatch(1, "parse"),
    }
}

/// `$random()`, `$random(seed)`: a number in `0 .. 1`, the same for the same seed.
fn random(args: &[JValue], rng: &Rng) -> HostFnResult {
    no_more(args, 1, "random")?;
    Ok(JValue::Number(match number(args, 0, "random")? {
        Some(seed) => Rng::new(seed.to_bits()).next_f64(),
        None => rng.next_f64(),
    }))
}

fn shuffle(args: &[JValue], rng: &Rng) -> HostFnResult {
    match args.first() {
        None | Some(JValue::Undefined) => Ok(JValue::Undefined),
        Some(JValue::Array(items)) => {
            let mut items = items.to_vec();
            for last in (1..items.len()).rev() {
                items.swap(last, (rng.next_u64() % (last as u64 + 1)) as usize);
            }
            Ok(JValue::array(items))
        }
        Some(one) => Ok(JValue::array(vec![one.clone()])),
    }
}

/// `$now()`, `$now(picture, timezone)`
fn now_text(args: &[JValue], now: Timestamp) -> HostFnResult {
    if args.is_empty() {
        return Ok(JValue::string(now.to_rfc3339()));
    }
    // The picture is the library's business: ask its pure sibling for the same instant.
    let picture = "$fromMillis($at, $picture, $zone)";
    let mut context = jsonata_core::evaluator::Context::new();
    context.bind("at".into(), JValue::Number(now.0 as f64));
    let given = |at: usize| args.get(at).cloned().unwrap_or(JValue::Undefined);
    context.bind("picture".into(), given(0));
    context.bind("zone".into(), given(1));
    let ast = jsonata_core::parser::parse(picture)
        .map_err(|e| EvaluatorError::EvaluationError(e.display_message()))?;
    Evaluator::with_context(context).evaluate(&ast, &JValue::Undefined)
}
