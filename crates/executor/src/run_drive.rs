//! A run's parent execution, from its beginning or from where it stood, to its end.

use crate::called::name_of;
use crate::child_name::{mix, seed};
use crate::executor::Inner;
use crate::launch::LaunchRecord;
use crate::live::{Live, Step};
use crate::map_run::End;
use crate::map_runs::{MapRuns, Owner};
use crate::performer::{Hands, Performer};
use crate::tasks::panic_text;
use crate::tokens::new_tokens;
use asl::{ContextSeed, Effect, EffectId, Event, MapId, MapRunEnd, MapRunSpec, Outcome, Program, Start};
use functions::Whose;
use futures::FutureExt;
use model::{ExecutionType, MapRunPhase, RunStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use store::{RunSave, StoredRun};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

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
    /// Segments of history that have been stored.
    #[serde(default)]
    pub(crate) segments: u32,
    /// The Map state that the launch's manifest is for: the first distributed Map that was reached.
    #[serde(default)]
    pub(crate) manifest_for: Option<MapId>,
}

/// The work on one run.
pub(crate) struct RunDrive {
    pub(crate) inner: Arc<Inner>,
    pub(crate) stored: StoredRun,
    pub(crate) stops: mpsc::Receiver<StopRequest>,
}

struct Parent {
    drive: RunDrive,
    launch: LaunchRecord,
    program: Program,
    snapshot: Snapshot,
    performer: Performer,
    maps: MapRuns,
    halt: CancellationToken,
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
                let mut snapshot: Snapshot =
                    serde_json::from_slice(&self.stored.snapshot).map_err(|e| e.to_string())?;
                let steps = snapshot.live.again(&program, now);
                (snapshot, steps)
            }
            true => {
                let (live, steps) = Live::start(&program, self.start(), now);
                (Snapshot { live, maps: BTreeMap::new(), waiting: None, segments: 0, manifest_for: None }, steps)
            }
        };
        let halt = self.inner.halt.child_token();
        let run = &self.stored.run;
        let hands = Hands {
            inner: Arc::clone(&self.inner),
            whose: Whose { workspace: self.stored.workspace.clone(), run: Some(run.id.clone()) },
        };
        let owner = Owner {
            inner: Arc::clone(&self.inner),
            workspace: self.stored.workspace.clone(),
            run: run.id.clone(),
            machine: machine_of(&run.arn),
            definition: Arc::clone(&launch.definition),
            profile: launch.profile,
            guards: launch.guards,
            place: String::new(),
            halt: halt.clone(),
        };
        let performer = Performer::new(hands, run.arn.as_str().into(), run.origin.execution_type);
        let maps = MapRuns::new(owner);
        let mut parent = Parent { launch, program, snapshot, performer, maps, halt, drive: self };
        parent.run(steps).await
    }

    fn start(&self) -> Start {
        let run = &self.stored.run;
        let partition = &self.inner.options.partition;
        let name = name_of(&run.arn);
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
        let StoredRun { workspace, run, snapshot, .. } = self.stored;
        self.inner.save(RunSave::bare(workspace, run, snapshot)).await
    }
}

impl Parent {
    async fn run(&mut self, mut steps: Vec<Step>) -> Result<(), String> {
        loop {
            if self.snapshot.live.execution.outcome().is_some() {
                self.performer.perform(steps);
                return self.end().await;
            }
            if self.is_durable() {
                self.save(&steps).await?;
            }
            for step in self.performer.perform(std::mem::take(&mut steps)) {
                match step {
                    Step::Begin(Effect::StartMapRun { id, spec }) | Step::Again(Effect::StartMapRun { id, spec }, _) => {
                        steps.extend(self.begin_map(id, *spec).await?);
                    }
                    Step::Cancel(id) => self.maps.abort(id),
                    Step::Begin(_) | Step::Again(..) => {}
                }
            }
            if !steps.is_empty() || self.snapshot.live.execution.outcome().is_some() {
                continue;
            }
            let halt = self.halt.clone();
            let event = tokio::select! {
                biased;
                () = halt.cancelled() => {
                    self.maps.settle().await;
                    return Ok(());
                }
                Some(stop) = self.drive.stops.recv() => Event::Stop { error: stop.error, cause: stop.cause },
                (id, end) = self.maps.next() => match end {
                    End::Ended(end) => Event::MapRunEnded { id, end },
                    End::GivenUp(problem) => {
                        self.halt.cancel();
                        self.maps.settle().await;
                        return match self.drive.inner.halt.is_cancelled() {
                            true => Ok(()),
                            false => Err(problem),
                        };
                    }
                },
                event = self.performer.next() => event,
            };
            steps = self.handle(event);
        }
    }

