//! Retry and Catch.

use super::Effect;
use super::failure::Failure;
use super::run::{Exit, Run, error_fields};
use super::thread::{Phase, ThreadId};
use crate::Value;
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::state::{Catcher, Kind, Language, Next, PathField, Retrier, State};

/// A year: no retry waits longer.
const MAX_DELAY_SECONDS: f64 = 31_622_400.0;

impl<'a> Run<'a> {
    /// A state failed: retries it, or goes where a Catch leads, or ends the strand.
    pub fn fail(&mut self, t: ThreadId, mut failure: Failure) {
        let (_, state) = self.state_of(t);
        self.explain(t, state, &mut failure);
        let evaluated = failure.evaluation.is_some();
        if let Some(location) = failure.evaluation.take() {
            let thread = self.thread(t);
            // AWS names what came before the state was entered, unless the state had got further; a Wait has by then.
            let untouched = thread.last_event == thread.entered_event && !matches!(state.kind, Kind::Wait(_));
            let previous = if untouched { thread.entered_after } else { thread.last_event };
            self.record_evaluation(t, previous, &failure, location.as_deref());
        }
        let catches = matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_));
        if !catches || failure.terminal {
            return self.end_failed(t, failure);
        }
        if self.retry(t, state, &failure) {
            return;
        }
        let before = self.thread(t).last_event;
        self.record_state_failed(t, state, evaluated);
        let mut catchers = state.catch.iter();
        let Some(catcher) = catchers.find(|catcher| failure.matches(&catcher.errors)) else {
            return self.end_failed(t, failure);
        };
        match self.catch(t, state, catcher, &failure) {
            Ok(exit) => {
                self.exit(t, state, exit);
                self.exec.ready.push_back(t);
            }
            Err(mut fault) => {
                self.explain(t, state, &mut fault);
                if let Some(location) = fault.evaluation.take() {
                    self.record_evaluation(t, before, &fault, location.as_deref());
                    self.record_state_failed(t, state, true);
                }
                self.end_failed(t, fault);
            }
        }
    }

    /// Adds to a fault of the interpreter where it happened.
    fn explain(&self, t: ThreadId, state: &State, failure: &mut Failure) {
        if std::mem::take(&mut failure.needs_preamble) {
            let entered = self.thread(t).entered_event;
            let cause = failure.cause.take().unwrap_or_default();
            failure.cause = Some(format!(
                "An error occurred while executing the state '{}' (entered at the event id #{entered}). {cause}",
                state.name
            ));
        }
    }

    fn record_evaluation(&mut self, t: ThreadId, previous: u64, failure: &Failure, location: Option<&str>) {
        let state = u64::from(self.thread(t).state.0);
        let mut fields = error_fields(failure.error.as_deref(), failure.cause.as_deref());
        fields.extend(location.map(|location| (Field::Location, Part::Text(location))));
        fields.push((Field::EvaluatedState, Part::Number(state)));
        let id = self.record(previous, EventKind::EvaluationFailed, &fields);
        self.thread_mut(t).last_event = id;
    }

    /// Parallel and Map say that they failed, if they had started or their expressions failed.
    fn record_state_failed(&mut self, t: ThreadId, state: &State, evaluated: bool) {
        let started = matches!(self.thread(t).phase, Phase::Fork(_) | Phase::MapRun(_));
        let kind = match state.kind {
            Kind::Parallel { .. } => EventKind::ParallelStateFailed,
            Kind::Map(_) => EventKind::MapStateFailed,
            _ => return,
        };
        if started || evaluated {
            self.chain(t, kind, &[]);
        }
    }

    /// Sets the timer of the retry that the first matching Retrier allows, if it still does.
    fn retry(&mut self, t: ThreadId, state: &'a State, failure: &Failure) -> bool {
        let matching = state.retry.iter().position(|retrier| failure.matches(&retrier.errors));
        let Some(place) = matching else { return false };
        let retrier = &state.retry[place];
        let thread = self.thread_mut(t);
        thread.retries.resize(state.retry.len(), 0);
        let done = thread.retries[place];
        if done >= retrier.max_attempts {
            return false;
        }
        thread.retries[place] += 1;
        self.exec.retries = self.exec.retries.saturating_add(1);
        self.exec.transitions += 1;
        let delay = self.delay_ms(retrier, done);
        let id = self.effect_id(t);
        self.thread_mut(t).phase = Phase::Backoff(id);
        self.effect(Effect::SetTimer { id, at: self.now.plus_ms(delay) });
        true
    }

    fn delay_ms(&self, retrier: &Retrier, done: u32) -> i64 {
        let raised = retrier.interval_seconds * retrier.backoff_rate.powi(done.min(10_000) as i32);
        let most = retrier.max_delay_seconds.unwrap_or(MAX_DELAY_SECONDS).min(MAX_DELAY_SECONDS);
        // NaN from 0 × ∞ becomes the cap.
        let seconds = if raised < most { raised } else { most };
        let seconds = if retrier.full_jitter { seconds * self.exec.rng.next_f64() } else { seconds };
        (seconds * 1000.0).round() as i64
    }

    fn catch(
        &mut self,
        t: ThreadId,
        state: &'a State,
        catcher: &'a Catcher,
        failure: &Failure,
    ) -> Result<Exit, Failure> {
        let error = failure.output();
        let raw = self.thread(t).input.clone();
        let context = self.context(t, state, None);
        let in_json_path = state.language == Language::JsonPath;
        let mut scope = match in_json_path {
            true => self.scope(t, &error, &context),
            false => self.scope(t, raw.value(), &context),
        };
        scope.error_output = Some(&error);
        let assigned = catcher.assign.as_ref().map(|assign| assign.eval(&scope)).transpose()?;
        let output = match (&catcher.output, &catcher.result_path) {
            (Some(output), _) => Payload::from_value(output.eval(&scope)?),
            (None, PathField::Whole) => Payload::from_value(error),
            (None, PathField::Nothing) => raw,
            (None, PathField::Path(path)) => {
                let error: Value = error.clone();
                Payload::from_value(path.assign(raw.value(), error)?)
            }
        };
        Ok(Exit { output, assigned, next: Next::State(catcher.next) })
    }
}
