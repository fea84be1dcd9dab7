//! What a time chart shows, as plain numbers, and the four charts of a run made of it.

use super::scale::{Scale, linear_ticks, log_ticks};
use crate::ui::Tone;
use crate::ui::format;

/// More buckets than this are not drawn; the server makes them wider instead.
pub const MAX_BUCKETS: usize = 240;

/// The shared time axis: equal buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeAxis {
    /// The beginning of the first bucket, milliseconds since the epoch.
    pub start_ms: i64,
    /// The width of a bucket in milliseconds.
    pub bucket_ms: i64,
    /// How many buckets there are.
    pub buckets: usize,
    /// The reader's zone, minutes east of UTC.
    pub offset_min: i32,
}

impl TimeAxis {
    /// The beginning of a bucket.
    pub fn at(&self, bucket: usize) -> i64 {
        self.start_ms.saturating_add(self.bucket_ms.saturating_mul(bucket as i64))
    }

    /// The end of the last bucket.
    pub fn end_ms(&self) -> i64 {
        self.at(self.buckets)
    }
}

/// What the numbers of a chart are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Unit {
    #[default]
    Count,
    PerSecond,
    Millis,
    Percent,
    MicroUsd,
}

impl Unit {
    /// A value in words.
    pub fn text(self, value: f64) -> String {
        if !value.is_finite() {
            return "–".into();
        }
        match self {
            Self::Count => format::count(value.max(0.0).round() as u64),
            Self::PerSecond => format::rate(value),
            Self::Millis => format::duration_ms(value.max(0.0).round() as u64),
            Self::Percent => format::percent_of(value),
            Self::MicroUsd => format::money(value as i64),
        }
    }

    /// A value at the axis, short.
    pub fn tick(self, value: f64) -> String {
        match self {
            Self::Count => format::compact(value),
            Self::PerSecond if value == 0.0 => "0".into(),
            Self::PerSecond => format!("{}/s", format::compact(value)),
            Self::Millis => millis_tick(value),
            Self::Percent => format!("{} %", format::significant(value, 3)),
            Self::MicroUsd => format!("${}", format::compact(value / 1e6)),
        }
    }
}

fn millis_tick(value: f64) -> String {
    match value {
        v if v < 1_000.0 => format!("{} ms", format::significant(v, 3)),
        v if v < 60_000.0 => format!("{} s", format::significant(v / 1e3, 3)),
        v => format!("{} min", format::significant(v / 6e4, 2)),
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bars, stacked on the bars of earlier series.
    Bars,
    /// A line through the middles of the buckets.
    Line,
    /// A line with a tint below it.
    Area,
    /// A line of horizontal steps: a limit that was set.
    Limit,
    /// A dashed line: what is not known, only expected.
    Projection,
}

/// One series. A value that is not a number is a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub label: String,
    /// Its colour.
    pub tone: Tone,
    /// How it is drawn.
    pub kind: Kind,
    /// One value for every bucket.
    pub values: Vec<f64>,
}

impl Series {
    /// A series.
    pub fn new(label: impl Into<String>, tone: Tone, kind: Kind, values: Vec<f64>) -> Self {
        Self { label: label.into(), tone, kind, values }
    }

    /// The value of a bucket; not a number where there is none.
    pub fn at(&self, bucket: usize) -> f64 {
        self.values.get(bucket).copied().unwrap_or(f64::NAN)
    }
}

/// Something that happened: ▲ redrive, ● limits, ‖ pause, ✕ process lost, $ budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The sign.
    pub sign: char,
    /// What, in words.
    pub label: String,
}

/// One chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    /// Its name.
    pub title: String,
    /// What it means right now, in one sentence; also what a screen reader hears.
    pub summary: String,
    /// What its numbers are.
    pub unit: Unit,
    /// Decades instead of equal steps.
    pub log: bool,
    /// Its time.
    pub time: TimeAxis,
    /// Its series, the lowest bars first.
    pub series: Vec<Series>,
    /// What happened.
    pub marks: Vec<Mark>,
}

