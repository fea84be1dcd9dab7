//! What the executor works with, and how it is set.

use crate::clock::Clock;
use futures::future::BoxFuture;
use functions::Whose;
use model::{ExecutionType, JobId, Profile, WorkspaceId};
use objects::Objects;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// What the executor works with.
#[derive(Clone)]
pub struct Deps {
    /// Where everything durable lies.
    pub store: Store,
    /// Object stores by workspace and bucket.
    pub objects: Arc<dyn ObjectStores>,
    /// What Task states call.
    pub calls: Arc<dyn Calls>,
    /// The machines whose executions Task states start.
    pub machines: Arc<dyn Machines>,
    /// Time.
    pub clock: Clock,
}

/// Finds the object store that holds a bucket, and keeps workspaces out of each other's buckets.
pub trait ObjectStores: Send + Sync + 'static {
    /// The store of a workspace's bucket.
    ///
    /// # Errors
    /// A sentence: the workspace has no such bucket, or its connection cannot be used.
    fn find<'a>(&'a self, workspace: &'a WorkspaceId, bucket: &'a str) -> BoxFuture<'a, Result<Objects, String>>;
}

/// The buckets of one workspace.
#[derive(Clone)]
pub(crate) struct Buckets {
    pub(crate) stores: Arc<dyn ObjectStores>,
    pub(crate) workspace: WorkspaceId,
}

impl Buckets {
    /// The store that holds a bucket; an error is a sentence.
    pub(crate) async fn store_of(&self, bucket: &str) -> Result<Objects, String> {
        self.stores.find(&self.workspace, bucket).await
    }
}

/// One store for everybody.
impl ObjectStores for Objects {
    fn find<'a>(&'a self, _: &'a WorkspaceId, _: &'a str) -> BoxFuture<'a, Result<Objects, String>> {
        Box::pin(async move { Ok(self.clone()) })
    }
}

/// Calls what a Task state names.
pub trait Calls: Send + Sync + 'static {
    /// Makes one call and answers with the event that ends it, `TaskSucceeded` or `TaskFailed`.
    /// Dropping the future gives the call up.
    fn call(&self, call: Calling) -> BoxFuture<'static, asl::Event>;
}

/// Finds the machines of a workspace.
pub trait Machines: Send + Sync + 'static {
    /// The machine, version or alias that an ARN names; `None` when the workspace has none.
    ///
    /// # Errors
    /// A sentence, when it could not be looked up.
    fn find<'a>(&'a self, workspace: &'a WorkspaceId, arn: &'a str) -> BoxFuture<'a, Result<Option<Machine>, String>>;
}

/// A state machine to be started.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The job behind it.
    pub job_id: Option<JobId>,
    /// Its name, as in its executions' ARNs.
    pub name: String,
    /// The job's version.
    pub version: u32,
    /// The definition as it runs.
    pub definition: Arc<str>,
    /// Of its executions.
    pub execution_type: ExecutionType,
    /// Whether what AWS would refuse is run.
    pub profile: Profile,
}

/// No machine at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMachines;

impl Machines for NoMachines {
    fn find<'a>(&'a self, _: &'a WorkspaceId, _: &'a str) -> BoxFuture<'a, Result<Option<Machine>, String>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// One call of a Task state.
#[derive(Clone, Debug)]
pub struct Calling {
    /// Whose run it is; runs take turns where only some calls may be made at once.
    pub whose: Whose,
    /// The same for every try of this call after a crash: execution, effect, attempt.
    pub idempotency_key: String,
    /// The execution that calls.
    pub execution_arn: Arc<str>,
    /// The effect that the event answers.
    pub id: asl::EffectId,
    /// What is called, and with what.
    pub task: Arc<asl::TaskCall>,
}

/// How the executor is set.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who this server is among those that share the database; every start adds a number of its own.
    pub owner: String,
    /// No other server works on this database: unfinished runs are taken over at once.
    pub alone: bool,
    /// Children at once over all runs.
    pub max_concurrency: u32,
    /// Workers of a Map Run; a worker runs children that call nothing one after the other.
    pub workers: usize,
    /// Outcomes become durable after this time at the latest.
    pub commit_interval: Duration,
    /// Outcomes become durable when there are this many.
    pub commit_children: usize,
    /// Outcomes become durable when they take this many bytes, packed.
    pub commit_bytes: usize,
    /// A lost server's runs are taken over after this time.
    pub lease: Duration,
    /// Viewers are told of changes no more often than this.
    pub frame_interval: Duration,
    /// The account and region in ARNs.
    pub partition: model::Partition,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            owner: "local".into(),
            alone: true,
            max_concurrency: model::limits::MAX_CONCURRENCY,
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            commit_interval: Duration::from_millis(25),
            commit_children: 16_384,
            commit_bytes: 4 * 1024 * 1024,
            lease: Duration::from_secs(15),
            frame_interval: Duration::from_millis(500),
            partition: model::Partition::default(),
        }
    }
}
