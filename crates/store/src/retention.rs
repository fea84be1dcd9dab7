//! Policies of retention, and dropping what they do not keep.

use crate::db::each;
use crate::{Error, Store};
use model::{Retention, RunId, Timestamp, WorkspaceId};

impl Store {
    /// A workspace's policy; everything is kept when it has none.
    pub async fn retention(&self, workspace: &WorkspaceId) -> Result<Retention, Error> {
        let row: Option<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT policy FROM retention WHERE workspace_id = $1")
            .bind(workspace.as_str()).fetch_optional(pool).await?);
        row.map_or(Ok(Retention::default()), |(policy,)| parse(&policy))
    }

    /// Sets a workspace's policy.
    pub async fn set_retention(&self, workspace: &WorkspaceId, policy: &Retention) -> Result<(), Error> {
        let text = serde_json::to_string(policy).map_err(|e| Error::unreadable("retention", e))?;
        each!(self.write, pool => sqlx::query(
            "INSERT INTO retention (workspace_id, policy) VALUES ($1, $2)
             ON CONFLICT (workspace_id) DO UPDATE SET policy = excluded.policy")
            .bind(workspace.as_str()).bind(text).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The policies of all workspaces that have one.
    pub async fn retentions(&self) -> Result<Vec<(WorkspaceId, Retention)>, Error> {
        let rows: Vec<(String, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, policy FROM retention").fetch_all(pool).await?);
        let parsed = rows.into_iter().map(|(workspace, policy)| {
            let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
            Ok((workspace, parse(&policy)?))
        });
        parsed.collect()
    }

    /// The next runs after `after`, by id, that began before `before`, have ended, and still have
    /// payloads to drop where `untrimmed`.
    pub async fn ended_runs(
        &self,
        workspace: &WorkspaceId,
        before: Timestamp,
        after: Option<&RunId>,
        untrimmed: bool,
    ) -> Result<Vec<(RunId, Timestamp)>, Error> {
        const PAGE: i64 = 200;
        let trimmed_below: i64 = if untrimmed { TRIMMED } else { i64::MAX };
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM runs
             WHERE workspace_id = $1 AND id > $2 AND id < $3 AND status <> 'RUNNING' AND trimmed < $4
             ORDER BY id LIMIT $5")
            .bind(workspace.as_str())
            .bind(after.map_or("", RunId::as_str))
            .bind(RunId::new(before.0, [0; 10]).as_str())
            .bind(trimmed_below)
            .bind(PAGE)
            .fetch_all(pool).await?);
        let ended = rows.iter().map(|(detail,)| {
            let run: model::Run = serde_json::from_str(detail).map_err(|e| Error::unreadable("run", e))?;
            Ok((run.id, run.stopped_at.unwrap_or(run.started_at)))
        });
        ended.collect()
    }

    /// Begins to drop the payloads of a run that has ended: from now on it cannot be redriven.
    /// `false` when it runs, or somebody holds it.
    pub async fn begin_trim(&self, workspace: &WorkspaceId, run: &RunId, now: Timestamp) -> Result<bool, Error> {
        let begun = each!(self.write, pool => sqlx::query(
            "UPDATE runs SET trimmed = 1 WHERE workspace_id = $1 AND id = $2 AND status <> 'RUNNING'
             AND (lease_owner IS NULL OR lease_until < $3)")
            .bind(workspace.as_str()).bind(run.as_str()).bind(now.0).execute(pool).await?.rows_affected());
        Ok(begun > 0)
    }

    /// Notes that nothing is left to drop.
    pub async fn end_trim(&self, workspace: &WorkspaceId, run: &RunId) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("UPDATE runs SET trimmed = $1 WHERE workspace_id = $2 AND id = $3")
            .bind(TRIMMED).bind(workspace.as_str()).bind(run.as_str()).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Whether payloads of a run were dropped, or are being dropped.
    pub async fn is_trimmed(&self, workspace: &WorkspaceId, run: &RunId) -> Result<bool, Error> {
        let row: Option<(i64,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT trimmed FROM runs WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(run.as_str()).fetch_optional(pool).await?);
        Ok(row.is_some_and(|(trimmed,)| trimmed > 0))
    }

    /// Puts other records in the place of segments'; their keys stay.
    pub async fn replace_segments(&self, map_run: &str, segments: &[(u32, Vec<u8>)]) -> Result<(), Error> {
        each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            for (number, data) in segments {
                sqlx::query("UPDATE segments SET data = $1 WHERE map_run_id = $2 AND number = $3")
                    .bind(data.as_slice()).bind(map_run).bind(i64::from(*number))
                    .execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(())
    }
}

const TRIMMED: i64 = 2;

fn parse(policy: &str) -> Result<Retention, Error> {
    serde_json::from_str(policy).map_err(|e| Error::unreadable("retention", e))
}
