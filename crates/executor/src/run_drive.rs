//! A run's parent execution, from its beginning or from where it stood, to its end.

use crate::child_name::{child_name, mix, seed};
use crate::executor::Inner;
use crate::launch::LaunchRecord;
use crate::live::{Live, Step};
use crate::map_run::{Cursor, End, LiveMapRun, MapRunTask, Plan, concurrency};
use crate::performer::{Hands, Performer};
use crate::tasks::panic_text;
use crate::watch::Board;
use crate::window::Window;
use asl::{ContextSeed, Effect, EffectId, Event, MapRunSpec, Outcome, Program, Start};
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use model::{ItemCounts, MapRun, MapRunPhase, RunStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use store::{StoredMapRun, StoredRun};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const CONTROLS_WAITING: usize = 16;

/// StopExecution.
#[derive(Clone, Debug, Default)]
pub(crate) struct StopRequest {
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
}

/// The parent as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) live: Live,
    /// The Map Runs that have begun, by the effect that asked for each.
    pub(crate) maps: BTreeMap<EffectId, String>,
    /// The parent as it waited for its latest Map Run to end: a redrive goes on from there.
    pub(crate) waiting: Option<Box<Live>>,
}

/// The work on one run.
pub(crate) struct RunDrive {
    pub(crate) inner: Arc<Inner>,
    pub(crate) stored: StoredRun,
    pub(crate) stops: mpsc::Receiver<StopRequest>,
}

type MapRuns = FuturesUnordered<BoxFuture<'static, (EffectId, End)>>;

struct Parent {
    drive: RunDrive,
    launch: LaunchRecord,
    program: Program,
    snapshot: Snapshot,
    performer: Performer,
    maps: MapRuns,
    aborts: BTreeMap<EffectId, CancellationToken>,
    halt: CancellationToken,
    stopped: bool,
}

impl RunDrive {
    /// Runs to the end, or until the server goes down. A run that is given up is let go, so that
    /// this server or another takes it over; one that panics has failed.
    pub(crate) async fn run(self) {
        let id = self.stored.run.id.clone();
        let workspace = self.stored.workspace.clone();
        let inner = Arc::clone(&self.inner);
        let ended = AssertUnwindSafe(self.drive()).catch_unwind().await;
        let problem = match ended {
            Ok(Ok(())) => None,
            Ok(Err(problem)) => Some(problem),
            Err(panic) => {
                let cause = format!("The interpreter broke down: {}", panic_text(&*panic));
                inner.fail_run(&workspace, &id, cause).await.err().map(|error| error.to_string())
            }
        };
        if let Some(problem) = problem {
            tracing::error!(run = %id, problem, "a run was given up here");
            inner.let_go(&id).await;
        }
        inner.forget_run(&id);
    }

    async fn drive(self) -> Result<(), String> {
        let launch: LaunchRecord = serde_json::from_str(&self.stored.launch).map_err(|e| e.to_string())?;
        let program = match Program::compile(&launch.definition) {
            Ok(program) => program,
            Err(fault) => return self.refuse(fault.to_string()).await,
        };
        let now = self.inner.deps.clock.now();
        let (snapshot, steps) = match self.stored.snapshot.is_empty() {
            false => {
                let snapshot: Snapshot =
                    serde_json::from_slice(&self.stored.snapshot).map_err(|e| e.to_string())?;
                let steps = snapshot.live.again();
                (snapshot, steps)
            }
            true => {
                let (live, steps) = Live::start(&program, self.start(), now);
                (Snapshot { live, maps: BTreeMap::new(), waiting: None }, steps)
            }
        };
        let hands = Hands {
            calls: Arc::clone(&self.inner.deps.calls),
            clock: self.inner.deps.clock.clone(),
            workspace: self.stored.workspace.clone(),
        };
        let performer = Performer::new(hands, self.stored.run.arn.as_str().into());
        let halt = self.inner.halt.child_token();
        let mut parent = Parent {
            launch,
            program,
            snapshot,
            performer,
            maps: FuturesUnordered::new(),
            aborts: BTreeMap::new(),
            halt,
            stopped: false,
            drive: self,
        };
        parent.run(steps).await
    }

    fn start(&self) -> Start {
        let run = &self.stored.run;
        let partition = &self.inner.options.partition;
        let name = run.arn.rsplit(':').next().unwrap_or_default();
        Start {
            input: asl::Payload::from_text(run.input.as_str().into()),
            context: ContextSeed {
                execution_id: run.arn.as_str().into(),
                execution_name: name.into(),
                role_arn: role_arn(&partition.account),
                start_time: run.started_at,
                redrive_count: run.redrive_count,
                redrive_time: run.redriven_at,
                state_machine_id: partition.state_machine(&machine_of(&run.arn)).as_str().into(),
                state_machine_name: machine_of(&run.arn).into(),
                execution_type: run.origin.execution_type,
            },
            seed: mix(seed(run.id.as_str()) ^ rand::random::<u64>()),
        }
    }

