//! What a benchmark runs on: an embedded object store, functions, an executor.

use super::put_manifest;
use super::service::Service;
use crate::clock::Clock;
use crate::deps::{Deps, Options};
use crate::error::Error;
use crate::executor::Executor;
use crate::launch::Launch;
use crate::map_run::ManifestRef;
use crate::{FunctionCalls, NoMachines, OnStop, Tasks};
use functions::{Functions, NoObjects};
use model::{Guards, Profile, Run, RunId, RunStatus, WorkspaceId};
use objects::{AddressPolicy, Embedded, EmbeddedOptions, Objects};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

pub(super) const BUCKET: &str = "bench";

pub(super) struct Ground {
    pub(super) executor: Executor,
    pub(super) store: Store,
    objects: Objects,
    pub(super) functions: Functions,
    pub(super) workspace: WorkspaceId,
    clock: Clock,
    embedded: Embedded,
    tasks: Tasks,
}

impl Ground {
    pub(super) async fn start(store: Store, dir: &Path, tasks: Tasks, service: Service) -> Result<Self, Error> {
        let opened = Embedded::open(&dir.join("objects"), EmbeddedOptions::default()).await;
        let (embedded, serve) = opened.map_err(|e| failed("the object store does not open", &e))?;
        tasks.start("objects", OnStop::Wait, serve);
        let objects = Objects::new(embedded.client_endpoint(), AddressPolicy::private())
            .map_err(|e| failed("no client can be made", &e))?;
        objects.create_bucket(BUCKET).await.map_err(|e| failed("no bucket can be made", &e))?;
        let options = functions::Options { addresses: AddressPolicy::private(), ..functions::Options::default() };
        let functions = Functions::new(options, Arc::new(service), Arc::new(NoObjects));
        let clock = Clock::system();
        let calls = FunctionCalls::new(functions.clone(), Arc::new(objects.clone()), clock.clone());
        let deps = Deps {
            store: store.clone(),
            objects: Arc::new(objects.clone()),
            calls: Arc::new(calls),
            machines: Arc::new(NoMachines),
            clock: clock.clone(),
        };
        let executor = Executor::start(deps, Options::default(), tasks.clone()).await?;
        let workspace = workspace(&store).await?;
        Ok(Self { executor, store, objects, functions, workspace, clock, embedded, tasks })
    }

    /// Writes JSON lines to run over.
    pub(super) async fn manifest(&self, key: &str, items: u64) -> Result<ManifestRef, Error> {
        put_manifest(&self.objects, key, items).await.map_err(|e| failed("the manifest is not written", &e))
    }

    /// Launches a definition over a manifest.
    pub(super) async fn launch(&self, definition: String, manifest: ManifestRef) -> Result<RunId, Error> {
        let now = self.clock.now();
        let id = RunId::new(now.0, rand::random());
        let arn = model::Partition::default().execution(BUCKET, id.as_str());
        let run = Run {
            id: id.clone(),
            job_id: None,
            job_name: BUCKET.into(),
            job_version: 1,
            manifest_id: None,
            status: RunStatus::Running,
            arn: arn.as_str().into(),
            input: "{}".into(),
            output: None,
            error: None,
            cause: None,
            started_by: BUCKET.into(),
            note: String::new(),
            started_at: now,
            stopped_at: None,
            redrive_count: 0,
            redriven_at: None,
            origin: model::Origin::default(),
        };
        let launch = Launch {
            workspace: self.workspace.clone(),
            run,
            definition: definition.into(),
            profile: Profile::Strict,
            manifest: Some(manifest),
            guards: Guards::default(),
        };
        self.executor.launch(launch).await?;
        Ok(id)
    }

    pub(super) async fn stop(self) {
        self.executor.drain(Duration::from_secs(5)).await;
        self.embedded.shutdown();
        self.tasks.stop().await;
    }
}

pub(super) fn failed(what: &str, e: &dyn std::fmt::Display) -> Error {
    Error::Unreadable(format!("{what}: {e}"))
}

async fn workspace(store: &Store) -> Result<WorkspaceId, Error> {
    let id = WorkspaceId::new(0, *b"benchbench");
    let workspace = model::Workspace { id: id.clone(), slug: BUCKET.into(), name: "Bench".into() };
    match store.add_workspace(&workspace, model::Timestamp(0)).await {
        Ok(()) | Err(store::Error::Taken { .. }) => Ok(id),
        Err(error) => Err(error.into()),
    }
}
