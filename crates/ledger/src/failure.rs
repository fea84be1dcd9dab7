//! Failures sorted by error, state and normalised cause.

use crate::normalise::normalise_cause;
use model::{FailureGroup, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// Groups of one Map Run. What would be one more joins a group of its error, or the last one.
pub const MAX_GROUPS: usize = 1_000;

const SAMPLES: usize = 10;
const SAMPLE_CAUSE_BYTES: usize = 4_096;

/// One failed child, as it ends.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// The error's name; empty when the failure has none.
    pub error: &'a str,
    /// The state that failed; empty when it is not known.
    pub state: &'a str,
    /// The cause as it came.
    pub cause: &'a str,
    /// The child.
    pub index: u64,
    /// When it ended.
    pub at: Timestamp,
}

/// The failure groups of a Map Run. Counts are of children that are unsuccessful now.
#[derive(Clone, Debug, Default)]
pub struct FailureGroups {
    groups: Vec<FailureGroup>,
    by_key: HashMap<(String, String, String), u32>,
    changed: BTreeSet<u32>,
}

impl FailureGroups {
    /// The groups as they were stored, in any order.
    pub fn restore(mut groups: Vec<FailureGroup>) -> Self {
        groups.sort_by_key(|group| group.id);
        let by_key = groups
            .iter()
            .map(|g| ((g.error.clone(), g.state.clone(), g.cause.clone()), g.id))
            .collect();
        Self { groups, by_key, changed: BTreeSet::new() }
    }

    /// Counts a failure; answers its group's number.
    pub fn observe(&mut self, seen: &Observation) -> u32 {
        let id = self.group_of(seen);
        if let Some(group) = self.groups.get_mut(id as usize) {
            group.count += 1;
            group.first_seen = group.first_seen.min(seen.at);
            group.last_seen = group.last_seen.max(seen.at);
            if group.samples.len() < SAMPLES && !group.samples.contains(&seen.index) {
                group.samples.push(seen.index);
            }
        }
        self.changed.insert(id);
        id
    }

    /// A child left the group: it is run again, or ended well.
    pub fn leave(&mut self, id: u32) {
        if let Some(group) = self.groups.get_mut(id as usize) {
            group.count = group.count.saturating_sub(1);
            self.changed.insert(id);
        }
    }

    /// Every group, by number.
    pub fn all(&self) -> &[FailureGroup] {
        &self.groups
    }

    /// Groups changed since the last call.
    pub fn take_changed(&mut self) -> Vec<FailureGroup> {
        std::mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|id| self.groups.get(id as usize).cloned())
            .collect()
    }

    fn group_of(&mut self, seen: &Observation) -> u32 {
        let cause = normalise_cause(seen.cause);
        let key = (seen.error.to_owned(), seen.state.to_owned(), cause);
        if let Some(id) = self.by_key.get(&key) {
            return *id;
        }
        if self.groups.len() >= MAX_GROUPS {
            let alike = self.groups.iter().rposition(|group| group.error == seen.error);
            return alike.unwrap_or(MAX_GROUPS - 1) as u32;
        }
        let id = self.groups.len() as u32;
        self.groups.push(FailureGroup {
            id,
            error: key.0.clone(),
            state: key.1.clone(),
            cause: key.2.clone(),
            sample_cause: beginning(seen.cause, SAMPLE_CAUSE_BYTES).to_owned(),
            count: 0,
            first_seen: seen.at,
            last_seen: seen.at,
            samples: Vec::new(),
        });
        self.by_key.insert(key, id);
        id
    }
}

fn beginning(text: &str, bytes: usize) -> &str {
    let mut cut = text.len().min(bytes);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    &text[..cut]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(error: &'static str, cause: &'static str, index: u64) -> Observation<'static> {
        Observation { error, state: "Upload", cause, index, at: Timestamp(1_000 + index as i64) }
    }

    #[test]
    fn the_same_fault_on_other_items_is_one_group() {
        let mut groups = FailureGroups::default();
        let first = groups.observe(&seen("AccessDenied", "key \"a\" refused", 3));
        assert_eq!(groups.observe(&seen("AccessDenied", "key \"b\" refused", 9)), first);
        assert_ne!(groups.observe(&seen("Timeout", "key \"b\" refused", 4)), first);
        let changed = groups.take_changed();
        assert_eq!(changed.len(), 2);
        assert_eq!((changed[0].count, &changed[0].samples[..]), (2, &[3, 9][..]));
        assert_eq!((changed[0].first_seen.0, changed[0].last_seen.0), (1_003, 1_009));
        groups.leave(first);
        let mut back = FailureGroups::restore(groups.take_changed());
        assert_eq!(back.all()[0].count, 1);
        assert_eq!(back.observe(&seen("AccessDenied", "key \"c\" refused", 5)), first);
    }

    #[test]
    fn groups_are_bounded() {
        let mut groups = FailureGroups::default();
        for n in 0..3 * MAX_GROUPS {
            let word: String = format!("{n}").bytes().map(|b| (b'a' + b - b'0') as char).collect();
            let state = &word;
            groups.observe(&Observation { error: "E", state, cause: "", index: 0, at: Timestamp(0) });
        }
        assert_eq!(groups.all().len(), MAX_GROUPS);
        assert_eq!(groups.all().iter().map(|g| g.count).sum::<u64>(), 3 * MAX_GROUPS as u64);
    }
}
