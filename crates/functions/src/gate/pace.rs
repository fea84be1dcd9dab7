//! How many calls at once a function can take, found out by its answers: multiplicative decrease,
//! slow climb.

/// What remains of the concurrency when the function is overloaded.
const DECREASE: f64 = 0.7;
/// By which part of itself the concurrency grows when all calls of a round were answered, one call
/// at least.
const CLIMB: f64 = 0.02;

/// A limit that follows what the function can take. None until it is overloaded once.
#[derive(Debug, Default)]
pub struct Pace {
    limit: Option<f64>,
    round: u64,
}

impl Pace {
    /// The most calls at once.
    pub fn limit(&self) -> Option<u32> {
        self.limit.map(|limit| limit as u32)
    }

    /// Goes with a call, so that its bad end is not held against a limit that was set since.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// A call that began in `round` found the function overloaded while `inside` ran, itself among them.
    pub fn overloaded(&mut self, inside: u32, round: u64) {
        if round < self.round {
            return;
        }
        self.round += 1;
        let now = f64::from(inside).min(self.limit.unwrap_or(f64::INFINITY));
        self.limit = Some((now * DECREASE).max(1.0));
    }

    /// A call was answered while `inside` ran. A limit that is not used up need not grow.
    pub fn answered(&mut self, inside: u32) {
        if let Some(limit) = &mut self.limit
            && f64::from(inside) + 1.0 > *limit
        {
            *limit += (*limit * CLIMB).max(1.0) / *limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_once_a_round_and_climbs_slowly() {
        let mut pace = Pace::default();
        pace.answered(500);
        assert_eq!(pace.limit(), None, "no limit without need");
        (0..100).for_each(|_| pace.overloaded(100, 0));
        assert_eq!(pace.limit(), Some(70), "a hundred calls of one round count once");
        pace.overloaded(70, pace.round());
        assert_eq!(pace.limit(), Some(49));
        (0..50).for_each(|_| pace.answered(49));
        assert_eq!(pace.limit(), Some(50), "one more after a round of answers");
        (0..100).for_each(|_| pace.answered(3));
        assert_eq!(pace.limit(), Some(50), "not used up");
        (0..100).for_each(|_| pace.overloaded(1, pace.round()));
        assert_eq!(pace.limit(), Some(1));
    }
}
