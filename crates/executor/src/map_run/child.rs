//! A child that waits for something outside, until its end.

use super::note::{Note, Tokens};
use super::notes::Notes;
use super::run::End;
use super::worker::{Begun, Permits, Shop};
use crate::live::{Live, Step};
use crate::map_runs::{MapRuns, Owner};
use crate::performer::Performer;
use crate::tokens::new_tokens;
use asl::{Effect, EffectId, Event, HistoryBytes, MapRunSpec};
use futures::FutureExt;
use model::{ExecutionType, Timestamp};
use model::limits::EXPRESS_TIMEOUT_MS;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use store::NewTaskToken;
use tokio::sync::oneshot;

/// A Standard child that rests for longer is durable first, so that a restart does not make it rest anew.
/// In milliseconds.
const LONG_REST_MS: i64 = 5_000;

/// One child with everything it needs.
pub(crate) struct ChildDrive {
    shop: Arc<Shop>,
    begun: Begun,
    live: Live,
    performer: Performer,
    maps: Option<Box<MapRuns>>,
    permits: Permits,
    notes: Notes,
}

/// Why a child stopped before its own end.
enum Cut {
    /// The Map Run is aborted.
    Aborted,
    /// Express: five minutes are over.
    TimedOut,
    /// The server goes down; the child runs again after the restart.
    Halted,
    /// Its handler panicked.
    Broken(String),
}

impl ChildDrive {
    pub(crate) fn new(shop: Arc<Shop>, begun: Begun, live: Live, permits: Permits, notes: Notes) -> Self {
        let execution_type = shop.plan.spec.execution_type;
        let performer = Performer::new(shop.hands.clone(), Arc::clone(&begun.execution_arn), execution_type);
        Self { shop, begun, live, performer, maps: None, permits, notes }
    }

    /// Runs to the end and tells the ledger.
    pub(crate) async fn run(mut self, steps: Vec<Step>) {
        let seed = &self.begun.seed;
        // Without a ledger the run is given up, and the abort comes.
        let _ = self.notes.tell(Note::Started {
            index: seed.index,
            items: seed.items,
            attempts: seed.attempts,
            at: self.begun.started_at,
        });
        let shop = Arc::clone(&self.shop);
        let deadline = match shop.plan.spec.execution_type {
            ExecutionType::Express => shop.clock.until(self.begun.started_at.plus_ms(EXPRESS_TIMEOUT_MS)),
            ExecutionType::Standard => Box::pin(std::future::pending()),
        };
        let cut = tokio::select! {
            biased;
            ended = AssertUnwindSafe(self.until_end(steps)).catch_unwind() => match ended {
                Ok(Ok(())) => None,
                Ok(Err(())) => Some(Cut::Halted),
                Err(panic) => Some(Cut::Broken(crate::tasks::panic_text(&*panic))),
            },
            // A halt aborts, too.
            () = shop.abort.cancelled() => Some(if shop.halt.is_cancelled() { Cut::Halted } else { Cut::Aborted }),
            () = deadline => Some(Cut::TimedOut),
        };
        let now = shop.clock.now();
        match cut {
            None => {}
            Some(Cut::Halted) => {
                if let Some(maps) = &mut self.maps {
                    maps.settle().await;
                }
                return;
            }
            Some(Cut::Aborted) => {
                let steps = self.live.handle(&shop.program, Event::Stop { error: None, cause: None }, now);
                self.performer.perform(steps);
            }
            Some(Cut::TimedOut | Cut::Broken(_)) => {}
        }
        if let Some(maps) = &mut self.maps
            && maps.abort_all().await.is_err()
        {
            // Somebody else goes on with them, and with this child.
            return;
        }
        let tokens_done = self.performer.ended_tokens(&self.live);
        let Self { begun, live, notes, permits, .. } = self;
        let (mut child, kept) = shop.finish(&begun, live);
        match cut {
            Some(Cut::TimedOut) => {
                child.status = model::ItemStatus::TimedOut;
                if let Some(failure) = &mut child.failure {
                    failure.error = "States.Timeout".into();
                    failure.cause = "An Express execution may take five minutes.".into();
                }
            }
            Some(Cut::Broken(words)) => {
                child.status = model::ItemStatus::Failed;
                if let Some(failure) = &mut child.failure {
                    failure.error = "States.Runtime".into();
                    failure.cause = format!("The interpreter broke down: {words}");
                }
            }
            _ => {}
        }
        let _ = notes.tell(Note::EndedOne { child, kept, tokens_done, permits });
    }