    fn handle(&mut self, event: Event) -> Vec<Step> {
        let is_end = matches!(event, Event::MapRunEnded { .. });
        let before = (is_end || !self.maps.is_empty()).then(|| self.snapshot.live.clone());
        let now = self.drive.inner.deps.clock.now();
        let steps = self.snapshot.live.handle(&self.program, event, now);
        if is_end || self.snapshot.live.execution.outcome().is_some() {
            self.snapshot.waiting = before.map(Box::new).or_else(|| self.snapshot.waiting.take());
        }
        steps
    }

    /// Express executions are stored when they end, and begin again after a crash.
    fn is_durable(&self) -> bool {
        self.drive.stored.run.origin.execution_type == ExecutionType::Standard
    }

    /// Waits for Map Runs that are being aborted, then writes the run's last state.
    async fn end(&mut self) -> Result<(), String> {
        self.maps.abort_all().await?;
        if !self.snapshot.maps.is_empty() {
            self.abort_leftovers().await?;
        }
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
        self.save(&[]).await
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
        store.remove_tokens(&run.run.id).await.map_err(|e| e.to_string())
    }

    /// Makes the execution as it stands durable, with the events since the last time, before the
    /// world outside learns of its steps.
    async fn save(&mut self, steps: &[Step]) -> Result<(), String> {
        let inner = Arc::clone(&self.drive.inner);
        let events = self.snapshot.live.execution.take_history();
        let history = (!events.is_empty()).then(|| {
            self.snapshot.segments += 1;
            (self.snapshot.segments - 1, events.0)
        });
        let save = RunSave {
            workspace: self.drive.stored.workspace.clone(),
            run: self.drive.stored.run.clone(),
            snapshot: serde_json::to_vec(&self.snapshot).map_err(|e| e.to_string())?,
            history,
            tokens: new_tokens(steps, inner.deps.clock.now()),
            tokens_done: self.performer.ended_tokens(&self.snapshot.live),
        };
        inner.save(save).await
    }

    async fn begin_map(&mut self, id: EffectId, spec: MapRunSpec) -> Result<Vec<Step>, String> {
        let now = self.drive.inner.deps.clock.now();
        if !self.is_durable() {
            let cause = "An Express execution cannot start a Distributed Map.".to_owned();
            let end = MapRunEnd::Failed { error: "States.Runtime".into(), cause: Some(cause) };
            return Ok(self.snapshot.live.handle(&self.program, Event::MapRunEnded { id, end }, now));
        }
        if self.snapshot.maps.is_empty() {
            self.snapshot.manifest_for = Some(spec.map);
        }
        let manifest = self.launch.manifest.clone().filter(|_| self.snapshot.manifest_for == Some(spec.map));
        let begun = self.maps.begin(id, spec, manifest).await?;
        self.snapshot.maps.insert(id, begun.id);
        let event = Event::MapRunStarted { id, map_run_arn: begun.arn };
        let steps = self.snapshot.live.handle(&self.program, event, now);
        self.save(&steps).await?;
        Ok(steps)
    }
}

/// The machine's name in an execution's ARN.
pub(crate) fn machine_of(execution_arn: &str) -> String {
    execution_arn.split(':').nth(6).unwrap_or_default().to_owned()
}

pub(crate) fn role_arn(account: &str) -> Arc<str> {
    format!("arn:aws:iam::{account}:role/mapwright").into()
}
