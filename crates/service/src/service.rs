//! What the use cases share.

use crate::attempts::Attempts;
use crate::secrets::Sealer;
use model::{Partition, Timestamp};
use store::Store;

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
    /// The time.
    pub fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map_or(0, |d| d.as_millis() as i64))
    }
}
