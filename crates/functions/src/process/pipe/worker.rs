//! One pipe worker, from its start to its end.

use super::super::child::{LogPipe, Process, Streams, memory_bytes};
use super::super::failure::{self, End};
use super::super::job::Job;
use super::super::log::Tail;
use super::pool::Pool;
use super::wire::{AnswerLine, MAX_LINE_BYTES, write_request};
use crate::invocation::{Answer, Timing};
use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc::UnboundedReceiver;

/// How often the memory of a worker that holds calls is looked at.
const SAMPLE: Duration = Duration::from_millis(50);
/// How many calls are taken from the pool at once.
const TAKEN: usize = 64;
/// How much is read at once, in bytes.
const READ_BYTES: usize = 64 * 1024;
const MIB: u64 = 1024 * 1024;

/// Runs a worker until it ends, and settles what it leaves.
pub async fn run(pool: Arc<Pool>, id: u64, calls: UnboundedReceiver<Job>) {
    let mut calls = calls;
    let started =
        Process::start(&pool.unit().launch, &[], Streams::Protocol).and_then(|(mut process, log)| {
            let (stdin, stdout) = process.protocol().ok_or(std::io::ErrorKind::BrokenPipe)?;
            Ok((process, log, stdin, stdout))
        });
    let (process, log_pipe, stdin, stdout) = match started {
        Ok(started) => started,
        Err(error) => {
            calls.close();
            let held = std::iter::from_fn(|| calls.try_recv().ok()).collect();
            return pool.could_not_start(id, held, &error);
        }
    };
    let now = Instant::now();
    let mut worker = Worker {
        pool,
        id,
        process,
        log_pipe,
        log_open: true,
        log: Tail::default(),
        held: BTreeMap::new(),
        next_call: 0,
        outgoing: Vec::new(),
        sent: 0,
        incoming: Vec::with_capacity(READ_BYTES),
        progress: now,
        started: now,
        init: None,
        next_sample: now,
    };
    let end = worker.keep(&mut calls, stdin, stdout).await;
    calls.close();
    worker.settle(&mut calls, end);
}

struct Worker {
    pool: Arc<Pool>,
    id: u64,
    process: Process,
    log_pipe: LogPipe,
    log_open: bool,
    log: Tail,
    /// The calls that it has not answered, oldest first.
    held: BTreeMap<u64, Job>,
    next_call: u64,
    outgoing: Vec<u8>,
    /// How much of `outgoing` is written.
    sent: usize,
    incoming: Vec<u8>,
    /// When it last got a call while it had none, or answered one.
    progress: Instant,
    started: Instant,
    /// How long its first answer took, counted from its start.
    init: Option<Duration>,
    next_sample: Instant,
}

impl Worker {
    /// Hands it calls and takes its answers until it has ended or must end.
    async fn keep(
        &mut self,
        calls: &mut UnboundedReceiver<Job>,
        mut stdin: ChildStdin,
        mut stdout: ChildStdout,
    ) -> End {
        let mut taken = Vec::with_capacity(TAKEN);
        // A worker that reads no more may have answered what it has read: only the end of its answers is its end.
        let mut reads = true;
        loop {
            let wake_at = self.wake_at();
            tokio::select! {
                biased;
                read = stdout.read_buf(&mut self.incoming) => match read {
                    Ok(read @ 1..) => {
                        if !self.read_answers(read) {
                            return End::Stopped;
                        }
                        if self.incoming.len() > MAX_LINE_BYTES {
                            self.fail_oldest(failure::too_large);
                            return End::Stopped;
                        }
                    }
                    _ => return End::Exited(self.exit_status().await),
                },
                written = stdin.write(&self.outgoing[self.sent..]), if reads && self.sent < self.outgoing.len() => match written {
                    Ok(1..) => {
                        self.sent += written.unwrap_or(0);
                        if self.sent == self.outgoing.len() {
                            self.outgoing.clear();
                            self.sent = 0;
                        }
                    }
                    _ => reads = false,
                },
                count = calls.recv_many(&mut taken, TAKEN) => {
                    if count == 0 {
                        return End::Stopped;
                    }
                    self.take(&mut taken);
                }
                more = readable(&self.log_pipe, &mut self.log), if self.log_open => self.log_open = more,
                () = tokio::time::sleep_until(wake_at.into()) => {
                    if let Some(end) = self.look_at_limits() {
                        return end;
                    }
                }
            }
        }
    }

