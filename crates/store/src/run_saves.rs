//! Parent executions as they go on: many steps of many runs in one transaction.

use crate::db::each;
use crate::task_tokens::{NewTaskToken, TaskTokens};
use crate::webhooks::tell_webhooks;
use crate::{Error, Store};
use model::{Run, RunId, WorkspaceId};

/// One step of a run, stored whole or not at all.
#[derive(Clone, Debug)]
pub struct RunSave {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The run as pages show it.
    pub run: Run,
    /// The execution as it stands, without its history.
    pub snapshot: Vec<u8>,
    /// The number of the history segment, and its events, if there are new ones.
    pub history: Option<(u32, Vec<u8>)>,
    /// Calls that wait for a worker from now on.
    pub tokens: Vec<NewTaskToken>,
    /// Calls that have ended.
    pub tokens_done: Vec<String>,
}

impl RunSave {
    /// The end of a run that has nothing else to store.
    pub fn bare(workspace: WorkspaceId, run: Run, snapshot: Vec<u8>) -> Self {
        Self { workspace, run, snapshot, history: None, tokens: Vec::new(), tokens_done: Vec::new() }
    }
}

impl Store {
    /// Stores steps of runs that `owner` holds. Answers for each whether it was stored: `false` when
    /// the lease is lost, and nothing of that step was written then. A run that has ended is let go.
    pub async fn save_runs(&self, saves: &[RunSave], owner: &str) -> Result<Vec<bool>, Error> {
        let details = saves
            .iter()
            .map(|save| serde_json::to_string(&save.run).map_err(|e| Error::unreadable("run", e)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut saved = Vec::with_capacity(saves.len());
        each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            for (save, detail) in saves.iter().zip(&details) {
                let held = sqlx::query(
                    "UPDATE runs SET status = $1, detail = $2, snapshot = $3,
                       lease_owner = CASE WHEN $1 = 'RUNNING' THEN lease_owner ELSE NULL END
                     WHERE id = $4 AND lease_owner = $5")
                    .bind(save.run.status.as_str())
                    .bind(detail)
                    .bind(save.snapshot.as_slice())
                    .bind(save.run.id.as_str())
                    .bind(owner)
                    .execute(&mut *tx).await?.rows_affected() > 0;
                saved.push(held);
                if !held {
                    continue;
                }
                tell_webhooks!(tx, save.workspace, &save.run);
                if let Some((number, data)) = &save.history {
                    sqlx::query(
                        "INSERT INTO run_history (run_id, number, data) VALUES ($1, $2, $3)
                         ON CONFLICT (run_id, number) DO UPDATE SET data = excluded.data")
                        .bind(save.run.id.as_str()).bind(i64::from(*number)).bind(data.as_slice())
                        .execute(&mut *tx).await?;
                }
                let tokens = TaskTokens { workspace: &save.workspace, run: &save.run.id };
                for mut query in tokens.insert(&save.tokens) {
                    query.build().execute(&mut *tx).await?;
                }
                for mut query in tokens.remove(&save.tokens_done) {
                    query.build().execute(&mut *tx).await?;
                }
            }
            tx.commit().await?;
        });
        Ok(saved)
    }

    /// The history of a run's parent execution, in segments.
    pub async fn history(&self, workspace: &WorkspaceId, run: &RunId) -> Result<Vec<Vec<u8>>, Error> {
        let rows: Vec<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT h.data FROM run_history h JOIN runs r ON r.id = h.run_id
             WHERE r.workspace_id = $1 AND r.id = $2 ORDER BY h.number")
            .bind(workspace.as_str()).bind(run.as_str()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(data,)| data).collect())
    }
}
