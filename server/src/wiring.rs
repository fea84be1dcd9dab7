//! How the parts of the house are put together, and taken apart.

use crate::config::{Instance, Serve};
use crate::engine::Engine;
use crate::keys;
use anyhow::Context;
use executor::{Clock, Executor, FunctionCalls, OnStop, Tasks};
use functions::{Functions, ProcessOptions, Processes};
use model::{AddressPolicy, Partition};
use objects::{Embedded, EmbeddedOptions, Endpoint, Objects, TenantDoor};
use service::secrets::Sealer;
use service::states_api::RegisteredMachines;
use service::{Deps, Registered, Service, Stores, Webhooks, WorkspaceTenants};
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// The running parts.
pub struct House {
    /// The database.
    pub store: Store,
    /// The use cases.
    pub service: Arc<Service>,
    /// Everything that outlives a request.
    pub tasks: Tasks,
    embedded: Option<Embedded>,
    executor: Executor,
    engine: Engine,
}

/// Opens the database that an instance's options name.
pub async fn database(instance: &Instance) -> anyhow::Result<Store> {
    std::fs::create_dir_all(&instance.data_dir)
        .with_context(|| format!("cannot make the data folder {}", instance.data_dir.display()))?;
    Store::open(&instance.database_url()).await.context("cannot open the database")
}

/// Opens everything. Unfinished runs go on as soon as the executor has started.
pub async fn open(instance: &Instance, serve: &Serve) -> anyhow::Result<House> {
    let store = database(instance).await?;
    let tasks = Tasks::default();
    let partition =
        Partition { account: instance.aws_account_id.clone(), region: instance.aws_region.clone() };
    let sealer = Sealer::new(&keys::instance_key(&instance.data_dir)?);
    let policy = match instance.allow_private_addresses {
        true => AddressPolicy::private(),
        false => AddressPolicy::default(),
    };
    let (endpoint, embedded) = default_store(instance, serve, &tasks).await?;
    // The operator named this store, so it may be on this machine.
    let default =
        Objects::new(endpoint, AddressPolicy::private()).context("cannot reach the object store")?;
    let stores = Stores::new(store.clone(), sealer.clone(), default, policy.clone());
    let lambda = instance.lambda_endpoint.as_ref().map(|url| functions::LambdaService {
        url: url.clone(),
        region: instance.aws_region.clone(),
        access_key: instance.lambda_access_key.clone(),
        secret_key: instance.lambda_secret_key.clone(),
    });
    let webhooks = Webhooks::new(store.clone(), sealer.clone(), policy.clone());
    tasks.start("webhooks", OnStop::Drop, webhooks.work());
    let processes = processes(instance, serve, &partition, &tasks)?;
    let functions = Functions::new(
        functions::Options {
            partition: partition.clone(),
            addresses: policy,
            lambda,
            processes,
            ..Default::default()
        },
        Arc::new(Registered::new(store.clone(), sealer.clone())),
        Arc::new(stores.clone()),
    );
    let options = executor::Options {
        owner: format!("{}-{}", std::process::id(), serve.listen),
        alone: store.engine() == "sqlite",
        max_concurrency: serve.max_in_flight,
        partition: partition.clone(),
        ..Default::default()
    };
    let engine = Engine::start().context("cannot start the threads that runs work on")?;
    let executor = start_executor(&store, &stores, &functions, options, tasks.on(engine.handle())).await?;
    let deps =
        Deps { store: store.clone(), sealer, partition, stores, functions, executor: executor.clone() };
    let service = Arc::new(Service::new(deps));
    tasks.start("retention", OnStop::Drop, service.sweeper().work());
    Ok(House { store, service, tasks, embedded, executor, engine })
}

/// What runs functions as processes, where the operator allows it.
fn processes(
    instance: &Instance,
    serve: &Serve,
    partition: &Partition,
    tasks: &Tasks,
) -> anyhow::Result<Option<Processes>> {
    if !serve.allow_processes {
        return Ok(None);
    }
    let options = ProcessOptions::new(instance.data_dir.join("functions"));
    let (processes, work) = Processes::new(ProcessOptions { partition: partition.clone(), ..options })
        .context("cannot write the folder for functions")?;
    // Dropping the work kills the processes.
    tasks.start("processes of functions", OnStop::Drop, work);
    Ok(Some(processes))
}

async fn start_executor(
    store: &Store,
    stores: &Stores,
    functions: &Functions,
    options: executor::Options,
    tasks: Tasks,
) -> anyhow::Result<Executor> {
    let clock = Clock::system();
    let objects = Arc::new(stores.clone());
    let calls = Arc::new(FunctionCalls::new(functions.clone(), objects.clone(), clock.clone()));
    let machines = Arc::new(RegisteredMachines::new(store.clone()));
    let deps = executor::Deps { store: store.clone(), objects, calls, machines, clock };
    Executor::start(deps, options, tasks).await.context("cannot start the executor")
}

impl House {
    /// The embedded store as AWS clients reach it; `None` where the operator uses another store.
    pub fn tenant_door(&self) -> Option<TenantDoor> {
        let tenants = Arc::new(WorkspaceTenants(Arc::clone(&self.service)));
        self.embedded.as_ref().map(|embedded| embedded.tenant_door(tenants))
    }

    /// Stops and closes everything, in order: no new children and what has ended becomes durable,
    /// then the object store, then the database.
    pub async fn close(self, drain: Duration) {
        self.executor.drain(drain).await;
        if let Some(embedded) = &self.embedded {
            embedded.shutdown();
        }
        self.tasks.stop().await;
        drop(self.engine);
        self.store.close().await;
    }
}

/// The store for buckets that no connection names: the one the operator gave, or the embedded one.
async fn default_store(
    instance: &Instance,
    serve: &Serve,
    tasks: &Tasks,
) -> anyhow::Result<(Endpoint, Option<Embedded>)> {
    if let Some(url) = &instance.s3_endpoint {
        let endpoint = Endpoint {
            url: Some(url.clone()),
            region: instance.aws_region.clone(),
            path_style: true,
            access_key: instance.s3_access_key.clone(),
            secret_key: instance.s3_secret_key.clone(),
            session_token: None,
        };
        return Ok((endpoint, None));
    }
    let options = EmbeddedOptions { listen: serve.s3_listen, region: instance.aws_region.clone() };
    let (embedded, work) = Embedded::open(&instance.data_dir.join("objects"), options)
        .await
        .context("cannot open the embedded object store")?;
    tasks.start("embedded object store", OnStop::Wait, work);
    Ok((embedded.client_endpoint(), Some(embedded)))
}