    fn take(&mut self, taken: &mut Vec<Job>) {
        if self.held.is_empty() {
            self.progress = Instant::now();
        }
        for job in taken.drain(..) {
            write_request(&mut self.outgoing, self.next_call, &job.payload);
            self.held.insert(self.next_call, job);
            self.next_call += 1;
        }
    }

    /// Takes the whole lines that have come with the last so many bytes; `false` when the worker
    /// is to end.
    fn read_answers(&mut self, new: usize) -> bool {
        let seen = self.incoming.len() - new;
        let Some(last) = self.incoming[seen..].iter().rposition(|byte| *byte == b'\n') else { return true };
        let last = seen + last;
        let incoming = std::mem::take(&mut self.incoming);
        let mut answered = 0;
        for line in incoming[..last].split(|byte| *byte == b'\n') {
            let job = AnswerLine::read(line).and_then(|line| Some((self.held.remove(&line.id)?, line)));
            match job {
                Some((job, line)) => {
                    answered += 1;
                    let answer = line.answer(&job.request_id);
                    self.finish(job, answer);
                }
                // What a worker prints besides its answers is its log.
                None => {
                    self.log.push(line);
                    self.log.push(b"\n");
                }
            }
        }
        self.incoming = incoming;
        self.incoming.drain(..=last);
        answered == 0 || self.pool.answered(self.id, answered)
    }

    fn finish(&mut self, job: Job, answer: Answer) {
        let now = Instant::now();
        let init = match self.init {
            Some(_) => None,
            None => Some(*self.init.insert(now - self.started)),
        };
        let timing = Some(Timing { init, duration: now - self.progress });
        self.progress = now;
        job.finish(Ok(Answer { timing, ..answer }));
    }

    fn fail_oldest(&mut self, answer: impl Fn(&str) -> Answer) {
        if let Some((_, job)) = self.held.pop_first() {
            let log_tail = Some(self.log.text());
            let answer = Answer { log_tail, ..answer(&job.request_id) };
            self.finish(job, answer);
        }
    }

    fn limit(&self) -> Duration {
        match self.init {
            Some(_) => Duration::from_millis(self.pool.unit().spec.timeout_ms),
            None => self.pool.unit().init,
        }
    }

    fn wake_at(&self) -> Instant {
        match self.held.is_empty() {
            true => self.progress + self.pool.unit().idle,
            false => self.next_sample.min(self.progress + self.limit()),
        }
    }

    fn look_at_limits(&mut self) -> Option<End> {
        let now = Instant::now();
        if self.held.is_empty() {
            let long = now >= self.progress + self.pool.unit().idle;
            return (long && self.pool.leave(self.id)).then_some(End::Stopped);
        }
        if now >= self.progress + self.limit() {
            return Some(End::TimedOut);
        }
        if now >= self.next_sample {
            self.next_sample = now + SAMPLE;
            let limit_mb = self.pool.unit().spec.memory_mb;
            let bytes = self.process.id().and_then(memory_bytes).unwrap_or(0);
            if bytes > u64::from(limit_mb) * MIB {
                return Some(End::Memory { used_mb: bytes.div_ceil(MIB), limit_mb });
            }
        }
        None
    }

    /// Its output is closed, so it ends, or is made to.
    async fn exit_status(&mut self) -> Option<ExitStatus> {
        match tokio::time::timeout(Duration::from_secs(1), self.process.wait()).await {
            Ok(status) => status,
            Err(_) => {
                self.process.kill();
                self.process.wait().await
            }
        }
    }

    /// Kills it. The call at its head fails; those behind it go to other workers.
    fn settle(mut self, calls: &mut UnboundedReceiver<Job>, end: End) {
        self.process.kill();
        self.log_pipe.read(&mut |bytes: &[u8]| self.log.push(bytes));
        while let Ok(job) = calls.try_recv() {
            self.held.insert(self.next_call, job);
            self.next_call += 1;
        }
        let timeout_ms = self.pool.unit().spec.timeout_ms;
        let why = |request_id: &str| match &end {
            End::TimedOut => failure::timed_out(request_id, timeout_ms),
            end => failure::exited(request_id, end),
        };
        if !matches!(end, End::Stopped) {
            self.fail_oldest(why);
        }
        let left = std::mem::take(&mut self.held).into_values().collect();
        self.pool.ended(self.id, left, |job| why(&job.request_id));
    }
}

async fn readable(pipe: &LogPipe, log: &mut Tail) -> bool {
    pipe.readable(&mut |bytes: &[u8]| log.push(bytes)).await
}
