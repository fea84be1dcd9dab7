//! Published versions of jobs.

use crate::db::each;
use crate::{Error, Store};
use model::{JobId, PublishedVersion, Timestamp, WorkspaceId};

type Row = (i64, i64, String, i64);

fn published((number, job_version, description, created): Row) -> PublishedVersion {
    PublishedVersion {
        number: number as u32,
        job_version: job_version as u32,
        description,
        created_at: Timestamp(created),
    }
}

impl Store {
    /// Publishes a version of a job under the next number. `None` when the job is not there.
    pub async fn publish(
        &self,
        workspace: &WorkspaceId,
        job: &JobId,
        new: PublishedVersion,
    ) -> Result<Option<PublishedVersion>, Error> {
        let number: Option<(i64,)> = each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            let number: Option<(i64,)> = sqlx::query_as(
                "UPDATE jobs SET published = published + 1 WHERE workspace_id = $1 AND id = $2 RETURNING published")
                .bind(workspace.as_str()).bind(job.as_str()).fetch_optional(&mut *tx).await?;
            if let Some((number,)) = number {
                sqlx::query(
                    "INSERT INTO published_versions (job_id, number, job_version, description, created_at)
                     VALUES ($1, $2, $3, $4, $5)")
                    .bind(job.as_str())
                    .bind(number)
                    .bind(i64::from(new.job_version))
                    .bind(&new.description)
                    .bind(new.created_at.0)
                    .execute(&mut *tx).await?;
            }
            tx.commit().await?;
            number
        });
        Ok(number.map(|(number,)| PublishedVersion { number: number as u32, ..new }))
    }

    /// The published versions of a job, newest first.
    pub async fn published(&self, workspace: &WorkspaceId, job: &JobId) -> Result<Vec<PublishedVersion>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT p.number, p.job_version, p.description, p.created_at FROM published_versions p
             JOIN jobs j ON j.id = p.job_id WHERE j.workspace_id = $1 AND j.id = $2 ORDER BY p.number DESC")
            .bind(workspace.as_str()).bind(job.as_str()).fetch_all(pool).await?);
        Ok(rows.into_iter().map(published).collect())
    }

    /// Takes a published version back; its number is not used again. Whether it was there.
    pub async fn unpublish(&self, workspace: &WorkspaceId, job: &JobId, number: u32) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM published_versions WHERE number = $3
             AND job_id IN (SELECT id FROM jobs WHERE workspace_id = $1 AND id = $2)")
            .bind(workspace.as_str()).bind(job.as_str()).bind(i64::from(number))
            .execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
