//! Making unsuccessful children pending again.

use super::plan::{Cursor, Plan};
use super::recorder::{Recorder, Stored};
use crate::clock::Clock;
use crate::error::Error;
use ledger::Child;
use model::RedriveSelection;
use std::collections::HashSet;
use store::{Store, StoredMapRun};

const CHUNKS_A_COMMIT: u32 = 16;

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
        let cursor: Cursor = serde_json::from_str(&map.cursor).map_err(|e| Error::Unreadable(e.to_string()))?;
        let known = match cursor.done {
            true => Some((cursor.item, cursor.child)),
            false => plan.known_items().zip(plan.known_children()),
        };
        let listed: HashSet<u64> = match selection {
            RedriveSelection::Items { indexes } => indexes.iter().copied().collect(),
            _ => HashSet::new(),
        };
        let selected = |index: u64, child: &Child| match selection {
            RedriveSelection::All => true,
            RedriveSelection::Group { group } => child.failure_group == Some(*group),
            RedriveSelection::Items { .. } => listed.contains(&index),
        };
        let stored = Stored {
            map_run: map.map_run.clone(),
            cursor,
            groups: self.store.failure_groups(&map.workspace, &id).await?,
            progress: self.store.progress(&map.workspace, &id).await?,
            next_segment: self.store.next_segment(&id).await?,
            journaled: HashSet::new(),
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
                waiting += recorder.reset_chunk(chunk, selected);
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
