//! Connections and registered functions. Secrets arrive sealed and leave sealed.

use crate::db::each;
use crate::{Error, Store};
use model::{Connection, ConnectionId, Timestamp, WorkspaceId};

type Row = (String, String, Option<String>, String, i64, String, String);

fn connection(
    (id, name, endpoint, region, path_style, access_key, sealed): Row,
) -> Result<(Connection, String), Error> {
    let id = id.parse().map_err(|e| Error::unreadable("connection id", e))?;
    Ok((Connection { id, name, endpoint, region, path_style: path_style != 0, access_key }, sealed))
}

/// A registered function as it is stored: the name, its sealed kind, and when it changed.
pub type SealedFunction = (String, String, Timestamp);

impl Store {
    /// Adds a connection; the name must be new in the workspace.
    pub async fn add_connection(
        &self,
        workspace: &WorkspaceId,
        connection: &Connection,
        sealed_secret: &str,
    ) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO connections
               (id, workspace_id, name, endpoint, region, path_style, access_key, sealed_secret)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(connection.id.as_str())
            .bind(workspace.as_str())
            .bind(&connection.name)
            .bind(&connection.endpoint)
            .bind(&connection.region)
            .bind(i64::from(connection.path_style))
            .bind(&connection.access_key)
            .bind(sealed_secret)
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "connection", &connection.name))
    }

    /// The connections of a workspace with their sealed secrets, by name.
    pub async fn connections(&self, workspace: &WorkspaceId) -> Result<Vec<(Connection, String)>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, endpoint, region, path_style, access_key, sealed_secret FROM connections
             WHERE workspace_id = $1 ORDER BY name")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(connection).collect()
    }

    /// Removes a connection. Whether it was there.
    pub async fn remove_connection(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM connections WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }

    /// Registers a function, or changes one: what it is, sealed, and when. The answer is the moment of
    /// the change, later than any before; `None` when `seen` is not the last change.
    pub async fn put_function(
        &self,
        workspace: &WorkspaceId,
        name: &str,
        (sealed_kind, now): (&str, Timestamp),
        seen: Option<Timestamp>,
    ) -> Result<Option<Timestamp>, Error> {
        let at: Option<(i64,)> = match seen {
            None => each!(self.write, pool => sqlx::query_as(
                "INSERT INTO functions (workspace_id, name, sealed_kind, updated_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (workspace_id, name) DO UPDATE SET sealed_kind = excluded.sealed_kind,
                   updated_at = CASE WHEN functions.updated_at >= excluded.updated_at
                     THEN functions.updated_at + 1 ELSE excluded.updated_at END
                 RETURNING updated_at")
                .bind(workspace.as_str()).bind(name).bind(sealed_kind).bind(now.0).fetch_optional(pool).await?),
            Some(seen) => each!(self.write, pool => sqlx::query_as(
                "UPDATE functions SET sealed_kind = $3,
                   updated_at = CASE WHEN updated_at >= $4 THEN updated_at + 1 ELSE $4 END
                 WHERE workspace_id = $1 AND name = $2 AND updated_at = $5 RETURNING updated_at")
                .bind(workspace.as_str()).bind(name).bind(sealed_kind).bind(now.0).bind(seen.0)
                .fetch_optional(pool).await?),
        };
        Ok(at.map(|(at,)| Timestamp(at)))
    }

    /// The functions of a workspace, by name.
    pub async fn functions(&self, workspace: &WorkspaceId) -> Result<Vec<SealedFunction>, Error> {
        let rows: Vec<(String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, sealed_kind, updated_at FROM functions WHERE workspace_id = $1 ORDER BY name")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(name, kind, at)| (name, kind, Timestamp(at))).collect())
    }

    /// One function of a workspace.
    pub async fn function(
        &self,
        workspace: &WorkspaceId,
        name: &str,
    ) -> Result<Option<SealedFunction>, Error> {
        let row: Option<(String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, sealed_kind, updated_at FROM functions WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).fetch_optional(pool).await?);
        Ok(row.map(|(name, kind, at)| (name, kind, Timestamp(at))))
    }

    /// Removes a function. Whether it was there.
    pub async fn remove_function(&self, workspace: &WorkspaceId, name: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM functions WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
