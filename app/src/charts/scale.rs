//! Axes: round ticks for values, decades for logarithms, clock steps for time.

/// Round values that cover `0..=max`, at most `most` of them, zero included.
pub fn linear_ticks(max: f64, most: usize) -> Vec<f64> {
    if !max.is_finite() || max <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = max / most.max(1) as f64;
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|nice| nice * magnitude)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(rough);
    let count = (max / step).ceil().max(1.0) as usize;
    // Multiplying, not adding, so that errors do not grow.
    (0..=count).map(|place| place as f64 * step).collect()
}

/// Powers of ten that enclose `min..=max`. Values at or below zero do not exist on this axis.
pub fn log_ticks(min: f64, max: f64) -> Vec<f64> {
    let low = min.max(1e-9).log10().floor() as i32;
    let high = (max.max(1e-9).log10().ceil() as i32).max(low + 1);
    (low..=high).map(|power| 10_f64.powi(power)).collect()
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const TIME_STEPS: [i64; 20] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
];

/// Instants on round clock times between two instants (milliseconds), at most `most`.
pub fn time_ticks(from: i64, to: i64, most: usize) -> Vec<i64> {
    let span = to.saturating_sub(from).max(1);
    let most = most.max(1) as i64;
    let step = TIME_STEPS.into_iter().find(|step| span / step <= most).unwrap_or(span / most);
    let first = from.div_euclid(step) * step;
    (0..=span / step + 1).map(|place| first + place * step).filter(|at| (from..=to).contains(at)).collect()
}

/// The clock's text of an instant, as fine as the ticks need: `14:02`, `14:02:15`, `23 Nov`.
pub fn time_label(at_ms: i64, offset_min: i32, ticks: &[i64]) -> String {
    let step = match ticks {
        [first, second, ..] => second - first,
        _ => MINUTE,
    };
    let text = model::Timestamp(at_ms).plus_ms(i64::from(offset_min) * MINUTE).to_rfc3339();
    let part = match step {
        step if step >= DAY => text.get(5..10),
        step if step >= MINUTE => text.get(11..16),
        _ => text.get(11..19),
    };
    part.unwrap_or_default().to_owned()
}

/// Maps a value onto a length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From zero to the value.
    Linear(f64),
    /// Between two powers of ten.
    Log(f64, f64),
}

impl Scale {
    /// Where a value lies, 0 at the bottom and 1 at the top. Beyond the ends it stays at the end.
    pub fn place(self, value: f64) -> f64 {
        let place = match self {
            Self::Linear(max) => value / max.max(f64::MIN_POSITIVE),
            Self::Log(low, high) => (value.max(low).log10() - low.log10()) / (high.log10() - low.log10()),
        };
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_data() {
        assert_eq!(linear_ticks(2_340.0, 4), [0.0, 1000.0, 2000.0, 3000.0]);
        assert_eq!(linear_ticks(0.9, 4), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(linear_ticks(0.0, 4), [0.0, 1.0]);
        assert_eq!(linear_ticks(f64::NAN, 4), [0.0, 1.0]);
        for max in [1.0, 3.3, 17.0, 999.0, 1e9] {
            let ticks = linear_ticks(max, 4);
            assert!(ticks.len() <= 6 && ticks.last().is_some_and(|last| *last >= max), "{max}: {ticks:?}");
        }
    }

    #[test]
    fn decades_enclose() {
        assert_eq!(log_ticks(12.0, 3_400.0), [10.0, 100.0, 1000.0, 10_000.0]);
        assert_eq!(log_ticks(5.0, 5.0), [1.0, 10.0]);
        assert_eq!(Scale::Log(10.0, 1000.0).place(100.0), 0.5);
        assert_eq!(Scale::Log(10.0, 1000.0).place(0.0), 0.0);
        assert_eq!(Scale::Linear(200.0).place(50.0), 0.25);
        assert_eq!(Scale::Linear(0.0).place(0.0), 0.0);
    }

    #[test]
    fn time_ticks_sit_on_the_clock() {
        let at = |minutes: i64, seconds: i64| minutes * MINUTE + seconds * SECOND;
        assert_eq!(time_ticks(at(1, 50), at(21, 0), 5), [at(5, 0), at(10, 0), at(15, 0), at(20, 0)]);
        let ticks = time_ticks(0, 40 * SECOND, 5);
        assert_eq!(ticks.len(), 5);
        assert_eq!(time_label(ticks[1], 0, &ticks), "00:00:10");
        assert_eq!(time_label(at(61, 0), 60, &[0, MINUTE]), "02:01");
    }
}
