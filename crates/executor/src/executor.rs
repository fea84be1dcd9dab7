//! The handle: launch, wait, watch, drain.

use crate::deps::{Calling, Deps, Options};
use crate::error::Error;
use crate::groups::Grouped;
use crate::launch::{Launch, LaunchRecord};
use crate::map_run::{CommitTimes, LiveMapRun};
use crate::run_drive::{RunDrive, StopRequest};
use crate::saves::{store_launches, store_steps};
use crate::tasks::{OnStop, Tasks};
use crate::tokens::{POLL, Waiting, store_answers};
use crate::watch::{Mark, Watch};
use functions::{Gate, Whose};
use model::{CallLimits, MapRunPhase, Operation, OperationId, OperationKind, RunId, RunStatus, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{RunSave, StoredRun, TokenAnswer};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Runs executions. Cloning shares it.
#[derive(Clone)]
pub struct Executor {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) deps: Deps,
    pub(crate) options: Options,
    pub(crate) tasks: Tasks,
    pub(crate) children: Gate,
    /// The server goes down: everything stops where it stands and goes on after the restart.
    pub(crate) halt: CancellationToken,
    pub(crate) commits: CommitTimes,
    /// Calls that wait for workers.
    pub(crate) waiting: Waiting,
    pub(crate) answers: Grouped<TokenAnswer, Result<bool, String>>,
    saves: Grouped<RunSave, Result<bool, String>>,
    launches: Grouped<StoredRun, Result<bool, String>>,
    runs: Mutex<HashMap<RunId, LiveRun>>,
    maps: Mutex<HashMap<String, LiveMapRun>>,
}

/// How others reach a run while it is worked on here.
pub(crate) struct LiveRun {
    pub(crate) stops: mpsc::Sender<StopRequest>,
    /// Nobody works on it here any more.
    left: CancellationToken,
}

