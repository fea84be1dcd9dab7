//! Published worked examples: what AWS and others computed from the same prices.

use cost::{
    Architecture, ExecutionMode, FreeTier, LambdaUsage, NanoUsd, PriceBook, RegionPrices, StateProfile,
    Usage, Workload, bill, estimate, express_billed_mb, express_memory_mb,
};

fn prices() -> RegionPrices {
    PriceBook::built_in().region("us-east-1").expect("built in").clone()
}

/// The page prints GB-hours rounded; 0.05 % is what that can make, a cent what printing can.
#[track_caller]
fn close(actual: NanoUsd, published: f64) {
    let tolerance = (published * 0.0005).max(0.0051);
    assert!((actual.dollars() - published).abs() <= tolerance, "{actual} is not ${published}");
}

fn express(runs: u64, ms: u64, mb: f64) -> cost::Bill {
    let mb_ms = u128::from(runs) * u128::from(ms.div_ceil(100) * 100) * u128::from(express_billed_mb(mb));
    let usage = Usage { express_requests: runs, express_mb_ms: mb_ms, ..Usage::default() };
    bill(&usage, &prices(), &FreeTier::default())
}

fn lambda_with(
    prices: &RegionPrices,
    requests: u64,
    ms: u64,
    mb: u64,
    architecture: Architecture,
    free: FreeTier,
) -> cost::Bill {
    let mb_ms = u128::from(requests) * u128::from(ms) * u128::from(mb);
    let usage = Usage { lambda: vec![LambdaUsage { requests, mb_ms, architecture }], ..Usage::default() };
    bill(&usage, prices, &free)
}

fn lambda(requests: u64, ms: u64, mb: u64, architecture: Architecture) -> cost::Bill {
    lambda_with(&prices(), requests, ms, mb, architecture, FreeTier::default())
}

fn standard(transitions: u64) -> NanoUsd {
    bill(&Usage { transitions, ..Usage::default() }, &prices(), &FreeTier::default()).total
}

#[test]
fn example_1_express_memory() {
    let used = express_memory_mb(50.0, 400.0, 32.0);
    assert!((used - 62.85).abs() < 1e-9);
    assert_eq!(express_billed_mb(used), 64);
}

#[test]
fn example_2_express_tiers() {
    let bill = express(100_000_000, 10_000, 64.0);
    close(bill.of("Express requests"), 100.00);
    let tiers: Vec<f64> =
        bill.lines.iter().filter(|line| line.unit == "GB-seconds").map(|line| line.quantity).collect();
    assert!((tiers.iter().sum::<f64>() / 3600.0 - 17_361.11).abs() < 0.01);
    close(bill.of("Express duration, tier 2"), 120.00);
    close(bill.of("Express duration, tier 3"), 202.97);
    close(bill.total, 482.97);
    assert_eq!(bill.total.to_string(), "$482.88");
}

#[test]
fn examples_3_to_5_express() {
    let small = express(100_000, 123, 0.0);
    close(small.of("Express requests"), 0.10);
    close(small.of("Express duration"), 0.02);
    let middle = express(10_000_000, 800, 512.0);
    close(middle.of("Express requests"), 10.00);
    close(middle.of("Express duration, tier 2"), 3.33);
    close(middle.of("Express duration"), 60.01 + 3.33);
    let large = express(100_000_000, 801, 1200.0);
    close(large.of("Express requests"), 100.00);
    close(large.of("Express duration, tier 2"), 119.95);
    close(large.of("Express duration, tier 3"), 405.27);
    close(large.of("Express duration"), 60.01 + 119.95 + 405.27);
}

#[test]
fn examples_6_7_8_11_standard_transitions() {
    close(standard(10_000), 0.25);
    assert_eq!(standard(3).to_string(), "$0.000075");
    close(standard(17_000), 0.42);
    close(standard(8_000), 0.20);
    close(standard(5_000_000), 125.00);
}

#[test]
fn examples_9_and_10_standard_against_express() {
    close(standard(10_000_000), 250.00);
    let express_runs = express(1_000_000, 1_000, 128.0);
    close(express_runs.of("Express requests"), 1.00);
    close(express_runs.total, 3.08);
    assert_eq!(standard(10).to_string(), "$0.00025");
    assert!((express(1, 1_000, 64.0).of("Express duration").dollars() - 0.000001).abs() < 1e-7);
}

#[test]
fn example_12_an_edited_price_and_the_free_tier() {
    let mut old = prices();
    old.lambda_x86_gb_second.tiers[0].pico_usd = 16_670_000;
    let bill = lambda_with(&old, 3_000_000, 1_000, 512, Architecture::X86, FreeTier::full());
    close(bill.of("Lambda duration"), 18.34);
    close(bill.of("Lambda requests"), 0.40);
    close(bill.total, 18.74);
}