impl Plot {
    /// The scale of the value axis and its ticks.
    pub fn axis(&self) -> (Scale, Vec<f64>) {
        let lines = self
            .series
            .iter()
            .filter(|series| series.kind != Kind::Bars)
            .flat_map(|series| series.values.iter().copied());
        let bars = (0..self.time.buckets).map(|bucket| self.stacked(bucket));
        let all = || lines.clone().chain(bars.clone()).filter(|value| value.is_finite());
        let max = all().fold(0.0, f64::max);
        if self.log {
            let min = all().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
            let ticks = log_ticks(if min.is_finite() { min } else { 1.0 }, max.max(1.0));
            let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
            return (Scale::Log(low, high), ticks);
        }
        let ticks = linear_ticks(max, 4);
        (Scale::Linear(ticks[ticks.len() - 1]), ticks)
    }

    fn stacked(&self, bucket: usize) -> f64 {
        self.series
            .iter()
            .filter(|series| series.kind == Kind::Bars)
            .map(|series| series.at(bucket))
            .filter(|value| value.is_finite())
            .sum()
    }

    /// Whether there is nothing to draw yet.
    pub fn is_empty(&self) -> bool {
        self.time.buckets == 0
            || self.series.iter().all(|series| series.values.iter().all(|value| !value.is_finite()))
    }
}

/// Items finished in each bucket, failures at the bottom. Counts become rates.
pub fn throughput(time: TimeAxis, failed: &[u64], succeeded: &[u64]) -> Plot {
    let seconds = (time.bucket_ms as f64 / 1000.0).max(0.001);
    let rates = |counts: &[u64]| counts.iter().map(|count| *count as f64 / seconds).collect::<Vec<f64>>();
    let (failed, succeeded) = (rates(failed), rates(succeeded));
    let both: Vec<f64> = (0..time.buckets)
        .map(|bucket| failed.get(bucket).unwrap_or(&0.0) + succeeded.get(bucket).unwrap_or(&0.0))
        .collect();
    let mean = rolling_mean(&both, (60_000 / time.bucket_ms.max(1)).max(1) as usize);
    let now = mean.last().copied().unwrap_or(0.0);
    let mut series = vec![
        Series::new("failed", Tone::Danger, Kind::Bars, failed),
        Series::new("succeeded", Tone::Ok, Kind::Bars, succeeded),
    ];
    if time.bucket_ms < 60_000 {
        series.push(Series::new("1-min mean", Tone::Quiet, Kind::Line, mean));
    }
    Plot {
        title: "Throughput".into(),
        summary: format!("{} finished, mean of the last minute.", format::rate(now)),
        unit: Unit::PerSecond,
        time,
        series,
        ..Plot::default()
    }
}

fn rolling_mean(values: &[f64], width: usize) -> Vec<f64> {
    let mut sum = 0.0;
    values
        .iter()
        .enumerate()
        .map(|(place, value)| {
            sum += value;
            if place >= width {
                sum -= values[place - width];
            }
            sum / (place + 1).min(width) as f64
        })
        .collect()
}

/// Items in flight under the limit, and in words which of the two holds the run back.
pub fn in_flight(time: TimeAxis, running: Vec<f64>, limit: Vec<f64>) -> Plot {
    let last = |values: &[f64]| values.iter().rev().find(|value| value.is_finite()).copied();
    let summary = match (last(&running), last(&limit)) {
        (Some(running), Some(limit)) if running >= limit * 0.97 => {
            "At the limit: raising it would make the run faster."
        }
        (Some(_), Some(_)) => "Below the limit: the functions or the manifest are the brake, not the limit.",
        _ => "Nothing is running.",
    };
    Plot {
        title: "In flight".into(),
        summary: summary.into(),
        unit: Unit::Count,
        time,
        series: vec![
            Series::new("running", Tone::Run, Kind::Area, running),
            Series::new("limit", Tone::Stopped, Kind::Limit, limit),
        ],
        ..Plot::default()
    }
}

