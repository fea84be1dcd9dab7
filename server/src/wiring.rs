//! How the parts of the house are put together.

use crate::config::Instance;
use crate::keys;
use anyhow::Context;
use model::{AddressPolicy, Partition};
use objects::{Embedded, EmbeddedOptions, Endpoint, Objects};
use service::secrets::Sealer;
use service::{Deps, Service, Stores};
use std::net::SocketAddr;
use std::sync::Arc;
use store::Store;

/// The running parts.
pub struct House {
    /// The database.
    pub store: Store,
    /// The use cases.
    pub service: Arc<Service>,
    /// The embedded object store, unless the operator gave another.
    pub embedded: Option<Embedded>,
}

impl House {
    /// Closes what is open, in order.
    pub async fn close(self) {
        if let Some(embedded) = &self.embedded {
            embedded.shutdown();
        }
        self.store.close().await;
    }
}

/// Opens everything that an instance's options name.
pub async fn open(instance: &Instance, s3_listen: SocketAddr) -> anyhow::Result<House> {
    std::fs::create_dir_all(&instance.data_dir)
        .with_context(|| format!("cannot make the data folder {}", instance.data_dir.display()))?;
    let store = Store::open(&instance.database_url()).await.context("cannot open the database")?;
    let partition =
        Partition { account: instance.aws_account_id.clone(), region: instance.aws_region.clone() };
    let sealer = Sealer::new(&keys::instance_key(&instance.data_dir)?);
    let (endpoint, embedded) = default_store(instance, s3_listen).await?;
    let policy = match instance.allow_private_addresses {
        true => AddressPolicy::private(),
        false => AddressPolicy::default(),
    };
    let default =
        Objects::new(endpoint, AddressPolicy::private()).context("cannot reach the object store")?;
    let stores = Stores::new(store.clone(), sealer.clone(), default, policy);
    let service = Arc::new(Service::new(Deps { store: store.clone(), sealer, partition, stores }));
    Ok(House { store, service, embedded })
}

/// The store for buckets that no connection names: the one the operator gave, or the embedded one.
async fn default_store(
    instance: &Instance,
    listen: SocketAddr,
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
    let options = EmbeddedOptions { listen, region: instance.aws_region.clone() };
    let (embedded, serve) = Embedded::open(&instance.data_dir.join("objects"), options)
        .await
        .context("cannot open the embedded object store")?;
    #[allow(
        clippy::disallowed_methods,
        reason = "ends with Embedded::shutdown, which serve and the commands call"
    )]
    tokio::spawn(serve);
    Ok((embedded.client_endpoint(), Some(embedded)))
}
