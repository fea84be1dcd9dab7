//! How long a workspace keeps what its runs leave behind.

use serde::{Deserialize, Serialize};

/// What is dropped, and when. Counts, statuses, keys, times, and everything of items that did not
/// succeed stay as long as their run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Inputs, outputs and histories of succeeded items are dropped so many days after the end of
    /// their run; never when absent. Such a run cannot be redriven any more.
    pub payload_days: Option<u32>,
    /// Of these, one of so many is kept, by index; none when absent.
    pub keep_one_in: Option<u32>,
    /// Runs are removed with all that belongs to them so many days after their end; never when
    /// absent. Their result files stay in the bucket.
    pub run_days: Option<u32>,
}

impl Retention {
    /// What is wrong with it: the field and a sentence.
    pub fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.keep_one_in == Some(0) {
            return Some(("keep_one_in", "One of how many is 1 or more."));
        }
        let late = self.run_days.zip(self.payload_days).is_some_and(|(run, payload)| payload > run);
        late.then_some(("payload_days", "Payloads cannot be kept longer than their run."))
    }

    /// Whether the payloads of a succeeded item are kept.
    pub fn keeps(&self, index: u64) -> bool {
        self.keep_one_in.is_some_and(|one_in| one_in > 0 && index % u64::from(one_in) == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_taken_by_index() {
        let policy = Retention { keep_one_in: Some(100), ..Retention::default() };
        assert_eq!((0..1_000).filter(|index| policy.keeps(*index)).count(), 10);
        assert!(!Retention::default().keeps(0));
    }

    #[test]
    fn a_policy_that_makes_no_sense_names_its_field() {
        let policy = |payload_days, run_days, keep_one_in| Retention { payload_days, keep_one_in, run_days };
        assert_eq!(policy(Some(7), Some(30), None).fault(), None);
        assert_eq!(policy(Some(31), Some(30), None).fault().unwrap().0, "payload_days");
        assert_eq!(policy(None, None, Some(0)).fault().unwrap().0, "keep_one_in");
    }
}
