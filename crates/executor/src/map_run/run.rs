//! Putting the stages of a Map Run together.

use super::feeder::Feeder;
use super::in_flight::InFlight;
use super::keeper::{Control, Keeper, Kept};
use super::meter::Meter;
use super::never_began::NeverBegan;
use super::note::{Block, Seed};
use super::notes::Notes;
use super::patience::Committer;
use super::plan::{Cursor, Plan};
use super::recorder::{Recorder, Stored};
use super::result_files::ResultWriting;
use super::results::{self, ResultFault};
use super::worker::Shop;
use crate::deps::{Buckets, Deps};
use crate::executor::Inner;
use crate::performer::Hands;
use crate::run_drive::role_arn;
use crate::tasks::OnStop;
use crate::watch::Board;
use crate::window::{Permit, Window};
use asl::MapRunEnd;
use functions::Whose;
use futures::future::BoxFuture;
use model::limits::MAX_CONCURRENCY;
use model::{ExecutionType, MapRunPhase, RunStatus};
use std::sync::Arc;
use std::time::Duration;
use store::StoredMapRun;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

const BLOCKS_WAITING: usize = 8;
const CHUNKS_A_READ: u32 = 64;
/// Pauses before result files are written again, in seconds.
const RESULT_PAUSES_S: [u64; 6] = [1, 2, 4, 8, 16, 32];

/// How others reach a Map Run while it runs.
#[derive(Clone)]
pub(crate) struct LiveMapRun {
    pub(crate) run: model::RunId,
    pub(crate) workspace: model::WorkspaceId,
    pub(crate) board: Board,
    pub(crate) window: Arc<Window>,
    pub(crate) controls: mpsc::Sender<Control>,
}

/// What a Map Run works with.
pub(crate) struct MapRunTask {
    pub(crate) inner: Arc<Inner>,
    pub(crate) stored: StoredMapRun,
    pub(crate) plan: Plan,
    /// The server goes down.
    pub(crate) halt: CancellationToken,
    /// The parent does not want the run any more.
    pub(crate) abort: CancellationToken,
    pub(crate) live: LiveMapRun,
    pub(crate) controls: mpsc::Receiver<Control>,
    /// Held until children that were in flight before this start are in flight again.
    pub(crate) beginning: Permit,
}

/// How the work on a Map Run ended.
pub(crate) enum End {
    /// The Map Run has ended.
    Ended(MapRunEnd),
    /// Somebody else goes on with it.
    GivenUp(String),
}

impl MapRunTask {
    /// Runs to the end.
    pub(crate) fn run_boxed(self) -> BoxFuture<'static, End> {
        Box::pin(self.run())
    }

    async fn run(self) -> End {
        match self.prepare().await {
            Ok(prepared) => prepared.run().await,
            Err(problem) => End::GivenUp(problem),
        }
    }

    async fn prepare(self) -> Result<Prepared, String> {
        let store = &self.inner.deps.store;
        let id = self.stored.map_run.id.clone();
        let workspace = self.stored.workspace.clone();
        let unreadable = |e: store::Error| format!("the ledger cannot be read: {e}");
        let cursor: Cursor = serde_json::from_str(&self.stored.cursor).map_err(|e| e.to_string())?;
        let mut in_flight = InFlight::of(store.journal(&workspace, &id).await.map_err(unreadable)?);
        let known = self.plan.known_items().zip(self.plan.known_children());
        let known = match cursor.done {
            true => Some((cursor.item, cursor.child)),
            false => known,
        };
        let stored = Stored {
            workspace: workspace.clone(),
            map_run: self.stored.map_run.clone(),
            cursor: cursor.clone(),
            groups: store.failure_groups(&workspace, &id).await.map_err(unreadable)?,
            progress: store.progress(&workspace, &id).await.map_err(unreadable)?,
            next_segment: store.next_segment(&id).await.map_err(unreadable)?,
            journaled: in_flight.indexes(),
            meter: Meter::new(&self.plan, self.stored.map_run.region()),
        };
        let mut recorder = Recorder::new(stored, known);
        let mut next = 0;
        loop {
            let chunks = store.chunks_from(&id, next, CHUNKS_A_READ).await.map_err(unreadable)?;
            let Some(last) = chunks.last() else {
                break;
            };
            next = last.number() + 1;
            for chunk in chunks {
                in_flight.find_in(&chunk);
                recorder.restore_chunk(chunk);
            }
        }
        let program = self.plan.child_program()?;
        let definition = self.plan.definition_number();
        let selector = self.plan.selector_program()?;
        let in_flight = in_flight.seeds();
        Ok(Prepared { recorder, cursor, in_flight, program, definition, selector, task: self })
    }
}

