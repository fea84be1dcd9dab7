//! Doing what one execution asks for: calls and timers, each until its end.

use crate::clock::Clock;
use crate::deps::{Calling, Calls};
use crate::live::Step;
use asl::{Effect, EffectId, Event};
use futures::future::{AbortHandle, Abortable, BoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::FutureExt;
use model::WorkspaceId;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What a performer needs to make calls.
#[derive(Clone)]
pub(crate) struct Hands {
    pub(crate) calls: Arc<dyn Calls>,
    pub(crate) clock: Clock,
    pub(crate) workspace: WorkspaceId,
}

/// The calls and timers of one execution.
pub(crate) struct Performer {
    hands: Hands,
    execution_arn: Arc<str>,
    out: FuturesUnordered<Abortable<BoxFuture<'static, Event>>>,
    handles: HashMap<EffectId, AbortHandle>,
}

impl Performer {
    pub(crate) fn new(hands: Hands, execution_arn: Arc<str>) -> Self {
        Self { hands, execution_arn, out: FuturesUnordered::new(), handles: HashMap::new() }
    }

    /// Begins calls and timers, gives up what is cancelled; hands back the effects that are neither.
    pub(crate) fn perform(&mut self, steps: Vec<Step>) -> Vec<Step> {
        let mut others = Vec::new();
        for step in steps {
            match step {
                Step::Cancel(id) => match self.handles.remove(&id) {
                    Some(handle) => handle.abort(),
                    None => others.push(Step::Cancel(id)),
                },
                Step::Begin(Effect::Invoke { id, call }) => {
                    let call = Calling {
                        workspace: self.hands.workspace.clone(),
                        idempotency_key: format!("{}/{id}/{}", self.execution_arn, call.attempt),
                        execution_arn: Arc::clone(&self.execution_arn),
                        id,
                        task: call,
                    };
                    let call = AssertUnwindSafe(self.hands.calls.call(call)).catch_unwind();
                    self.add(id, Box::pin(call.map(move |end| end.unwrap_or_else(|panic| Event::TaskFailed {
                        id,
                        error: "States.Runtime".into(),
                        cause: Some(format!("The handler broke down: {}", crate::tasks::panic_text(&*panic))),
                    }))));
                }
                Step::Begin(Effect::SetTimer { id, at }) => {
                    let timer = self.hands.clock.until(at);
                    self.add(id, Box::pin(timer.map(move |()| Event::TimerFired { id })));
                }
                other => others.push(other),
            }
        }
        others
    }

    /// The next thing that happened; never ready while nothing is out.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            match self.out.next().await {
                Some(Ok(event)) => {
                    if let Event::TaskSucceeded { id, .. } | Event::TaskFailed { id, .. } | Event::TimerFired { id } = &event {
                        self.handles.remove(id);
                    }
                    return event;
                }
                Some(Err(_given_up)) => {}
                None => std::future::pending().await,
            }
        }
    }

    fn add(&mut self, id: EffectId, work: BoxFuture<'static, Event>) {
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(id, handle);
        self.out.push(Abortable::new(work, registration));
    }
}
