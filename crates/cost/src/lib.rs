//! What a Distributed Map run will cost and how long it will take: pure arithmetic.
//!
//! A [`Workload`] (numbers about a job) gives a [`Usage`] (what would be metered), a [`PriceBook`]
//! turns usage into a [`Bill`], [`estimate`] adds duration, ranges and what drives them, and
//! [`compare`] sets modes and batch sizes side by side. The same [`Usage`], metered after a run,
//! gives the bill that [`reconcile`] sets beside the estimate.
//!
//! Money is integer nano-dollars; nothing depends on a clock or on chance: the same numbers give
//! the same estimate everywhere, in the browser too.
//!
//! ```
//! use cost::{ExecutionMode, PriceBook, StateProfile, Workload, estimate};
//!
//! let book = PriceBook::built_in();
//! let workload = Workload { free_tier: Default::default(), ..Workload::new(1_000_000, vec![StateProfile::task("Resize", 1000.0)]) };
//! let likely = estimate(&workload, ExecutionMode::Standard, &book).unwrap().cost.likely;
//! assert_eq!(likely.to_string(), "$50.00");
//! ```

mod advice;
mod bill;
mod built_in;
mod compare;
mod duration;
mod estimate;
mod metered;
mod money;
mod outlined;
mod price_book;
mod reconcile;
mod spread;
mod usage;
mod workload;

pub use advice::{Advice, Facts, Severity, advise};
pub use bill::{Bill, Line, bill, express_billed_mb, express_memory_mb};
pub use compare::{BATCH_SIZES, Choice, CurvePoint, compare, concurrency_curve};
pub use duration::{Brake, Duration, dispatch_per_s};
pub use estimate::{Driver, Estimate, Range, estimate};
pub use metered::{metered_bill, prices_of};
pub use money::NanoUsd;
pub use outlined::{Inputs, Report, report, workload};
pub use price_book::{FreeTier, Price, PriceBook, PriceError, RegionPrices, Tier, TieredPrice};
pub use reconcile::{LinePair, Reconciliation, reconcile};
pub use spread::Spread;
pub use usage::{Architecture, LambdaUsage, Usage, usage};
pub use workload::{ExecutionMode, LambdaProfile, ReaderProfile, StateProfile, Workload};
