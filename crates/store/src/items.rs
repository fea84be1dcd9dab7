//! Reading the ledger: pages of items.

use crate::chunk_lines::ChunkLine;
use crate::db::each;
use crate::pieces::{SEGMENTS_HELD, decoded_keys};
use crate::{Error, Store};
use ledger::{CHUNK_CHILDREN, Child, Chunk, Segment, SegmentRef};
use model::{FailureGroup, ItemRow, ItemStatus, WorkspaceId};
use std::collections::{HashMap, HashSet};
use std::ops::{Range, RangeInclusive};

/// Which children a page shows. Everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct ItemFilter {
    /// Only these; all when empty.
    pub statuses: Vec<ItemStatus>,
    /// Only of one of these failure groups.
    pub groups: Option<Vec<u32>>,
    /// Only those whose key contains this, whatever the case. Children that never ended have no key yet.
    pub key: Option<String>,
    /// Only these indexes.
    pub range: Option<Range<u64>>,
    /// Only those started at least this often.
    pub min_attempts: u32,
    /// Only those started so often.
    pub attempts: Option<RangeInclusive<u64>>,
    /// Only those that have ended and whose last attempt took so many milliseconds.
    pub duration_ms: Option<RangeInclusive<u64>>,
}

/// A page of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemPage {
    /// The rows, by index.
    pub rows: Vec<ItemRow>,
    /// The first index of the next page, when there is one.
    pub next: Option<u64>,
    /// How many children the filter finds in all.
    pub total: u64,
}

/// A child with its records, newest attempt first.
#[derive(Clone, Debug)]
pub struct StoredItem {
    /// Its line in the table.
    pub row: ItemRow,
    /// Its attempts that ended, newest first: segment and slot.
    pub attempts: Vec<(std::sync::Arc<Segment>, u16)>,
}

/// Attempts of one child that are looked back at.
const MAX_EARLIER: usize = 50;

impl ItemFilter {
    /// Whether a child fits, its key left aside.
    pub(crate) fn accepts(&self, index: u64, child: &Child) -> bool {
        let took = || child.status.is_final().then_some(u64::from(child.duration_ms));
        (self.statuses.is_empty() || self.statuses.contains(&child.status))
            && self
                .groups
                .as_ref()
                .is_none_or(|groups| child.failure_group.is_some_and(|id| groups.contains(&id)))
            && self.range.as_ref().is_none_or(|range| range.contains(&index))
            && child.attempts >= self.min_attempts
            && self.attempts.as_ref().is_none_or(|attempts| attempts.contains(&u64::from(child.attempts)))
            && self
                .duration_ms
                .as_ref()
                .is_none_or(|wanted| took().is_some_and(|took| wanted.contains(&took)))
    }

    /// Whether a chunk must be read to know which of its children fit, since its counts do not tell.
    fn looks_inside(&self) -> bool {
        self.groups.is_some()
            || self.min_attempts > 0
            || self.attempts.is_some()
            || self.duration_ms.is_some()
    }

    /// How many children of a chunk match, when its counts alone tell.
    fn count(&self, line: &ChunkLine, indexes: &Range<u64>) -> Option<u64> {
        let sum = match self.statuses.is_empty() {
            true => line.children.iter().sum(),
            false => self.distinct_statuses().map(|status| line.children[status as usize]).sum(),
        };
        let unsuccessful: u64 = line.children[3] + line.children[4] + line.children[5];
        let ended = unsuccessful + line.children[ItemStatus::Succeeded as usize];
        if sum == 0
            || (self.groups.is_some() && unsuccessful == 0)
            || (self.duration_ms.is_some() && ended == 0)
        {
            return Some(0);
        }
        let whole = match &self.range {
            None => true,
            Some(range) if range.end <= indexes.start || range.start >= indexes.end => return Some(0),
            Some(range) => range.start <= indexes.start && range.end >= indexes.end,
        };
        (whole && !self.looks_inside()).then_some(sum)
    }

    /// Which statuses are looked for, 1 or 0 in their order, when chunks' counts tell all about the matches. Not so
    /// for pending children, of which some lie in no chunk yet.
    fn told_by_counts(&self) -> Option<[i64; 7]> {
        let told = !self.looks_inside() && self.key.is_none() && self.range.is_none();
        let stored = !self.statuses.is_empty() && !self.statuses.contains(&ItemStatus::Pending);
        (told && stored).then(|| ItemStatus::ALL.map(|status| i64::from(self.statuses.contains(&status))))
    }

