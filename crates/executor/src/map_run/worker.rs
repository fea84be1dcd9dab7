//! Running children: those that call nothing one after the other, the others each by itself.

use super::child::{self, ChildDrive};
use super::note::{Block, EndedChild, Failure, Kept, Note, Packed, Resume, Seed, SeedInput};
use super::notes::Notes;
use super::plan::Plan;
use crate::child_name::{mix, name_with};
use crate::clock::Clock;
use crate::live::{Live, Step};
use crate::performer::Hands;
use crate::tasks::{OnStop, Tasks, panic_text};
use crate::window::{Permit, Window};
use asl::{ContextSeed, Execution, MapItem, Outcome, Payload, Program, Start};
use functions::{Gate, Pass};
use futures::future::BoxFuture;
use ledger::SegmentBuilder;
use model::limits::MAX_PAYLOAD_BYTES;
use model::{ExecutionType, ItemStatus, RunId, Timestamp};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// What all workers of a Map Run share.
pub(crate) struct Shop {
    pub(crate) plan: Arc<Plan>,
    pub(crate) map_run: String,
    /// The Map Run as a number, for its children's names and random numbers.
    pub(crate) seed: u64,
    /// The children's program and its number among the plan's definitions.
    pub(crate) program: Program,
    pub(crate) definition: u8,
    /// The parent's program.
    pub(crate) selector: Program,
    pub(crate) arn_prefix: String,
    pub(crate) machine_arn: Arc<str>,
    pub(crate) machine_name: Arc<str>,
    pub(crate) role_arn: Arc<str>,
    pub(crate) hands: Hands,
    pub(crate) run: RunId,
    pub(crate) clock: Clock,
    pub(crate) window: Arc<Window>,
    /// How many children run at once over all Map Runs.
    pub(crate) children: Gate,
    pub(crate) tasks: Tasks,
    /// Children in flight are aborted.
    pub(crate) abort: CancellationToken,
    /// No child begins any more. An abort closes, too, and so does a halt.
    pub(crate) close: CancellationToken,
    /// The server goes down: children are dropped, they run again after the restart.
    pub(crate) halt: CancellationToken,
}

/// The right to run one child, of the Map Run and of the server.
pub(crate) struct Permits {
    _own: Permit,
    global: Option<Pass>,
}

impl Permits {
    /// A child that waits for children of its own must not keep them from running.
    pub(crate) fn give_way(&mut self) {
        self.global = None;
    }
}

/// A child that has begun.
pub(crate) struct Begun {
    pub(crate) seed: Seed,
    pub(crate) input: Payload,
    pub(crate) started_at: Timestamp,
    pub(crate) execution_arn: Arc<str>,
    /// Transitions of the attempts before this one, when it goes on with theirs.
    pub(crate) transitions_before: u64,
}

enum First {
    Ended(EndedChild, Kept),
    Waits(Box<(Begun, Live, Vec<Step>)>),
}

impl Shop {
    /// Takes blocks until there are none.
    pub(crate) async fn work(self: Arc<Self>, blocks: Arc<Mutex<mpsc::Receiver<Block>>>, notes: Notes) {
        loop {
            let block = blocks.lock().await.recv().await;
            let Some(block) = block else {
                return;
            };
            if !self.run_block(block, &notes).await {
                return;
            }
        }
    }

    /// Goes on with children that were in flight when the server went down.
    pub(crate) async fn go_on(self: Arc<Self>, seeds: Vec<Seed>, notes: Notes, beginning: Permit) {
        self.run_block(Block { seeds, source: "".into(), in_flight: true }, &notes).await;
        drop(beginning);
    }

    async fn run_block(self: &Arc<Self>, block: Block, notes: &Notes) -> bool {
        let mut batch = Batch::default();
        let mut permits: Option<Permits> = None;
        for seed in block.seeds {
            let held = match permits.take() {
                Some(held) if (block.in_flight || !self.window.is_closed()) && !self.close.is_cancelled() => Some(held),
                _ => {
                    // Whoever waits here may wait for long: what has ended is told first.
                    match self.try_permits(block.in_flight) {
                        Some(held) => Some(held),
                        None => {
                            batch.tell(notes).await;
                            self.permits(block.in_flight).await
                        }
                    }
                }
            };
            let Some(held) = held else {
                batch.tell(notes).await;
                return false;
            };
            let index = seed.index;
            let (attempts, items, earlier, again) = (seed.attempts, seed.items, seed.earlier, seed.again);
            let first = std::panic::catch_unwind(AssertUnwindSafe(|| self.begin(seed, &block.source)));
            match first {
                Ok(First::Ended(child, kept)) => {
                    batch.add(child, &kept);
                    permits = Some(held);
                    if batch.builder.is_full() {
                        batch.tell(notes).await;
                    }
                }
                Ok(First::Waits(begun)) => {
                    let (begun, live, steps) = *begun;
                    let drive = ChildDrive::new(Arc::clone(self), begun, live, held, notes.clone());
                    // On the heap at once: its many kilobytes are not moved from hand to hand.
                    let work: BoxFuture<'static, ()> = Box::pin(drive.run(steps));
                    self.tasks.start("child", OnStop::Wait, work);
                }
                Err(panic) => {
                    let now = self.clock.now();
                    let cause = format!("The interpreter broke down: {}", panic_text(&*panic));
                    let child = EndedChild {
                        index,
                        status: ItemStatus::Failed,
                        started_at: now,
                        duration_ms: 0,
                        attempts: attempts + 1,
                        items,
                        transitions: 0,
                        again,
                        failure: Some(Box::new(Failure { error: "States.Runtime".into(), state: String::new(), cause })),
                    };
                    batch.add(child, &Kept { input: "null".into(), output: None, history: Vec::new(), resume: None, earlier });
                    permits = Some(held);
                }
            }
        }
        batch.tell(notes).await;
        true
    }

