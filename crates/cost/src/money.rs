//! Money.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};

/// US dollars in billionths. Serialised as that number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    /// `quantity` units at `pico_usd` (trillionths of a dollar) each, divided by `per`, rounded to the nearest.
    pub fn of(quantity: u128, pico_usd: u64, per: u128) -> Self {
        let divisor = per.max(1) * 1000;
        let total = (quantity.saturating_mul(u128::from(pico_usd)).saturating_add(divisor / 2)) / divisor;
        Self(i64::try_from(total).unwrap_or(i64::MAX))
    }

    /// In millionths of a dollar, rounded to the nearest.
    pub fn micro_usd(self) -> i64 {
        self.0.saturating_add(500).div_euclid(1000)
    }

    /// In dollars, for charts.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// `$27.04`; below a cent with as many places as it takes to show two figures, `$0.0012`.
impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nano = self.0.unsigned_abs();
        let mut places = 2;
        while places < 9 && nano > 0 && nano.saturating_mul(10u64.pow(places)) < 10_000_000_000 {
            places += 1;
        }
        let places = if nano >= 10_000_000 { 2 } else { places };
        let unit = 10u64.pow(9 - places);
        let rounded = (nano + unit / 2) / unit;
        let whole = 10u64.pow(places);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}${}.{:0width$}", rounded / whole, rounded % whole, width = places as usize)
    }
}

impl Add for NanoUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for NanoUsd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for NanoUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_once_and_shown_in_cents() {
        assert_eq!(NanoUsd::of(10_000, 25_000_000, 1), NanoUsd(250_000_000));
        assert_eq!(NanoUsd::of(1, 1_499, 1), NanoUsd(1));
        assert_eq!(NanoUsd(27_041_875_000).to_string(), "$27.04");
        assert_eq!(NanoUsd(1_234_000).to_string(), "$0.0012");
        assert_eq!(NanoUsd(75_000).to_string(), "$0.000075");
        assert_eq!(NanoUsd(-2_500_000_000).to_string(), "-$2.50");
        assert_eq!(NanoUsd(0).to_string(), "$0.00");
        assert_eq!(NanoUsd(1_499).micro_usd(), 1);
        assert_eq!(NanoUsd(i64::MIN).to_string(), "-$9223372036.85");
    }
}
