//! Making unsuccessful children pending again.

use super::meter::Meter;
use super::plan::{Cursor, Plan};
use super::recorder::{Recorder, Stored};
use crate::clock::Clock;
use crate::error::Error;
use ledger::Child;
use model::{ItemFilter, ItemStatus, RedrivePreview, RedriveSelection};
use std::collections::HashSet;
use store::{ItemMatches, Store, StoredMapRun};

const CHUNKS_A_COMMIT: u32 = 16;

/// A selection, ready to be asked about each unsuccessful child.
pub(crate) struct Selected<'a> {
    selection: &'a RedriveSelection,
    listed: HashSet<u64>,
    matches: Option<ItemMatches>,
}

impl<'a> Selected<'a> {
    pub(crate) async fn find(
        store: &Store,
        map: &StoredMapRun,
        selection: &'a RedriveSelection,
    ) -> Result<Self, Error> {
        let map_run = map.map_run.id.as_str();
        let matches = match selection {
            RedriveSelection::Filter { filter } => {
                let filter: ItemFilter = filter.parse()?;
                let filter = store.item_filter(&map.workspace, map_run, &filter).await?;
                Some(store.item_matches(map_run, filter, None).await?)
            }
            _ => None,
        };
        let listed = match selection {
            RedriveSelection::Items { indexes } => indexes.iter().copied().collect(),
            RedriveSelection::Keys { keys } => {
                let wanted = keys.iter().map(String::as_str).collect();
                store.indexes_of_keys(map_run, &wanted).await?
            }
            _ => HashSet::new(),
        };
        Ok(Self { selection, listed, matches })
    }

    /// Whether an unsuccessful child is selected.
    pub(crate) fn holds(&self, index: u64, child: &Child) -> bool {
        match self.selection {
            RedriveSelection::All => true,
            RedriveSelection::Group { group } => child.failure_group == Some(*group),
            RedriveSelection::Items { .. } | RedriveSelection::Keys { .. } => self.listed.contains(&index),
            RedriveSelection::Statuses { statuses } => statuses.contains(&child.status),
            RedriveSelection::Range { from, to } => (*from..=*to).contains(&index),
            RedriveSelection::Filter { .. } => {
                self.matches.as_ref().is_some_and(|found| found.accepts(index, child))
            }
        }
    }
}

/// Counts what a redrive would run again; exact.
pub(crate) async fn preview(
    store: &Store,
    map: &StoredMapRun,
    selection: &RedriveSelection,
) -> Result<RedrivePreview, Error> {
    let id = &map.map_run.id;
    let selected = Selected::find(store, map, selection).await?;
    let mut preview = RedrivePreview::default();
    let mut next = 0;
    loop {
        let chunks = store.chunks_from(id, next, CHUNKS_A_COMMIT).await?;
        let Some(last) = chunks.last() else {
            break;
        };
        next = last.number() + 1;
        for (index, child) in chunks.iter().flat_map(|chunk| chunk.children()) {
            let unsuccessful = child.status.is_final() && child.status != ItemStatus::Succeeded;
            // Those of an earlier redrive that never came to run again wait for the next one.
            let waits = !child.status.is_final() && child.segment.is_some();
            if waits || unsuccessful && selected.holds(index, &child) {
                preview.children += 1;
                preview.items += u64::from(child.items.max(1));
            }
        }
    }
    if *selection == RedriveSelection::All {
        preview.pending_items = map.map_run.item_counts.pending;
    }
    Ok(preview)
}

/// Resets children of a Map Run that does not run.
pub(crate) struct Redriving<'a> {
    pub(crate) store: &'a Store,
    pub(crate) owner: &'a str,
    pub(crate) clock: &'a Clock,
}

impl Redriving<'_> {
    /// Makes the selected unsuccessful children pending; they keep their inputs and attempts.
    /// Answers how many children wait for their redrive now.
    pub(crate) async fn reset(
        &self,
        map: &mut StoredMapRun,
        plan: &Plan,
        selection: &RedriveSelection,
    ) -> Result<u64, Error> {
        let id = map.map_run.id.clone();
        let cursor: Cursor =
            serde_json::from_str(&map.cursor).map_err(|e| Error::Unreadable(e.to_string()))?;
        let known = match cursor.done {
            true => Some((cursor.item, cursor.child)),
            false => plan.known_items().zip(plan.known_children()),
        };
        let selected = Selected::find(self.store, map, selection).await?;
        let stored = Stored {
            workspace: map.workspace.clone(),
            map_run: map.map_run.clone(),
            cursor,
            groups: self.store.failure_groups(&map.workspace, &id).await?,
            progress: self.store.progress(&map.workspace, &id).await?,
            next_segment: self.store.next_segment(&id).await?,
            journaled: HashSet::new(),
            meter: Meter::new(plan, map.map_run.region()),
        };
        let mut recorder = Recorder::new(stored, known);
        let mut waiting = 0;
        let mut next = 0;
        loop {
            let chunks = self.store.chunks_from(&id, next, CHUNKS_A_COMMIT).await?;
            let Some(last) = chunks.last() else {
                break;
            };
            next = last.number() + 1;
            for chunk in chunks {
                waiting += recorder.reset_chunk(chunk, |index, child| selected.holds(index, child));
            }
            let commit = recorder.take_commit(false);
            recorder.drop_chunks();
            if !self.store.commit(&commit, self.owner).await? {
                return Err(Error::Elsewhere);
            }
        }
        recorder.in_flight(self.clock.now(), u64::from(map.map_run.max_concurrency));
        let commit = recorder.take_commit(true);
        if !self.store.commit(&commit, self.owner).await? {
            return Err(Error::Elsewhere);
        }
        map.map_run = commit.map_run;
        Ok(waiting)
    }
}