impl Executor {
    /// Starts, takes over unfinished runs and goes on with them.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn start(deps: Deps, options: Options, tasks: Tasks) -> Result<Self, Error> {
        // A server that was killed may come back under the same name, as process 1 of a container
        // does: the leases of its former life are not its own.
        let owner = format!("{}-{:016x}", options.owner, rand::random::<u64>());
        let options = Options { owner, ..options };
        let ((answers, answering), (saves, saving), (launches, launching)) =
            (Grouped::new(), Grouped::new(), Grouped::new());
        let inner = Arc::new(Inner {
            waiting: Waiting::default(),
            answers,
            saves,
            launches,
            children: Gate::new(CallLimits { max_concurrency: Some(options.max_concurrency), max_per_second: None }),
            deps,
            options,
            tasks: tasks.clone(),
            halt: CancellationToken::new(),
            commits: CommitTimes::default(),
            runs: Mutex::default(),
            maps: Mutex::default(),
        });
        tasks.start("answers", OnStop::Drop, store_answers(Arc::clone(&inner), answering));
        tasks.start("steps", OnStop::Drop, store_steps(Arc::clone(&inner), saving));
        tasks.start("launches", OnStop::Drop, store_launches(Arc::clone(&inner), launching));
        inner.take_over(inner.options.alone).await?;
        tasks.start("leases", OnStop::Drop, Arc::clone(&inner).keep_leases());
        if !inner.options.alone {
            tasks.start("answers from others", OnStop::Drop, Arc::clone(&inner).bring_answers());
        }
        Ok(Self { inner })
    }

    /// Launches a run and answers it as it begins. Durable when this returns.
    ///
    /// # Errors
    /// A definition that does not compile, an ARN that is taken, a server that is shutting down.
    pub async fn launch(&self, launch: Launch) -> Result<model::Run, Error> {
        if self.inner.halt.is_cancelled() {
            return Err(Error::Stopping);
        }
        asl::Program::compile(&launch.definition)?;
        let record = LaunchRecord {
            definition: launch.definition,
            profile: launch.profile,
            manifest: launch.manifest,
            guards: launch.guards,
        };
        let mut run = launch.run;
        run.status = RunStatus::Running;
        let stored = StoredRun {
            workspace: launch.workspace,
            run: run.clone(),
            launch: serde_json::to_string(&record).map_err(|e| Error::Unreadable(e.to_string()))?,
            snapshot: Vec::new(),
        };
        // Whoever asked may go away meanwhile; a run that is stored is worked on all the same.
        let (launched, begun) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        self.inner.tasks.start("launch", OnStop::Wait, async move {
            // Nobody may be listening any more.
            let _ = launched.send(inner.begin(stored).await);
        });
        match begun.await {
            Ok(Ok(())) => Ok(run),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::Stopping),
        }
    }

    /// Waits for the end of a run and answers it.
    ///
    /// # Errors
    /// A run that is not there; a database that cannot be read.
    pub async fn ended(&self, workspace: &WorkspaceId, run: &RunId) -> Result<model::Run, Error> {
        loop {
            let left = self.inner.lock_runs().get(run).map(|live| live.left.clone());
            let found = self.inner.deps.store.run(workspace, run).await?.ok_or(Error::NotFound)?;
            match left {
                Some(left) => left.cancelled().await,
                None if found.status.is_final() => return Ok(found),
                None => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// Watches a Map Run that is running here; `None` for others: read those from the store.
    pub fn watch(&self, workspace: &WorkspaceId, map_run: &str, seen: Option<Mark>) -> Option<Watch> {
        self.inner.map(workspace, map_run)?.board.watch(seen)
    }

    /// Makes one call outside of any run, for tests of a state.
    pub async fn call(&self, workspace: &WorkspaceId, id: asl::EffectId, task: Arc<asl::TaskCall>) -> asl::Event {
        let execution_arn: Arc<str> = "test".into();
        let idempotency_key = format!("test/{:032x}", rand::random::<u128>());
        let calling = Calling { whose: Whose { workspace: workspace.clone(), run: None }, idempotency_key, execution_arn, id, task };
        self.inner.deps.calls.call(calling).await
    }

    /// Whether a run is worked on here.
    pub fn is_running(&self, run: &RunId) -> bool {
        self.inner.lock_runs().contains_key(run)
    }

    /// Stops taking work, makes durable what has ended, lets go of the leases. What is not
    /// finished goes on after the restart, or on another server.
    pub async fn drain(&self, deadline: Duration) {
        self.inner.halt.cancel();
        let ended = async {
            while !self.inner.lock_runs().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        if tokio::time::timeout(deadline, ended).await.is_err() {
            tracing::warn!("runs did not stop in time; they go on from their last commit");
        }
        if let Err(error) = self.inner.deps.store.release_leases(&self.inner.options.owner).await {
            tracing::warn!(%error, "leases could not be released; they end by themselves");
        }
    }

    /// What the Map Runs of a run are doing, as viewers know it; the last one's phase.
    pub(crate) fn phase_of(&self, run: &RunId) -> Option<MapRunPhase> {
        let maps = self.inner.lock_maps();
        let live = maps.values().find(|live| live.run == *run)?;
        live.board.snapshot().map(|snapshot| snapshot.map_run.phase)
    }

    /// How long the last commits took, in microseconds.
    pub fn commit_times(&self) -> CommitTimes {
        Arc::clone(&self.inner.commits)
    }
}

impl Inner {
    /// Works on a run until it ends.
    pub(crate) fn drive(self: &Arc<Self>, stored: StoredRun) {
        let (stop, stops) = mpsc::channel(1);
        let live = LiveRun { stops: stop, left: CancellationToken::new() };
        self.lock_runs().insert(stored.run.id.clone(), live);
        let drive = RunDrive { inner: Arc::clone(self), stored, stops };
        self.tasks.start("run", OnStop::Wait, drive.run());
    }

    pub(crate) fn forget_run(&self, run: &RunId) {
        if let Some(live) = self.lock_runs().remove(run) {
            live.left.cancel();
        }
    }

    /// Stores a run that is launched, and begins to work on it.
    async fn begin(self: &Arc<Self>, stored: StoredRun) -> Result<(), Error> {
        let arn = stored.run.arn.clone();
        match self.launches.ask(stored.clone()).await {
            Some(Ok(true)) => {
                self.drive(stored);
                Ok(())
            }
            Some(Ok(false)) => Err(store::Error::Taken { what: "execution", name: arn }.into()),
            Some(Err(problem)) => Err(Error::Ledger(problem)),
            None => Err(Error::Stopping),
        }
    }

    /// Makes a step of a run durable.
    ///
    /// # Errors
    /// A sentence: the lease or the database is lost.
    pub(crate) async fn save(&self, save: RunSave) -> Result<(), String> {
        match self.saves.ask(save).await {
            Some(Ok(true)) => Ok(()),
            Some(Ok(false)) => Err("another server took this run over".into()),
            Some(Err(problem)) => Err(problem),
            None => Err("the server is shutting down".into()),
        }
    }

    /// Ends a run that cannot go on.
    pub(crate) async fn fail_run(&self, workspace: &WorkspaceId, run: &RunId, cause: String) -> Result<(), Error> {
        let mut stored = self.deps.store.stored_run(workspace, run).await?.ok_or(Error::NotFound)?;
        stored.run.status = RunStatus::Failed;
        stored.run.error = Some("States.Runtime".into());
        stored.run.cause = Some(cause);
        stored.run.stopped_at = Some(self.deps.clock.now());
        let StoredRun { workspace, run, snapshot, .. } = stored;
        self.save(RunSave::bare(workspace, run, snapshot)).await.map_err(Error::Ledger)
    }

    /// Gives a run's lease back; tries until the database answers.
    pub(crate) async fn let_go(&self, run: &RunId) {
        while let Err(error) = self.deps.store.release_run(run, &self.options.owner).await {
            tracing::warn!(%run, %error, "a lease could not be released");
            if self.halt.is_cancelled() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    pub(crate) fn remember_map(&self, map_run: &str, live: LiveMapRun) {
        self.lock_maps().insert(map_run.to_owned(), live);
    }

    pub(crate) fn forget_map(&self, map_run: &str) {
        self.lock_maps().remove(map_run);
    }

    pub(crate) fn lease_end(&self) -> model::Timestamp {
        let ms = i64::try_from(self.options.lease.as_millis()).unwrap_or(i64::MAX);
        self.deps.clock.now().plus_ms(ms)
    }

    /// Notes what somebody did to a run.
    pub(crate) async fn note(
        &self,
        workspace: &WorkspaceId,
        run: &RunId,
        kind: OperationKind,
        actor: &str,
        items: u64,
    ) -> Result<(), Error> {
        let at = self.deps.clock.now();
        let id = OperationId::new(at.0, rand::random());
        let operation = Operation { id, kind, actor: actor.to_owned(), at, items };
        Ok(self.deps.store.put_operation(workspace, run, &operation).await?)
    }

    pub(crate) async fn running(&self, workspace: &WorkspaceId, run: &RunId) -> Result<(), Error> {
        let found = self.deps.store.run(workspace, run).await?.ok_or(Error::NotFound)?;
        match found.status.is_final() {
            true => Err(Error::Conflict("The run has ended.".into())),
            false => Ok(()),
        }
    }

    pub(crate) fn map(&self, workspace: &WorkspaceId, map_run: &str) -> Option<LiveMapRun> {
        self.lock_maps().get(map_run).filter(|live| live.workspace == *workspace).cloned()
    }

    async fn take_over(self: &Arc<Self>, seize: bool) -> Result<(), Error> {
        let now = self.deps.clock.now();
        let found = self.deps.store.take_over(&self.options.owner, now, self.lease_end(), seize).await?;
        for stored in found {
            tracing::info!(run = %stored.run.id, "an unfinished run is taken over");
            self.drive(stored);
        }
        Ok(())
    }

    async fn keep_leases(self: Arc<Self>) {
        let pause = (self.options.lease / 3).max(Duration::from_millis(50));
        while !self.halt.is_cancelled() {
            tokio::time::sleep(pause).await;
            let until = self.lease_end();
            let kept = self.deps.store.renew_leases(&self.options.owner, until).await;
            let taken = match kept {
                Ok(_) if !self.halt.is_cancelled() => self.take_over(false).await,
                Ok(_) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = taken {
                tracing::warn!(%error, "leases could not be renewed");
            }
        }
    }

    pub(crate) fn lock_runs(&self) -> MutexGuard<'_, HashMap<RunId, LiveRun>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn lock_maps(&self) -> MutexGuard<'_, HashMap<String, LiveMapRun>> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
