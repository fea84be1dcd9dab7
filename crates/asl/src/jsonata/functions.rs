//! AWS's functions, and the language's impure ones made repeatable.

use super::uses::Uses;
use crate::Value;
use crate::scope::{JavaRandom, Rng};
use jsonata_core::evaluator::{Evaluator, EvaluatorError, HostFnResult};
use jsonata_core::value::JValue;
use model::Timestamp;
use std::rc::Rc;

/// Most elements that `$range` makes; one more is beyond AWS's memory for an expression.
const MAX_RANGE: f64 = 500_000.0;
const MEMORY: &str = "D2015: too many elements";

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
    let uuid = move |args: &[JValue]| {
        no_more(args, 0, "uuid")?;
        Ok(JValue::string(rng.next_uuid()))
    };
    add("uuid", Box::new(uuid));
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

/// A whole number that must be there; a fraction is cut off, towards zero.
fn integer(args: &[JValue], at: usize, function: &str) -> Result<f64, EvaluatorError> {
    match number(args, at, function)? {
        Some(n) if n.abs() < 9.0e15 => Ok(n.trunc()),
        _ => mismatch(at + 1, function),
    }
}

/// Whether an argument is missing or undefined.
fn absent(args: &[JValue], at: usize) -> bool {
    matches!(args.get(at), None | Some(JValue::Undefined))
}

fn no_more(args: &[JValue], most: usize, function: &str) -> Result<(), EvaluatorError> {
    match args.len() > most {
        true => mismatch(most + 1, function),
        false => Ok(()),
    }
}

/// `$partition(array, size)`: parts of at most `size` elements. As measured on AWS: nothing to part
/// and a size of zero are undefined, without a size there is one part.
fn partition(args: &[JValue]) -> HostFnResult {
    no_more(args, 2, "partition")?;
    let items = match args.first() {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::Array(items)) => items.as_slice(),
        Some(_) => return error("T0412: Argument 1 of function \"partition\" must be an array of undefined"),
    };
    if items.is_empty() {
        return Ok(JValue::Undefined);
    }
    let size = if absent(args, 1) { items.len() as f64 } else { integer(args, 1, "partition")? };
    if size < 0.0 {
        return error("D3137: Second argument must be zero or greater");
    }
    if size == 0.0 {
        return Ok(JValue::Undefined);
    }
    let parts = items.chunks(size as usize);
    Ok(JValue::array(parts.map(|part| JValue::array(part.to_vec())).collect()))
}

/// `$range(first, last, step)`: both ends included. As measured on AWS, it is a sequence: no
/// element is undefined, one stands for itself. A missing step makes none.
fn range(args: &[JValue]) -> HostFnResult {
    no_more(args, 3, "range")?;
    let (first, last) = (integer(args, 0, "range")?, integer(args, 1, "range")?);
    let step = if absent(args, 2) { 0.0 } else { integer(args, 2, "range")? };
    let count = if step == 0.0 { 0.0 } else { ((last - first) / step).floor() + 1.0 };
    if count > MAX_RANGE {
        return error(MEMORY);
    }
    let mut numbers = (0..count.max(0.0) as u32).map(|n| JValue::Number(first + f64::from(n) * step));
    Ok(match count as u32 {
        0 => JValue::Undefined,
        1 => numbers.next().unwrap_or(JValue::Undefined),
        _ => JValue::array(numbers.collect()),
    })
}

/// `$hash(text, algorithm)`: hexadecimal; undefined without an algorithm.
fn hash(args: &[JValue]) -> HostFnResult {
    no_more(args, 2, "hash")?;
    let Some(JValue::String(text)) = args.first() else { return mismatch(1, "hash") };
    let algorithm = match args.get(1) {
        None | Some(JValue::Undefined) => return Ok(JValue::Undefined),
        Some(JValue::String(name)) => name,
        Some(_) => return mismatch(2, "hash"),
    };
    match crate::intrinsics::digest(text.as_bytes(), algorithm) {
        Some(digest) => Ok(JValue::string(digest)),
        None => error(format!(
            "D3137: Hash algorithm '{algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5"
        )),
    }
}

/// `$parse(text)`: the JSON that a text writes.
fn parse(args: &[JValue]) -> HostFnResult {
    // Not counted: `$map(texts, $parse)` gives a position and the array as well.
    match args.first() {
        None | Some(JValue::Undefined) => Ok(JValue::Undefined),
        Some(JValue::String(text)) => match Value::from_json(text) {
            Ok(value) => Ok(super::convert::to_library(&value)),
            Err(_) => error("D3137: Invalid JSON"),
        },
        Some(_) => mismatch(1, "parse"),
    }
}

/// `$random()`, `$random(seed)`: a number in `0 .. 1`; with a seed the one that Java's generator
/// gives first, as AWS does.
fn random(args: &[JValue], rng: &Rng) -> HostFnResult {
    no_more(args, 1, "random")?;
    Ok(JValue::Number(match absent(args, 0) {
        true => rng.next_f64(),
        false => JavaRandom::new(integer(args, 0, "random")? as i64).next_f64(),
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
