//! `States.Array…`

use super::arguments::Arguments;
use crate::Value;
use crate::jsonpath::equal_values;
use std::collections::HashSet;

/// Most elements of `States.ArrayRange`.
const MAX_RANGE: i64 = 1000;

pub(super) fn partition(arguments: &Arguments<'_>) -> Result<Value, String> {
    let items = arguments.array(0)?;
    match usize::try_from(arguments.integer(1)?) {
        Ok(size @ 1..) => Ok(items
            .chunks(size)
            .map(|chunk| Value::from(chunk.to_vec()))
            .collect::<Vec<_>>()
            .into()),
        _ => arguments.refuse(1, "a positive integer"),
    }
}

pub(super) fn contains(arguments: &Arguments<'_>) -> Result<Value, String> {
    let wanted = arguments.value(1);
    let found = arguments
        .array(0)?
        .iter()
        .any(|item| equal_values(item, wanted));
    Ok(found.into())
}

pub(super) fn range(arguments: &Arguments<'_>) -> Result<Value, String> {
    let (first, last) = (arguments.integer(0)?, arguments.integer(1)?);
    let step = arguments.integer(2)?;
    if step == 0 {
        return arguments.refuse(2, "an integer other than zero");
    }
    let steps = (i128::from(last) - i128::from(first)) / i128::from(step);
    let backwards = (last > first && step < 0) || (last < first && step > 0);
    if backwards {
        return Ok(Vec::new().into());
    }
    if steps >= i128::from(MAX_RANGE) {
        return Err(format!(
            "The range must not have more than {MAX_RANGE} elements"
        ));
    }
    let numbers = (0..=steps as i64).map(|n| Value::from(first + n * step));
    Ok(numbers.collect::<Vec<_>>().into())
}

pub(super) fn get_item(arguments: &Arguments<'_>) -> Result<Value, String> {
    let items = arguments.array(0)?;
    let index = arguments.integer(1)?;
    match usize::try_from(index).ok().and_then(|at| items.get(at)) {
        Some(item) => Ok(item.clone()),
        None => Err(format!(
            "The index {index} is out of bounds for an array of length {}",
            items.len()
        )),
    }
}

pub(super) fn length(arguments: &Arguments<'_>) -> Result<Value, String> {
    Ok((arguments.array(0)?.len() as u64).into())
}

/// The first of each set of equal elements. Equal is what writes the same JSON.
pub(super) fn unique(arguments: &Arguments<'_>) -> Result<Value, String> {
    let mut seen = HashSet::new();
    let items = arguments.array(0)?.iter();
    let first = items.filter(|item| seen.insert(item.to_json()));
    Ok(first.cloned().collect::<Vec<_>>().into())
}
