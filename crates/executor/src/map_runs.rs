//! The Map Runs that one execution has asked for: a run's parent, or a child of another Map Run.

use crate::child_name::{child_name, mix};
use crate::executor::Inner;
use crate::map_run::{Cursor, End, LiveMapRun, ManifestRef, MapRunTask, Plan, concurrency};
use crate::tasks::OnStop;
use crate::watch::Board;
use crate::window::Window;
use asl::{EffectId, MapRunSpec};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use model::{Guards, ItemCounts, MapRun, MapRunPhase, Metered, Profile, RunId, RunStatus, WorkspaceId};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::StoredMapRun;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

const CONTROLS_WAITING: usize = 16;

/// Whose Map Runs they are.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) inner: Arc<Inner>,
    pub(crate) workspace: WorkspaceId,
    pub(crate) run: RunId,
    /// The machine's name.
    pub(crate) machine: String,
    pub(crate) definition: Arc<str>,
    pub(crate) profile: Profile,
    pub(crate) guards: Guards,
    /// Nothing for the parent; `MAP_RUN/INDEX/` for a child.
    pub(crate) place: String,
    /// The server goes down, or the run is given up here.
    pub(crate) halt: CancellationToken,
}

/// Map Runs that run.
pub(crate) struct MapRuns {
    owner: Owner,
    running: FuturesUnordered<BoxFuture<'static, (EffectId, End)>>,
    aborts: BTreeMap<EffectId, CancellationToken>,
}

/// A Map Run that has begun, now or before a restart.
pub(crate) struct BegunMapRun {
    pub(crate) id: String,
    pub(crate) arn: String,
}

