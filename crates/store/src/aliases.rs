//! Aliases of published versions.

use crate::db::each;
use crate::{Error, Store};
use model::{Alias, JobId, WorkspaceId};

fn alias((detail,): (String,)) -> Result<Alias, Error> {
    serde_json::from_str(&detail).map_err(|e| Error::unreadable("alias", e))
}

impl Store {
    /// Adds an alias to a job of the workspace; the name must be new in the job.
    pub async fn add_alias(&self, workspace: &WorkspaceId, job: &JobId, new: &Alias) -> Result<(), Error> {
        let detail = serde_json::to_string(new).map_err(|e| Error::unreadable("alias", e))?;
        each!(self.write, pool => sqlx::query(
            "INSERT INTO aliases (job_id, name, detail)
             SELECT id, $3, $4 FROM jobs WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(job.as_str()).bind(&new.name).bind(detail)
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "alias", &new.name))
    }

    /// Writes an alias over. Whether it was there.
    pub async fn change_alias(&self, workspace: &WorkspaceId, job: &JobId, new: &Alias) -> Result<bool, Error> {
        let detail = serde_json::to_string(new).map_err(|e| Error::unreadable("alias", e))?;
        let changed = each!(self.write, pool => sqlx::query(
            "UPDATE aliases SET detail = $4 WHERE name = $3
             AND job_id IN (SELECT id FROM jobs WHERE workspace_id = $1 AND id = $2)")
            .bind(workspace.as_str()).bind(job.as_str()).bind(&new.name).bind(detail)
            .execute(pool).await?.rows_affected());
        Ok(changed > 0)
    }

    /// The aliases of a job, by name.
    pub async fn aliases(&self, workspace: &WorkspaceId, job: &JobId) -> Result<Vec<Alias>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT a.detail FROM aliases a JOIN jobs j ON j.id = a.job_id
             WHERE j.workspace_id = $1 AND j.id = $2 ORDER BY a.name")
            .bind(workspace.as_str()).bind(job.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(alias).collect()
    }

    /// Removes an alias. Whether it was there.
    pub async fn remove_alias(&self, workspace: &WorkspaceId, job: &JobId, name: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM aliases WHERE name = $3
             AND job_id IN (SELECT id FROM jobs WHERE workspace_id = $1 AND id = $2)")
            .bind(workspace.as_str()).bind(job.as_str()).bind(name).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
