//! What an expression can see: input, context, variables, randomness, time.

use crate::Value;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Variables set by `Assign`. Cloning shares; a branch's changes stay its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variables(Arc<BTreeMap<Arc<str>, Value>>);

impl Variables {
    /// The value of a variable, named without its `$`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Sets a variable, named without its `$`.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        Arc::make_mut(&mut self.0).insert(name.into(), value);
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// True when none is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Seeded random numbers. The same seed and position give the same numbers for ever, so a
/// serialised execution goes on exactly as the original would have.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Rng {
    seed: u64,
    position: AtomicU64,
}

impl Rng {
    /// Numbers of a seed, from its first.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            position: AtomicU64::new(0),
        }
    }

    /// The next 64 bits (SplitMix64, which is a counter with a mixer).
    pub fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let position = self
            .position
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1);
        let mut z = self.seed.wrapping_add(position.wrapping_mul(STEP));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Moves on to where a copy has got.
    pub(crate) fn go_to(&self, copy: &Rng) {
        let position = copy.position.load(Ordering::Relaxed);
        self.position.store(position, Ordering::Relaxed);
    }

    /// A number in `0.0 .. 1.0`.
    pub fn next_f64(&self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A random UUID, version 4.
    pub fn next_uuid(&self) -> String {
        let (high, low) = (self.next_u64(), self.next_u64());
        let high = (high & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000;
        let low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        let text = format!("{high:016x}{low:016x}");
        [
            &text[..8],
            &text[8..12],
            &text[12..16],
            &text[16..20],
            &text[20..],
        ]
        .join("-")
    }
}

/// `java.util.Random`, whose numbers AWS gives for a seed.
/// Source: Java SE API, `java.util.Random` (the algorithm is part of its contract).
pub(crate) struct JavaRandom(u64);

impl JavaRandom {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;

    pub(crate) fn new(seed: i64) -> Self {
        Self((seed as u64 ^ Self::MULTIPLIER) & Self::MASK)
    }

    fn next(&mut self, bits: u32) -> u64 {
        self.0 = (self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xB)) & Self::MASK;
        self.0 >> (48 - bits)
    }

    /// A number in `0.0 .. 1.0`.
    pub(crate) fn next_f64(&mut self) -> f64 {
        ((self.next(26) << 27) + self.next(27)) as f64 / (1u64 << 53) as f64
    }
}

impl Clone for Rng {
    fn clone(&self) -> Self {
        Self {
            seed: self.seed,
            position: AtomicU64::new(self.position.load(Ordering::Relaxed)),
        }
    }
}

impl PartialEq for Rng {
    fn eq(&self, other: &Self) -> bool {
        self.seed == other.seed
            && self.position.load(Ordering::Relaxed) == other.position.load(Ordering::Relaxed)
    }
}

/// What an expression can see. Copying it copies references.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// `$` in JSONPath, `$states.input` in JSONata.
    pub input: &'a Value,
    /// `$$` in JSONPath, `$states.context` in JSONata.
    pub context: &'a Value,
    /// `$name` in both.
    pub variables: &'a Variables,
    /// `$states.result`, where the state has one.
    pub result: Option<&'a Value>,
    /// `$states.errorOutput`, in a Catch.
    pub error_output: Option<&'a Value>,
    /// Source of every random number and UUID.
    pub rng: &'a Rng,
    /// What `$now()` and `$millis()` say.
    pub now: Timestamp,
}

impl<'a> Scope<'a> {
    /// A scope without result or error, at the epoch.
    pub fn new(
        input: &'a Value,
        context: &'a Value,
        variables: &'a Variables,
        rng: &'a Rng,
    ) -> Self {
        Self {
            input,
            context,
            variables,
            result: None,
            error_output: None,
            rng,
            now: Timestamp(0),
        }
    }

    /// The same with `$states.result`.
    pub fn with_result(self, result: &'a Value) -> Self {
        Self {
            result: Some(result),
            ..self
        }
    }

    /// The same with `$states.errorOutput`.
    pub fn with_error_output(self, error_output: &'a Value) -> Self {
        Self {
            error_output: Some(error_output),
            ..self
        }
    }

    /// The same with another `$` input.
    pub fn with_input(self, input: &'a Value) -> Self {
        Self { input, ..self }
    }

    /// The same at an instant.
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restored_generator_goes_on_where_the_original_was() {
        let rng = Rng::new(7);
        rng.next_u64();
        let text = serde_json::to_string(&rng).unwrap();
        let restored: Rng = serde_json::from_str(&text).unwrap();
        assert_eq!(restored.next_u64(), rng.next_u64());
        assert_ne!(restored.next_u64(), Rng::new(8).next_u64());
    }

    #[test]
    fn seeded_numbers_are_those_of_java() {
        // Measured on AWS for `$random(42)`.
        assert_eq!(JavaRandom::new(42).next_f64(), 0.7275636800328681);
    }

    #[test]
    fn uuids_are_version_4() {
        let uuid = Rng::new(1).next_uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