    fn try_permits(&self, in_flight: bool) -> Option<Permits> {
        if self.close.is_cancelled() {
            return None;
        }
        let own = if in_flight { self.window.readmit() } else { self.window.try_acquire()? };
        Some(Permits { _own: own, global: Some(self.children.try_enter()?) })
    }

    async fn permits(&self, in_flight: bool) -> Option<Permits> {
        let both = async {
            let own = if in_flight { self.window.readmit() } else { self.window.acquire().await };
            Permits { _own: own, global: Some(self.children.enter(&self.hands.whose).await) }
        };
        tokio::select! {
            biased;
            () = self.close.cancelled() => None,
            both = both => Some(both),
        }
    }

    /// Starts a child and runs it as far as it goes without waiting.
    fn begin(&self, mut seed: Seed, source: &str) -> First {
        let started_at = self.clock.now();
        let input = match self.input_of(&seed, source) {
            Ok(input) => input,
            Err((failure, text)) => {
                let kept = Kept { input: text, output: None, history: Vec::new(), resume: None, earlier: seed.earlier };
                return First::Ended(self.ended(&seed, started_at, 0, ItemStatus::Failed, Some(failure)), kept);
            }
        };
        let name = name_with(self.seed, seed.index);
        let execution_arn: Arc<str> = match self.plan.spec.execution_type {
            ExecutionType::Standard => [self.arn_prefix.as_str(), &name].concat().into(),
            ExecutionType::Express => [self.arn_prefix.as_str(), &name, ":", &name].concat().into(),
        };
        let resume = seed.resume.take();
        let mut begun = Begun { seed, input, started_at, execution_arn, transitions_before: 0 };
        let (live, steps) = match resume {
            Some(Resume::Journal(mut live)) => {
                let steps = live.again(&self.program, started_at);
                (*live, steps)
            }
            Some(Resume::Failed(bytes)) => match Live::from_bytes(&bytes).ok().and_then(|mut live| {
                let before = live.execution.transitions();
                let steps = live.redrive(&self.program, started_at)?;
                Some((live, steps, before))
            }) {
                Some((live, steps, before)) => {
                    begun.transitions_before = before;
                    (live, steps)
                }
                None => self.fresh(&begun, &name),
            },
            None => self.fresh(&begun, &name),
        };
        match live.execution.outcome().is_some() {
            true => {
                let (child, kept) = self.finish(&begun, live);
                First::Ended(child, kept)
            }
            false => First::Waits(Box::new((begun, live, steps))),
        }
    }

    fn fresh(&self, begun: &Begun, name: &str) -> (Live, Vec<Step>) {
        let context = ContextSeed {
            execution_id: Arc::clone(&begun.execution_arn),
            execution_name: name.into(),
            role_arn: Arc::clone(&self.role_arn),
            start_time: begun.started_at,
            redrive_count: 0,
            redrive_time: None,
            state_machine_id: Arc::clone(&self.machine_arn),
            state_machine_name: Arc::clone(&self.machine_name),
            execution_type: self.plan.spec.execution_type,
        };
        // The same after a crash, another one in a redrive.
        let place = begun.seed.index.rotate_left(32) ^ u64::from(begun.seed.attempts);
        let seed = mix(self.seed ^ self.plan.secret ^ place);
        let start = Start { input: begun.input.clone(), context, seed };
        let execution = Execution::start_beside(&self.program, start, begun.started_at);
        let live = Live::of(execution);
        match live.execution.outcome().is_some() {
            true => (live, Vec::new()),
            false => live.begun(),
        }
    }

