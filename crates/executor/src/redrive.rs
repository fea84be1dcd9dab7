//! Going on with what has ended: unsuccessful children again, or the parent from its failed state.

use crate::error::Error;
use crate::executor::Executor;
use crate::launch::{LaunchRecord, Redrive};
use crate::live::{Live, Step};
use crate::map_run::{Cursor, Plan, Redriving, preview};
use crate::run_drive::Snapshot;
use crate::tokens::new_tokens;
use asl::{EffectId, Event, Program};
use model::{MapRunPhase, OperationKind, RedrivePreview, RedriveSelection, RunStatus, Timestamp, WorkspaceId};
use store::{RunSave, StoredMapRun, StoredRun};

/// A Map Run that its parent waited for when it ended.
struct Target {
    effect: EffectId,
    map: StoredMapRun,
    plan: Plan,
}

/// What a redrive works on.
struct Redriven<'a> {
    executor: &'a Executor,
    redrive: &'a Redrive,
    stored: StoredRun,
    snapshot: Snapshot,
    now: Timestamp,
}

impl Executor {
    /// Goes on with an ended run, and answers how many children run again.
    ///
    /// Unsuccessful children of the Map Runs that the parent waited for run again; children that were
    /// never started are read and run too when everything is selected. A parent that failed in
    /// another state goes on from there when everything is selected: no child runs again then.
    ///
    /// # Errors
    /// A run that is not there or still runs; a selection that holds no unsuccessful child; a
    /// newer definition that does not compile or lacks the Map state.
    pub async fn redrive(&self, redrive: Redrive) -> Result<u64, Error> {
        let inner = &self.inner;
        let store = &inner.deps.store;
        let stored = store.stored_run(&redrive.workspace, &redrive.run).await?.ok_or(Error::NotFound)?;
        if !stored.run.status.is_final() || self.is_running(&redrive.run) {
            return Err(Error::Conflict("The run has not ended yet.".into()));
        }
        if stored.snapshot.is_empty() {
            return Err(Error::Conflict("The run never began.".into()));
        }
        if store.is_trimmed(&redrive.workspace, &redrive.run).await? {
            let message = "The outputs of this run's items were dropped by the workspace's retention: it cannot be redriven.";
            return Err(Error::Conflict(message.into()));
        }
        let snapshot: Snapshot =
            serde_json::from_slice(&stored.snapshot).map_err(|e| Error::Unreadable(e.to_string()))?;
        let now = inner.deps.clock.now();
        let mut redriven = Redriven { executor: self, redrive: &redrive, stored, snapshot, now };
        let mut targets = redriven.targets().await?;
        if let Some((_, definition)) = &redrive.definition {
            for target in &mut targets {
                if target.plan.definitions.last() != Some(definition) {
                    target.plan.add_definition(definition)?;
                }
            }
        }
        if !store.claim_run(&redrive.run, &inner.options.owner, now, inner.lease_end(), inner.options.alone).await? {
            return Err(Error::Elsewhere);
        }
        let begun = redriven.begin(targets).await;
        if begun.is_err() {
            inner.let_go(&redrive.run).await;
        }
        begun
    }

    /// Counts what a redrive of a Map Run with this selection would run again; exact.
    ///
    /// # Errors
    /// A Map Run that is not there; a database that cannot be read.
    pub async fn preview_redrive(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        selection: &RedriveSelection,
    ) -> Result<RedrivePreview, Error> {
        let store = &self.inner.deps.store;
        let map = store.stored_map_run(workspace, map_run).await?.ok_or(Error::NotFound)?;
        preview(store, &map, selection).await
    }
}

