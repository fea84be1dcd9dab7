//! What the use cases share.

use crate::attempts::Attempts;
use crate::secrets::Sealer;
use crate::stores::Stores;
use model::{Partition, Timestamp};
use store::Store;

/// What the house is built from.
pub struct Deps {
    /// The database.
    pub store: Store,
    /// Seals secrets at rest.
    pub sealer: Sealer,
    /// The account and region in ARNs.
    pub partition: Partition,
    /// The object stores.
    pub stores: Stores,
}

/// The house behind the doors. Shared by all requests.
pub struct Service {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) partition: Partition,
    pub(crate) stores: Stores,
    pub(crate) attempts: Attempts,
    pub(crate) setup_lock: tokio::sync::Mutex<()>,
}

impl Service {
    /// Builds the house.
    pub fn new(deps: Deps) -> Self {
        let Deps { store, sealer, partition, stores } = deps;
        let (attempts, setup_lock) = (Attempts::default(), tokio::sync::Mutex::new(()));
        Self { store, sealer, partition, stores, attempts, setup_lock }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| d.as_millis() as i64))
    }

    /// The account and region in ARNs.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }
}