    pub(super) fn input_of(&self, seed: &Seed, source: &str) -> Result<Payload, (Failure, Arc<str>)> {
        let refuse = |error: String, cause: String, text: Arc<str>| {
            Err((Failure { error, state: self.plan.spec.state_name.clone(), cause }, text))
        };
        match &seed.input {
            SeedInput::Ready(text) => Ok(Payload::from_text(Arc::clone(text))),
            SeedInput::Refused { error, cause, text } => refuse(error.clone(), cause.clone(), Arc::clone(text)),
            SeedInput::Item { index, text, key } => {
                let value = Payload::from_text(text.as_str().into());
                let item = MapItem { index: *index, value: &value, key: key.as_deref(), source };
                let selected = match self.plan.spec.select(&self.selector, &item) {
                    Ok(selected) => selected,
                    Err(fault) => return refuse(fault.error, fault.cause, value.text()),
                };
                let bytes = selected.len_bytes();
                if bytes > MAX_PAYLOAD_BYTES {
                    let cause = format!(
                        "Item {index} makes an input of {bytes} bytes; a child execution may receive {MAX_PAYLOAD_BYTES} (256 KiB)."
                    );
                    return refuse("States.DataLimitExceeded".into(), cause, cut(&value));
                }
                Ok(selected)
            }
        }
    }

    /// What is recorded of a child whose execution has ended.
    pub(crate) fn finish(&self, begun: &Begun, mut live: Live) -> (EndedChild, Kept) {
        let duration = self.clock.now().since_ms(begun.started_at);
        let (status, output, failure) = match live.execution.outcome() {
            Some(Outcome::Succeeded { output }) => (ItemStatus::Succeeded, Some(output.clone()), None),
            Some(Outcome::Failed { error, cause }) => (ItemStatus::Failed, None, Some((error.clone(), cause.clone()))),
            Some(Outcome::TimedOut { error, cause }) => {
                let error = error.clone().or_else(|| Some("States.Timeout".into()));
                (ItemStatus::TimedOut, None, Some((error, cause.clone())))
            }
            Some(Outcome::Aborted { error, cause }) => (ItemStatus::Aborted, None, Some((error.clone(), cause.clone()))),
            None => (ItemStatus::Aborted, None, Some((None, None))),
        };
        let retries = live.execution.retries();
        let failure = failure.map(|(error, cause)| Failure {
            error: error.unwrap_or_default(),
            state: live.execution.current_state().map(|id| self.program.state_name(id).to_owned()).unwrap_or_default(),
            cause: cause.unwrap_or_default(),
        });
        let standard = self.plan.spec.execution_type == ExecutionType::Standard;
        let resume = (standard && status != ItemStatus::Succeeded).then(|| live.to_bytes());
        let input = begun.input.text();
        let output = output.map(|output| match output.is_same(&begun.input) {
            true => Arc::clone(&input),
            false => output.text(),
        });
        let history = child::history_blob(self.definition, &live.execution.take_history());
        let mut ended = self.ended(&begun.seed, begun.started_at, duration, status, failure);
        ended.attempts += retries;
        let transitions = live.execution.transitions().saturating_sub(begun.transitions_before);
        ended.transitions = u32::try_from(transitions).unwrap_or(u32::MAX);
        (ended, Kept { input, output, history, resume, earlier: begun.seed.earlier })
    }

    fn ended(
        &self,
        seed: &Seed,
        started_at: Timestamp,
        duration: i64,
        status: ItemStatus,
        failure: Option<Failure>,
    ) -> EndedChild {
        EndedChild {
            index: seed.index,
            status,
            started_at,
            duration_ms: u32::try_from(duration.max(0)).unwrap_or(u32::MAX),
            attempts: seed.attempts + 1,
            items: seed.items,
            transitions: 0,
            again: seed.again,
            failure: failure.map(Box::new),
        }
    }
}

/// Children of one worker that ended and were not told to the ledger yet.
#[derive(Default)]
struct Batch {
    children: Vec<EndedChild>,
    builder: SegmentBuilder,
}

impl Batch {
    fn add(&mut self, child: EndedChild, kept: &Kept) {
        kept.push_to(&mut self.builder, &child);
        self.children.push(child);
    }

    async fn tell(&mut self, notes: &Notes) {
        let Some((first_index, last_index)) = self.builder.index_range() else {
            return;
        };
        let (data, keys) = self.builder.finish();
        let children = std::mem::take(&mut self.children);
        let packed = Packed { first_index, last_index, data, keys };
        // The ledger outlives its workers, or the run has been given up.
        let _ = notes.send(Note::Ended { children, packed }).await;
    }
}

/// The beginning of an item that is too large to keep.
fn cut(value: &Payload) -> Arc<str> {
    const KEPT_CHARS: usize = 2_048;
    let text = value.text();
    let beginning: String = text.chars().take(KEPT_CHARS).collect();
    serde_json::to_string(&beginning).unwrap_or_default().into()
}
