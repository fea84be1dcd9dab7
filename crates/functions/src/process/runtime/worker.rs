//! One process behind the Runtime API, from its start to its end.

use super::super::child::{LogPipe, Process, Streams, memory_bytes};
use super::super::failure::{self, End};
use super::super::job::Job;
use super::super::log::Tail;
use super::api;
use super::pool::Pool;
use crate::invocation::{Answer, CallError, Timing};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use std::fmt::Write as _;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// How often the memory of a process with a call is looked at.
const SAMPLE: Duration = Duration::from_millis(50);
/// How long answers that a process sent right before its end may take to be read.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How many connections a process may have at once; clients of the Runtime API use one or two.
const MAX_CONNECTIONS: usize = 16;
const MIB: u64 = 1024 * 1024;

/// What the process's connections and its keeper share.
pub struct Worker {
    /// Whose process it is.
    pub pool: Arc<Pool>,
    /// Its number within the pool.
    pub id: u64,
    pid: Option<u32>,
    log_pipe: LogPipe,
    state: Mutex<State>,
    /// Told when `state` changed in a way that changes what to wait for.
    changed: Notify,
}

struct State {
    started: Instant,
    /// How long it took to ask for its first call; `None` until then.
    init: Option<Duration>,
    /// Whether an answer has told of `init` already.
    init_told: bool,
    /// What it said of a start that failed.
    init_error: Option<String>,
    current: Option<Current>,
    idle_since: Instant,
    end: Option<End>,
    log: Tail,
    peak_bytes: u64,
}

/// The call that it has.
struct Current {
    job: Job,
    since: Instant,
}

/// Runs a process until it ends, and settles what it leaves.
pub async fn run(pool: Arc<Pool>, id: u64) {
    // Counts the process out even when this work is dropped in the middle.
    let mut counted = Counted { pool: pool.clone(), id, ready: false };
    let program = pool.unit().launch.command.first().cloned().unwrap_or_default();
    let (worker, process, listener) = match start(&pool, id).await {
        Ok(started) => started,
        Err(error) => {
            pool.could_not_start(|job| failure::no_entrypoint(&job.request_id, &program, &error));
            return;
        }
    };
    let end = keep(&worker, process, listener).await;
    counted.ready = worker.state().init.is_some();
    worker.settle(end);
}

struct Counted {
    pool: Arc<Pool>,
    id: u64,
    ready: bool,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.pool.ended(self.id, self.ready);
    }
}

async fn start(pool: &Arc<Pool>, id: u64) -> io::Result<(Arc<Worker>, Process, TcpListener)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?.to_string();
    let stream = format!("{}/[$LATEST]{:032x}", today(), rand::random::<u128>());
    let variables =
        [("AWS_LAMBDA_RUNTIME_API", address.as_str()), ("AWS_LAMBDA_LOG_STREAM_NAME", stream.as_str())];
    let (process, log_pipe) = Process::start(&pool.unit().launch, &variables, Streams::Log)?;
    let now = Instant::now();
    let state = State {
        started: now,
        init: None,
        init_told: false,
        init_error: None,
        current: None,
        idle_since: now,
        end: None,
        log: Tail::default(),
        peak_bytes: 0,
    };
    let (pid, changed) = (process.id(), Notify::new());
    let worker = Worker { pool: pool.clone(), id, pid, log_pipe, state: Mutex::new(state), changed };
    Ok((Arc::new(worker), process, listener))
}

/// Serves the process and watches its limits until it has ended.
async fn keep(worker: &Arc<Worker>, mut process: Process, listener: TcpListener) -> End {
    let mut connections = FuturesUnordered::new();
    let mut log_open = true;
    let mut next_sample = Instant::now();
    let end = loop {
        tokio::select! {
            biased;
            Some(()) = connections.next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => {
                if let Ok((stream, _)) = accepted {
                    connections.push(api::serve(worker.clone(), stream));
                }
            }
            more = worker.log_readable(), if log_open => log_open = more,
            status = process.wait() => break worker.state().end.take().unwrap_or(End::Exited(status)),
            () = tokio::time::sleep_until(worker.wake_at(next_sample).into()) => {
                let now = Instant::now();
                if now >= next_sample {
                    next_sample = now + SAMPLE;
                    worker.sample();
                }
                worker.look_at_limits(now);
            }
            () = worker.changed.notified() => {}
        }
        if worker.state().end.is_some() {
            process.kill();
        }
    };
    // What it sent before it ended may still lie in its connections.
    let _ = tokio::time::timeout(LAST_WORDS, async { while connections.next().await.is_some() {} }).await;
    worker.read_log();
    end
}

fn today() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let text = model::Timestamp(since.map_or(0, |since| since.as_millis() as i64)).to_rfc3339();
    text.get(..10).unwrap_or_default().replace('-', "/")
}

impl Worker {
    /// The function's registration.
    pub fn spec(&self) -> &model::ProcessFunction {
        &self.pool.unit().spec
    }

    /// It asks for a call, so it has started up.
    pub fn note_ready(&self) {
        let mut state = self.state();
        if state.init.is_none() {
            state.init = Some(state.started.elapsed());
            state.idle_since = Instant::now();
            drop(state);
            self.pool.became_ready();
            self.changed.notify_one();
        }
    }

    /// It asks for a call while it has one: that one is lost.
    pub fn drop_unanswered(&self) {
        let Some(Current { job, since }) = self.state().current.take() else { return };
        let what = "Runtime asked for the next event before it answered this one";
        let answer = failure::answer(&job.request_id, "Runtime.InvalidResponse", what);
        let timing = self.state().timing(since);
        self.finish(job, Ok(answer), timing);
    }

