//! Doing what one execution asks for: calls and timers, each until its end.

use crate::called;
use crate::deps::Calling;
use crate::executor::Inner;
use crate::live::{Live, Step};
use crate::pending::Pending;
use crate::tasks::panic_text;
use crate::tokens::{POLL, activity_of, stored_events};
use asl::{Effect, EffectId, Event, Pattern, TaskCall};
use futures::FutureExt;
use futures::future::BoxFuture;
use functions::Whose;
use model::{ExecutionType, Timestamp, WorkspaceId};
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What a performer needs to make calls.
#[derive(Clone)]
pub(crate) struct Hands {
    pub(crate) inner: Arc<Inner>,
    pub(crate) whose: Whose,
}

/// The calls and timers of one execution.
pub(crate) struct Performer {
    hands: Hands,
    execution_arn: Arc<str>,
    execution_type: ExecutionType,
    pending: Pending,
    /// Calls that wait for a worker.
    tokens: HashMap<EffectId, String>,
    /// Executions that `.sync` calls have started.
    called: HashMap<EffectId, String>,
    /// Answers that came before their call's request was accepted.
    held: HashMap<EffectId, Event>,
    ready: VecDeque<Event>,
    events: Option<(UnboundedSender<Event>, UnboundedReceiver<Event>)>,
}

impl Performer {
    pub(crate) fn new(hands: Hands, execution_arn: Arc<str>, execution_type: ExecutionType) -> Self {
        Self {
            hands,
            execution_arn,
            execution_type,
            pending: Pending::default(),
            tokens: HashMap::new(),
            called: HashMap::new(),
            held: HashMap::new(),
            ready: VecDeque::new(),
            events: None,
        }
    }

    /// Begins calls and timers, gives up what is cancelled; hands back what concerns Map Runs.
    pub(crate) fn perform(&mut self, steps: Vec<Step>) -> Vec<Step> {
        let mut others = Vec::new();
        for step in steps {
            match step {
                Step::Cancel(id) => {
                    if !self.pending.give_up(id) {
                        others.push(Step::Cancel(id));
                    }
                    if let Some(arn) = self.called.remove(&id) {
                        called::stop(&self.hands, arn);
                    }
                }
                Step::Begin(Effect::Invoke { id, call }) => {
                    if self.wait_for_worker(id, &call, false) {
                        self.call(id, call);
                    }
                }
                Step::Again(Effect::Invoke { id, call }, under_way) => {
                    if self.wait_for_worker(id, &call, true) && !under_way {
                        self.call(id, call);
                    }
                }
                Step::Begin(Effect::SetTimer { id, at }) => {
                    let timer = self.hands.inner.deps.clock.until(at);
                    self.pending.add(id, Box::pin(timer.map(move |()| Event::TimerFired { id })));
                }
                other => others.push(other),
            }
        }
        others
    }

