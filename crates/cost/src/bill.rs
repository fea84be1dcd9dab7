//! From what is metered to what is paid.

use crate::money::NanoUsd;
use crate::price_book::{FreeTier, RegionPrices};
use crate::usage::{Architecture, Usage};
use serde::{Deserialize, Serialize};

/// Megabytes × milliseconds in a GB-second.
pub(crate) const MB_MS_PER_GB_S: u128 = 1024 * 1000;

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = BillLine))]
pub struct Line {
    /// What it is for.
    pub label: String,
    /// How much of `unit` is paid, after free allowances.
    pub quantity: f64,
    /// For example `transitions`.
    pub unit: String,
    /// The price of all of it.
    pub nano_usd: NanoUsd,
}

/// Lines and their sum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bill {
    /// Only lines with a quantity.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub total: NanoUsd,
}

impl Bill {
    /// The lines whose label begins with `label`, summed.
    pub fn of(&self, label: &str) -> NanoUsd {
        self.lines.iter().filter(|line| line.label.starts_with(label)).map(|line| line.nano_usd).sum()
    }

    fn add(&mut self, label: &str, quantity: f64, unit: &str, nano_usd: NanoUsd) {
        if quantity > 0.0 {
            self.lines.push(Line { label: label.into(), quantity, unit: unit.into(), nano_usd });
            self.total = self.total + nano_usd;
        }
    }
}

/// What `usage` costs in a region, in a month in which nothing else runs.
pub fn bill(usage: &Usage, prices: &RegionPrices, free: &FreeTier) -> Bill {
    let mut bill = Bill::default();
    let counts = [
        (
            "Standard transitions",
            usage.transitions.saturating_sub(free.transitions),
            "transitions",
            &prices.standard_transition,
        ),
        ("Express requests", usage.express_requests, "requests", &prices.express_request),
        (
            "Lambda requests",
            usage.lambda_requests().saturating_sub(free.lambda_requests),
            "requests",
            &prices.lambda_request,
        ),
        ("S3 LIST and PUT", usage.s3_puts, "requests", &prices.s3_put),
        ("S3 GET", usage.s3_gets, "requests", &prices.s3_get),
    ];
    for (label, quantity, unit, price) in counts {
        bill.add(label, quantity as f64, unit, price.times(quantity));
    }
    for (tier, (_, quantity, amount)) in
        prices.express_gb_second.times(usage.express_mb_ms, MB_MS_PER_GB_S).into_iter().enumerate()
    {
        bill.add(&tier_label("Express duration", tier), gb_seconds(quantity), "GB-seconds", amount);
    }
    // The allowance is one for both architectures; it is taken from the dearer first.
    let mut allowance = u128::from(free.lambda_gb_seconds) * MB_MS_PER_GB_S;
    for (architecture, label, price) in [
        (Architecture::X86, "Lambda duration, x86", &prices.lambda_x86_gb_second),
        (Architecture::Arm, "Lambda duration, arm64", &prices.lambda_arm_gb_second),
    ] {
        let metered = usage.lambda_mb_ms(architecture);
        let paid = metered.saturating_sub(allowance);
        allowance = allowance.saturating_sub(metered);
        for (tier, (_, quantity, amount)) in price.times(paid, MB_MS_PER_GB_S).into_iter().enumerate() {
            bill.add(&tier_label(label, tier), gb_seconds(quantity), "GB-seconds", amount);
        }
    }
    if let Some(price) = &prices.logs_gb {
        let amount = NanoUsd::of(u128::from(usage.log_bytes), price.pico_usd, 1 << 30);
        bill.add("CloudWatch Logs", usage.log_bytes as f64 / f64::from(1 << 30), "GB", amount);
    }
    let machine = NanoUsd::of(
        u128::from(usage.machine_ms),
        usage.machine_hour_nano_usd.saturating_mul(1000),
        3_600_000,
    );
    bill.add("This server", usage.machine_ms as f64 / 3.6e6, "machine hours", machine);
    bill
}

fn tier_label(label: &str, tier: usize) -> String {
    match tier {
        0 => label.to_owned(),
        _ => format!("{label}, tier {}", tier + 1),
    }
}

fn gb_seconds(mb_ms: u128) -> f64 {
    mb_ms as f64 / MB_MS_PER_GB_S as f64
}

/// The memory that an Express workflow is billed for: chunks of 64 MB, at least one.
pub fn express_billed_mb(used_mb: f64) -> u64 {
    ((used_mb / 64.0).ceil() as u64).max(1).saturating_mul(64)
}

/// The memory that AWS's pricing page computes for an Express workflow: 50 MB, the definition, and
/// the payload of every Map or Parallel step (decimal kilobytes).
pub fn express_memory_mb(definition_kb: f64, map_steps: f64, payload_kb: f64) -> f64 {
    50.0 + (definition_kb + map_steps * payload_kb) / 1000.0
}
