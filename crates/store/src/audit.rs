//! Who did what.

use crate::db::each;
use crate::{Error, Store};
use model::{Timestamp, WorkspaceId};

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AuditEntry {
    /// A time-sortable id.
    pub id: String,
    /// Who.
    pub actor: String,
    /// What was done: `job.save`, `run.launch` …
    pub action: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

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

    /// The newest `limit` lines of a workspace, newest first.
    pub async fn audit(&self, workspace: &WorkspaceId, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        let rows: Vec<(String, String, String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, actor, action, subject, at FROM audit WHERE workspace_id = $1
             ORDER BY id DESC LIMIT $2")
            .bind(workspace.as_str()).bind(i64::from(limit)).fetch_all(pool).await?);
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
}
