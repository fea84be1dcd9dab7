//! Jobs and their versions.

use crate::db::each;
use crate::{Error, Store};
use model::{ExecutionType, Job, JobId, JobVersion, Timestamp, WorkspaceId};

type Row = (String, String, String, i64, Option<String>, i64, i64);

fn job((id, name, kind, latest, draft, created, updated): Row) -> Result<Job, Error> {
    let execution_type = match kind.as_str() {
        "EXPRESS" => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    Ok(Job {
        id: id.parse().map_err(|e| Error::unreadable("job id", e))?,
        name,
        execution_type,
        latest_version: latest as u32,
        draft,
        created_at: Timestamp(created),
        updated_at: Timestamp(updated),
    })
}

type VersionRow = (i64, String, String, String, String, i64);

fn version(
    (number, definition, settings, message, author, created): VersionRow,
) -> Result<JobVersion, Error> {
    let settings =
        serde_json::from_str(&settings).map_err(|e| Error::unreadable("settings of a version", e))?;
    Ok(JobVersion {
        version: number as u32,
        definition,
        settings,
        message,
        author,
        created_at: Timestamp(created),
    })
}

impl Store {
    /// Adds a job with its first version; the name must be new in the workspace.
    pub async fn add_job(&self, workspace: &WorkspaceId, job: &Job, first: &JobVersion) -> Result<(), Error> {
        let settings =
            serde_json::to_string(&first.settings).map_err(|e| Error::unreadable("settings", e))?;
        let added = each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            let added = sqlx::query(
                "INSERT INTO jobs (id, workspace_id, name, latest_version, draft, created_at, updated_at, type)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(job.id.as_str())
                .bind(workspace.as_str())
                .bind(&job.name)
                .bind(i64::from(first.version))
                .bind(&job.draft)
                .bind(job.created_at.0)
                .bind(job.updated_at.0)
                .bind(job.execution_type.as_str())
                .execute(&mut *tx).await;
            if added.is_ok() {
                sqlx::query(
                    "INSERT INTO job_versions (job_id, version, definition, message, author, created_at, settings)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)")
                    .bind(job.id.as_str())
                    .bind(i64::from(first.version))
                    .bind(&first.definition)
                    .bind(&first.message)
                    .bind(&first.author)
                    .bind(first.created_at.0)
                    .bind(&settings)
                    .execute(&mut *tx).await?;
                tx.commit().await?;
            }
            added.map(drop)
        });
        added.map_err(|e| Error::taken(e, "job", &job.name))
    }

    /// The jobs of a workspace, last changed first.
    pub async fn jobs(&self, workspace: &WorkspaceId) -> Result<Vec<Job>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, type, latest_version, draft, created_at, updated_at FROM jobs
             WHERE workspace_id = $1 ORDER BY updated_at DESC")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(job).collect()
    }

    /// One job of a workspace.
    pub async fn job(&self, workspace: &WorkspaceId, id: &JobId) -> Result<Option<Job>, Error> {
        let row: Option<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, type, latest_version, draft, created_at, updated_at FROM jobs
             WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).fetch_optional(pool).await?);
        row.map(job).transpose()
    }

    /// One job of a workspace by its name.
    pub async fn job_by_name(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<Job>, Error> {
        let row: Option<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, name, type, latest_version, draft, created_at, updated_at FROM jobs
             WHERE workspace_id = $1 AND name = $2")
            .bind(workspace.as_str()).bind(name).fetch_optional(pool).await?);
        row.map(job).transpose()
    }

    /// Keeps the definition that is being edited, and answers when the job changed: later than ever
    /// before, so that the time tells one state of the job from another. `None` when the job is not
    /// there, or was changed after `seen`.
    pub async fn save_draft(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        draft: &str,
        (now, seen): (Timestamp, Option<Timestamp>),
    ) -> Result<Option<Timestamp>, Error> {
        let saved: Option<(i64,)> = each!(self.write, pool => sqlx::query_as(
            "UPDATE jobs SET draft = $3,
               updated_at = CASE WHEN updated_at >= $4 THEN updated_at + 1 ELSE $4 END
             WHERE workspace_id = $1 AND id = $2 AND ($5 IS NULL OR updated_at = $5) RETURNING updated_at")
            .bind(workspace.as_str()).bind(id.as_str()).bind(draft).bind(now.0).bind(seen.map(|at| at.0))
            .fetch_optional(pool).await?);
        Ok(saved.map(|(at,)| Timestamp(at)))
    }

    /// Makes the next version and drops the draft. The version's number comes from here: two
    /// people who save at once get two numbers. `None` when the job is not there, or was changed
    /// after `seen`.
    pub async fn add_version(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        new: &JobVersion,
        seen: Option<Timestamp>,
    ) -> Result<Option<u32>, Error> {
        let settings = serde_json::to_string(&new.settings).map_err(|e| Error::unreadable("settings", e))?;
        let number: Option<(i64,)> = each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            let number: Option<(i64,)> = sqlx::query_as(
                "UPDATE jobs SET latest_version = latest_version + 1, draft = NULL,
                   updated_at = CASE WHEN updated_at >= $3 THEN updated_at + 1 ELSE $3 END
                 WHERE workspace_id = $1 AND id = $2 AND ($4 IS NULL OR updated_at = $4) RETURNING latest_version")
                .bind(workspace.as_str()).bind(id.as_str()).bind(new.created_at.0).bind(seen.map(|at| at.0))
                .fetch_optional(&mut *tx).await?;
            if let Some((number,)) = number {
                sqlx::query(
                    "INSERT INTO job_versions (job_id, version, definition, message, author, created_at, settings)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)")
                    .bind(id.as_str())
                    .bind(number)
                    .bind(&new.definition)
                    .bind(&new.message)
                    .bind(&new.author)
                    .bind(new.created_at.0)
                    .bind(&settings)
                    .execute(&mut *tx).await?;
            }
            tx.commit().await?;
            number
        });
        Ok(number.map(|(number,)| number as u32))
    }

    /// The versions of a job, newest first.
    pub async fn versions(&self, workspace: &WorkspaceId, id: &JobId) -> Result<Vec<JobVersion>, Error> {
        let rows: Vec<VersionRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT v.version, v.definition, v.settings, v.message, v.author, v.created_at FROM job_versions v
             JOIN jobs j ON j.id = v.job_id
             WHERE j.workspace_id = $1 AND j.id = $2 ORDER BY v.version DESC")
            .bind(workspace.as_str()).bind(id.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(version).collect()
    }

    /// One version of a job.
    pub async fn version(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        number: u32,
    ) -> Result<Option<JobVersion>, Error> {
        let row: Option<VersionRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT v.version, v.definition, v.settings, v.message, v.author, v.created_at FROM job_versions v
             JOIN jobs j ON j.id = v.job_id
             WHERE j.workspace_id = $1 AND j.id = $2 AND v.version = $3")
            .bind(workspace.as_str()).bind(id.as_str()).bind(i64::from(number))
            .fetch_optional(pool).await?);
        row.map(version).transpose()
    }

    /// Removes a job and its versions; its runs stay. Whether it was there, not changed after `seen`.
    pub async fn remove_job(
        &self,
        workspace: &WorkspaceId,
        id: &JobId,
        seen: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM jobs WHERE workspace_id = $1 AND id = $2 AND ($3 IS NULL OR updated_at = $3)")
            .bind(workspace.as_str()).bind(id.as_str()).bind(seen.map(|at| at.0))
            .execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
