//! Which object store holds a bucket, and whether the workspace may use it. The executor and the
//! functions go through here too, so a definition reaches no other workspace's objects.

use crate::Error;
use crate::secrets::Sealer;
use model::{AddressPolicy, Connection, ConnectionId, WorkspaceId};
use objects::{Endpoint, Objects};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;

/// Every object store that workspaces reach. Cheap to clone.
#[derive(Clone)]
pub struct Stores {
    store: Store,
    sealer: Sealer,
    default: Objects,
    policy: AddressPolicy,
    clients: Arc<Mutex<HashMap<ConnectionId, Objects>>>,
}

impl Stores {
    /// `default` holds the buckets that no connection names.
    pub fn new(store: Store, sealer: Sealer, default: Objects, policy: AddressPolicy) -> Self {
        Self { store, sealer, default, policy, clients: Arc::default() }
    }

    /// Which addresses workspaces may reach.
    pub(crate) fn policy(&self) -> &AddressPolicy {
        &self.policy
    }

    /// The default store, for the server's own buckets.
    pub fn default_store(&self) -> &Objects {
        &self.default
    }

    /// The client for a bucket of a workspace. A bucket that nobody owns yet (made with the store's
    /// own keys) becomes the workspace's when it is the only workspace there is.
    pub async fn of_bucket(&self, workspace: &WorkspaceId, bucket: &str) -> Result<Objects, Error> {
        match self.store.bucket(workspace, bucket).await? {
            Some(None) => Ok(self.default.clone()),
            Some(Some(connection)) => self.of_connection(workspace, &connection).await,
            None if self.store.count_workspaces().await? == 1 && self.exists(bucket).await => {
                self.store.add_bucket(workspace, bucket, None).await?;
                Ok(self.default.clone())
            }
            None => Err(Error::not_found("bucket", bucket)),
        }
    }

    /// The client of a connection.
    pub async fn of_connection(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Result<Objects, Error> {
        let all = self.store.connections(workspace).await?;
        let found = all.into_iter().find(|(connection, _)| connection.id == *id);
        let (connection, sealed) = found.ok_or_else(|| Error::not_found("connection", id))?;
        let known = self.clients.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(client) = known {
            return Ok(client);
        }
        let client = self.client(&connection, self.sealer.open(&sealed)?)?;
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), client.clone());
        Ok(client)
    }

    /// A client for a connection that may not be saved yet.
    pub fn client(&self, connection: &Connection, secret_key: String) -> Result<Objects, Error> {
        let endpoint = Endpoint {
            url: connection.endpoint.clone(),
            region: connection.region.clone(),
            path_style: connection.path_style,
            access_key: connection.access_key.clone(),
            secret_key,
            session_token: None,
        };
        Objects::new(endpoint, self.policy.clone()).map_err(|e| Error::invalid("endpoint", e.to_string()))
    }

    /// Forgets the client of a connection that was removed.
    pub fn forget(&self, id: &ConnectionId) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    async fn exists(&self, bucket: &str) -> bool {
        self.default.list_buckets().await.is_ok_and(|all| all.iter().any(|name| name == bucket))
    }
}

impl From<objects::Error> for Error {
    fn from(error: objects::Error) -> Self {
        match error.status() {
            // The store understood, and what was asked for is wrong.
            Some(400) => Self::invalid("", error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
