//! Key pairs for AWS clients. Secrets arrive sealed and leave sealed.

use crate::db::each;
use crate::{Error, Store};
use model::{AccessKey, Permission, Timestamp, WorkspaceId};

type Row = (String, String, String, i64, Option<i64>);

fn key((id, name, scopes, created, used): Row) -> AccessKey {
    AccessKey {
        id,
        name,
        scopes: scopes.split(' ').filter_map(Permission::parse).collect(),
        created_at: Timestamp(created),
        last_used_at: used.map(Timestamp),
    }
}

impl Store {
    /// Keeps a new access key; its id must be new in the instance.
    pub async fn add_access_key(
        &self,
        workspace: &WorkspaceId,
        key: &AccessKey,
        sealed_secret: &str,
    ) -> Result<(), Error> {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        each!(self.write, pool => sqlx::query(
            "INSERT INTO access_keys (id, workspace_id, name, sealed_secret, scopes, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&key.id)
            .bind(workspace.as_str())
            .bind(&key.name)
            .bind(sealed_secret)
            .bind(scopes.join(" "))
            .bind(key.created_at.0)
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "access key", &key.id))
    }

    /// The access keys of a workspace, newest first.
    pub async fn access_keys(&self, workspace: &WorkspaceId) -> Result<Vec<AccessKey>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, scopes, created_at, last_used_at FROM access_keys
             WHERE workspace_id = $1 ORDER BY created_at DESC, id")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(key).collect())
    }

    /// The access key with an id, its workspace and its sealed secret.
    pub async fn access_key(&self, id: &str) -> Result<Option<(WorkspaceId, AccessKey, String)>, Error> {
        type Found = (String, String, String, String, String, i64, Option<i64>);
        let row: Option<Found> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, sealed_secret, id, name, scopes, created_at, last_used_at FROM access_keys
             WHERE id = $1")
            .bind(id).fetch_optional(pool).await?);
        row.map(|(workspace, sealed, id, name, scopes, created, used)| {
            let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
            Ok((workspace, key((id, name, scopes, created, used)), sealed))
        })
        .transpose()
    }

    /// Notes that an access key was used.
    pub async fn touch_access_key(&self, id: &str, now: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("UPDATE access_keys SET last_used_at = $2 WHERE id = $1")
            .bind(id).bind(now.0).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Revokes an access key. Whether it was there.
    pub async fn remove_access_key(&self, workspace: &WorkspaceId, id: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM access_keys WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