struct Prepared {
    task: MapRunTask,
    recorder: Recorder,
    cursor: Cursor,
    in_flight: Vec<Seed>,
    program: asl::Program,
    definition: u8,
    selector: asl::Program,
}

impl Prepared {
    async fn run(self) -> End {
        let Self { task, recorder, cursor, in_flight, program, definition, selector } = self;
        let map_run = task.stored.map_run.clone();
        let plan = Arc::new(task.plan);
        let inner = Arc::clone(&task.inner);
        let (deps, options, tasks) = (&inner.deps, &inner.options, &inner.tasks);
        let partition = &options.partition;
        let machine = format!("{}/{}", plan.machine, plan.label);
        let arn = match plan.execution_type() {
            ExecutionType::Standard => partition.execution(&machine, ""),
            ExecutionType::Express => partition.express_execution(&machine, "", ""),
        };
        let buckets =
            Buckets { stores: Arc::clone(&deps.objects), workspace: task.stored.workspace.clone() };
        let whose = Whose {
            workspace: task.stored.workspace.clone(),
            run: Some(map_run.run_id.clone()),
        };
        let hands = Hands { inner: Arc::clone(&inner), whose };
        // Child tasks ask the halt token first, so going down is never taken for an abort.
        let abort = task.halt.child_token();
        let close = abort.child_token();
        let shop = Arc::new(Shop {
            map_run: map_run.id.clone(),
            seed: crate::child_name::seed(&map_run.id),
            program,
            definition,
            selector,
            arn_prefix: format!("{}:", arn.as_str().trim_end_matches(':')),
            machine_arn: partition.state_machine(&machine).as_str().into(),
            machine_name: plan.machine.as_str().into(),
            role_arn: role_arn(&partition.account),
            run: map_run.run_id.clone(),
            clock: deps.clock.clone(),
            hands,
            window: Arc::clone(&task.live.window),
            children: inner.children.clone(),
            tasks: tasks.clone(),
            abort: abort.clone(),
            close: close.clone(),
            halt: task.halt.clone(),
            plan: Arc::clone(&plan),
        });
        let known_children = recorder.known_children();
        let mut keeper = Keeper {
            recorder,
            committer: Committer {
                store: deps.store.clone(),
                owner: options.owner.clone(),
                window: Arc::clone(&task.live.window),
                board: task.live.board.clone(),
                halt: task.halt.clone(),
            },
            clock: deps.clock.clone(),
            options: options.clone(),
            abort: abort.clone(),
            close: close.clone(),
            commits: Arc::clone(&inner.commits),
            controls: task.controls,
            early_stop: plan.early_stop,
        };
        if map_run.takes_items() {
            let (notes, mut noted) = Notes::new();
            let (blocks, taken) = mpsc::channel::<Block>(BLOCKS_WAITING);
            let feeder = Feeder {
                plan: Arc::clone(&plan),
                store: deps.store.clone(),
                map_run: map_run.id.clone(),
                buckets: buckets.clone(),
                cursor,
                known_children,
                in_flight: in_flight.iter().map(|seed| seed.index).collect(),
                blocks,
                notes: notes.clone(),
                close: close.clone(),
            };
            tasks.start("reader", OnStop::Wait, feeder.run());
            let go_on = Arc::clone(&shop).go_on(in_flight, notes.clone(), task.beginning);
            tasks.start("children in flight", OnStop::Wait, go_on);
            let taken = Arc::new(Mutex::new(taken));
            // However low the limit is now: it may be raised.
            for _ in 0..options.workers.max(1) {
                let work = Arc::clone(&shop).work(Arc::clone(&taken), notes.clone());
                tasks.start("worker", OnStop::Wait, work);
            }
            drop(notes);
            drop(taken);
            let kept = {
                let mut keeping = std::pin::pin!(keeper.run(&mut noted));
                tokio::select! {
                    kept = keeping.as_mut() => kept,
                    () = task.abort.cancelled() => {
                        abort.cancel();
                        keeping.await
                    }
                }
            };
            if let Kept::GivenUp(problem) = kept {
                // Whatever still runs must not go on without its ledger.
                task.halt.cancel();
                return End::GivenUp(problem);
            }
        }
        let aborted = task.abort.is_cancelled();
        let whole = keeper.recorder.is_whole() || plan.only_again;
        if !whole && !aborted && keeper.recorder.map_run.error.is_none() {
            // A stage broke down: better begin again from the last commit than lose items.
            task.halt.cancel();
            return End::GivenUp("not every item has an outcome".into());
        }
        let end = Concluding { plan: &plan, buckets, shop: &shop, deps }.run(&mut keeper, aborted).await;
        let end = match end {
            Ok(end) => end,
            Err(problem) => return End::GivenUp(problem),
        };
        match keeper.finish().await {
            Ok(true) => End::Ended(end),
            Ok(false) => End::GivenUp("another server took this run over".into()),
            Err(error) => End::GivenUp(format!("the ledger could not be written: {error}")),
        }
    }
}

