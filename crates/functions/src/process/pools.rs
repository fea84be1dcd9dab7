//! The processes of all functions.

use super::job::Outcome;
use super::launch::{Home, Launch};
use super::{pipe, runtime};
use crate::invocation::Invocation;
use futures::future::BoxFuture;
use model::{Partition, ProcessFunction, WorkspaceId};
use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

const PYTHON_CLIENT: &str = include_str!("bootstrap/bootstrap.py");
const NODE_CLIENT: &str = include_str!("bootstrap/bootstrap.mjs");

/// How processes are run.
#[derive(Clone, Debug)]
pub struct ProcessOptions {
    /// A folder of this server's own: code of functions, clients of the Runtime API.
    pub home: PathBuf,
    /// The account and region in ARNs.
    pub partition: Partition,
    /// How long a process may wait for a call before it is stopped, in milliseconds.
    pub idle_ms: u64,
    /// How long a process may take to start beside the function's own time-out, in milliseconds.
    pub init_ms: u64,
}

impl ProcessOptions {
    /// Processes stop after five minutes without a call and have ten seconds to start, as on
    /// Lambda.
    pub fn new(home: PathBuf) -> Self {
        Self { home, partition: Partition::default(), idle_ms: 300_000, init_ms: 10_000 }
    }
}

/// The processes of all functions. Cheap to clone.
#[derive(Clone)]
pub struct Processes(Arc<Inner>);

struct Inner {
    options: ProcessOptions,
    spawner: Spawner,
    pools: Mutex<HashMap<(WorkspaceId, String), Pool>>,
}

impl std::fmt::Debug for Processes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Processes").field("home", &self.0.options.home).finish_non_exhaustive()
    }
}

impl Processes {
    /// Prepares the folder. The second value is the work behind it: nothing runs unless it is
    /// polled, and all processes are killed when it is dropped.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn new(options: ProcessOptions) -> io::Result<(Self, impl Future<Output = ()> + Send + use<>)> {
        std::fs::create_dir_all(clients(&options.home))?;
        let options = ProcessOptions { home: options.home.canonicalize()?, ..options };
        for (name, text) in [("bootstrap.py", PYTHON_CLIENT), ("bootstrap.mjs", NODE_CLIENT)] {
            std::fs::write(clients(&options.home).join(name), text)?;
        }
        let (spawner, starts) = unbounded_channel();
        let inner = Inner { options, spawner: Spawner(spawner), pools: Mutex::default() };
        Ok((Self(Arc::new(inner)), supervise(starts)))
    }

    /// Where the code of a function is unpacked that came as a package with this hash.
    pub fn code_dir(&self, workspace: &WorkspaceId, name: &str, sha256: &str) -> PathBuf {
        code_dir(&self.0.options.home, workspace, name).join(sha256)
    }

    /// Where all packages of a function are.
    pub fn packages_dir(&self, workspace: &WorkspaceId, name: &str) -> PathBuf {
        code_dir(&self.0.options.home, workspace, name)
    }

    /// The processes of a function; those of an earlier registration end after their calls.
    pub(crate) fn pool(
        &self,
        workspace: &WorkspaceId,
        name: &str,
        spec: &ProcessFunction,
        pipe: bool,
    ) -> Pool {
        let options = &self.0.options;
        let clients = clients(&options.home);
        let code = match &spec.package {
            Some(package) => self.code_dir(workspace, name, &package.sha256),
            None => PathBuf::from(&spec.directory),
        };
        let home = Home { clients: &clients, partition: &options.partition, code };
        let unit = Unit {
            arn: options.partition.function(name).0,
            spec: spec.clone(),
            launch: if pipe { Launch::pipe(spec, &home) } else { Launch::runtime(name, spec, &home) },
            idle: Duration::from_millis(options.idle_ms),
            init: Duration::from_millis(options.init_ms.saturating_add(spec.timeout_ms)),
            spawner: self.0.spawner.clone(),
        };
        let mut pools = self.pools();
        let key = (workspace.clone(), name.to_owned());
        if let Some(pool) = pools.get(&key) {
            if pool.is_of(&unit, pipe) {
                return pool.clone();
            }
            pool.retire();
        }
        let pool = match pipe {
            true => Pool::Pipe(pipe::Pool::new(unit)),
            false => Pool::Runtime(runtime::Pool::new(unit)),
        };
        pools.insert(key, pool.clone());
        pool
    }

    /// Ends the processes of a function after their calls: its code or registration changed.
    pub fn retire(&self, workspace: &WorkspaceId, name: &str) {
        if let Some(pool) = self.pools().remove(&(workspace.clone(), name.to_owned())) {
            pool.retire();
        }
    }

    fn pools(&self) -> MutexGuard<'_, HashMap<(WorkspaceId, String), Pool>> {
        // Nothing panics while it is held.
        self.0.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn clients(home: &Path) -> PathBuf {
    home.join("clients")
}

fn code_dir(home: &Path, workspace: &WorkspaceId, name: &str) -> PathBuf {
    home.join("code").join(workspace.as_str()).join(name)
}

/// What all processes of a function share.
pub(crate) struct Unit {
    /// The function's ARN.
    pub arn: String,
    /// As it was registered.
    pub spec: ProcessFunction,
    /// What is started.
    pub launch: Launch,
    /// How long a process waits for a call.
    pub idle: Duration,
    /// How long it may take until it asks for its first call.
    pub init: Duration,
    /// Starts the work around a process.
    pub spawner: Spawner,
}

/// Hands work to the one task that all processes are run by.
#[derive(Clone)]
pub(crate) struct Spawner(UnboundedSender<BoxFuture<'static, ()>>);

impl Spawner {
    /// Whether the work was taken: not once the server stops.
    pub fn spawn(&self, work: BoxFuture<'static, ()>) -> bool {
        self.0.send(work).is_ok()
    }
}

async fn supervise(mut starts: UnboundedReceiver<BoxFuture<'static, ()>>) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            start = starts.recv() => match start {
                Some(work) => drop(running.spawn(work)),
                None => return,
            },
            Some(ended) = running.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "the work around a function's process ended badly");
                }
            }
        }
    }
}

/// The processes of one function. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Pool {
    Runtime(Arc<runtime::Pool>),
    Pipe(Arc<pipe::Pool>),
}

impl Pool {
    /// Calls the function and waits for its answer.
    pub async fn call(&self, call: &Invocation) -> Outcome {
        match self {
            Self::Runtime(pool) => pool.call(call).await,
            Self::Pipe(pool) => pool.call(call).await,
        }
    }

    fn unit(&self) -> &Unit {
        match self {
            Self::Runtime(pool) => pool.unit(),
            Self::Pipe(pool) => pool.unit(),
        }
    }

    fn is_of(&self, unit: &Unit, pipe: bool) -> bool {
        let own = self.unit();
        matches!(self, Self::Pipe(_)) == pipe && own.spec == unit.spec && own.launch == unit.launch
    }

    fn retire(&self) {
        match self {
            Self::Runtime(pool) => pool.retire(),
            Self::Pipe(pool) => pool.retire(),
        }
    }
}