    fn distinct_statuses(&self) -> impl Iterator<Item = ItemStatus> + '_ {
        ItemStatus::ALL.into_iter().filter(|status| self.statuses.contains(status))
    }
}

impl Store {
    /// The indexes of the children whose items have one of these keys.
    pub async fn indexes_of_keys(
        &self,
        map_run: &str,
        wanted: &HashSet<&str>,
    ) -> Result<HashSet<u64>, Error> {
        const SEGMENTS_A_READ: i64 = 500;
        let mut found = HashSet::new();
        let mut after = -1i64;
        loop {
            let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => sqlx::query_as(
                "SELECT number, keys FROM segments WHERE map_run_id = $1 AND number > $2 ORDER BY number LIMIT $3")
                .bind(map_run).bind(after).bind(SEGMENTS_A_READ).fetch_all(pool).await?);
            let Some((last, _)) = rows.last() else {
                return Ok(found);
            };
            after = *last;
            for (_, keys) in &rows {
                let keys = decoded_keys(keys)?;
                found.extend(
                    keys.into_iter().filter(|(_, key)| wanted.contains(key.as_str())).map(|(index, _)| index),
                );
            }
        }
    }

    /// One line of the items table; `None` when the Map Run has no such child.
    pub async fn item(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        index: u64,
    ) -> Result<Option<ItemRow>, Error> {
        let filter = ItemFilter { range: Some(index..index.saturating_add(1)), ..ItemFilter::default() };
        let Ok(chunk) = u32::try_from(index / CHUNK_CHILDREN) else { return Ok(None) };
        let found = self.items_of_chunk(workspace, map_run, &filter, chunk).await?;
        Ok(found.into_iter().flatten().map(|(row, _)| row).next())
    }

    /// A page of the items table: at most `limit` rows from index `from` on, and how many match in all.
    pub async fn items(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        filter: &ItemFilter,
        from: u64,
        limit: usize,
    ) -> Result<ItemPage, Error> {
        let Some(record) = self.map_run(workspace, map_run).await? else {
            return Ok(ItemPage::default());
        };
        let known = record.execution_counts.total;
        let tells = filter.told_by_counts();
        let lines = match &tells {
            Some(wanted) => self.lines_with(map_run, wanted, from, limit).await?,
            None => self.chunk_lines(map_run).await?,
        };
        let matches = self.item_matches(map_run, filter.clone(), None).await?;
        let last = lines.keys().next_back().map_or(0, |last| last + 1);
        let chunks = (known.div_ceil(CHUNK_CHILDREN) as u32).max(last);
        let mut page = ItemPage::default();
        let mut found: Vec<(u64, Child)> = Vec::new();
        for number in 0..chunks {
            let first = u64::from(number) * CHUNK_CHILDREN;
            if !matches.may_lie_in(number) {
                continue;
            }
            let line = lines.get(&number);
            let stored: u64 = line.map_or(0, |line| line.children.iter().sum());
            let len = stored.max(known.saturating_sub(first).min(CHUNK_CHILDREN));
            let indexes = first..first + len;
            let mut line = ChunkLine { children: line.map_or([0; 7], |line| line.children) };
            line.children[0] += len - stored;
            let counted = filter.count(&line, &indexes);
            let wanted = found.len() <= limit && indexes.end > from;
            match counted {
                Some(0) => continue,
                Some(count) if !matches.searches_keys() && !wanted => {
                    page.total += count;
                    continue;
                }
                _ => {}
            }
            let chunk = self.chunk(map_run, number).await?.unwrap_or_else(|| Chunk::new(number));
            for offset in 0..len as usize {
                let index = first + offset as u64;
                let mut child = chunk.child(offset);
                child.items = child.items.max(1);
                if !matches.accepts(index, &child) {
                    continue;
                }
                page.total += 1;
                if index >= from && found.len() <= limit {
                    found.push((index, child));
                }
            }
        }
        if let Some(wanted) = &tells {
            page.total = self.children_with(map_run, wanted).await?;
        }
        if found.len() > limit {
            page.next = found.get(limit).map(|(index, _)| *index);
            found.truncate(limit);
        }
        page.rows = self.item_rows(workspace, map_run, &found).await?;
        Ok(page)
    }

    /// The rows of one chunk that a filter finds, each with the segment and slot of its last record;
    /// `None` behind the last chunk. Exports go from chunk to chunk, so they hold one at a time.
    pub async fn items_of_chunk(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        filter: &ItemFilter,
        number: u32,
    ) -> Result<Option<Vec<(ItemRow, Option<SegmentRef>)>>, Error> {
        let Some(record) = self.map_run(workspace, map_run).await? else {
            return Ok(None);
        };
        let first = u64::from(number) * CHUNK_CHILDREN;
        let chunk = self.chunk(map_run, number).await?;
        let stored = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let len = stored.max(record.execution_counts.total.saturating_sub(first).min(CHUNK_CHILDREN));
        if len == 0 {
            return Ok(None);
        }
        let part = first..first + len;
        if filter.range.as_ref().is_some_and(|range| range.end <= part.start || range.start >= part.end) {
            let behind = filter.range.as_ref().is_some_and(|range| range.end <= part.start);
            return Ok((!behind).then(Vec::new));
        }
        let matches = self.item_matches(map_run, filter.clone(), Some(&part)).await?;
        let chunk = chunk.unwrap_or_else(|| Chunk::new(number));
        let mut found: Vec<(u64, Child)> = Vec::new();
        for offset in 0..len as usize {
            let index = first + offset as u64;
            let mut child = chunk.child(offset);
            child.items = child.items.max(1);
            if matches.accepts(index, &child) {
                found.push((index, child));
            }
        }
        let rows = self.item_rows(workspace, map_run, &found).await?;
        Ok(Some(rows.into_iter().zip(found.into_iter().map(|(_, child)| child.segment)).collect()))
    }

    /// The statuses of up to 4,096 children from `from` on.
    pub async fn item_statuses(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        range: Range<u64>,
    ) -> Result<Vec<ItemStatus>, Error> {
        let Some(record) = self.map_run(workspace, map_run).await? else {
            return Ok(Vec::new());
        };
        let end =
            range.end.min(range.start.saturating_add(CHUNK_CHILDREN)).min(record.execution_counts.total);
        let mut statuses = Vec::new();
        let mut chunk = Chunk::new(u32::MAX);
        for index in range.start..end {
            let number = (index / CHUNK_CHILDREN) as u32;
            if chunk.number() != number {
                chunk = self.chunk(map_run, number).await?.unwrap_or_else(|| Chunk::new(number));
            }
            statuses.push(chunk.status((index % CHUNK_CHILDREN) as usize));
        }
        Ok(statuses)
    }

    /// A child with the records of its attempts; `None` when the Map Run has no such child.
    pub async fn stored_item(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        index: u64,
    ) -> Result<Option<StoredItem>, Error> {
        let Some(row) = self.item(workspace, map_run, index).await? else {
            return Ok(None);
        };
        let chunk = self.chunk(map_run, (index / CHUNK_CHILDREN) as u32).await?;
        let mut next = chunk.and_then(|chunk| chunk.child((index % CHUNK_CHILDREN) as usize).segment);
        let mut attempts = Vec::new();
        while let Some(SegmentRef { segment, slot }) = next.take() {
            if let Some(segment) = self.segment(map_run, segment).await?
                && let Some(record) = segment.record(slot)
            {
                next = record.earlier.filter(|_| attempts.len() < MAX_EARLIER);
                attempts.push((std::sync::Arc::new(segment), slot));
            }
        }
        Ok(Some(StoredItem { row, attempts }))
    }

    async fn item_rows(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        found: &[(u64, Child)],
    ) -> Result<Vec<ItemRow>, Error> {
        let mut segments = self.keys_near(map_run, found).await?;
        let groups: HashMap<u32, FailureGroup> = match found
            .iter()
            .any(|(_, child)| child.failure_group.is_some())
        {
            true => self.failure_groups(workspace, map_run).await?.into_iter().map(|g| (g.id, g)).collect(),
            false => HashMap::new(),
        };
        let mut rows = Vec::with_capacity(found.len());
        for (index, child) in found {
            let key = match child.segment {
                None => String::new(),
                Some(SegmentRef { segment, slot }) => {
                    if !segments.contains_key(&segment) {
                        if segments.len() >= SEGMENTS_HELD {
                            segments.clear();
                        }
                        segments.insert(segment, self.segment_keys(map_run, segment).await?);
                    }
                    let keys = segments.get(&segment).and_then(|keys| keys.get(usize::from(slot)));
                    keys.map(|(_, key)| key.clone()).unwrap_or_default()
                }
            };
            rows.push(ItemRow {
                index: *index,
                key,
                status: child.status,
                items: child.items,
                attempts: child.attempts,
                started_at: child.started_at,
                duration_ms: child.status.is_final().then_some(child.duration_ms.into()),
                error: child.failure_group.and_then(|id| groups.get(&id)).map(|group| group.error.clone()),
                failure_group: child.failure_group,
            });
        }
        Ok(rows)
    }
}
