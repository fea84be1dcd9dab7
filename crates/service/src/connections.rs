//! Connections to object stores outside this server.

use crate::context::Cx;
use crate::secrets::random;
use crate::{Error, Service};
use model::{Connection, ConnectionId, Permission};
use serde::Deserialize;

/// A connection to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewConnection {
    /// Its name in the workspace.
    pub name: String,
    /// `https://…`; empty or absent = Amazon S3.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// For example `eu-west-1`.
    pub region: String,
    /// Bucket in the path instead of the host name: what most stores but Amazon's want.
    #[serde(default)]
    pub path_style: bool,
    /// The access key id.
    pub access_key: String,
    /// The secret key; sealed at rest, never shown again.
    pub secret_key: String,
}

impl Service {
    /// The workspace's connections, by name.
    pub async fn connections(&self, cx: &Cx) -> Result<Vec<Connection>, Error> {
        cx.require(Permission::Read)?;
        let all = self.store.connections(&cx.workspace.id).await?;
        Ok(all.into_iter().map(|(connection, _)| connection).collect())
    }

    /// Makes a connection, after the store has answered.
    pub async fn create_connection(&self, cx: &Cx, new: NewConnection) -> Result<Connection, Error> {
        cx.require(Permission::Administer)?;
        if new.name.trim().is_empty() {
            return Err(Error::invalid("name", "Give the connection a name."));
        }
        let visible = |text: &str| (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        let region = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !(1..=64).contains(&new.region.len()) || !new.region.bytes().all(region) {
            return Err(Error::invalid("region", "A region has letters, digits and -, for example eu-west-1."));
        }
        for (field, text) in [("access_key", &new.access_key), ("secret_key", &new.secret_key)] {
            if !visible(text) {
                return Err(Error::invalid(field, "1 to 256 visible ASCII characters."));
            }
        }
        let connection = Connection {
            id: ConnectionId::new(cx.now.0, random()),
            name: new.name.trim().to_owned(),
            endpoint: new.endpoint.filter(|url| !url.trim().is_empty()),
            region: new.region,
            path_style: new.path_style,
            access_key: new.access_key,
        };
        let client = self.stores.client(&connection, new.secret_key.clone())?;
        // What was asked for is at fault, not this server.
        client.test_connection(None).await.map_err(|e| Error::invalid("endpoint", e.to_string()))?;
        let sealed = self.sealer.seal(&new.secret_key)?;
        self.store.add_connection(&cx.workspace.id, &connection, &sealed).await?;
        self.note(cx, "connection.create", &connection.name).await?;
        Ok(connection)
    }

    /// The names of the buckets that a connection may list; also tests it.
    pub async fn test_connection(&self, cx: &Cx, id: &ConnectionId) -> Result<Vec<String>, Error> {
        cx.require(Permission::Edit)?;
        Ok(self.stores.of_connection(&cx.workspace.id, id).await?.list_buckets().await?)
    }

    /// Removes a connection; its buckets are no longer known here.
    pub async fn delete_connection(&self, cx: &Cx, id: &ConnectionId) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_connection(&cx.workspace.id, id).await? {
            return Err(Error::not_found("connection", id));
        }
        self.stores.forget(id);
        self.note(cx, "connection.delete", id.as_str()).await
    }
}
