//! What the use cases share.

use crate::attempts::Attempts;
use crate::secrets::Sealer;
use model::{Partition, Timestamp};
use store::Store;

/// What the house is built from.
#[derive(Debug)]
pub struct Deps {
    /// The database.
    pub store: Store,
    /// Seals secrets at rest.
    pub sealer: Sealer,
    /// The account and region in ARNs.
    pub partition: Partition,
}

/// The house behind the doors. Shared by all requests.
#[derive(Debug)]
pub struct Service {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) partition: Partition,
    pub(crate) attempts: Attempts,
    pub(crate) setup_lock: tokio::sync::Mutex<()>,
}

impl Service {
    /// Builds the house.
    pub fn new(deps: Deps) -> Self {
        let Deps { store, sealer, partition } = deps;
        Self {
            store,
            sealer,
            partition,
            attempts: Attempts::default(),
            setup_lock: tokio::sync::Mutex::new(()),
        }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| d.as_millis() as i64))
    }
}
