//! Modes, batch sizes and concurrencies side by side.

use crate::duration::Brake;
use crate::duration::duration;
use crate::estimate::point;
use crate::money::NanoUsd;
use crate::price_book::{PriceBook, PriceError};
use crate::workload::{ExecutionMode, Workload};
use model::limits::{EXPRESS_TIMEOUT_MS, MAX_PAYLOAD_BYTES};
use serde::{Deserialize, Serialize};

/// The batch sizes that are always compared.
pub const BATCH_SIZES: [u64; 4] = [1, 10, 100, 1_000];

/// A way to run the job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EstimateChoice))]
pub struct Choice {
    /// Where and how.
    pub mode: ExecutionMode,
    /// Items of a child.
    pub items_per_batch: u64,
    /// Children started.
    pub children: u64,
    /// The likely cost.
    pub cost: NanoUsd,
    /// The likely time.
    pub duration_ms: u64,
    /// What it waits for most.
    pub brake: Brake,
    /// Why it cannot be run so; `None` when it can.
    pub impossible: Option<String>,
    /// No other possible way costs less.
    pub cheapest: bool,
    /// No other possible way on AWS costs less.
    pub cheapest_on_aws: bool,
    /// No other possible way takes less time.
    pub fastest: bool,
}

/// Every mode with every batch size of [`BATCH_SIZES`] and the workload's own.
///
/// # Errors
/// A region that the book does not have.
pub fn compare(workload: &Workload, book: &PriceBook) -> Result<Vec<Choice>, PriceError> {
    let prices = book.region(&workload.region)?;
    let mut sizes = BATCH_SIZES.to_vec();
    sizes.push(workload.items_per_batch.max(1));
    sizes.sort_unstable();
    sizes.dedup();
    let mut choices: Vec<Choice> = Vec::new();
    for mode in ExecutionMode::ALL {
        for &items_per_batch in &sizes {
            let candidate = Workload { items_per_batch, ..workload.clone() };
            let likely = point(&candidate, mode, prices);
            choices.push(Choice {
                mode,
                items_per_batch,
                children: candidate.children(),
                cost: likely.cost,
                duration_ms: likely.ms,
                brake: duration(&candidate, mode).brake,
                impossible: impossible(&candidate, mode),
                cheapest: false,
                cheapest_on_aws: false,
                fastest: false,
            });
        }
    }
    flag(&mut choices);
    Ok(choices)
}

fn impossible(workload: &Workload, mode: ExecutionMode) -> Option<String> {
    let batch_bytes = workload.item_bytes.saturating_mul(workload.batch());
    if batch_bytes > MAX_PAYLOAD_BYTES as u64 {
        return Some("A batch would be larger than 256 KiB.".into());
    }
    let too_long = mode == ExecutionMode::Express && workload.child_ms() > EXPRESS_TIMEOUT_MS as f64;
    too_long.then(|| "An Express child may run for 5 minutes.".into())
}

fn flag(choices: &mut [Choice]) {
    let possible = |choice: &&Choice| choice.impossible.is_none();
    let aws = |choice: &&Choice| choice.mode != ExecutionMode::Here;
    let cheapest = choices.iter().filter(possible).map(|choice| choice.cost).min();
    let on_aws = choices.iter().filter(possible).filter(aws).map(|choice| choice.cost).min();
    let fastest = choices.iter().filter(possible).map(|choice| choice.duration_ms).min();
    for choice in choices.iter_mut().filter(|choice| choice.impossible.is_none()) {
        choice.cheapest = Some(choice.cost) == cheapest;
        choice.cheapest_on_aws = choice.mode != ExecutionMode::Here && Some(choice.cost) == on_aws;
        choice.fastest = Some(choice.duration_ms) == fastest;
    }
}

/// Cost and time at one concurrency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CurvePoint {
    /// `MaxConcurrency`.
    pub concurrency: u32,
    /// The likely cost.
    pub cost: NanoUsd,
    /// The likely time.
    pub duration_ms: u64,
    /// What it waits for most.
    pub brake: Brake,
}

/// Cost and time against `MaxConcurrency`: 1, 2, 5, 10 … 10,000 and the workload's own value.
///
/// # Errors
/// A region that the book does not have.
pub fn concurrency_curve(
    workload: &Workload,
    mode: ExecutionMode,
    book: &PriceBook,
) -> Result<Vec<CurvePoint>, PriceError> {
    let prices = book.region(&workload.region)?;
    let mut values: Vec<u32> =
        (0..5).flat_map(|power| [1, 2, 5].map(|step| step * 10u32.pow(power))).collect();
    values.push(workload.concurrency(mode));
    values.retain(|&value| value <= model::limits::MAX_CONCURRENCY);
    values.sort_unstable();
    values.dedup();
    let curve = values.into_iter().map(|concurrency| {
        let candidate = Workload { max_concurrency: concurrency, ..workload.clone() };
        let likely = point(&candidate, mode, prices);
        CurvePoint {
            concurrency,
            cost: likely.cost,
            duration_ms: likely.ms,
            brake: duration(&candidate, mode).brake,
        }
    });
    Ok(curve.collect())
}