    /// A definition that does not compile fails its run.
    async fn refuse(mut self, cause: String) -> Result<(), String> {
        let run = &mut self.stored.run;
        run.status = RunStatus::Failed;
        run.error = Some("States.Runtime".into());
        run.cause = Some(cause);
        run.stopped_at = Some(self.inner.deps.clock.now());
        self.inner.deps.store.save_run(run, &self.stored.snapshot, &self.inner.options.owner).await.map_err(|e| e.to_string())?;
        Ok(())
    }
}

impl Parent {
    async fn run(&mut self, mut steps: Vec<Step>) -> Result<(), String> {
        loop {
            self.save().await?;
            for step in self.performer.perform(std::mem::take(&mut steps)) {
                match step {
                    Step::Begin(Effect::StartMapRun { id, spec }) => steps.extend(self.begin_map(id, *spec).await?),
                    Step::Cancel(id) => {
                        if let Some(abort) = self.aborts.get(&id) {
                            abort.cancel();
                        }
                    }
                    Step::Begin(_) => {}
                }
            }
            if !steps.is_empty() {
                continue;
            }
            if self.snapshot.live.execution.outcome().is_some() {
                return self.end().await;
            }
            let halt = self.halt.clone();
            let event = tokio::select! {
                biased;
                () = halt.cancelled() => {
                    while self.maps.next().await.is_some() {}
                    return Ok(());
                }
                Some(stop) = self.drive.stops.recv() => {
                    self.stopped = true;
                    Event::Stop { error: stop.error, cause: stop.cause }
                }
                Some((id, end)) = self.maps.next() => match end {
                    End::Ended(end) => {
                        self.aborts.remove(&id);
                        self.snapshot.waiting = Some(Box::new(self.snapshot.live.clone()));
                        Event::MapRunEnded { id, end }
                    }
                    End::GivenUp(problem) => {
                        self.halt.cancel();
                        while self.maps.next().await.is_some() {}
                        return match self.drive.inner.halt.is_cancelled() {
                            true => Ok(()),
                            false => Err(problem),
                        };
                    }
                },
                event = self.performer.next() => event,
            };
            if matches!(event, Event::Stop { .. }) && !self.maps.is_empty() {
                self.snapshot.waiting = Some(Box::new(self.snapshot.live.clone()));
            }
            let now = self.drive.inner.deps.clock.now();
            steps = self.snapshot.live.handle(&self.program, event, now);
        }
    }

    /// Waits for Map Runs that are being aborted, then writes the run's last state.
    async fn end(&mut self) -> Result<(), String> {
        self.aborts.values().for_each(CancellationToken::cancel);
        while let Some((_, end)) = self.maps.next().await {
            if let End::GivenUp(problem) = end {
                return Err(problem);
            }
        }
        self.abort_leftovers().await?;
        let run = &mut self.drive.stored.run;
        let outcome = self.snapshot.live.execution.outcome().cloned();
        let Some(outcome) = outcome else {
            return Err("the execution has not ended".into());
        };
        run.status = outcome.status();
        (run.output, run.error, run.cause) = match outcome {
            Outcome::Succeeded { output } => (Some(output.text().to_string()), None, None),
            Outcome::Failed { error, cause } | Outcome::TimedOut { error, cause } | Outcome::Aborted { error, cause } => {
                (None, error, cause)
            }
        };
        run.stopped_at = Some(self.drive.inner.deps.clock.now());
        self.save().await
    }

