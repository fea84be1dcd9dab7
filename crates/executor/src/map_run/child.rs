//! A child that waits for something outside, until its end.

use super::note::Note;
use super::worker::{Begun, Permits, Shop};
use crate::live::{Live, Step};
use crate::performer::Performer;
use asl::{Effect, Event, HistoryBytes};
use model::ExecutionType;
use model::limits::EXPRESS_TIMEOUT_MS;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use futures::FutureExt;
use tokio::sync::{mpsc, oneshot};

/// One child with everything it needs.
pub(crate) struct ChildDrive {
    shop: Arc<Shop>,
    begun: Begun,
    live: Live,
    performer: Performer,
    notes: mpsc::Sender<Note>,
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
    pub(crate) fn new(shop: Arc<Shop>, begun: Begun, live: Live, notes: mpsc::Sender<Note>) -> Self {
        let performer = Performer::new(shop.hands.clone(), Arc::clone(&begun.execution_arn));
        Self { shop, begun, live, performer, notes }
    }

    /// Runs to the end and tells the ledger.
    pub(crate) async fn run(mut self, steps: Vec<Step>, permits: Permits) {
        let _ = self
            .notes
            .send(Note::Started {
                index: self.begun.seed.index,
                items: self.begun.seed.items,
                attempts: self.begun.seed.attempts,
                at: self.begun.started_at,
            })
            .await;
        let shop = Arc::clone(&self.shop);
        let deadline = match shop.plan.spec.execution_type {
            ExecutionType::Express => shop.hands.clock.until(self.begun.started_at.plus_ms(EXPRESS_TIMEOUT_MS)),
            ExecutionType::Standard => Box::pin(std::future::pending()),
        };
        let cut = tokio::select! {
            biased;
            ended = AssertUnwindSafe(self.until_end(steps)).catch_unwind() => {
                ended.err().map(|panic| Cut::Broken(crate::tasks::panic_text(&*panic)))
            }
            () = shop.halt.cancelled() => Some(Cut::Halted),
            () = shop.abort.cancelled() => Some(Cut::Aborted),
            () = deadline => Some(Cut::TimedOut),
        };
        drop(permits);
        let now = shop.hands.clock.now();
        match cut {
            None => {}
            Some(Cut::Halted) => return,
            Some(Cut::Aborted) => {
                self.live.handle(&shop.program, Event::Stop { error: None, cause: None }, now);
            }
            Some(Cut::TimedOut | Cut::Broken(_)) => {}
        }
        let Self { begun, live, notes, .. } = self;
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
        let _ = notes.send(Note::EndedOne { child, kept }).await;
    }

    async fn until_end(&mut self, mut steps: Vec<Step>) {
        let standard = self.shop.plan.spec.execution_type == ExecutionType::Standard;
        loop {
            for step in self.performer.perform(std::mem::take(&mut steps)) {
                // Distributed Maps of a child would need a run of their own.
                if let Step::Begin(Effect::StartMapRun { id, .. }) = step {
                    let end = asl::MapRunEnd::Failed {
                        error: "States.Runtime".into(),
                        cause: Some("A child of a Distributed Map cannot start a Distributed Map on this server.".into()),
                    };
                    let now = self.shop.hands.clock.now();
                    steps.extend(self.live.handle(&self.shop.program, Event::MapRunEnded { id, end }, now));
                }
            }
            if self.live.execution.outcome().is_some() {
                return;
            }
            if !steps.is_empty() {
                continue;
            }
            let event = self.performer.next().await;
            let is_result = matches!(event, Event::TaskSucceeded { .. });
            let now = self.shop.hands.clock.now();
            steps = self.live.handle(&self.shop.program, event, now);
            let calls = steps.iter().any(|step| matches!(step, Step::Begin(Effect::Invoke { .. })));
            if standard && is_result && calls && self.live.execution.outcome().is_none() {
                self.make_durable().await;
            }
        }
    }

    /// A Task's result is durable before the next Task is called.
    async fn make_durable(&mut self) {
        let (durable, seen) = oneshot::channel();
        let note = Note::Journal { index: self.begun.seed.index, data: self.live.to_bytes(), durable };
        if self.notes.send(note).await.is_ok() && seen.await.is_ok() {
            return;
        }
        // The ledger is gone: the server goes down, and this child must not go on.
        std::future::pending::<()>().await;
    }
}

/// History as it is stored: the number of the definition, then the events.
pub(crate) fn history_blob(definition: u8, events: &HistoryBytes) -> Vec<u8> {
    let mut blob = Vec::with_capacity(events.0.len() + 1);
    blob.push(definition);
    blob.extend_from_slice(&events.0);
    blob
}
