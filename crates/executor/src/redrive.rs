//! Running unsuccessful children again.

use crate::error::Error;
use crate::executor::Executor;
use crate::launch::Redrive;
use crate::map_run::{Cursor, Plan, Redriving};
use crate::run_drive::Snapshot;
use asl::Event;
use model::{MapRunPhase, OperationKind, RedriveSelection, RunStatus};

impl Executor {
    /// Runs unsuccessful children of an ended run again and answers how many those are. Children
    /// that were never started are read and run too when everything is selected.
    ///
    /// # Errors
    /// A run that is not there or still runs; a selection that holds no unsuccessful child; a
    /// newer definition that does not compile or lacks the Map state.
    pub async fn redrive(&self, redrive: Redrive) -> Result<u64, Error> {
        let inner = &self.inner;
        let store = &inner.deps.store;
        let mut stored = store.stored_run(&redrive.workspace, &redrive.run).await?.ok_or(Error::NotFound)?;
        if !stored.run.status.is_final() || self.is_running(&redrive.run) {
            return Err(Error::Conflict("The run has not ended yet.".into()));
        }
        let map_run = match &redrive.map_run {
            Some(id) => id.clone(),
            None => {
                let all = store.map_runs(&redrive.workspace, &redrive.run).await?;
                all.into_iter().next_back().map(|m| m.id).ok_or_else(|| Error::Conflict("The run has no Map Run.".into()))?
            }
        };
        let mut map = store.stored_map_run(&redrive.workspace, &map_run).await?.ok_or(Error::NotFound)?;
        let mut snapshot: Snapshot =
            serde_json::from_slice(&stored.snapshot).map_err(|e| Error::Unreadable(e.to_string()))?;
        let effect = snapshot.maps.iter().find(|(_, id)| **id == map_run).map(|(effect, _)| *effect);
        let waiting = snapshot.waiting.take().map(|live| *live);
        let (Some(effect), Some(live)) = (effect, waiting) else {
            return Err(Error::Conflict("This Map Run cannot be redriven: its parent has gone on.".into()));
        };
        if !live.awaits(effect) {
            return Err(Error::Conflict("Only the run's last Map Run can be redriven.".into()));
        }
        let mut plan: Plan = serde_json::from_str(&map.plan).map_err(|e| Error::Unreadable(e.to_string()))?;
        if let Some((_, definition)) = redrive.definition.as_ref().filter(|(_, text)| plan.definitions.last() != Some(text)) {
            plan.add_definition(definition)?;
        }
        let now = inner.deps.clock.now();
        if !store.claim_run(&redrive.run, &inner.options.owner, now, inner.lease_end()).await? {
            return Err(Error::Elsewhere);
        }
        let cursor: Cursor = serde_json::from_str(&map.cursor).map_err(|e| Error::Unreadable(e.to_string()))?;
        plan.only_again = redrive.selection != RedriveSelection::All;
        let children = Redriving { store, owner: &inner.options.owner, clock: &inner.deps.clock }
            .reset(&mut map, &plan, &redrive.selection)
            .await?;
        let unread = cursor_has_more(&cursor, &plan);
        if children == 0 && !unread {
            return Err(Error::Conflict("No unsuccessful item is selected.".into()));
        }

        let record = &mut map.map_run;
        record.status = RunStatus::Running;
        record.phase = MapRunPhase::Running;
        (record.error, record.cause, record.stopped_at) = (None, None, None);
        record.redrive_count += 1;
        record.redriven_at = Some(now);
        map.plan = serde_json::to_string(&plan).map_err(|e| Error::Unreadable(e.to_string()))?;
        store.put_map_run(&map).await?;

        let program = asl::Program::compile(plan.definitions.first().map_or("", |text| text))?;
        snapshot.live = live;
        let event = Event::MapRunRedriven {
            id: effect,
            map_run_arn: map.map_run.arn.clone(),
            redrive_count: map.map_run.redrive_count,
        };
        snapshot.live.handle(&program, event, now);
        let run = &mut stored.run;
        run.status = RunStatus::Running;
        (run.output, run.error, run.cause, run.stopped_at) = (None, None, None, None);
        run.redrive_count += 1;
        run.redriven_at = Some(now);
        if let Some((version, _)) = &redrive.definition {
            run.job_version = *version;
        }
        stored.snapshot = serde_json::to_vec(&snapshot).map_err(|e| Error::Unreadable(e.to_string()))?;
        if !store.save_run(&stored.run, &stored.snapshot, &inner.options.owner).await? {
            return Err(Error::Elsewhere);
        }
        let kind = OperationKind::Redrive { selection: redrive.selection, version: stored.run.job_version };
        inner.note(&redrive.workspace, &redrive.run, kind, &redrive.actor, children).await?;
        inner.drive(stored);
        Ok(children)
    }
}

fn cursor_has_more(cursor: &Cursor, plan: &Plan) -> bool {
    !cursor.done && !plan.only_again
}
