//! What the use cases share.

use crate::access_keys::AccessKeys;
use crate::accounts::Accounts;
use crate::retention::Sweeper;
use crate::secrets::Sealer;
use crate::states_api::Redrives;
use crate::stores::Stores;
use executor::Executor;
use functions::{Functions, Notifier};
use model::Partition;
use std::ops::Deref;
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
    /// What Task states call.
    pub functions: Functions,
    /// Runs what is launched.
    pub executor: Executor,
}

/// The house behind the doors. Shared by all requests.
pub struct Service {
    pub(crate) store: Store,
    pub(crate) sealer: Sealer,
    pub(crate) partition: Partition,
    pub(crate) stores: Stores,
    pub(crate) functions: Functions,
    pub(crate) executor: Executor,
    pub(crate) notifier: Notifier,
    accounts: Accounts,
    access_keys: AccessKeys,
    pub(crate) redrives: Redrives,
    pub(crate) sweeper: Sweeper,
}

/// The use cases of accounts are the house's too.
impl Deref for Service {
    type Target = Accounts;
    fn deref(&self) -> &Accounts {
        &self.accounts
    }
}

impl Service {
    /// Builds the house.
    pub fn new(deps: Deps) -> Self {
        let Deps { store, sealer, partition, stores, functions, executor } = deps;
        let accounts = Accounts::new(store.clone());
        let access_keys = AccessKeys::new(store.clone(), sealer.clone());
        let notifier = Notifier::new(stores.policy().clone());
        let sweeper = Sweeper::new(store.clone());
        let redrives = Redrives::default();
        Self { notifier, store, sealer, partition, stores, functions, executor, accounts, access_keys, redrives, sweeper }
    }

    /// The key pairs of AWS clients.
    pub fn access_keys(&self) -> &AccessKeys {
        &self.access_keys
    }

    /// The account and region in ARNs.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }
}
