//! After a run: what was estimated against what was metered.

use crate::bill::bill;
use crate::estimate::Estimate;
use crate::money::NanoUsd;
use crate::price_book::{FreeTier, RegionPrices};
use crate::usage::Usage;
use serde::{Deserialize, Serialize};

/// An estimate beside what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Every line that either bill has, in the estimate's order.
    pub lines: Vec<LinePair>,
    /// The likely cost.
    pub estimated: NanoUsd,
    /// The bill of what was metered.
    pub metered: NanoUsd,
    /// The metered cost lies in the estimate's range.
    pub cost_in_range: bool,
    /// The measured time lies in the estimate's range.
    pub duration_in_range: bool,
}

/// One line of two bills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePair {
    /// What it is for.
    pub label: String,
    /// As estimated.
    pub estimated: NanoUsd,
    /// As metered.
    pub metered: NanoUsd,
}

/// Sets an estimate against the usage and the milliseconds of the run, at the same prices.
pub fn reconcile(
    estimate: &Estimate,
    metered: &Usage,
    duration_ms: u64,
    prices: &RegionPrices,
    free: &FreeTier,
) -> Reconciliation {
    let actual = bill(metered, prices, free);
    let mut lines: Vec<LinePair> = Vec::new();
    let amounts =
        estimate.lines.iter().map(|line| (line, true)).chain(actual.lines.iter().map(|line| (line, false)));
    for (line, estimated) in amounts {
        let place = lines.iter().position(|pair| pair.label == line.label).unwrap_or_else(|| {
            let nothing = NanoUsd::default();
            lines.push(LinePair { label: line.label.clone(), estimated: nothing, metered: nothing });
            lines.len() - 1
        });
        let pair = &mut lines[place];
        let amount = if estimated { &mut pair.estimated } else { &mut pair.metered };
        *amount = *amount + line.nano_usd;
    }
    Reconciliation {
        lines,
        estimated: estimate.cost.likely,
        metered: actual.total,
        cost_in_range: (estimate.cost.low..=estimate.cost.high).contains(&actual.total),
        duration_in_range: (estimate.duration_ms.low..=estimate.duration_ms.high).contains(&duration_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExecutionMode, PriceBook, StateProfile, Workload, estimate};

    #[test]
    fn a_run_that_went_as_estimated_is_in_range_and_one_with_retries_is_not() {
        let book = PriceBook::built_in();
        let workload = Workload::new(100_000, vec![StateProfile::task("Work", 500.0)]);
        let guess = estimate(&workload, ExecutionMode::Express, &book).unwrap();
        let prices = book.region("us-east-1").unwrap();
        let same = reconcile(&guess, &guess.usage, guess.duration_ms.likely, prices, &workload.free_tier);
        assert!(same.cost_in_range && same.duration_in_range);
        assert!(same.lines.iter().all(|pair| pair.estimated == pair.metered));
        let more = Usage { s3_gets: 1_000_000, ..guess.usage.clone() };
        let other = reconcile(&guess, &more, guess.duration_ms.likely * 2, prices, &workload.free_tier);
        assert!(!other.cost_in_range && !other.duration_in_range);
        let gets = other.lines.iter().find(|pair| pair.label == "S3 GET").unwrap();
        assert_eq!((gets.estimated.micro_usd(), gets.metered.micro_usd()), (0, 400_000));
        assert_eq!(other.lines.iter().map(|pair| pair.metered).sum::<NanoUsd>(), other.metered);
    }
}
