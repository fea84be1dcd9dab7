//! Which workspace a bucket belongs to, and how it is reached.

use crate::db::each;
use crate::{Error, Store};
use model::{ConnectionId, WorkspaceId};

type Row = (String, Option<String>);

fn bucket((name, connection): Row) -> Result<(String, Option<ConnectionId>), Error> {
    let connection = connection.map(|id| id.parse()).transpose();
    Ok((name, connection.map_err(|e| Error::unreadable("connection id", e))?))
}

impl Store {
    /// Gives a bucket to a workspace. In the default store a name belongs to one workspace only.
    pub async fn add_bucket(
        &self,
        workspace: &WorkspaceId,
        name: &str,
        connection: Option<&ConnectionId>,
    ) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO buckets (workspace_id, name, connection_id) VALUES ($1, $2, $3)")
            .bind(workspace.as_str()).bind(name).bind(connection.map(ConnectionId::as_str))
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "bucket", name))
    }

    /// The buckets of a workspace, by name, with the connection of each.
    pub async fn buckets(&self, workspace: &WorkspaceId) -> Result<Vec<(String, Option<ConnectionId>)>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, connection_id FROM buckets WHERE workspace_id = $1 ORDER BY name")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(bucket).collect()
    }

    /// One bucket of a workspace: its connection, or none for the default store.
    pub async fn bucket(
        &self,
        workspace: &WorkspaceId,
        name: &str,
    ) -> Result<Option<Option<ConnectionId>>, Error> {
        let row: Option<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, connection_id FROM buckets WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).fetch_optional(pool).await?);
        row.map(|row| bucket(row).map(|(_, connection)| connection)).transpose()
    }

    /// Takes a bucket from a workspace; the bucket itself stays. Whether it was there.
    pub async fn remove_bucket(&self, workspace: &WorkspaceId, name: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM buckets WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }

    /// How many workspaces there are.
    pub async fn count_workspaces(&self) -> Result<u64, Error> {
        let (count,): (i64,) = each!(self.read, pool =>
            sqlx::query_as("SELECT COUNT(*) FROM workspaces").fetch_one(pool).await?);
        Ok(count as u64)
    }
}
