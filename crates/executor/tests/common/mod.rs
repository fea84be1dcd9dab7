//! A server's worth of executor for tests: a store, an embedded object store, functions.
#![allow(dead_code, reason = "every test uses its own part")]

pub mod proxy;

use executor::{Clock, Deps, Executor, FunctionCalls, Launch, Machine, Machines, ManifestRef, Options, Tasks};
use functions::{Functions, NoDirectory, NoObjects};
use futures::future::BoxFuture;
use model::{ExecutionType, Guards, Origin, Profile, Run, RunId, RunStatus, Timestamp, WorkspaceId};
use objects::{AddressPolicy, Embedded, EmbeddedOptions, Endpoint, Objects};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Store;

/// Everything that a restart of the server brings back, and the server itself.
pub struct Server {
    pub executor: Executor,
    pub store: Store,
    pub objects: Objects,
    pub tasks: Tasks,
    pub workspace: WorkspaceId,
    pub machines: Arc<TestMachines>,
    embedded: Embedded,
}

/// The machines that Task states start, by name.
#[derive(Default)]
pub struct TestMachines(Mutex<HashMap<String, (Arc<str>, ExecutionType)>>);

impl TestMachines {
    pub fn add(&self, name: &str, definition: &str, execution_type: ExecutionType) {
        self.0.lock().unwrap().insert(name.to_owned(), (definition.into(), execution_type));
    }
}

impl Machines for TestMachines {
    fn find<'a>(&'a self, _: &'a WorkspaceId, arn: &'a str) -> BoxFuture<'a, Result<Option<Machine>, String>> {
        let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
        let found = self.0.lock().unwrap().get(&name).cloned();
        let machine = found.map(|(definition, execution_type)| Machine {
            job_id: None,
            name,
            version: 1,
            definition,
            execution_type,
            profile: Profile::Strict,
        });
        Box::pin(std::future::ready(Ok(machine)))
    }
}

/// The workspace of all tests.
pub fn workspace() -> WorkspaceId {
    WorkspaceId::new(1, [1; 10])
}

impl Server {
    /// Starts on the files of `dir`.
    pub async fn start(dir: &Path, store: Store, options: Options) -> Self {
        Self::start_with(dir, store, options, Clock::system(), async |endpoint| endpoint).await
    }

