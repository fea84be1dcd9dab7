//! What a filter finds in a Map Run: the parts that need the database, looked up once.

use crate::db::each;
use crate::items::ItemFilter;
use crate::pieces::decoded_keys;
use crate::{Error, Store};
use ledger::{CHUNK_CHILDREN, Child};
use model::{FailureGroup, WorkspaceId};
use std::collections::BTreeMap;
use std::ops::Range;

/// Children by chunk: one bit a child.
pub(crate) type Bits = BTreeMap<u32, Box<[u64; CHUNK_CHILDREN as usize / 64]>>;

/// A filter, ready to be asked about each child.
#[derive(Clone, Debug)]
pub struct ItemMatches {
    filter: ItemFilter,
    with_key: Option<Bits>,
}

impl ItemMatches {
    /// Whether a child is found.
    pub fn accepts(&self, index: u64, child: &Child) -> bool {
        self.may_lie_in((index / CHUNK_CHILDREN) as u32)
            && self.has_key(index)
            && self.filter.accepts(index, child)
    }

    /// Whether the key search found anything in a chunk.
    pub(crate) fn may_lie_in(&self, chunk: u32) -> bool {
        self.with_key.as_ref().is_none_or(|found| found.contains_key(&chunk))
    }

    /// Whether keys are searched for.
    pub(crate) fn searches_keys(&self) -> bool {
        self.with_key.is_some()
    }

    fn has_key(&self, index: u64) -> bool {
        let Some(found) = &self.with_key else { return true };
        let offset = (index % CHUNK_CHILDREN) as usize;
        found
            .get(&((index / CHUNK_CHILDREN) as u32))
            .is_some_and(|bits| bits[offset / 64] >> (offset % 64) & 1 == 1)
    }
}

impl Store {
    /// Turns a filter in the common grammar into one over the ledger: errors, causes and states
    /// become failure groups.
    pub async fn item_filter(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        filter: &model::ItemFilter,
    ) -> Result<ItemFilter, Error> {
        let by_failure = [&filter.errors, &filter.causes, &filter.states].iter().any(|list| !list.is_empty());
        let groups = match by_failure {
            true => {
                let all = self.failure_groups(workspace, map_run).await?;
                let meant = all.iter().filter(|group| is_meant(filter, group)).map(|group| group.id);
                Some(meant.filter(|id| filter.groups.is_empty() || filter.groups.contains(id)).collect())
            }
            false => (!filter.groups.is_empty()).then(|| filter.groups.clone()),
        };
        Ok(ItemFilter {
            statuses: filter.statuses.clone(),
            groups,
            key: filter.key.clone(),
            range: filter.range.as_ref().map(|range| *range.start()..range.end().saturating_add(1)),
            min_attempts: 0,
            attempts: filter.attempts.clone(),
            duration_ms: filter.duration_ms.clone(),
        })
    }

    /// Looks up what a filter needs to know beside each child, in a part of the Map Run.
    pub async fn item_matches(
        &self,
        map_run: &str,
        filter: ItemFilter,
        part: Option<&Range<u64>>,
    ) -> Result<ItemMatches, Error> {
        let with_key = match &filter.key {
            Some(key) => Some(self.search_keys(map_run, key, part.or(filter.range.as_ref())).await?),
            None => None,
        };
        Ok(ItemMatches { filter, with_key })
    }

    async fn search_keys(&self, map_run: &str, key: &str, range: Option<&Range<u64>>) -> Result<Bits, Error> {
        const SEGMENTS_A_READ: i64 = 500;
        let wanted = key.to_lowercase();
        let (low, high) = range.map_or((0, i64::MAX as u64), |r| (r.start, r.end.min(i64::MAX as u64)));
        let low = low.min(i64::MAX as u64) as i64;
        let mut matches = Bits::new();
        let mut after = -1i64;
        loop {
            let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => sqlx::query_as(
                "SELECT number, keys FROM segments
                 WHERE map_run_id = $1 AND number > $2 AND last_index >= $3 AND first_index < $4
                 ORDER BY number LIMIT $5")
                .bind(map_run).bind(after).bind(low).bind(high as i64).bind(SEGMENTS_A_READ).fetch_all(pool).await?);
            let Some((last, _)) = rows.last() else {
                return Ok(matches);
            };
            after = *last;
            for (_, keys) in &rows {
                let keys = decoded_keys(keys)?;
                for (index, key) in keys {
                    if key.to_lowercase().contains(&wanted) {
                        let bits = matches
                            .entry((index / CHUNK_CHILDREN) as u32)
                            .or_insert_with(|| Box::new([0; CHUNK_CHILDREN as usize / 64]));
                        let offset = (index % CHUNK_CHILDREN) as usize;
                        bits[offset / 64] |= 1 << (offset % 64);
                    }
                }
            }
        }
    }
}

fn is_meant(filter: &model::ItemFilter, group: &FailureGroup) -> bool {
    let part_of = |parts: &[String], whole: &str| {
        let whole = whole.to_lowercase();
        parts.is_empty() || parts.iter().any(|part| whole.contains(&part.to_lowercase()))
    };
    part_of(&filter.errors, &group.error)
        && (part_of(&filter.causes, &group.cause) || part_of(&filter.causes, &group.sample_cause))
        && (filter.states.is_empty() || filter.states.contains(&group.state))
}
