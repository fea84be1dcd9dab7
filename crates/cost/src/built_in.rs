//! The prices that come with this version: read, not metered. Whoever knows better edits the book.

use crate::price_book::{Price, PriceBook, RegionPrices, Tier, TieredPrice};

const PAGE: &str = "AWS Step Functions pricing page";
const LIST: &str = "AWS price list of us-east-1, 2026-08-31";
const LIKE_US_EAST_1: &str = "taken from us-east-1";
const LAMBDA_PAGE: &str = "AWS Lambda pricing page; one price in all these regions";

/// What differs between regions: price and source, and whether it is only believed.
struct Cells {
    region: &'static str,
    standard: (u64, &'static str, bool),
    express: (&'static str, bool),
    put: (u64, &'static str, bool),
    get: (u64, &'static str, bool),
    logs: Option<(u64, &'static str, bool)>,
}

const KNOWN: &str = "generally known, not read";

const REGIONS: [Cells; 7] = [
    Cells {
        region: "us-east-1",
        standard: (25_000_000, LIST, false),
        express: (LIST, false),
        put: (5_000_000, LIST, false),
        get: (400_000, LIST, false),
        logs: Some((500_000_000_000, "third-party price page, 2026-06", false)),
    },
    Cells {
        region: "us-west-2",
        standard: (25_000_000, PAGE, false),
        express: (LIKE_US_EAST_1, true),
        put: (5_000_000, KNOWN, true),
        get: (400_000, KNOWN, true),
        logs: None,
    },
    Cells {
        region: "eu-west-1",
        standard: (25_000_000, PAGE, false),
        express: (LIKE_US_EAST_1, true),
        put: (5_000_000, KNOWN, true),
        get: (400_000, KNOWN, true),
        logs: None,
    },
    Cells {
        region: "eu-central-1",
        standard: (25_000_000, PAGE, false),
        express: (LIKE_US_EAST_1, true),
        put: (5_400_000, KNOWN, true),
        get: (430_000, "a bill's line for Frankfurt", false),
        logs: None,
    },
    Cells {
        region: "ap-northeast-1",
        standard: (25_000_000, PAGE, false),
        express: (LIKE_US_EAST_1, true),
        put: (4_700_000, "a bill's line for Tokyo, 2021", false),
        get: (370_000, KNOWN, true),
        logs: Some((760_000_000_000, "third-party price page", false)),
    },
    Cells {
        region: "ap-southeast-2",
        standard: (25_000_000, PAGE, false),
        express: (LIKE_US_EAST_1, true),
        put: (5_500_000, "public code that cites the Sydney price, 2026-09", false),
        get: (440_000, "public code that cites the Sydney price, 2026-09", false),
        logs: None,
    },
    Cells {
        region: "sa-east-1",
        standard: (37_500_000, PAGE, false),
        express: ("public code that cites the price list (tier 1; the others from us-east-1)", false),
        put: (7_000_000, "AWS price list of sa-east-1, 2026-09-26", false),
        get: (560_000, "AWS price list of sa-east-1, 2026-09-26", false),
        logs: None,
    },
];

pub(crate) fn price_book() -> PriceBook {
    let regions = REGIONS.iter().map(|cells| (cells.region.to_owned(), prices(cells))).collect();
    PriceBook { as_of: "2026-08-31".into(), regions }
}

fn prices(cells: &Cells) -> RegionPrices {
    let (express_source, express_assumed) = cells.express;
    RegionPrices {
        standard_transition: price(cells.standard),
        express_request: price((1_000_000, express_source, express_assumed)),
        // GB-hours 1,000 and 5,000 are the ends of the first two tiers.
        express_gb_second: tiered(
            [(Some(3_600_000), 16_670_000), (Some(18_000_000), 8_330_000), (None, 4_560_000)],
            express_source,
            express_assumed,
        ),
        lambda_request: price((200_000, LAMBDA_PAGE, false)),
        lambda_x86_gb_second: tiered(
            [(Some(6_000_000_000), 16_666_700), (Some(15_000_000_000), 15_000_000), (None, 13_333_400)],
            LAMBDA_PAGE,
            false,
        ),
        lambda_arm_gb_second: tiered(
            [(Some(7_500_000_000), 13_333_400), (Some(18_750_000_000), 12_000_100), (None, 10_666_700)],
            LAMBDA_PAGE,
            false,
        ),
        s3_put: price(cells.put),
        s3_get: price(cells.get),
        logs_gb: cells.logs.map(price),
    }
}

fn price((pico_usd, source, assumed): (u64, &str, bool)) -> Price {
    Price { pico_usd, source: source.to_owned(), assumed }
}

fn tiered(tiers: [(Option<u64>, u64); 3], source: &str, assumed: bool) -> TieredPrice {
    let tiers = tiers.map(|(up_to, pico_usd)| Tier { up_to, pico_usd }).to_vec();
    TieredPrice { tiers, source: source.to_owned(), assumed }
}
