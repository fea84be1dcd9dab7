//! An estimate: bill, duration, ranges and what drives them.

use crate::bill::{Line, MB_MS_PER_GB_S, bill};
use crate::duration::{Brake, duration};
use crate::money::NanoUsd;
use crate::price_book::{PriceBook, PriceError, RegionPrices};
use crate::spread::{Chance, Spread};
use crate::usage::{Usage, usage};
use crate::workload::{ExecutionMode, Workload};
use serde::{Deserialize, Serialize};

/// Draws for a range.
const DRAWS: usize = 1_000;
/// The seed of the draws: the same workload always gives the same range.
const SEED: u64 = 0x4D61_7057_7269_6768;

/// A best guess and what it lies between: 5 % of the draws are lower, 5 % higher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Range<T> {
    /// Rarely less.
    pub low: T,
    /// At the likely numbers.
    pub likely: T,
    /// Rarely more.
    pub high: T,
}

/// What a run will need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimate {
    /// Where and how.
    pub mode: ExecutionMode,
    /// The day of the price list.
    pub prices_as_of: String,
    /// The likely bill.
    pub lines: Vec<Line>,
    /// What would be metered.
    pub usage: Usage,
    /// Children started.
    pub children: u64,
    /// Standard transitions.
    pub transitions: u64,
    /// Express starts.
    pub requests: u64,
    /// GB-seconds of Express children.
    pub gb_seconds: f64,
    /// Money.
    pub cost: Range<NanoUsd>,
    /// Milliseconds.
    pub duration_ms: Range<u64>,
    /// What the run waits for most.
    pub brake: Brake,
    /// Which doubts make the cost's range, the widest first; at most five.
    pub drivers: Vec<Driver>,
}

/// A number whose doubt widens the range, taken alone while all others are as likely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Driver {
    /// For example `retry rate of Upload`.
    pub name: String,
    /// The cost at its low end.
    pub low_cost: NanoUsd,
    /// The cost at its high end.
    pub high_cost: NanoUsd,
    /// Its part of all drivers' cost ranges, 0–1; of their duration ranges when no cost moves.
    pub share: f64,
    /// Duration at its low end, in milliseconds.
    pub low_ms: u64,
    /// Duration at its high end, in milliseconds.
    pub high_ms: u64,
}

/// Prices and times a workload.
///
/// # Errors
/// A region that the book does not have.
pub fn estimate(workload: &Workload, mode: ExecutionMode, book: &PriceBook) -> Result<Estimate, PriceError> {
    let prices = book.region(&workload.region)?;
    let time = duration(workload, mode);
    let usage = usage(workload, mode, time.ms);
    let bill = bill(&usage, prices, &workload.free_tier);
    let (cost, duration_ms) = ranges(workload, mode, prices, Point { cost: bill.total, ms: time.ms });
    Ok(Estimate {
        mode,
        prices_as_of: book.as_of.clone(),
        lines: bill.lines,
        children: usage.children,
        transitions: usage.transitions,
        requests: usage.express_requests,
        gb_seconds: usage.express_mb_ms as f64 / MB_MS_PER_GB_S as f64,
        usage,
        cost,
        duration_ms,
        brake: time.brake,
        drivers: drivers(workload, mode, prices),
    })
}

/// Cost and time of one set of numbers.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub cost: NanoUsd,
    pub ms: u64,
}

pub(crate) fn point(workload: &Workload, mode: ExecutionMode, prices: &RegionPrices) -> Point {
    let ms = duration(workload, mode).ms;
    Point { cost: bill(&usage(workload, mode, ms), prices, &workload.free_tier).total, ms }
}

fn ranges(
    workload: &Workload,
    mode: ExecutionMode,
    prices: &RegionPrices,
    likely: Point,
) -> (Range<NanoUsd>, Range<u64>) {
    let wide = workload.clone().spreads().iter().any(|(_, spread)| spread.is_wide());
    let mut chance = Chance(SEED);
    let draws: Vec<Point> = (0..if wide { DRAWS } else { 0 })
        .map(|_| {
            let mut draw = workload.clone();
            for (_, spread) in draw.spreads() {
                *spread = Spread::exactly(spread.quantile(chance.next()));
            }
            point(&draw, mode, prices)
        })
        .collect();
    let costs = draws.iter().map(|draw| draw.cost).collect();
    let times = draws.iter().map(|draw| draw.ms).collect();
    (range(costs, likely.cost), range(times, likely.ms))
}

/// The 5th and 95th percentile, never past the likely value.
fn range<T: Ord + Copy>(mut draws: Vec<T>, likely: T) -> Range<T> {
    draws.sort_unstable();
    let at = |percent: usize| draws.get(draws.len() * percent / 100).copied().unwrap_or(likely);
    Range { low: at(5).min(likely), likely, high: at(95).max(likely) }
}

fn drivers(workload: &Workload, mode: ExecutionMode, prices: &RegionPrices) -> Vec<Driver> {
    let count = workload.clone().spreads().len();
    let mut drivers: Vec<Driver> = (0..count).filter_map(|nth| driver(workload, nth, mode, prices)).collect();
    let cost_swing = |driver: &Driver| (driver.high_cost - driver.low_cost).0.unsigned_abs() as f64;
    let time_swing = |driver: &Driver| driver.high_ms.abs_diff(driver.low_ms) as f64;
    let by_cost = drivers.iter().any(|driver| cost_swing(driver) > 0.0);
    let swing = |driver: &Driver| if by_cost { cost_swing(driver) } else { time_swing(driver) };
    let all: f64 = drivers.iter().map(swing).sum();
    for driver in &mut drivers {
        driver.share = if all > 0.0 { swing(driver) / all } else { 0.0 };
    }
    drivers.sort_by(|a, b| b.share.total_cmp(&a.share));
    drivers.truncate(5);
    drivers
}

/// The `nth` spread at its ends, all others as likely; `None` when it has no width.
fn driver(workload: &Workload, nth: usize, mode: ExecutionMode, prices: &RegionPrices) -> Option<Driver> {
    let at = |end: fn(&Spread) -> f64| {
        let mut changed = workload.clone();
        let (name, wide) = {
            let mut spreads = changed.spreads();
            let (name, spread) = spreads.get_mut(nth)?;
            let wide = spread.is_wide();
            **spread = Spread::exactly(end(spread));
            (std::mem::take(name), wide)
        };
        wide.then(|| (name, point(&changed, mode, prices)))
    };
    let (name, low) = at(|spread| spread.low)?;
    let (_, high) = at(|spread| spread.high)?;
    let share = 0.0;
    Some(Driver { name, low_cost: low.cost, high_cost: high.cost, share, low_ms: low.ms, high_ms: high.ms })
}
