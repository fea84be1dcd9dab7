//! How the parts of the house are put together.

use crate::config::Instance;
use crate::keys;
use anyhow::Context;
use model::Partition;
use service::secrets::Sealer;
use service::{Deps, Service};
use std::sync::Arc;
use store::Store;

/// The running parts.
pub struct House {
    /// The database.
    pub store: Store,
    /// The use cases.
    pub service: Arc<Service>,
}

/// Opens everything that an instance's options name.
pub async fn open(instance: &Instance) -> anyhow::Result<House> {
    std::fs::create_dir_all(&instance.data_dir)
        .with_context(|| format!("cannot make the data folder {}", instance.data_dir.display()))?;
    let store = Store::open(&instance.database_url()).await.context("cannot open the database")?;
    let partition =
        Partition { account: instance.aws_account_id.clone(), region: instance.aws_region.clone() };
    let sealer = Sealer::new(&keys::instance_key(&instance.data_dir)?);
    let service = Arc::new(Service::new(Deps { store: store.clone(), sealer, partition }));
    Ok(House { store, service })
}