    /// An error when the child must not go on here.
    async fn until_end(&mut self, mut steps: Vec<Step>) -> Result<(), ()> {
        let standard = self.shop.plan.spec.execution_type == ExecutionType::Standard;
        let mut durable = false;
        loop {
            let new = if standard { new_tokens(&steps, self.shop.clock.now()) } else { Vec::new() };
            durable |= standard && rests_long(&steps, self.shop.clock.now());
            if self.live.execution.outcome().is_none() && (durable || !new.is_empty()) {
                Box::pin(self.make_durable(new)).await;
            }
            durable = false;
            for step in self.performer.perform(std::mem::take(&mut steps)) {
                match step {
                    Step::Begin(Effect::StartMapRun { id, spec }) | Step::Again(Effect::StartMapRun { id, spec }, _) => {
                        // Few children do; the others need not hold room for it.
                        steps.extend(Box::pin(self.begin_map(id, *spec)).await?);
                        durable = true;
                    }
                    Step::Cancel(id) => {
                        if let Some(maps) = &self.maps {
                            maps.abort(id);
                        }
                    }
                    Step::Begin(_) | Step::Again(..) => {}
                }
            }
            if self.live.execution.outcome().is_some() {
                return Ok(());
            }
            if !steps.is_empty() || durable {
                continue;
            }
            let event = self.next().await?;
            let is_result = matches!(event, Event::TaskSucceeded { .. } | Event::MapRunEnded { .. });
            let has_begun = matches!(event, Event::TaskStarted { .. } | Event::TaskSubmitted { .. });
            let now = self.shop.clock.now();
            steps = self.live.handle(&self.shop.program, event, now);
            let calls = steps.iter().any(|step| matches!(step, Step::Begin(Effect::Invoke { .. } | Effect::StartMapRun { .. })));
            // A result is durable before the next Task is called, and a request that was accepted
            // is not made twice.
            durable = standard && (is_result && calls || has_begun);
        }
    }

    async fn next(&mut self) -> Result<Event, ()> {
        let Self { performer, maps, .. } = self;
        match maps.as_mut().filter(|maps| !maps.is_empty()) {
            None => Ok(performer.next().await),
            Some(maps) => tokio::select! {
                (id, end) = maps.next() => match end {
                    End::Ended(end) => Ok(Event::MapRunEnded { id, end }),
                    End::GivenUp(problem) => {
                        tracing::warn!(problem, "a Map Run within a Map Run was given up here");
                        Err(())
                    }
                },
                event = performer.next() => Ok(event),
            },
        }
    }

    /// Begins a Map Run of this child's own. While it runs, others may run in the child's place.
    async fn begin_map(&mut self, id: EffectId, spec: MapRunSpec) -> Result<Vec<Step>, ()> {
        let shop = Arc::clone(&self.shop);
        let now = shop.clock.now();
        if shop.plan.spec.execution_type == ExecutionType::Express {
            let cause = "An Express execution cannot start a Distributed Map.".to_owned();
            let end = asl::MapRunEnd::Failed { error: "States.Runtime".into(), cause: Some(cause) };
            return Ok(self.live.handle(&shop.program, Event::MapRunEnded { id, end }, now));
        }
        self.permits.give_way();
        let index = self.begun.seed.index;
        let maps = self.maps.get_or_insert_with(|| Box::new(MapRuns::new(Owner {
            inner: Arc::clone(&shop.hands.inner),
            workspace: shop.hands.whose.workspace.clone(),
            run: shop.run.clone(),
            machine: shop.plan.machine.clone(),
            definition: shop.plan.definition(),
            profile: shop.plan.profile,
            guards: model::Guards::default(),
            place: format!("{}/{index}/", shop.map_run),
            halt: shop.halt.clone(),
        })));
        match maps.begin(id, spec, None).await {
            Ok(begun) => {
                let event = Event::MapRunStarted { id, map_run_arn: begun.arn };
                Ok(self.live.handle(&shop.program, event, now))
            }
            Err(problem) => {
                tracing::warn!(problem, "a Map Run within a Map Run could not begin");
                // Begun again with the whole run, which is let go.
                shop.halt.cancel();
                Err(())
            }
        }
    }

    /// The child as it stands is durable when this returns.
    async fn make_durable(&mut self, new: Vec<NewTaskToken>) {
        let (durable, seen) = oneshot::channel();
        let tokens = Tokens { new, done: self.performer.ended_tokens(&self.live) };
        let note = Note::Journal { index: self.begun.seed.index, data: self.live.to_bytes(), tokens, durable };
        if self.notes.tell(note).is_ok() && seen.await.is_ok() {
            return;
        }
        // The ledger is gone: the server goes down, and this child must not go on.
        std::future::pending::<()>().await;
    }
}

/// Whether nothing is called and the next thing to happen is a timer far ahead.
fn rests_long(steps: &[Step], now: Timestamp) -> bool {
    let ms = |step: &Step| match step {
        Step::Begin(Effect::SetTimer { at, .. }) => Some(at.since_ms(now)),
        Step::Begin(_) => Some(0),
        _ => None,
    };
    steps.iter().filter_map(ms).min().is_some_and(|first| first > LONG_REST_MS)
}

/// History as it is stored: the number of the definition, then the events.
pub(crate) fn history_blob(definition: u8, events: &HistoryBytes) -> Vec<u8> {
    let mut blob = Vec::with_capacity(events.0.len() + 1);
    blob.push(definition);
    blob.extend_from_slice(&events.0);
    blob
}
