//! How many calls begin in a second.

use std::time::{Duration, Instant};

/// Calls may come this much too early, so that what a late timer lost is made good.
const SLACK: Duration = Duration::from_millis(20);

/// Spaces calls evenly.
#[derive(Debug)]
pub struct Rate {
    each: Duration,
    /// When the next call is due.
    due: Option<Instant>,
}

impl Rate {
    /// So many calls a second; any number when `None`.
    pub fn new(per_second: Option<u32>) -> Self {
        let each = per_second.map_or(Duration::ZERO, |rate| Duration::from_secs(1) / rate.max(1));
        Self { each, due: None }
    }

    pub fn is_ready(&self, now: Instant) -> bool {
        self.ready_at().is_none_or(|at| at <= now)
    }

    pub fn ready_at(&self) -> Option<Instant> {
        self.due.and_then(|due| due.checked_sub(SLACK))
    }

    pub fn began(&mut self, now: Instant) {
        if !self.each.is_zero() {
            self.due = Some(self.due.map_or(now, |due| due.max(now)) + self.each);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_begin_than_the_rate_says() {
        let (mut rate, start) = (Rate::new(Some(100)), Instant::now());
        let mut begun = 0;
        for ms in 0..2_000 {
            let now = start + Duration::from_millis(ms);
            while rate.is_ready(now) {
                rate.began(now);
                begun += 1;
            }
        }
        assert!((200..=204).contains(&begun), "{begun}");
        let mut free = Rate::new(None);
        free.began(start);
        assert!(free.is_ready(start));
    }
}