    /// Map Runs that were being aborted when the server went down.
    async fn abort_leftovers(&mut self) -> Result<(), String> {
        let (store, run) = (&self.drive.inner.deps.store, &self.drive.stored);
        for map_run in store.map_runs(&run.workspace, &run.run.id).await.map_err(|e| e.to_string())? {
            if map_run.status.is_final() {
                continue;
            }
            let found = store.stored_map_run(&run.workspace, &map_run.id).await.map_err(|e| e.to_string())?;
            if let Some(mut stored) = found {
                stored.map_run.status = RunStatus::Aborted;
                stored.map_run.phase = MapRunPhase::Finished;
                stored.map_run.stopped_at = Some(self.drive.inner.deps.clock.now());
                store.put_map_run(&stored).await.map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), String> {
        let bytes = serde_json::to_vec(&self.snapshot).map_err(|e| e.to_string())?;
        let inner = &self.drive.inner;
        match inner.deps.store.save_run(&self.drive.stored.run, &bytes, &inner.options.owner).await {
            Ok(true) => Ok(()),
            Ok(false) => Err("another server took this run over".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn begin_map(&mut self, id: EffectId, spec: MapRunSpec) -> Result<Vec<Step>, String> {
        let inner = Arc::clone(&self.drive.inner);
        let bound = self.snapshot.maps.get(&id).cloned();
        let stored = match &bound {
            Some(map_run) => {
                let found = inner.deps.store.stored_map_run(&self.drive.stored.workspace, map_run).await;
                found.map_err(|e| e.to_string())?
            }
            None => {
                let place = id.to_string();
                let found = inner.deps.store.map_run_at(&self.drive.stored.workspace, &self.drive.stored.run.id, &place).await;
                found.map_err(|e| e.to_string())?
            }
        };
        let stored = match stored {
            Some(stored) => stored,
            None => {
                let new = self.new_map_run(id, spec)?;
                inner.deps.store.put_map_run(&new).await.map_err(|e| e.to_string())?;
                new
            }
        };
        let arn = stored.map_run.arn.clone();
        let map_run = stored.map_run.id.clone();
        self.launch_map(id, stored)?;
        if bound.is_some() {
            return Ok(Vec::new());
        }
        self.snapshot.maps.insert(id, map_run);
        let now = inner.deps.clock.now();
        let steps = self.snapshot.live.handle(&self.program, Event::MapRunStarted { id, map_run_arn: arn }, now);
        self.save().await?;
        Ok(steps)
    }

    fn new_map_run(&self, id: EffectId, spec: MapRunSpec) -> Result<StoredMapRun, String> {
        let run = &self.drive.stored.run;
        let uuid = child_name(run.id.as_str(), mix(id.0) & 0xffff_ffff_ffff);
        let machine = machine_of(&run.arn);
        let label = spec.label.clone().unwrap_or_else(|| child_name(run.id.as_str(), u64::from(spec.map.0)));
        let arn = self.drive.inner.options.partition.map_run(&machine, &label, &uuid);
        let map_run = MapRun {
            id: uuid,
            run_id: run.id.clone(),
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
            started_at: self.drive.inner.deps.clock.now(),
            stopped_at: None,
            redrive_count: 0,
            redriven_at: None,
        };
        // The manifest of the launch is for the first distributed Map that is reached.
        let manifest = self.launch.manifest.clone().filter(|_| self.snapshot.maps.is_empty());
        let plan = Plan {
            maps: vec![spec.map],
            definitions: vec![Arc::clone(&self.launch.definition)],
            machine,
            label,
            profile: self.launch.profile,
            manifest,
            only_again: false,
            spec,
        };
        Ok(StoredMapRun {
            map_run,
            workspace: self.drive.stored.workspace.clone(),
            place: id.to_string(),
            plan: serde_json::to_string(&plan).map_err(|e| e.to_string())?,
            cursor: serde_json::to_string(&Cursor::default()).map_err(|e| e.to_string())?,
        })
    }

    fn launch_map(&mut self, id: EffectId, stored: StoredMapRun) -> Result<(), String> {
        let inner = Arc::clone(&self.drive.inner);
        let plan: Plan = serde_json::from_str(&stored.plan).map_err(|e| e.to_string())?;
        let window = Window::new(stored.map_run.max_concurrency);
        window.pause(stored.map_run.phase == MapRunPhase::Paused);
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
        let task = MapRunTask {
            deps: inner.deps.clone(),
            options: inner.options.clone(),
            tasks: inner.tasks.clone(),
            global: Arc::clone(&inner.global),
            role_arn: role_arn(&inner.options.partition.account),
            commits: Arc::clone(&inner.commits),
            halt: self.halt.child_token(),
            abort: abort.clone(),
            controls: controlled,
            live,
            plan,
            stored,
        };
        self.aborts.insert(id, abort);
        self.maps.push(Box::pin(async move {
            let end = task.run().await;
            inner.forget_map(&map_run);
            (id, end)
        }));
        Ok(())
    }
}

/// The machine's name in an execution's ARN.
pub(crate) fn machine_of(execution_arn: &str) -> String {
    execution_arn.split(':').nth(6).unwrap_or_default().to_owned()
}

fn role_arn(account: &str) -> Arc<str> {
    format!("arn:aws:iam::{account}:role/mapwright").into()
}