    /// Starts with another clock, and another way to the object store.
    pub async fn start_with(
        dir: &Path,
        store: Store,
        options: Options,
        clock: Clock,
        way: impl AsyncFnOnce(Endpoint) -> Endpoint,
    ) -> Self {
        // Another test of this process may have done it.
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false).with_writer(std::io::stderr).try_init();
        let tasks = Tasks::default();
        let (embedded, serve) =
            Embedded::open(&dir.join("objects"), EmbeddedOptions::default()).await.expect("the embedded store opens");
        tasks.start("objects", executor::OnStop::Wait, serve);
        let endpoint = way(embedded.client_endpoint()).await;
        let objects = Objects::new(endpoint, AddressPolicy::private()).expect("a client is made");
        objects.create_bucket("data").await.expect("the bucket is made");
        let functions = Functions::new(functions::Options::default(), Arc::new(NoDirectory), Arc::new(NoObjects));
        let calls = FunctionCalls::new(functions, Arc::new(objects.clone()), clock.clone());
        let _ = store
            .add_workspace(
                &model::Workspace { id: workspace(), slug: "test".into(), name: "Test".into() },
                Timestamp(0),
            )
            .await;
        let machines = Arc::new(TestMachines::default());
        let deps = Deps {
            store: store.clone(),
            objects: Arc::new(objects.clone()),
            calls: Arc::new(calls),
            machines: Arc::clone(&machines) as Arc<dyn Machines>,
            clock,
        };
        let executor = Executor::start(deps, options, tasks.clone()).await.expect("the executor starts");
        Self { executor, store, objects, tasks, workspace: workspace(), machines, embedded }
    }

    /// Launches a definition under a name.
    pub async fn launch(&self, name: &str, definition: &str, input: &str, manifest: Option<ManifestRef>) -> RunId {
        let launch = self.planned(name, definition, input, manifest, ExecutionType::Standard);
        self.executor.launch(launch).await.expect("the run is launched").id
    }

    /// Launches an Express execution.
    pub async fn launch_express(&self, name: &str, definition: &str, input: &str) -> RunId {
        let launch = self.planned(name, definition, input, None, ExecutionType::Express);
        self.executor.launch(launch).await.expect("the run is launched").id
    }

    /// Launches a run that may stop early.
    pub async fn launch_guarded(&self, name: &str, definition: &str, input: &str, guards: Guards) -> RunId {
        let launch = self.planned(name, definition, input, None, ExecutionType::Standard);
        let launch = Launch { guards, ..launch };
        self.executor.launch(launch).await.expect("the run is launched").id
    }

    /// What happens when a name is used again.
    pub async fn planned_again(&self, name: &str, definition: &str) -> Result<Run, executor::Error> {
        self.executor.launch(self.planned(name, definition, "{}", None, ExecutionType::Standard)).await
    }

    fn planned(
        &self,
        name: &str,
        definition: &str,
        input: &str,
        manifest: Option<ManifestRef>,
        execution_type: ExecutionType,
    ) -> Launch {
        let partition = model::Partition::default();
        let arn = match execution_type {
            ExecutionType::Standard => partition.execution("machine", name),
            ExecutionType::Express => partition.express_execution("machine", name, "id"),
        };
        let run = Run {
            id: RunId::new(2, rand::random()),
            job_id: None,
            job_name: "machine".into(),
            job_version: 1,
            manifest_id: None,
            status: RunStatus::Running,
            arn: arn.as_str().into(),
            input: input.into(),
            output: None,
            error: None,
            cause: None,
            started_by: "test".into(),
            note: String::new(),
            started_at: Clock::system().now(),
            stopped_at: None,
            redrive_count: 0,
            redriven_at: None,
            origin: Origin { execution_type, ..Origin::default() },
        };
        Launch {
            workspace: self.workspace.clone(),
            run,
            definition: definition.into(),
            profile: Profile::Lenient,
            manifest,
            guards: Guards::default(),
        }
    }

    /// Waits until a run has ended.
    pub async fn ended(&self, run: &RunId) -> Run {
        let ended = self.executor.ended(&self.workspace, run);
        let ended = tokio::time::timeout(Duration::from_secs(120), ended).await;
        ended.expect("the run ends within two minutes").expect("the store answers")
    }

    /// The types of the events in the history of a run.
    pub async fn kinds(&self, run: &RunId) -> Vec<String> {
        let history = executor::run_history(&self.store, &self.workspace, run).await.expect("there is a history");
        history.iter().map(|event| event["type"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The only Map Run of a run.
    pub async fn map_run(&self, run: &RunId) -> model::MapRun {
        let mut all = self.store.map_runs(&self.workspace, run).await.expect("the store answers");
        assert_eq!(all.len(), 1);
        all.pop().expect("there is one")
    }

    /// Stops as a server does that is told to go.
    pub async fn stop(self) {
        self.executor.drain(Duration::from_secs(10)).await;
        self.embedded.shutdown();
        self.tasks.stop().await;
    }
}

/// JSON lines of numbered items.
pub async fn put_items(objects: &Objects, key: &str, items: u64) -> ManifestRef {
    let mut upload = objects.upload("data", key, objects::PutOptions::default());
    let mut text = String::new();
    for index in 0..items {
        text.push_str(&format!("{{\"id\":\"item-{index:08}\",\"n\":{index}}}\n"));
        if text.len() > 1 << 20 {
            upload.write(std::mem::take(&mut text).into()).await.expect("items are written");
        }
    }
    upload.write(text.into()).await.expect("items are written");
    upload.finish().await.expect("the object is complete");
    ManifestRef { bucket: "data".into(), key: key.into(), items }
}

/// A machine with one distributed Map over `states`, with more fields of the Map state.
pub fn machine(execution_type: &str, states: &str, more: &str) -> String {
    format!(
        r#"{{"StartAt":"Each","States":{{"Each":{{"Type":"Map","Label":"each","ItemProcessor":{{
            "ProcessorConfig":{{"Mode":"DISTRIBUTED","ExecutionType":"{execution_type}"}},{states}}}{more},"End":true}}}}}}"#
    )
}

/// `StartAt` and one Pass state.
pub const PASS: &str = r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","End":true}}"#;
