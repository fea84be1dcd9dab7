//! Task tokens: calls that wait for a worker outside, as activities and `.waitForTaskToken` do.
//!
//! A token is the execution's ARN, the call and 128 random bits. It is durable before anybody outside
//! can learn it, and its answer is durable before whoever gives it is told so. Executions wait for
//! it without a thread; a restart finds what came in the meantime in the database.

use crate::child_name::child_index;
use crate::error::Error;
use crate::executor::{Executor, Inner};
use crate::groups::{Groups, tell_all};
use crate::live::Step;
use asl::integration::read_task_token;
use asl::{Effect, EffectId, Event, Payload, Resource};
use model::limits::MAX_PAYLOAD_BYTES;
use model::{Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{NewTaskToken, TaskToken, TokenAnswer};
use tokio::sync::{Notify, mpsc};

/// The longest that GetActivityTask waits.
const MAX_WAIT: Duration = Duration::from_secs(60);
/// How often the database is asked for what another server was told.
pub(crate) const POLL: Duration = Duration::from_millis(500);

/// Why SendTaskSuccess, SendTaskFailure or SendTaskHeartbeat is refused, under AWS's names.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// `InvalidToken`: nothing that this server ever gave out.
    #[error("Invalid Token: 'Invalid token'")]
    Invalid,
    /// `TaskDoesNotExist`: its execution is not there.
    #[error("Task does not exist")]
    DoesNotExist,
    /// `TaskTimedOut`: the task has ended: answered, timed out, or its execution has.
    #[error("Task Timed Out: 'Provided task does not exist anymore'")]
    TimedOut,
    /// `InvalidOutput`: not JSON, or more than 256 KiB.
    #[error("Invalid Output: '{0}'")]
    Output(String),
    /// The database did not do what was asked.
    #[error("the answer could not be stored: {0}")]
    Ledger(String),
}

impl From<store::Error> for TokenError {
    fn from(error: store::Error) -> Self {
        Self::Ledger(error.to_string())
    }
}

/// What an activity's worker gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityTask {
    /// Goes back with the result.
    pub token: String,
    /// JSON text.
    pub input: String,
}

/// How a worker says that its task ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskEnd {
    /// SendTaskSuccess: the output, JSON text.
    Success(String),
    /// SendTaskFailure.
    Failure {
        /// The error name; the empty one when absent.
        error: Option<String>,
        /// The cause.
        cause: Option<String>,
    },
}

impl TaskEnd {
    fn event(self, id: EffectId) -> Event {
        match self {
            Self::Success(output) => Event::TaskSucceeded { id, output: Payload::from_text(output.into()) },
            Self::Failure { error, cause } => Event::TaskFailed { id, error: error.unwrap_or_default(), cause },
        }
    }
}

/// The calls that wait in this process.
#[derive(Default)]
pub(crate) struct Waiting {
    calls: Mutex<HashMap<String, Waiter>>,
    queues: Mutex<HashMap<(WorkspaceId, String), Arc<Notify>>>,
}

struct Waiter {
    workspace: WorkspaceId,
    id: EffectId,
    events: mpsc::UnboundedSender<Event>,
}

impl Waiting {
    /// From now on events of this call go to its execution.
    pub(crate) fn add(&self, workspace: &WorkspaceId, token: &str, id: EffectId, events: mpsc::UnboundedSender<Event>) {
        self.calls().insert(token.to_owned(), Waiter { workspace: workspace.clone(), id, events });
    }

    pub(crate) fn remove(&self, token: &str) {
        self.calls().remove(token);
    }

    /// Wakes workers that wait for a task of an activity.
    pub(crate) fn arrived(&self, workspace: &WorkspaceId, activity: &str) {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(&(workspace.clone(), activity.to_owned())) {
            queue.notify_waiters();
        }
    }

