//! What ends a Map Run before its items do, and what AWS would have metered of it.

use crate::run::MapRun;
use serde::{Deserialize, Serialize};

/// When a Map Run is not worth going on with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guards {
    /// Stop when too many of the first items fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_stop: Option<EarlyStop>,
    /// What AWS Step Functions may bill for a Map Run, in US dollars. Beyond it no child starts; those in
    /// flight end. What Lambda bills for the functions is not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_usd: Option<f64>,
}

/// A Map Run stops when this many of the first so many items that end have failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EarlyStop {
    /// Failed items, at least 1.
    pub failed: u64,
    /// Of the first so many that have ended.
    pub of: u64,
}

/// New limits of a Map Run that runs; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Limits {
    /// Children at once; 0 means 10,000.
    pub max_concurrency: Option<u32>,
    /// Failed items that are tolerated.
    pub tolerated_failure_count: Option<u64>,
    /// Failed items that are tolerated, in percent of all.
    pub tolerated_failure_percentage: Option<f64>,
    /// What AWS Step Functions may bill for the Map Run, in US dollars.
    pub budget_usd: Option<f64>,
}

/// What AWS Step Functions would have metered of the children that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metered {
    /// Children that have ended, each time they ran.
    pub children: u64,
    /// Transitions of Standard workflows: one for each start of a child, and for Standard children
    /// one for every state entered and every retry.
    pub transitions: u64,
    /// Starts of Express children.
    pub express_requests: u64,
    /// Megabytes × milliseconds of Express children, both rounded up as they are billed.
    pub express_mb_ms: u64,
}

impl Guards {
    /// What is wrong with them: the field and a sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.early_stop.is_some_and(|stop| stop.failed == 0 || stop.failed > stop.of) {
            return Some(("early_stop", "\"failed\" lies between 1 and \"of\"."));
        }
        budget_fault(self.budget_usd)
    }
}

impl Limits {
    /// Only what is not as it is.
    pub fn changing(self, map_run: &MapRun) -> Self {
        fn other<T: PartialEq>(asked: Option<T>, now: &T) -> Option<T> {
            asked.filter(|asked| asked != now)
        }
        Self {
            max_concurrency: other(self.max_concurrency, &map_run.max_concurrency),
            tolerated_failure_count: other(self.tolerated_failure_count, &map_run.tolerated_failure_count),
            tolerated_failure_percentage: other(
                self.tolerated_failure_percentage,
                &map_run.tolerated_failure_percentage,
            ),
            budget_usd: self.budget_usd.filter(|budget| Some(*budget) != map_run.budget_usd),
        }
    }

    /// What is wrong with them: the field and a sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        let percentage = self.tolerated_failure_percentage;
        if percentage.is_some_and(|percent| !(0.0..=100.0).contains(&percent)) {
            return Some(("tolerated_failure_percentage", "A percentage lies between 0 and 100."));
        }
        budget_fault(self.budget_usd)
    }
}

fn budget_fault(budget_usd: Option<f64>) -> Option<(&'static str, &'static str)> {
    let wrong = budget_usd.is_some_and(|budget| !(budget.is_finite() && budget > 0.0));
    wrong.then_some(("budget_usd", "A budget is more than 0 dollars."))
}

impl EarlyStop {
    /// The error of a Map Run that was stopped so.
    pub const ERROR: &str = "Mapwright.EarlyStop";

    /// Whether to stop at these counts. Many items may end at once: beyond the first `of` the share counts.
    pub fn is_reached(self, failed: u64, finished: u64) -> bool {
        let share = u128::from(failed) * u128::from(self.of) >= u128::from(self.failed) * u128::from(finished);
        failed > 0 && failed >= self.failed && (finished <= self.of || share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_of_the_first_fifty() {
        let stop = EarlyStop { failed: 20, of: 50 };
        assert!(!stop.is_reached(19, 19));
        assert!(stop.is_reached(20, 20));
        assert!(stop.is_reached(20, 50));
        assert!(!stop.is_reached(20, 256), "a smaller share than twenty of fifty");
        assert!(stop.is_reached(200, 256));
    }

    #[test]
    fn guards_say_which_field_is_wrong() {
        let early = |failed, of| Guards { early_stop: Some(EarlyStop { failed, of }), ..Guards::default() };
        let budget = |usd| Guards { budget_usd: Some(usd), ..Guards::default() };
        assert_eq!(early(20, 50).fault(), None);
        assert_eq!(early(0, 50).fault().unwrap().0, "early_stop");
        assert_eq!(early(51, 50).fault().unwrap().0, "early_stop");
        assert_eq!(budget(0.01).fault(), None);
        let percent = |percent| Limits { tolerated_failure_percentage: Some(percent), ..Limits::default() };
        assert_eq!(percent(100.0).fault(), None);
        assert_eq!(percent(100.1).fault().unwrap().0, "tolerated_failure_percentage");
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(budget(wrong).fault().unwrap().0, "budget_usd");
        }
    }
}
