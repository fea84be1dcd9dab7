//! A circuit breaker: calls of a function that is not there are held back, and one call at a time
//! finds out whether it is there again.

use super::Verdict;
use std::time::{Duration, Instant};

/// So many calls in a row must find nobody.
const TRIES: u32 = 20;
/// How long calls are held back first. Each time that nobody is found it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub struct Breaker {
    in_a_row: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Instant,
    wait: Duration,
    trying: bool,
}

impl Breaker {
    /// Whether calls are held back.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn lets_through(&self, now: Instant) -> bool {
        self.open.as_ref().is_none_or(|open| open.until <= now && !open.trying)
    }

    /// When a call may try the function.
    pub fn opens_at(&self) -> Option<Instant> {
        self.open.as_ref().filter(|open| !open.trying).map(|open| open.until)
    }

    /// A call that was let through begins.
    pub fn began(&mut self, now: Instant) {
        if let Some(open) = self.open.as_mut().filter(|open| open.until <= now) {
            open.trying = true;
        }
    }

    /// A call ended; without a verdict it was given up.
    pub fn ended(&mut self, verdict: Option<Verdict>, now: Instant) {
        match (verdict, &mut self.open) {
            (Some(Verdict::Answered | Verdict::Overloaded), _) => *self = Self::default(),
            (Some(Verdict::Absent), Some(open)) => {
                // Calls that began before do not tell anything new.
                if open.trying {
                    let wait = (open.wait * 2).min(LONGEST_WAIT);
                    *open = Open { until: now + wait, wait, trying: false };
                }
            }
            (Some(Verdict::Absent), None) => {
                self.in_a_row += 1;
                if self.in_a_row >= TRIES {
                    self.open = Some(Open { until: now + FIRST_WAIT, wait: FIRST_WAIT, trying: false });
                }
            }
            (None, Some(open)) => open.trying = false,
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_at_a_time_tries_a_function_that_is_not_there() {
        let (mut breaker, mut now) = (Breaker::default(), Instant::now());
        (0..TRIES - 1).for_each(|_| breaker.ended(Some(Verdict::Absent), now));
        assert!(breaker.lets_through(now));
        breaker.ended(Some(Verdict::Absent), now);
        assert!(!breaker.lets_through(now));
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            now += Duration::from_secs(seconds);
            assert!(!breaker.lets_through(now - Duration::from_millis(1)));
            assert!(breaker.lets_through(now));
            breaker.began(now);
            assert!(!breaker.lets_through(now), "one is under way");
            breaker.ended(Some(Verdict::Absent), now);
        }
        now += LONGEST_WAIT;
        breaker.began(now);
        breaker.ended(None, now);
        assert!(breaker.lets_through(now), "a try that was given up tells nothing");
        breaker.began(now);
        breaker.ended(Some(Verdict::Answered), now);
        assert!(breaker.lets_through(now) && !breaker.is_open());
    }

    #[test]
    fn an_answer_in_between_starts_the_count_anew() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..5 {
            (0..TRIES - 1).for_each(|_| breaker.ended(Some(Verdict::Absent), now));
            breaker.ended(Some(Verdict::Answered), now);
        }
        assert!(breaker.lets_through(now));
    }
}