/// The end of a Map Run whose children are done.
struct Concluding<'a> {
    plan: &'a Plan,
    buckets: Buckets,
    shop: &'a Shop,
    deps: &'a Deps,
}

impl Concluding<'_> {
    /// Writes the results and sets the record's last state, which `Keeper::finish` makes durable.
    async fn run(self, keeper: &mut Keeper, aborted: bool) -> Result<MapRunEnd, String> {
        keeper.recorder.map_run.phase = MapRunPhase::Writing;
        keeper.recorder.touch();
        match keeper.save().await {
            Ok(true) => {}
            Ok(false) => return Err("another server took this run over".into()),
            Err(error) => return Err(format!("the ledger could not be written: {error}")),
        }
        let failed = {
            let record = &keeper.recorder.map_run;
            record.error.clone().map(|error| (error, record.cause.clone()))
        };
        let output = self.results_patiently(keeper, failed.is_none() && !aborted).await;
        let record = &mut keeper.recorder.map_run;
        record.phase = MapRunPhase::Finished;
        record.stopped_at = Some(self.deps.clock.now());
        let end = match (failed, aborted, output) {
            (Some((error, cause)), ..) => {
                record.status = RunStatus::Failed;
                MapRunEnd::Failed { error, cause }
            }
            (None, true, _) => {
                record.status = RunStatus::Aborted;
                MapRunEnd::Aborted
            }
            (None, false, Ok(output)) => {
                record.status = RunStatus::Succeeded;
                MapRunEnd::Succeeded { output }
            }
            (None, false, Err(fault)) => {
                record.status = RunStatus::Failed;
                record.error = Some(fault.error.into());
                record.cause = Some(fault.cause.clone());
                MapRunEnd::Failed { error: fault.error.into(), cause: Some(fault.cause) }
            }
        };
        keeper.recorder.touch();
        Ok(end)
    }

    /// An object store that is away for a minute does not cost a run its result files.
    async fn results_patiently(&self, keeper: &mut Keeper, succeeded: bool) -> Result<asl::Payload, ResultFault> {
        let board = keeper.committer.board.clone();
        let mut pauses_s = RESULT_PAUSES_S.into_iter();
        loop {
            let ended = self.results(keeper, succeeded).await;
            match (&ended, pauses_s.next()) {
                (Err(fault), Some(pause_s)) if fault.passing && !self.shop.halt.is_cancelled() => {
                    tracing::warn!(map_run = self.shop.map_run, cause = fault.cause, "result files are written again");
                    board.hold(Some(format!("{} Tried again in {pause_s} s.", fault.cause)));
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(pause_s)) => {}
                        () = self.shop.halt.cancelled() => {}
                    }
                }
                _ => {
                    board.hold(None);
                    return ended;
                }
            }
        }
    }

    /// Result files are written however the run ended; without them only success has an output.
    async fn results(&self, keeper: &mut Keeper, succeeded: bool) -> Result<asl::Payload, ResultFault> {
        let writer = self.plan.spec.result_writer.as_ref();
        let bucket = writer.and_then(|writer| Some((writer, writer.bucket.as_deref()?)));
        match bucket {
            Some((writer, bucket)) => {
                let objects = self
                    .buckets
                    .store_of(bucket)
                    .await
                    .map_err(|cause| ResultFault { error: "States.ResultWriterFailed", cause, passing: false })?;
                let writing = ResultWriting {
                    store: &self.deps.store,
                    objects: &objects,
                    plan: self.plan,
                    map_run: &keeper.recorder.map_run,
                    shop: self.shop,
                    never_began: NeverBegan::of(self.shop, &keeper.recorder, &self.deps.store, &self.buckets),
                };
                let written = writing.write(writer, bucket).await?;
                keeper.recorder.map_run.results = Some((written.bucket, written.manifest_key));
                keeper.recorder.results_written();
                Ok(written.output)
            }
            None if succeeded => {
                let output = results::inline_output(&self.deps.store, &keeper.recorder.map_run, self.plan).await?;
                keeper.recorder.results_written();
                Ok(output)
            }
            None => Ok(asl::Payload::from_value(asl::Value::Null)),
        }
    }
}

/// The limit of a Map Run's children: 0 and what is above AWS's limit mean 10,000.
pub(crate) fn concurrency(asked: u32) -> u32 {
    match asked {
        0 => MAX_CONCURRENCY,
        some => some.min(MAX_CONCURRENCY),
    }
}
