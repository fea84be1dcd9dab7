//! What was metered of a Map Run, as usage and as a bill.

use crate::bill::{Bill, bill};
use crate::price_book::{FreeTier, PriceBook, RegionPrices};
use crate::usage::Usage;
use model::Metered;

/// The region whose prices stand for those that nobody has read.
const KNOWN_REGION: &str = "us-east-1";

impl From<&Metered> for Usage {
    fn from(metered: &Metered) -> Self {
        Self {
            children: metered.children,
            transitions: metered.transitions,
            express_requests: metered.express_requests,
            express_mb_ms: u128::from(metered.express_mb_ms),
            ..Self::default()
        }
    }
}

/// What AWS Step Functions would bill for it, free allowances not counted.
pub fn metered_bill(metered: &Metered, prices: &RegionPrices) -> Bill {
    bill(&Usage::from(metered), prices, &FreeTier::default())
}

/// The built-in prices of a region; of us-east-1 where those are not known.
pub fn prices_of(region: &str) -> RegionPrices {
    let mut book = PriceBook::built_in();
    let found = book.regions.remove(region).or_else(|| book.regions.remove(KNOWN_REGION));
    found.expect("the built-in book has us-east-1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_standard_children_of_one_state_cost_what_aws_publishes() {
        let metered = Metered { children: 1_000_000, transitions: 2_000_000, ..Metered::default() };
        assert_eq!(metered_bill(&metered, &prices_of("us-east-1")).total.to_string(), "$50.00");
        assert_eq!(prices_of("nowhere-1"), prices_of("us-east-1"));
    }

    #[test]
    fn express_children_pay_starts_and_time() {
        let mb_ms = 1_000_000 * 100 * 64;
        let metered =
            Metered { children: 1_000_000, transitions: 0, express_requests: 1_000_000, express_mb_ms: mb_ms };
        let bill = metered_bill(&metered, &prices_of("us-east-1"));
        assert_eq!(bill.of("Express requests").to_string(), "$1.00");
        assert_eq!(bill.of("Express duration").to_string(), "$0.10");
    }
}