impl Redriven<'_> {
    /// The Map Runs that the redrive concerns; none when the parent goes on from its failed state.
    async fn targets(&self) -> Result<Vec<Target>, Error> {
        let by_itself = self.redrive.map_run.is_none() && self.redrive.selection == RedriveSelection::All;
        let gone_on = || Error::Conflict("This Map Run cannot be redriven: its parent has gone on.".into());
        let Some(waiting) = &self.snapshot.waiting else {
            return if by_itself { Ok(Vec::new()) } else { Err(gone_on()) };
        };
        let mut targets = Vec::new();
        for (effect, id) in self.snapshot.maps.iter().filter(|(effect, _)| waiting.awaits(**effect)) {
            if self.redrive.map_run.as_ref().is_some_and(|wanted| wanted != id) {
                continue;
            }
            let store = &self.executor.inner.deps.store;
            let map = store.stored_map_run(&self.redrive.workspace, id).await?.ok_or(Error::NotFound)?;
            let plan = serde_json::from_str(&map.plan).map_err(|e| Error::Unreadable(e.to_string()))?;
            targets.push(Target { effect: *effect, map, plan });
        }
        if !by_itself {
            return if targets.is_empty() { Err(gone_on()) } else { Ok(targets) };
        }
        if self.stored.run.status == RunStatus::Succeeded {
            return Ok(targets);
        }
        // A parent that has gone on from its Map failed elsewhere.
        let there = self.snapshot.live.execution.current_state() == waiting.execution.current_state();
        targets.retain(|target| there && target.map.map_run.status != RunStatus::Succeeded);
        Ok(targets)
    }

    async fn begin(&mut self, targets: Vec<Target>) -> Result<u64, Error> {
        let launch: LaunchRecord =
            serde_json::from_str(&self.stored.launch).map_err(|e| Error::Unreadable(e.to_string()))?;
        let program = Program::compile(&launch.definition)?;
        let mut children = 0;
        let mut going_on = Vec::new();
        for target in targets {
            if let Some((effect, map, count)) = self.reset(target).await? {
                children += count;
                going_on.push((effect, map));
            }
        }
        let all = self.redrive.selection == RedriveSelection::All;
        if going_on.is_empty() && (!all || self.stored.run.status == RunStatus::Succeeded) {
            return Err(Error::Conflict("No unsuccessful item is selected.".into()));
        }
        let steps = match self.snapshot.waiting.take() {
            Some(waiting) if !going_on.is_empty() => self.wait_again(&program, *waiting, &going_on),
            _ => self.from_failed_state(&program)?,
        };
        let inner = &self.executor.inner;
        let run = &mut self.stored.run;
        run.status = RunStatus::Running;
        (run.output, run.error, run.cause, run.stopped_at) = (None, None, None, None);
        run.redrive_count += 1;
        run.redriven_at = Some(self.now);
        if let Some((version, _)) = &self.redrive.definition {
            run.job_version = *version;
        }
        let events = self.snapshot.live.execution.take_history();
        self.snapshot.segments += 1;
        self.stored.snapshot = serde_json::to_vec(&self.snapshot).map_err(|e| Error::Unreadable(e.to_string()))?;
        let save = RunSave {
            workspace: self.stored.workspace.clone(),
            run: self.stored.run.clone(),
            snapshot: self.stored.snapshot.clone(),
            history: Some((self.snapshot.segments - 1, events.0)),
            tokens: new_tokens(&steps, self.now),
            tokens_done: Vec::new(),
        };
        inner.save(save).await.map_err(Error::Ledger)?;
        let kind = OperationKind::Redrive {
            selection: self.redrive.selection.clone(),
            version: self.stored.run.job_version,
        };
        inner.note(&self.redrive.workspace, &self.redrive.run, kind, &self.redrive.actor, children).await?;
        inner.drive(self.stored.clone());
        Ok(children)
    }

    /// Makes the selected children of a Map Run pending; `None` when there is nothing to do.
    async fn reset(&self, target: Target) -> Result<Option<(EffectId, StoredMapRun, u64)>, Error> {
        let Target { effect, mut map, mut plan } = target;
        let inner = &self.executor.inner;
        let store = &inner.deps.store;
        let cursor: Cursor = serde_json::from_str(&map.cursor).map_err(|e| Error::Unreadable(e.to_string()))?;
        plan.only_again = self.redrive.selection != RedriveSelection::All;
        let redriving = Redriving { store, owner: &inner.options.owner, clock: &inner.deps.clock };
        let children = redriving.reset(&mut map, &plan, &self.redrive.selection).await?;
        let unread = !cursor.done && !plan.only_again;
        if children == 0 && !unread {
            return Ok(None);
        }
        let record = &mut map.map_run;
        record.status = RunStatus::Running;
        record.phase = MapRunPhase::Running;
        (record.error, record.cause, record.stopped_at) = (None, None, None);
        record.redrive_count += 1;
        record.redriven_at = Some(self.now);
        // Whoever redrives a run that reached its budget wants it to go on.
        record.budget_usd = None;
        map.plan = serde_json::to_string(&plan).map_err(|e| Error::Unreadable(e.to_string()))?;
        store.put_map_run(&map).await?;
        Ok(Some((effect, map, children)))
    }

    /// The parent stands where it waited for its Map Runs; its history goes on.
    fn wait_again(&mut self, program: &Program, waiting: Live, maps: &[(EffectId, StoredMapRun)]) -> Vec<Step> {
        let mut steps = self.snapshot.live.reopen(program, waiting, self.now);
        for (effect, map) in maps {
            let event = Event::MapRunRedriven {
                id: *effect,
                map_run_arn: map.map_run.arn.clone(),
                redrive_count: map.map_run.redrive_count,
            };
            steps.extend(self.snapshot.live.handle(program, event, self.now));
        }
        steps
    }

    /// RedriveExecution of a parent that did not fail in a Map Run.
    fn from_failed_state(&mut self, program: &Program) -> Result<Vec<Step>, Error> {
        self.snapshot.waiting = None;
        let cannot = || Error::Conflict("This execution cannot be redriven.".into());
        if self.stored.run.origin.execution_type == model::ExecutionType::Express {
            return Err(Error::Conflict("Express executions cannot be redriven.".into()));
        }
        self.snapshot.live.redrive(program, self.now).ok_or_else(cannot)
    }
}