    /// The next thing that happened; never ready while nothing is out.
    pub(crate) async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            let Self { events, pending, .. } = self;
            let told = async {
                match events {
                    Some((_, told)) => told.recv().await,
                    None => std::future::pending().await,
                }
            };
            let event = tokio::select! {
                biased;
                Some(event) = told => match ended(&event) {
                    // The request is still on its way: its acceptance comes first in the history.
                    Some(id) if pending.contains(id) => {
                        self.held.insert(id, event);
                        continue;
                    }
                    _ => event,
                },
                event = pending.next() => event,
            };
            match &event {
                Event::TaskSucceeded { id, .. } | Event::TaskFailed { id, .. } => _ = self.called.remove(id),
                // A `.sync` call goes on after this; a callback has been asked for.
                Event::TaskSubmitted { id, .. } if !self.called.contains_key(id) => {
                    self.ready.extend(self.held.remove(id));
                }
                _ => {}
            }
            return event;
        }
    }

    /// Calls that no longer wait for a worker: what is stored of them can go.
    pub(crate) fn ended_tokens(&mut self, live: &Live) -> Vec<String> {
        if self.tokens.is_empty() {
            return Vec::new();
        }
        let ended: Vec<EffectId> = self.tokens.keys().filter(|id| !live.awaits(**id)).copied().collect();
        let tokens = ended.iter().filter_map(|id| self.tokens.remove(id));
        let tokens: Vec<String> = tokens.collect();
        tokens.iter().for_each(|token| self.hands.inner.waiting.remove(token));
        tokens
    }

    /// If the call has a token, a worker's words about it come here from now on; after a restart it
    /// is looked up what came in the meantime. Whether the call can be made.
    fn wait_for_worker(&mut self, id: EffectId, call: &TaskCall, resumed: bool) -> bool {
        let Some(token) = &call.token else {
            return true;
        };
        if self.execution_type == ExecutionType::Express {
            self.ready.push_back(Event::TaskFailed {
                id,
                error: "States.Runtime".into(),
                cause: Some("An Express execution cannot wait for a task token or an activity.".into()),
            });
            return false;
        }
        let (sender, _) = self.events.get_or_insert_with(unbounded_channel);
        let Hands { inner, whose: Whose { workspace, .. } } = &self.hands;
        inner.waiting.add(workspace, token, id, sender.clone());
        self.tokens.insert(id, token.clone());
        if resumed {
            let lookup = look_up(Arc::clone(inner), workspace.clone(), token.clone(), id, sender.clone());
            self.pending.add_endless(Box::pin(lookup));
        } else if let Some(activity) = activity_of(&call.resource) {
            inner.waiting.arrived(workspace, activity);
        }
        true
    }

    fn call(&mut self, id: EffectId, call: Arc<TaskCall>) {
        if activity_of(&call.resource).is_some() {
            return;
        }
        let calling = Calling {
            whose: self.hands.whose.clone(),
            idempotency_key: format!("{}/{id}/{}", self.execution_arn, call.attempt),
            execution_arn: Arc::clone(&self.execution_arn),
            id,
            task: call,
        };
        let work: BoxFuture<'static, Event> = match called::is_start(&calling.task.resource) {
            true => {
                if matches!(calling.task.resource.pattern(), Pattern::Sync | Pattern::Sync2) {
                    self.called.insert(id, called::arn_of(&self.hands, &calling));
                }
                let (sender, _) = self.events.get_or_insert_with(unbounded_channel);
                Box::pin(called::start(self.hands.clone(), calling, sender.clone()))
            }
            false => self.hands.inner.deps.calls.call(calling),
        };
        let work = AssertUnwindSafe(work).catch_unwind();
        self.pending.add(id, Box::pin(work.map(move |end| end.unwrap_or_else(|panic| Event::TaskFailed {
            id,
            error: "States.Runtime".into(),
            cause: Some(format!("The handler broke down: {}", panic_text(&*panic))),
        }))));
    }
}

impl Drop for Performer {
    fn drop(&mut self) {
        self.tokens.values().for_each(|token| self.hands.inner.waiting.remove(token));
    }
}

/// Tells an execution what is stored of its call. Never ready.
async fn look_up(
    inner: Arc<Inner>,
    workspace: WorkspaceId,
    token: String,
    id: EffectId,
    events: UnboundedSender<Event>,
) -> Event {
    loop {
        match inner.deps.store.task_token(&workspace, &token).await {
            Ok(stored) => {
                // Heartbeats are waited for anew after a restart, so older ones say nothing.
                let stored = stored.map(|stored| stored_events(id, stored, Timestamp(i64::MAX)));
                // The execution may have ended.
                stored.into_iter().flatten().for_each(|event| _ = events.send(event));
                return std::future::pending().await;
            }
            Err(error) => {
                tracing::warn!(%error, "a waiting task could not be looked up");
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

/// The call that an event ends.
fn ended(event: &Event) -> Option<EffectId> {
    match event {
        Event::TaskSucceeded { id, .. } | Event::TaskFailed { id, .. } => Some(*id),
        _ => None,
    }
}
