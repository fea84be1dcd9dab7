//! `States.MathRandom`, `States.MathAdd`

use super::arguments::Arguments;
use crate::Value;
use crate::scope::Rng;

/// A number of `start .. end`; the same for the same seed.
pub(super) fn random(arguments: &Arguments<'_>, rng: &Rng) -> Result<Value, String> {
    let (start, end) = (arguments.integer(0)?, arguments.integer(1)?);
    if start >= end {
        return arguments.refuse(1, "greater than the first argument");
    }
    let bits = match arguments.0.len() {
        3 => Rng::new(arguments.integer(2)? as u64).next_u64(),
        _ => rng.next_u64(),
    };
    let span = (i128::from(end) - i128::from(start)) as u128;
    // A product instead of a remainder: no bias worth the name, no division.
    let offset = (u128::from(bits) * span) >> 64;
    Ok(((i128::from(start) + offset as i128) as i64).into())
}

/// The sum of two 32-bit numbers.
pub(super) fn add(arguments: &Arguments<'_>) -> Result<Value, String> {
    let mut sum = 0i64;
    for at in 0..2 {
        match i32::try_from(arguments.integer(at)?) {
            Ok(number) => sum += i64::from(number),
            Err(_) => return arguments.refuse(at, "between -2147483648 and 2147483647"),
        }
    }
    Ok(sum.into())
}
