//! Prices, dated, a source for every cell, and free to be edited.

use crate::built_in;
use crate::money::NanoUsd;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Prices of several regions as they stood on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// The day that the prices were read for, `2026-08-31`.
    pub as_of: String,
    /// By region code.
    pub regions: BTreeMap<String, RegionPrices>,
}

/// One price and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Trillionths of a dollar for one unit.
    pub pico_usd: u64,
    /// Where it was read.
    pub source: String,
    /// Not read for this region, only believed.
    #[serde(default)]
    pub assumed: bool,
}

/// A price that falls with the month's quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieredPrice {
    /// From the dearest to the last, which has no end.
    pub tiers: Vec<Tier>,
    /// Where it was read.
    pub source: String,
    /// Not read for this region, only believed.
    #[serde(default)]
    pub assumed: bool,
}

/// A step of a [`TieredPrice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Units of the month up to which it holds; `None` for ever.
    pub up_to: Option<u64>,
    /// Trillionths of a dollar for one unit.
    pub pico_usd: u64,
}

/// The prices of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionPrices {
    /// A state transition of a Standard workflow.
    pub standard_transition: Price,
    /// A start of an Express workflow.
    pub express_request: Price,
    /// A GB-second of an Express workflow.
    pub express_gb_second: TieredPrice,
    /// An invocation of a function.
    pub lambda_request: Price,
    /// A GB-second of a function on x86.
    pub lambda_x86_gb_second: TieredPrice,
    /// A GB-second of a function on arm64.
    pub lambda_arm_gb_second: TieredPrice,
    /// A PUT, COPY, POST or LIST request.
    pub s3_put: Price,
    /// A GET request.
    pub s3_get: Price,
    /// A GB of log data taken in; `None` where it was not found.
    pub logs_gb: Option<Price>,
}

/// What an account need not pay in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct FreeTier {
    /// Standard transitions.
    pub transitions: u64,
    /// Function invocations.
    pub lambda_requests: u64,
    /// Function GB-seconds.
    pub lambda_gb_seconds: u64,
}

impl FreeTier {
    /// The whole monthly allowance of an account. `FreeTier::default()` is none of it.
    pub fn full() -> Self {
        Self { transitions: 4_000, lambda_requests: 1_000_000, lambda_gb_seconds: 400_000 }
    }
}

/// A price book that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No prices for the region.
    #[error("the price list of {as_of} has no region {region}")]
    UnknownRegion {
        /// The region asked for.
        region: String,
        /// The list's date.
        as_of: String,
    },
    /// Tiers that do not rise, or whose last one ends.
    #[error("the tiers of {cell} in {region} must rise, and the last must have no end")]
    Tiers {
        /// The region.
        region: String,
        /// The price.
        cell: &'static str,
    },
}

impl PriceBook {
    /// The prices that come with this version.
    pub fn built_in() -> Self {
        built_in::price_book()
    }

    /// The prices of a region.
    ///
    /// # Errors
    /// A region that is not in the book.
    pub fn region(&self, region: &str) -> Result<&RegionPrices, PriceError> {
        self.regions
            .get(region)
            .ok_or_else(|| PriceError::UnknownRegion { region: region.to_owned(), as_of: self.as_of.clone() })
    }

    /// Checks an edited book.
    ///
    /// # Errors
    /// The first cell whose tiers make no sense.
    pub fn check(&self) -> Result<(), PriceError> {
        for (region, prices) in &self.regions {
            for (cell, price) in [
                ("express_gb_second", &prices.express_gb_second),
                ("lambda_x86_gb_second", &prices.lambda_x86_gb_second),
                ("lambda_arm_gb_second", &prices.lambda_arm_gb_second),
            ] {
                if !price.is_sound() {
                    return Err(PriceError::Tiers { region: region.clone(), cell });
                }
            }
        }
        Ok(())
    }
}

impl Price {
    /// The price of `quantity` units.
    pub fn times(&self, quantity: u64) -> NanoUsd {
        NanoUsd::of(u128::from(quantity), self.pico_usd, 1)
    }
}

impl TieredPrice {
    /// The price of `quantity` / `per` units of a fresh month, every tier rounded on its own.
    pub fn times(&self, quantity: u128, per: u128) -> Vec<(Tier, u128, NanoUsd)> {
        let mut parts = Vec::new();
        let mut done = 0;
        for tier in &self.tiers {
            let end =
                tier.up_to.map_or(quantity, |up_to| quantity.min(u128::from(up_to).saturating_mul(per)));
            if end > done {
                parts.push((*tier, end - done, NanoUsd::of(end - done, tier.pico_usd, per)));
                done = end;
            }
        }
        parts
    }

    fn is_sound(&self) -> bool {
        let bounds: Vec<u64> = self.tiers.iter().map(|tier| tier.up_to.unwrap_or(u64::MAX)).collect();
        bounds.last() == Some(&u64::MAX) && bounds.is_sorted_by(|low, high| low < high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_book_is_sound_and_survives_json() {
        let book = PriceBook::built_in();
        assert_eq!(book.check(), Ok(()));
        assert_eq!(book.regions.len(), 7);
        let text = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<PriceBook>(&text).unwrap(), book);
        assert!(book.region("mars-1").is_err());
    }

    #[test]
    fn tiers_must_rise() {
        let mut book = PriceBook::built_in();
        book.regions.get_mut("us-east-1").unwrap().express_gb_second.tiers.pop();
        assert!(matches!(book.check(), Err(PriceError::Tiers { cell: "express_gb_second", .. })));
    }
}