    fn queue(&self, workspace: &WorkspaceId, activity: &str) -> Arc<Notify> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        // Queues that nobody waits at any more are forgotten.
        queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        Arc::clone(queues.entry((workspace.clone(), activity.to_owned())).or_default())
    }

    /// Whether the call's execution runs in this process.
    fn tell(&self, workspace: &WorkspaceId, token: &str, event: impl FnOnce(EffectId) -> Event) -> bool {
        let calls = self.calls();
        let waiter = calls.get(token).filter(|waiter| waiter.workspace == *workspace);
        waiter.is_some_and(|waiter| waiter.events.send(event(waiter.id)).is_ok())
    }

    fn tell_stored(&self, stored: TaskToken, beat_since: Timestamp) {
        let calls = self.calls();
        let Some(waiter) = calls.get(&stored.token) else {
            return;
        };
        for event in stored_events(waiter.id, stored, beat_since) {
            // The execution may have ended.
            let _ = waiter.events.send(event);
        }
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<String, Waiter>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the database knows of a call, as events in their order.
pub(crate) fn stored_events(id: EffectId, stored: TaskToken, beat_since: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    if let Some(worker) = &stored.worker {
        events.push(Event::TaskStarted { id, worker_name: serde_json::from_str(worker).ok().flatten() });
    }
    if stored.heartbeat_at > beat_since {
        events.push(Event::Heartbeat { id });
    }
    if let Some(end) = stored.answer.and_then(|answer| serde_json::from_str::<TaskEnd>(&answer).ok()) {
        events.push(end.event(id));
    }
    events
}

impl Executor {
    /// Ends a task from outside: SendTaskSuccess, SendTaskFailure. Durable when this returns.
    ///
    /// # Errors
    /// Those of AWS; see [`TokenError`].
    pub async fn complete_token(&self, workspace: &WorkspaceId, token: &str, end: TaskEnd) -> Result<(), TokenError> {
        if let TaskEnd::Success(output) = &end {
            if output.len() > MAX_PAYLOAD_BYTES {
                return Err(TokenError::Output(format!("The output has {} bytes, more than 256 KiB", output.len())));
            }
            if let Err(error) = serde_json::from_str::<&serde_json::value::RawValue>(output) {
                return Err(TokenError::Output(format!("The output is not JSON: {error}")));
            }
        }
        let answer = serde_json::to_string(&end).map_err(|e| TokenError::Output(e.to_string()))?;
        let answer = TokenAnswer { workspace: workspace.clone(), token: token.to_owned(), answer };
        let stored = self.inner.answers.ask(answer).await;
        let stored = stored.unwrap_or_else(|| Err("the server is shutting down".into()));
        if !stored.map_err(TokenError::Ledger)? {
            return Err(self.inner.refusal(workspace, token).await?);
        }
        self.inner.waiting.tell(workspace, token, |id| end.event(id));
        Ok(())
    }

    /// Says that a task's worker is alive: SendTaskHeartbeat.
    ///
    /// # Errors
    /// Those of AWS; see [`TokenError`].
    pub async fn heartbeat_token(&self, workspace: &WorkspaceId, token: &str) -> Result<(), TokenError> {
        let now = self.inner.deps.clock.now();
        if !self.inner.deps.store.beat_token(workspace, token, now).await? {
            return Err(self.inner.refusal(workspace, token).await?);
        }
        self.inner.waiting.tell(workspace, token, |id| Event::Heartbeat { id });
        Ok(())
    }

    /// Waits for a task of an activity, up to `wait` or 60 seconds: GetActivityTask. The oldest task
    /// comes first. `None` when there was none.
    ///
    /// # Errors
    /// When the database does not do what is asked, or the server shuts down.
    pub async fn next_activity_task(
        &self,
        workspace: &WorkspaceId,
        activity: &str,
        worker: Option<&str>,
        wait: Duration,
    ) -> Result<Option<ActivityTask>, Error> {
        let inner = &self.inner;
        let queue = inner.waiting.queue(workspace, activity);
        let deadline = tokio::time::Instant::now() + wait.min(MAX_WAIT);
        let worker_json = serde_json::to_string(&worker).map_err(|e| Error::Unreadable(e.to_string()))?;
        loop {
            // Listening begins before looking, so that no task in between is missed.
            let mut arrival = std::pin::pin!(queue.notified());
            arrival.as_mut().enable();
            let now = inner.deps.clock.now();
            let claimed = inner.deps.store.claim_activity(workspace, activity, &worker_json, now).await?;
            if let Some((token, input)) = claimed {
                let worker_name = worker.map(str::to_owned);
                inner.waiting.tell(workspace, &token, |id| Event::TaskStarted { id, worker_name });
                return Ok(Some(ActivityTask { token, input }));
            }
            // Another server's tasks make no noise here.
            let poll = if inner.options.alone { MAX_WAIT } else { POLL };
            tokio::select! {
                () = arrival => {}
                () = tokio::time::sleep(poll) => {}
                () = tokio::time::sleep_until(deadline) => return Ok(None),
                () = inner.halt.cancelled() => return Err(Error::Stopping),
            }
        }
    }

    /// How many tasks of an activity wait for a worker.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn waiting_activities(&self, workspace: &WorkspaceId, activity: &str) -> Result<u64, Error> {
        Ok(self.inner.deps.store.waiting_activities(workspace, activity).await?)
    }
}

