//! Who did what.

use crate::db::each;
use crate::{Error, Store};
use model::{AuditEntry, Timestamp, WorkspaceId};

/// Sorts behind every ULID in any collation.
const BEHIND_EVERY_ID: &str = "ZZZZZZZZZZZZZZZZZZZZZZZZZZZ";

impl Store {
    /// Adds a line.
    pub async fn add_audit(&self, workspace: &WorkspaceId, entry: &AuditEntry) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO audit (id, workspace_id, actor, action, subject, at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&entry.id)
            .bind(workspace.as_str())
            .bind(&entry.actor)
            .bind(&entry.action)
            .bind(&entry.subject)
            .bind(entry.at.0)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Lines of a workspace, newest first: the `limit` newest ones older than `before`.
    pub async fn audit(
        &self,
        workspace: &WorkspaceId,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        let rows: Vec<(String, String, String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, actor, action, subject, at FROM audit WHERE workspace_id = $1 AND id < $2
             ORDER BY id DESC LIMIT $3")
            .bind(workspace.as_str()).bind(before.unwrap_or(BEHIND_EVERY_ID)).bind(i64::from(limit)).fetch_all(pool).await?);
        Ok(rows
            .into_iter()
            .map(|(id, actor, action, subject, at)| AuditEntry {
                id,
                actor,
                action,
                subject,
                at: Timestamp(at),
            })
            .collect())
    }

    /// How many lines a workspace has.
    pub async fn count_audit(&self, workspace: &WorkspaceId) -> Result<u64, Error> {
        let (count,): (i64,) = each!(self.read, pool => sqlx::query_as(
            "SELECT COUNT(*) FROM audit WHERE workspace_id = $1").bind(workspace.as_str()).fetch_one(pool).await?);
        Ok(count as u64)
    }
}
