//! Politeness: how many calls of a function run at once, how fast they begin, when none may, and
//! whose turn it is.
//!
//! A [`Gate`] keeps the limits that were set for a function and finds out what it can take:
//! concurrency falls when the function is overloaded and climbs slowly after ([`pace`]), the pause
//! that a service asks for is kept, and calls of one that is not there are held back ([`breaker`]).
//! Those who wait take turns by workspace and run, so that a short run passes a long one ([`turns`]).

mod breaker;
mod pace;
mod rate;
mod turns;

use breaker::Breaker;
use model::{CallLimits, CallState, RunId, WorkspaceId};
use pace::Pace;
use rate::Rate;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, oneshot};
use turns::Turns;

/// The longest pause that a service can ask for, in milliseconds.
const MAX_PAUSE_MS: u64 = 60_000;

/// Who waits at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// Workspaces take turns.
    pub workspace: WorkspaceId,
    /// A workspace's runs take turns.
    pub run: Option<RunId>,
}

/// How a call ended, as far as the gate is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The function answered, even if it raised.
    Answered,
    /// It has too much to do: throttled, or not done in time.
    Overloaded,
    /// It is not there: no connection, or a proxy's word that nobody answers.
    Absent,
}

/// Lets calls through. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: CallLimits,
    state: Mutex<State>,
    /// One of those who wait looks at the clock for all of them.
    watch: tokio::sync::Mutex<()>,
    /// The time to wait for may have changed.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    inside: u32,
    turns: Turns<oneshot::Sender<Pass>>,
    pace: Pace,
    rate: Rate,
    breaker: Breaker,
    paused_until: Option<Instant>,
}

/// The right to make one call. Dropping it gives the right back.
#[derive(Debug)]
#[must_use]
pub struct Pass {
    gate: Option<Gate>,
    round: u64,
}

impl Gate {
    /// A gate with these limits.
    pub fn new(limits: CallLimits) -> Self {
        let state = State {
            inside: 0,
            turns: Turns::default(),
            pace: Pace::default(),
            rate: Rate::new(limits.max_per_second),
            breaker: Breaker::default(),
            paused_until: None,
        };
        let watch = tokio::sync::Mutex::new(());
        Self(Arc::new(Inner { limits, state: Mutex::new(state), watch, changed: Notify::new() }))
    }

    /// The limits that were set.
    pub fn limits(&self) -> CallLimits {
        self.0.limits
    }

    /// What it does just now.
    pub fn view(&self) -> CallState {
        let state = self.state();
        let pause = state.paused_until.and_then(|until| until.checked_duration_since(Instant::now()));
        CallState {
            running: state.inside,
            waiting: state.turns.len(),
            limit: self.limit(&state),
            paused_ms: pause.map(|pause| pause.as_millis() as u64),
            absent: state.breaker.is_open(),
        }
    }

    /// A pass if a call may begin at once.
    pub fn try_enter(&self) -> Option<Pass> {
        let mut state = self.state();
        let now = Instant::now();
        (state.turns.is_empty() && self.may_begin(&state, now)).then(|| self.begin(&mut state, now))
    }

    /// Waits for this one's turn, a free place, and the end of a pause.
    pub async fn enter(&self, whose: &Whose) -> Pass {
        loop {
            if let Some(pass) = self.try_enter() {
                return pass;
            }
            let mut granted = {
                let (grant, granted) = oneshot::channel();
                let mut state = self.state();
                state.turns.push(whose, grant);
                // Somebody may have left in between.
                self.serve(&mut state, Instant::now());
                granted
            };
            tokio::select! {
                biased;
                pass = &mut granted => if let Ok(pass) = pass { return pass },
                never = self.keep_watch() => match never {}
            }
        }
    }

    /// Lets others in whenever the time has come.
    async fn keep_watch(&self) -> Infallible {
        let _watch = self.0.watch.lock().await;
        loop {
            let changed = self.0.changed.notified();
            let next = self.serve_by_time();
            let time = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = changed => {}
                () = time => {}
            }
        }
    }

    /// Lets in who may enter now, and says when to look again if only time keeps the others back.
    fn serve_by_time(&self) -> Option<Instant> {
        let mut state = self.state();
        let now = Instant::now();
        self.serve(&mut state, now);
        let times = [state.paused_until, state.rate.ready_at(), state.breaker.opens_at()];
        times.into_iter().flatten().filter(|at| *at > now).min()
    }

    fn serve(&self, state: &mut State, now: Instant) {
        while self.may_begin(state, now) {
            let Some(grant) = state.turns.pop() else { return };
            if grant.is_closed() {
                continue;
            }
            let pass = self.begin(state, now);
            if let Err(mut pass) = grant.send(pass) {
                // Its drop would take the lock that is held here.
                pass.gate = None;
                state.inside -= 1;
                state.breaker.ended(None, now);
            }
        }
    }

    fn may_begin(&self, state: &State, now: Instant) -> bool {
        self.limit(state).is_none_or(|limit| state.inside < limit)
            && state.paused_until.is_none_or(|until| until <= now)
            && state.rate.is_ready(now)
            && state.breaker.lets_through(now)
    }

    fn limit(&self, state: &State) -> Option<u32> {
        let set = self.limits().max_concurrency.map(|limit| limit.max(1));
        [set, state.pace.limit()].into_iter().flatten().min()
    }

    fn begin(&self, state: &mut State, now: Instant) -> Pass {
        state.inside += 1;
        state.rate.began(now);
        state.breaker.began(now);
        Pass { gate: Some(self.clone()), round: state.pace.round() }
    }

    fn end(&self, round: u64, verdict: Option<Verdict>, pause_ms: Option<u64>) {
        let mut state = self.state();
        let now = Instant::now();
        let inside = state.inside;
        state.inside -= 1;
        match verdict {
            Some(Verdict::Answered) => state.pace.answered(inside),
            Some(Verdict::Overloaded) => state.pace.overloaded(inside, round),
            Some(Verdict::Absent) | None => {}
        }
        state.breaker.ended(verdict, now);
        if let Some(ms) = pause_ms {
            let until = now + Duration::from_millis(ms.min(MAX_PAUSE_MS));
            state.paused_until = state.paused_until.max(Some(until));
        }
        self.serve(&mut state, now);
        if !state.turns.is_empty() {
            self.0.changed.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Tells how the call ended, and for how many milliseconds the service asked to be left alone.
    pub fn end(mut self, verdict: Verdict, pause_ms: Option<u64>) {
        self.leave(Some(verdict), pause_ms);
    }

    fn leave(&mut self, verdict: Option<Verdict>, pause_ms: Option<u64>) {
        if let Some(gate) = self.gate.take() {
            gate.end(self.round, verdict, pause_ms);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.leave(None, None);
    }
}

#[cfg(test)]
mod tests;
