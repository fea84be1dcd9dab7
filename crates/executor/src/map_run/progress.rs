//! The points of a run's graphs: at most 240, twice as wide whenever they would be more.

use model::{ItemStatus, ProgressPoint, Timestamp};

const MAX_POINTS: usize = 240;
const FIRST_WIDTH_MS: u64 = 1_000;
/// Durations are counted in steps of a quarter of a power of two.
const STEPS: usize = 4 * 33;

/// Collects what happened into points.
pub(crate) struct Progress {
    points: Vec<ProgressPoint>,
    width_ms: u64,
    /// Durations of the last point.
    histogram: Vec<u32>,
    changed: bool,
    anew: bool,
}

impl Progress {
    /// The points as they were stored.
    pub(crate) fn restore(points: Vec<ProgressPoint>) -> Self {
        let width_ms = points.last().map_or(FIRST_WIDTH_MS, |point| point.width_ms.max(1));
        Self { points, width_ms, histogram: vec![0; STEPS], changed: false, anew: false }
    }

    /// Counts a child that ended.
    pub(crate) fn ended(&mut self, now: Timestamp, status: ItemStatus, duration_ms: u32) {
        let point = self.point(now);
        match status {
            ItemStatus::Succeeded => point.succeeded += 1,
            _ => point.failed += 1,
        }
        self.histogram[step_of(duration_ms)] += 1;
    }

    /// Notes how many children are in flight.
    pub(crate) fn in_flight(&mut self, now: Timestamp, in_flight: u64, limit: u64) {
        let point = self.point(now);
        point.in_flight = in_flight;
        point.limit = limit;
    }

    /// Points changed since the last call, and whether they replace all that were stored.
    pub(crate) fn take_changed(&mut self) -> (Vec<ProgressPoint>, bool) {
        self.settle();
        let anew = std::mem::take(&mut self.anew);
        if anew {
            self.changed = false;
            return (self.points.clone(), true);
        }
        match std::mem::take(&mut self.changed) {
            // The one before may have got its last children since it was stored.
            true => (self.points[self.points.len().saturating_sub(2)..].to_vec(), false),
            false => (Vec::new(), false),
        }
    }

    /// All points.
    pub(crate) fn points(&self) -> &[ProgressPoint] {
        &self.points
    }

    fn point(&mut self, now: Timestamp) -> &mut ProgressPoint {
        let mut at = self.floor(now);
        if self.points.last().is_none_or(|last| last.at.0 < at) {
            self.settle();
            if self.points.len() >= MAX_POINTS {
                self.widen();
                at = self.floor(now);
            }
            if self.points.last().is_none_or(|last| last.at.0 < at) {
                let width_ms = self.width_ms;
                self.points.push(ProgressPoint { at: Timestamp(at), width_ms, ..ProgressPoint::default() });
                self.histogram.fill(0);
            }
        }
        self.changed = true;
        let last = self.points.len() - 1;
        &mut self.points[last]
    }

    fn floor(&self, at: Timestamp) -> i64 {
        at.0 - at.0.rem_euclid(self.width_ms as i64)
    }

    fn settle(&mut self) {
        let total: u64 = self.histogram.iter().map(|n| u64::from(*n)).sum();
        if let Some(last) = self.points.last_mut().filter(|_| total > 0) {
            let quantile = |share: f64| {
                let mut left = (total as f64 * share).ceil() as u64;
                let step = self.histogram.iter().position(|n| {
                    left = left.saturating_sub(u64::from(*n));
                    left == 0
                });
                middle_of(step.unwrap_or_default())
            };
            (last.p50_ms, last.p90_ms, last.p99_ms) = (quantile(0.5), quantile(0.9), quantile(0.99));
        }
    }

    fn widen(&mut self) {
        self.width_ms *= 2;
        self.anew = true;
        let mut wider: Vec<ProgressPoint> = Vec::with_capacity(MAX_POINTS);
        for point in std::mem::take(&mut self.points) {
            let at = Timestamp(self.floor(point.at));
            match wider.last_mut().filter(|last| last.at == at) {
                Some(last) => merge(last, &point),
                None => wider.push(ProgressPoint { at, width_ms: self.width_ms, ..point }),
            }
        }
        self.points = wider;
    }
}

fn merge(into: &mut ProgressPoint, later: &ProgressPoint) {
    let (a, b) = ((into.succeeded + into.failed) as f64, (later.succeeded + later.failed) as f64);
    let mean = |x: f64, y: f64| if a + b > 0.0 { (x * a + y * b) / (a + b) } else { 0.0 };
    into.p50_ms = mean(into.p50_ms, later.p50_ms);
    into.p90_ms = into.p90_ms.max(later.p90_ms).min(mean(into.p90_ms, later.p90_ms) * 1.5);
    into.p99_ms = into.p99_ms.max(later.p99_ms);
    into.succeeded += later.succeeded;
    into.failed += later.failed;
    into.in_flight = later.in_flight;
    into.limit = later.limit;
}

fn step_of(duration_ms: u32) -> usize {
    let value = u64::from(duration_ms) + 1;
    let power = 63 - value.leading_zeros();
    let quarter = if power >= 2 { (value >> (power - 2)) & 3 } else { (value << (2 - power)) & 3 };
    (power as usize * 4 + quarter as usize).min(STEPS - 1)
}

fn middle_of(step: usize) -> f64 {
    let low = 2f64.powi(step as i32 / 4) * (1.0 + (step % 4) as f64 / 4.0) - 1.0;
    if low < 1.0 { low } else { low * 1.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_at_most_240_points_and_they_lose_nothing() {
        let mut progress = Progress::restore(Vec::new());
        for second in 0..2_000i64 {
            for child in 0..10u32 {
                let status = if child == 0 { ItemStatus::Failed } else { ItemStatus::Succeeded };
                progress.ended(Timestamp(second * 1_000 + 5), status, 100);
            }
        }
        let points = progress.points();
        assert!(points.len() <= MAX_POINTS, "{}", points.len());
        assert_eq!(points.iter().map(|p| p.succeeded).sum::<u64>(), 18_000);
        assert_eq!(points.iter().map(|p| p.failed).sum::<u64>(), 2_000);
        assert!(points.windows(2).all(|pair| pair[1].at.0 - pair[0].at.0 == points[0].width_ms as i64));
        let (changed, anew) = progress.take_changed();
        assert!(anew && changed.len() <= MAX_POINTS);
        assert!((80.0..130.0).contains(&changed[changed.len() - 1].p50_ms), "{changed:?}");
        progress.ended(Timestamp(2_000_000), ItemStatus::Succeeded, 1);
        assert!(progress.take_changed().0.len() <= 2);
    }

    #[test]
    fn steps_follow_durations() {
        for (duration, low, high) in [(0, 0.0, 0.5), (1, 0.9, 1.5), (10, 9.0, 12.0), (60_000, 50_000.0, 70_000.0)] {
            let middle = middle_of(step_of(duration));
            assert!((low..=high).contains(&middle), "{duration}: {middle}");
        }
        step_of(u32::MAX);
    }
}