#[test]
fn examples_13_14_23_24_lambda_with_the_free_tier() {
    let free =
        |requests, ms, mb| lambda_with(&prices(), requests, ms, mb, Architecture::X86, FreeTier::full());
    let many = free(30_000_000, 200, 128);
    close(many.of("Lambda duration"), 5.83);
    close(many.of("Lambda requests"), 5.80);
    close(many.total, 11.63);
    close(free(3_000_000, 500, 512).total, 6.23);
    let little = free(3_000_000, 200, 512);
    assert_eq!(little.of("Lambda duration"), NanoUsd(0));
    close(little.total, 0.40);
    close(free(540_000, 1_000, 1_024).of("Lambda duration"), 2.33);
}

#[test]
fn examples_15_to_22_lambda_tiers() {
    close(lambda(100_000, 350, 128, Architecture::X86).of("Lambda duration"), 0.07);
    close(lambda(100_000, 350, 128, Architecture::Arm).of("Lambda duration"), 0.06);
    close(lambda(100_000, 350, 512, Architecture::X86).of("Lambda duration"), 0.29);
    close(lambda(100_000, 350, 512, Architecture::Arm).of("Lambda duration"), 0.23);
    close(lambda(100_000, 350, 512, Architecture::X86).of("Lambda requests"), 0.02);
    let billions = |tenths: u64| tenths * 100_000_000;
    for (requests, ms, mb, architecture, duration, calls) in [
        (billions(60), 1_024, 512, Architecture::X86, 51_200.10, 1_200.0),
        (billions(90), 1_024, 1_024, Architecture::X86, 100_000.20 + 48_240.00, 1_800.0),
        (billions(150), 2_048, 2_048, Architecture::X86, 100_000.20 + 135_000.00 + 619_203.10, 3_000.0),
        (billions(75), 1_024, 512, Architecture::Arm, 51_200.26, 1_500.0),
        (11_250_000_000, 1_024, 1_024, Architecture::Arm, 100_000.50 + 48_240.40, 2_250.0),
        (18_250_000_000, 2_048, 2_048, Architecture::Arm, 100_000.50 + 135_001.13 + 597_356.53, 3_650.0),
    ] {
        let bill = lambda(requests, ms, mb, architecture);
        assert!((bill.of("Lambda duration").dollars() - duration).abs() < 0.03, "{bill:?}");
        close(bill.of("Lambda requests"), calls);
    }
}

#[test]
fn example_25_storage_requests() {
    let usage = Usage { s3_puts: 10_000, s3_gets: 10_000, ..Usage::default() };
    let bill = bill(&usage, &prices(), &FreeTier::default());
    close(bill.of("S3 LIST and PUT"), 0.05);
    close(bill.of("S3 GET"), 0.004);
}

/// One task state, 64 MB, no free tier; the reader's file is a request that the table leaves out.
fn map_run(items: u64, items_per_batch: u64, child_ms: f64, mode: ExecutionMode) -> cost::Estimate {
    let workload = Workload {
        items_per_batch,
        free_tier: FreeTier::default(),
        express_memory_mb: Some(64.0),
        ..Workload::new(items, vec![StateProfile::task("Work", child_ms / items_per_batch as f64)])
    };
    estimate(&workload, mode, &PriceBook::built_in()).expect("a known region")
}

#[test]
fn the_table_of_map_runs() {
    let one = map_run(1_000_000, 1, 1_000.0, ExecutionMode::Standard);
    assert_eq!(one.transitions, 2_000_001);
    close(one.cost.likely, 50.00);
    close(map_run(1_000_000, 1, 1_000.0, ExecutionMode::Express).cost.likely, 27.04);
    let batched = map_run(1_000_000, 100, 30_000.0, ExecutionMode::Standard);
    assert_eq!((batched.children, batched.transitions), (10_000, 20_001));
    close(batched.cost.likely, 0.50);
    close(map_run(1_000_000, 100, 30_000.0, ExecutionMode::Express).cost.likely, 0.57);
    close(map_run(10_000_000, 1, 1_000.0, ExecutionMode::Standard).cost.likely, 500.00);
}

#[test]
fn the_ramp_of_a_million_children() {
    let minutes = |mode| map_run(1_000_000, 1, 1_000.0, mode).duration_ms.likely / 60_000;
    assert_eq!(minutes(ExecutionMode::Standard), 166);
    assert_eq!(minutes(ExecutionMode::Express), 16);
}
