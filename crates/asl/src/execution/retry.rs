//! Retry and Catch.

use super::failure::Failure;
use super::run::{Exit, Run, error_fields};
use super::thread::{Phase, ThreadId};
use super::Effect;
use crate::Value;
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::state::{Catcher, Kind, Language, Next, PathField, Retrier, State};

/// A year: no retry waits longer.
const MAX_DELAY_SECONDS: f64 = 31_622_400.0;

impl<'a> Run<'a> {
    /// A state failed: retries it, or goes where a Catch leads, or ends the strand.
    pub fn fail(&mut self, t: ThreadId, mut failure: Failure) {
        let (id, state) = self.state_of(t);
        if std::mem::take(&mut failure.needs_preamble) {
            let entered = self.thread(t).entered_event;
            let cause = failure.cause.take().unwrap_or_default();
            failure.cause = Some(format!(
                "An error occurred while executing the state '{}' (entered at the event id #{entered}). {cause}",
                state.name
            ));
        }
        let evaluation = failure.evaluation.take();
        if let Some(location) = &evaluation {
            let mut fields = error_fields(failure.error.as_deref(), failure.cause.as_deref());
            if let Some(location) = location {
                fields.push((Field::Location, Part::Text(location)));
            }
            fields.push((Field::EvaluatedState, Part::Number(u64::from(id.0))));
            self.record_evaluation(t, state, &fields);
        }
        let catches = matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_));
        if catches && self.retry(t, state, &failure) {
            return;
        }
        let started = matches!(self.thread(t).phase, Phase::Fork(_) | Phase::MapRun(_));
        match state.kind {
            Kind::Parallel { .. } if started => _ = self.chain(t, EventKind::ParallelStateFailed, &[]),
            Kind::Map(_) if started || evaluation.is_some() => {
                self.chain(t, EventKind::MapStateFailed, &[]);
            }
            _ => {}
        }
        let catcher = state.catch.iter().find(|catcher| catches && failure.matches(&catcher.errors));
        let Some(catcher) = catcher else { return self.end_failed(t, failure) };
        match self.catch(t, state, catcher, &failure) {
            Ok(exit) => {
                self.exit(t, state, exit);
                self.exec.ready.push_back(t);
            }
            Err(fault) => self.end_failed(t, Failure { terminal: true, ..fault }),
        }
    }

    /// AWS names as previous what came before the state was entered, unless the state had got further;
    /// a Wait has by then.
    fn record_evaluation(&mut self, t: ThreadId, state: &State, fields: &[(Field, Part<'_>)]) {
        let thread = self.thread(t);
        let untouched = thread.last_event == thread.entered_event && !matches!(state.kind, Kind::Wait(_));
        let previous = if untouched { thread.entered_after } else { thread.last_event };
        let id = self.record(previous, EventKind::EvaluationFailed, fields);
        self.thread_mut(t).last_event = id;
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