/// Durations of finished items in milliseconds: median and the slow tail, on decades.
pub fn latency(time: TimeAxis, p50: Vec<f64>, p90: Vec<f64>, p99: Vec<f64>) -> Plot {
    let last =
        |values: &[f64]| values.iter().rev().find(|value| value.is_finite()).copied().unwrap_or(f64::NAN);
    let summary = format!(
        "Half of the items take up to {}, one in a hundred longer than {}.",
        Unit::Millis.text(last(&p50)),
        Unit::Millis.text(last(&p99))
    );
    Plot {
        title: "Duration".into(),
        summary,
        unit: Unit::Millis,
        log: true,
        time,
        series: vec![
            Series::new("p99", Tone::Warn, Kind::Line, p99),
            Series::new("p90", Tone::Run, Kind::Line, p90),
            Series::new("p50", Tone::Ok, Kind::Line, p50),
        ],
        ..Plot::default()
    }
}

/// Failed share of the finished items in percent, since the beginning, against the limit.
pub fn failure_rate(time: TimeAxis, percent: Vec<f64>, limit: Option<f64>) -> Plot {
    let now = percent.iter().rev().find(|value| value.is_finite()).copied().unwrap_or(0.0);
    let summary = match limit {
        Some(limit) => format!(
            "{} of the finished items failed. The limit is {}.",
            format::percent_of(now),
            format::percent_of(limit)
        ),
        None => format!("{} of the finished items failed. There is no limit.", format::percent_of(now)),
    };
    let mut series = vec![Series::new("failed", Tone::Danger, Kind::Area, percent)];
    if let Some(limit) = limit {
        series.push(Series::new("limit", Tone::Stopped, Kind::Limit, vec![limit; time.buckets]));
    }
    Plot { title: "Failure rate".into(), summary, unit: Unit::Percent, time, series, ..Plot::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: TimeAxis = TimeAxis { start_ms: 0, bucket_ms: 10_000, buckets: 3, offset_min: 0 };

    #[test]
    fn throughput_turns_counts_into_rates() {
        let plot = throughput(TIME, &[0, 10, 20], &[100, 90, 180]);
        assert_eq!(plot.series[0].values, [0.0, 1.0, 2.0]);
        assert_eq!(plot.series[2].values, [10.0, 10.0, 40.0 / 3.0]);
        assert_eq!(plot.axis().0, Scale::Linear(20.0));
        assert_eq!(plot.summary, "13/s finished, mean of the last minute.");
    }

    #[test]
    fn the_brake_is_named() {
        assert!(
            in_flight(TIME, vec![900.0, 1000.0, 990.0], vec![1000.0; 3]).summary.starts_with("At the limit")
        );
        assert!(in_flight(TIME, vec![900.0, 100.0, 90.0], vec![1000.0; 3]).summary.starts_with("Below"));
        assert!(in_flight(TIME, vec![], vec![]).summary.starts_with("Nothing"));
    }

    #[test]
    fn gaps_do_not_move_the_axis() {
        let plot = latency(TIME, vec![40.0, f64::NAN, 50.0], vec![90.0; 3], vec![f64::NAN, 400.0, 2_000.0]);
        assert_eq!(plot.axis().0, Scale::Log(10.0, 10_000.0));
        assert_eq!(plot.summary, "Half of the items take up to 50 ms, one in a hundred longer than 2.0 s.");
        assert!(!plot.is_empty());
        assert!(latency(TIME, vec![f64::NAN], vec![], vec![]).is_empty());
    }

    #[test]
    fn the_limit_is_a_line() {
        let plot = failure_rate(TIME, vec![0.1, 0.5, 0.88], Some(2.0));
        assert_eq!(plot.summary, "0.88 % of the finished items failed. The limit is 2.0 %.");
        assert_eq!(plot.axis().0, Scale::Linear(2.0));
    }
}