    /// Gives it a call.
    pub fn begin(&self, job: Job) {
        self.read_log();
        let mut state = self.state();
        // What it wrote while it started belongs to its first call.
        if state.init_told {
            state.log.clear();
        }
        state.log.push(format!("START RequestId: {} Version: $LATEST\n", job.request_id).as_bytes());
        state.current = Some(Current { job, since: Instant::now() });
        drop(state);
        self.changed.notify_one();
    }

    /// It is to end.
    pub fn stop(&self) {
        let mut state = self.state();
        if state.end.is_none() {
            state.end = Some(End::Stopped);
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Why it could not start up, as it says: JSON like that of an invocation's error.
    pub fn note_init_error(&self, payload: String) {
        self.state().init_error = Some(payload);
    }

    /// Takes its answer to the call; `false` when it has no such call.
    pub fn answer(&self, request_id: &str, answer: impl FnOnce(&Job) -> Result<Answer, CallError>) -> bool {
        // What it wrote before its answer is in the pipe already.
        self.read_log();
        if self.state().peak_bytes == 0 {
            self.sample();
        }
        let mut state = self.state();
        let Some(Current { job, since }) =
            state.current.take_if(|current| current.job.request_id == request_id)
        else {
            return false;
        };
        state.idle_since = Instant::now();
        let timing = state.timing(since);
        drop(state);
        self.changed.notify_one();
        let outcome = answer(&job);
        self.finish(job, outcome, timing);
        true
    }

    fn finish(&self, job: Job, outcome: Result<Answer, CallError>, timing: Timing) {
        let outcome = outcome.map(|answer| {
            let log = self.state().report(&job.request_id, timing, self.spec().memory_mb);
            Answer { log_tail: Some(log), timing: Some(timing), ..answer }
        });
        job.finish(outcome);
    }

    /// When the keeper has to look at the limits next.
    fn wake_at(&self, next_sample: Instant) -> Instant {
        let state = self.state();
        match (&state.current, state.init) {
            (Some(current), _) => next_sample.min(current.since + self.timeout()),
            (None, None) => next_sample.min(state.started + self.pool.unit().init),
            (None, Some(_)) => state.idle_since + self.pool.unit().idle,
        }
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(self.spec().timeout_ms)
    }

    /// Waits until there is something to read in its log; `false` at the log's end.
    async fn log_readable(&self) -> bool {
        self.log_pipe.readable(&mut |bytes: &[u8]| self.state().log.push(bytes)).await
    }

    fn read_log(&self) {
        self.log_pipe.read(&mut |bytes: &[u8]| self.state().log.push(bytes));
    }

    fn sample(&self) {
        let Some(bytes) = self.pid.and_then(memory_bytes) else { return };
        let limit_mb = self.spec().memory_mb;
        let mut state = self.state();
        state.peak_bytes = state.peak_bytes.max(bytes);
        if bytes > u64::from(limit_mb) * MIB && state.end.is_none() {
            state.end = Some(End::Memory { used_mb: bytes.div_ceil(MIB), limit_mb });
        }
    }

    fn look_at_limits(&self, now: Instant) {
        let unit = self.pool.unit();
        let mut state = self.state();
        let late = match (&state.current, state.init) {
            (Some(current), _) => now >= current.since + self.timeout(),
            (None, None) => now >= state.started + unit.init,
            (None, Some(_)) if now >= state.idle_since + unit.idle => {
                drop(state);
                if self.pool.leave(self.id) {
                    self.stop();
                }
                return;
            }
            (None, Some(_)) => false,
        };
        if late && state.end.is_none() {
            state.end = Some(End::TimedOut);
        }
    }

    /// After its end: its call fails, or those that waited for its start.
    fn settle(&self, end: End) {
        let mut state = self.state();
        let timeout_ms = self.spec().timeout_ms;
        let fail = |job: &Job| match end {
            End::TimedOut => failure::timed_out(&job.request_id, timeout_ms),
            _ => failure::exited(&job.request_id, &end),
        };
        if let Some(Current { job, since }) = state.current.take() {
            let timing = state.timing(since);
            drop(state);
            let answer = fail(&job);
            return self.finish(job, Ok(answer), timing);
        }
        let started = state.init.is_some();
        let said = state.init_error.take();
        let log = state.log.text();
        drop(state);
        if !started && !matches!(end, End::Stopped) {
            self.pool.could_not_start(|job| {
                let answer = match &said {
                    Some(payload) => failure::unhandled(&job.request_id, payload.clone()),
                    None => fail(job),
                };
                Answer { log_tail: Some(log.clone()), ..answer }
            });
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn timing(&mut self, since: Instant) -> Timing {
        let init = self.init.filter(|_| !std::mem::replace(&mut self.init_told, true));
        Timing { init, duration: since.elapsed() }
    }

    /// The log of a call, as Lambda's `LogResult` shows it.
    fn report(&mut self, request_id: &str, timing: Timing, memory_mb: u32) -> String {
        let ms = timing.duration.as_secs_f64() * 1000.0;
        let mut end = format!(
            "END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {ms:.2} ms\tBilled Duration: {} ms\t\
             Memory Size: {memory_mb} MB\tMax Memory Used: {} MB\t",
            ms.ceil(),
            self.peak_bytes.div_ceil(MIB),
        );
        if let Some(init) = timing.init {
            let _ = write!(end, "Init Duration: {:.2} ms\t", init.as_secs_f64() * 1000.0);
        }
        end.push('\n');
        let mut tail = std::mem::take(&mut self.log);
        tail.push(end.as_bytes());
        tail.text()
    }
}
