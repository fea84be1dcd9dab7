//! API tokens: only their hashes are kept.

use crate::db::each;
use crate::{Error, Store};
use model::{ApiToken, Permission, Timestamp, TokenId, WorkspaceId};

type Row = (String, String, String, i64, Option<i64>, Option<i64>);

fn token((id, name, scopes, created, expires, used): Row) -> Result<ApiToken, Error> {
    Ok(ApiToken {
        id: id.parse().map_err(|e| Error::unreadable("token id", e))?,
        name,
        scopes: scopes.split(' ').filter_map(Permission::parse).collect(),
        created_at: Timestamp(created),
        expires_at: expires.map(Timestamp),
        last_used_at: used.map(Timestamp),
    })
}

impl Store {
    /// Keeps a new token.
    pub async fn add_token(
        &self,
        workspace: &WorkspaceId,
        token: &ApiToken,
        hash: &str,
    ) -> Result<(), Error> {
        let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        each!(self.write, pool => sqlx::query(
            "INSERT INTO api_tokens (id, workspace_id, name, token_hash, scopes, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(token.id.as_str())
            .bind(workspace.as_str())
            .bind(&token.name)
            .bind(hash)
            .bind(scopes.join(" "))
            .bind(token.created_at.0)
            .bind(token.expires_at.map(|at| at.0))
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The tokens of a workspace, newest first.
    pub async fn tokens(&self, workspace: &WorkspaceId) -> Result<Vec<ApiToken>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM api_tokens
             WHERE workspace_id = $1 ORDER BY id DESC")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(token).collect()
    }

    /// The token with a hash, and its workspace, while it works.
    pub async fn token_by_hash(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<(WorkspaceId, ApiToken)>, Error> {
        type Found = (String, String, String, String, i64, Option<i64>, Option<i64>);
        let row: Option<Found> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, id, name, scopes, created_at, expires_at, last_used_at FROM api_tokens
             WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)")
            .bind(hash).bind(now.0).fetch_optional(pool).await?);
        row.map(|(workspace, id, name, scopes, created, expires, used)| {
            let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
            Ok((workspace, token((id, name, scopes, created, expires, used))?))
        })
        .transpose()
    }

    /// Notes that a token was used.
    pub async fn touch_token(&self, id: &TokenId, now: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1")
            .bind(id.as_str()).bind(now.0).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Revokes a token. Whether it was there.
    pub async fn remove_token(&self, workspace: &WorkspaceId, id: &TokenId) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM api_tokens WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