impl Inner {
    /// Why a token that nothing waits for is refused.
    async fn refusal(&self, workspace: &WorkspaceId, token: &str) -> Result<TokenError, store::Error> {
        let store = &self.deps.store;
        if store.task_token(workspace, token).await?.is_some() {
            return Ok(TokenError::TimedOut);
        }
        let Some((arn, _)) = read_task_token(token) else {
            return Ok(TokenError::Invalid);
        };
        if store.run_by_arn(workspace, &arn).await?.is_some() {
            return Ok(TokenError::TimedOut);
        }
        // A child's ARN: its name says which Map Run it belongs to.
        let mut parts = arn.split(':').skip(6);
        if let (Some(machine), Some(name)) = (parts.next(), parts.next()) {
            let prefix = self.options.partition.map_run_prefix(machine);
            let maps = store.map_runs_by_prefix(workspace, &prefix).await?;
            if maps.iter().any(|map_run| child_index(&map_run.id, name).is_some()) {
                return Ok(TokenError::TimedOut);
            }
        }
        Ok(TokenError::DoesNotExist)
    }

    /// Brings answers that other servers took to the executions that run here.
    pub(crate) async fn bring_answers(self: Arc<Self>) {
        let mut since = self.deps.clock.now();
        while !self.halt.is_cancelled() {
            tokio::time::sleep(POLL).await;
            let now = self.deps.clock.now();
            // Clocks of two servers differ a little; what comes twice is ignored.
            let overlap = since.plus_ms(-2_000);
            match self.deps.store.changed_tokens(&self.options.owner, overlap).await {
                Ok(changed) => {
                    since = now;
                    changed.into_iter().for_each(|stored| self.waiting.tell_stored(stored, overlap));
                }
                Err(error) => tracing::warn!(%error, "answers to waiting tasks could not be read"),
            }
        }
    }
}

/// The task that stores the answers.
pub(crate) async fn store_answers(inner: Arc<Inner>, mut groups: Groups<TokenAnswer, Result<bool, String>>) {
    while let Some((answers, tell)) = groups.next().await {
        match inner.deps.store.answer_tokens(&answers, inner.deps.clock.now()).await {
            Ok(stored) => tell_all(tell, stored.into_iter().map(Ok)),
            Err(error) => {
                let problem = error.to_string();
                tell_all(tell, std::iter::repeat_with(|| Err(problem.clone())));
            }
        }
    }
}

/// The calls that begin to wait for a worker with these steps; they are stored before the steps are taken.
pub(crate) fn new_tokens(steps: &[Step], now: Timestamp) -> Vec<NewTaskToken> {
    let calls = steps.iter().filter_map(|step| match step {
        Step::Begin(Effect::Invoke { call, .. }) => call.token.as_ref().map(|token| (token, call)),
        _ => None,
    });
    let new = calls.map(|(token, call)| {
        let activity = activity_of(&call.resource).map(str::to_owned);
        let input = activity.as_ref().map(|_| call.arguments.text().to_string()).unwrap_or_default();
        NewTaskToken { token: token.clone(), activity, input, at: now }
    });
    new.collect()
}

/// The name of the activity that a Task names.
pub(crate) fn activity_of(resource: &Resource) -> Option<&str> {
    match resource {
        Resource::Activity { arn } => arn.split_once(":activity:").map(|(_, name)| name),
        _ => None,
    }
}