impl MapRuns {
    pub(crate) fn new(owner: Owner) -> Self {
        // What is left of them when this is dropped stops.
        let owner = Owner { halt: owner.halt.child_token(), ..owner };
        Self { owner, running: FuturesUnordered::new(), aborts: BTreeMap::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Begins a Map Run, or goes on with it.
    pub(crate) async fn begin(
        &mut self,
        id: EffectId,
        spec: MapRunSpec,
        manifest: Option<ManifestRef>,
    ) -> Result<BegunMapRun, String> {
        let Owner { inner, workspace, run, .. } = &self.owner;
        let store = &inner.deps.store;
        let place = format!("{}{id}", self.owner.place);
        let found = store.map_run_at(workspace, run, &place).await.map_err(|e| e.to_string())?;
        let stored = match found {
            Some(stored) => stored,
            None => {
                let new = self.new_map_run(id, spec, place, manifest)?;
                store.put_map_run(&new).await.map_err(|e| e.to_string())?;
                new
            }
        };
        let begun = BegunMapRun { id: stored.map_run.id.clone(), arn: stored.map_run.arn.clone() };
        self.launch(id, stored)?;
        Ok(begun)
    }

    /// The next one that ends; never ready while none runs.
    pub(crate) async fn next(&mut self) -> (EffectId, End) {
        match self.running.next().await {
            Some((id, end)) => {
                self.aborts.remove(&id);
                (id, end)
            }
            None => std::future::pending().await,
        }
    }

    pub(crate) fn abort(&self, id: EffectId) {
        if let Some(abort) = self.aborts.get(&id) {
            abort.cancel();
        }
    }

    /// Aborts all and waits for their ends. The problem of one that was given up.
    pub(crate) async fn abort_all(&mut self) -> Result<(), String> {
        self.aborts.values().for_each(CancellationToken::cancel);
        while let Some((_, end)) = self.running.next().await {
            if let End::GivenUp(problem) = end {
                return Err(problem);
            }
        }
        Ok(())
    }

    /// Waits until all have let go of their work after a halt.
    pub(crate) async fn settle(&mut self) {
        while self.running.next().await.is_some() {}
    }

    fn new_map_run(
        &self,
        id: EffectId,
        spec: MapRunSpec,
        place: String,
        manifest: Option<ManifestRef>,
    ) -> Result<StoredMapRun, String> {
        let Owner { inner, workspace, run, machine, definition, profile, guards, .. } = &self.owner;
        let uuid = child_name(&format!("{run}{}", self.owner.place), mix(id.0) & 0xffff_ffff_ffff);
        let label = spec.label.clone().unwrap_or_else(|| child_name(run.as_str(), u64::from(spec.map.0)));
        let arn = inner.options.partition.map_run(machine, &label, &uuid);
        let map_run = MapRun {
            id: uuid,
            run_id: run.clone(),
            state_name: spec.state_name.clone(),
            arn: arn.as_str().to_owned(),
            status: RunStatus::Running,
            phase: MapRunPhase::Running,
            execution_type: spec.execution_type,
            item_counts: ItemCounts::default(),
            execution_counts: ItemCounts::default(),
            reading_done: false,
            max_concurrency: concurrency(spec.max_concurrency),
            tolerated_failure_count: spec.tolerated_failure_count.unwrap_or_default(),
            tolerated_failure_percentage: spec.tolerated_failure_percentage.unwrap_or_default(),
            error: None,
            cause: None,
            results: None,
            started_at: inner.deps.clock.now(),
            stopped_at: None,
            redrive_count: 0,
            redriven_at: None,
            metered: Metered::default(),
            budget_usd: guards.budget_usd,
            held: None,
        };
        let plan = Plan {
            maps: vec![spec.map],
            definitions: vec![Arc::clone(definition)],
            machine: machine.clone(),
            label,
            profile: *profile,
            manifest,
            only_again: false,
            early_stop: guards.early_stop,
            secret: rand::random(),
            spec,
        };
        Ok(StoredMapRun {
            map_run,
            workspace: workspace.clone(),
            place,
            plan: serde_json::to_string(&plan).map_err(|e| e.to_string())?,
            cursor: serde_json::to_string(&Cursor::default()).map_err(|e| e.to_string())?,
        })
    }

    fn launch(&mut self, id: EffectId, stored: StoredMapRun) -> Result<(), String> {
        let inner = Arc::clone(&self.owner.inner);
        let plan: Plan = serde_json::from_str(&stored.plan).map_err(|e| e.to_string())?;
        let window = Window::new(stored.map_run.max_concurrency);
        window.pause(stored.map_run.phase != MapRunPhase::Running);
        let stops = stored.map_run.phase == MapRunPhase::Stopping && stored.map_run.takes_items();
        let (controls, controlled) = mpsc::channel(CONTROLS_WAITING);
        let live = LiveMapRun {
            run: stored.map_run.run_id.clone(),
            workspace: stored.workspace.clone(),
            board: Board::new(),
            window,
            controls,
        };
        let abort = CancellationToken::new();
        let map_run = stored.map_run.id.clone();
        inner.remember_map(&map_run, live.clone());
        if stops {
            inner.stop_when_idle(&live.run);
        }
        let task = MapRunTask {
            beginning: live.window.readmit(),
            inner: Arc::clone(&inner),
            halt: self.owner.halt.child_token(),
            abort: abort.clone(),
            controls: controlled,
            live,
            plan,
            stored,
        };
        self.aborts.insert(id, abort);
        // By itself: whoever waits for a transaction must not keep another's from ending.
        let (end, ended) = oneshot::channel();
        let working = task.run_boxed();
        let tasks = inner.tasks.clone();
        tasks.start("map run", OnStop::Wait, async move {
            let how = working.await;
            inner.forget_map(&map_run);
            // The run may have been given up.
            let _ = end.send(how);
        });
        self.running.push(Box::pin(async move {
            (id, ended.await.unwrap_or_else(|_| End::GivenUp("a Map Run broke down".into())))
        }));
        Ok(())
    }
}

impl Drop for MapRuns {
    fn drop(&mut self) {
        self.owner.halt.cancel();
    }
}
