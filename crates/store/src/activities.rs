//! Activities: named queues of tasks. The tasks themselves are the executor's.

use crate::db::each;
use crate::{Error, Store};
use model::{Activity, Timestamp, WorkspaceId};

fn activity((name, created): (String, i64)) -> Activity {
    Activity { name, created_at: Timestamp(created) }
}

impl Store {
    /// Makes an activity, unless it is there; answers it as it is.
    pub async fn add_activity(&self, workspace: &WorkspaceId, name: &str, now: Timestamp) -> Result<Activity, Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO activities (workspace_id, name, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (workspace_id, name) DO NOTHING")
            .bind(workspace.as_str()).bind(name).bind(now.0).execute(pool).await.map(drop)?);
        let found = self.activity(workspace, name).await?;
        Ok(found.unwrap_or(Activity { name: name.to_owned(), created_at: now }))
    }

    /// One activity of a workspace.
    pub async fn activity(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<Activity>, Error> {
        let row: Option<(String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, created_at FROM activities WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).fetch_optional(pool).await?);
        Ok(row.map(activity))
    }

    /// The activities of a workspace after a name, by name, `limit` at most.
    pub async fn activities(&self, workspace: &WorkspaceId, after: &str, limit: u32) -> Result<Vec<Activity>, Error> {
        let rows: Vec<(String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT name, created_at FROM activities WHERE workspace_id = $1 AND name > $2 ORDER BY name LIMIT $3")
            .bind(workspace.as_str()).bind(after).bind(i64::from(limit)).fetch_all(pool).await?);
        Ok(rows.into_iter().map(activity).collect())
    }

    /// Removes an activity. Whether it was there.
    pub async fn remove_activity(&self, workspace: &WorkspaceId, name: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM activities WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
