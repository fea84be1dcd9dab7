//! Data that looks like runs. Made by a small generator, the same every time.

use app::features::runs::item_map::{BinCounts, Bins, ItemCells, bin_shift};

/// A linear congruential generator: the gallery must not change by itself.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number in `0.0..1.0`.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }
}

/// Ten million items, 62 % of them done, one bad prefix.
pub fn ten_million() -> Bins {
    let mut dice = Dice::new(5);
    let total = 10_000_000_u64;
    let mut bins = Bins { total_items: total, items_per_bin: 1 << bin_shift(total), ..Default::default() };
    for bin in 0..bins.len() {
        let (first, last) = bins.items_of(bin);
        let size = (last - first + 1) as u32;
        let share = match bin {
            0..1509 => 1.0,
            1509..1514 => (1514 - bin) as f64 / 6.0,
            _ => 0.0,
        };
        let done = (f64::from(size) * share) as u32;
        let failed = match bin {
            _ if done == 0 => 0,
            702..712 => (f64::from(done) * (0.1 + dice.roll() * 0.8)) as u32,
            300..304 => 90,
            1040 => 320,
            _ if dice.roll() < 0.35 => (dice.roll() * 9.0) as u32,
            _ => 0,
        };
        let aborted = if bin == 1200 { done / 3 } else { 0 };
        let running = if share > 0.0 && share < 1.0 { (size - done).min(240) } else { 0 };
        let counts = BinCounts {
            succeeded: done - failed - aborted,
            failed,
            aborted,
            running,
            pending: size - done - running,
            ..Default::default()
        };
        bins.set(bin, counts);
    }
    bins
}

/// The items of one bin of that run.
pub fn one_bin(from: u64) -> ItemCells {
    let mut dice = Dice::new(7);
    let codes = (0..4_096)
        .map(|place| match place {
            0..900 => {
                if dice.roll() < 0.02 {
                    3
                } else {
                    2
                }
            }
            900..3_300 => {
                if dice.roll() < 0.9 {
                    if dice.roll() < 0.06 { 4 } else { 3 }
                } else {
                    2
                }
            }
            _ => {
                if dice.roll() < 0.01 {
                    5
                } else {
                    2
                }
            }
        })
        .collect();
    ItemCells { from, codes }
}

/// A whole run of `total` items as cells.
pub fn cells(total: usize) -> ItemCells {
    let mut dice = Dice::new(11);
    let done = total * 73 / 100;
    let moving = done + total / 80;
    let codes = (0..total)
        .map(|place| {
            let roll = dice.roll();
            if place < done {
                if roll < 0.004 || (total / 5 * 2..total / 5 * 2 + total / 250).contains(&place) {
                    3
                } else if roll < 0.0046 {
                    4
                } else {
                    2
                }
            } else if place < moving {
                if roll < 0.6 {
                    1
                } else if roll < 0.7 {
                    6
                } else {
                    2
                }
            } else {
                0
            }
        })
        .collect();
    ItemCells { from: 0, codes }
}

/// The bins of such a run.
pub fn bins_of(cells: &ItemCells) -> Bins {
    let total = cells.codes.len() as u64;
    let mut bins = Bins { total_items: total, items_per_bin: 1 << bin_shift(total), ..Default::default() };
    for bin in 0..bins.len() {
        let (first, last) = bins.items_of(bin);
        let mut counts = BinCounts::default();
        for place in first..=last {
            match cells.codes[place as usize] {
                1 => counts.running += 1,
                2 => counts.succeeded += 1,
                3 => counts.failed += 1,
                4 => counts.timed_out += 1,
                5 => counts.aborted += 1,
                6 => counts.retrying += 1,
                _ => counts.pending += 1,
            }
        }
        bins.set(bin, counts);
    }
    bins
}
