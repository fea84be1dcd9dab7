//! Runs: the parent executions, who works on them, and what was done to them.

use crate::db::each;
use crate::webhooks::tell_webhooks;
use crate::{Error, Store};
use model::{JobId, Operation, Run, RunId, RunStatus, Timestamp, WorkspaceId};

/// A run with what the executor needs to go on with it.
#[derive(Clone, Debug)]
pub struct StoredRun {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// What pages show.
    pub run: Run,
    /// Definition and settings as launched, JSON text of the executor.
    pub launch: String,
    /// The parent execution as it stands, bytes of the executor; empty before it began.
    pub snapshot: Vec<u8>,
}

/// Which runs a list shows.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Only these; all when empty.
    pub statuses: Vec<RunStatus>,
    /// Only of this job.
    pub job: Option<JobId>,
    /// Only older ones than this.
    pub before: Option<RunId>,
}

/// Adds a filter's conditions; a macro, since the two engines' builders are two types.
macro_rules! narrow {
    ($query:ident, $workspace:expr, $filter:expr) => {
        $query.push("workspace_id = ").push_bind($workspace.as_str().to_owned());
        if let Some(job) = &$filter.job {
            $query.push(" AND job_id = ").push_bind(job.as_str().to_owned());
        }
        if let Some(before) = &$filter.before {
            $query.push(" AND id < ").push_bind(before.as_str().to_owned());
        }
        if !$filter.statuses.is_empty() {
            $query.push(" AND status IN (");
            let mut list = $query.separated(", ");
            for status in &$filter.statuses {
                list.push_bind(status.as_str());
            }
            $query.push(")");
        }
    };
}

type RunRow = (String, String, String, Vec<u8>);

fn run(detail: &str) -> Result<Run, Error> {
    serde_json::from_str(detail).map_err(|e| Error::unreadable("run", e))
}

fn stored((workspace, detail, launch, snapshot): RunRow) -> Result<StoredRun, Error> {
    let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
    Ok(StoredRun { workspace, run: run(&detail)?, launch, snapshot })
}

impl Store {
    /// Adds a run that `owner` works on until `lease_until`.
    pub async fn add_run(&self, new: &StoredRun, owner: &str, lease_until: Timestamp) -> Result<(), Error> {
        match self.add_runs(std::slice::from_ref(new), owner, lease_until).await?.as_slice() {
            [true] => Ok(()),
            _ => Err(Error::Taken { what: "execution", name: new.run.arn.clone() }),
        }
    }

    /// Adds runs that `owner` works on until `lease_until`, in one transaction. Answers for each
    /// whether it was added: `false` when its workspace has a run with its ARN already.
    pub async fn add_runs(
        &self,
        new: &[StoredRun],
        owner: &str,
        lease_until: Timestamp,
    ) -> Result<Vec<bool>, Error> {
        let details = new
            .iter()
            .map(|new| serde_json::to_string(&new.run).map_err(|e| Error::unreadable("run", e)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut added = Vec::with_capacity(new.len());
        each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            for (new, detail) in new.iter().zip(&details) {
                let inserted = sqlx::query(
                    "INSERT INTO runs (id, workspace_id, job_id, status, arn, detail, launch, snapshot, lease_owner, lease_until)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace_id, arn) DO NOTHING")
                    .bind(new.run.id.as_str())
                    .bind(new.workspace.as_str())
                    .bind(new.run.job_id.as_ref().map(|id| id.as_str().to_owned()))
                    .bind(new.run.status.as_str())
                    .bind(&new.run.arn)
                    .bind(detail)
                    .bind(&new.launch)
                    .bind(&new.snapshot)
                    .bind(owner)
                    .bind(lease_until.0)
                    .execute(&mut *tx).await?;
                let is_new = inserted.rows_affected() > 0;
                added.push(is_new);
                if is_new {
                    tell_webhooks!(tx, new.workspace, &new.run);
                }
            }
            tx.commit().await?;
        });
        Ok(added)
    }

    /// One run of a workspace.
    pub async fn run(&self, workspace: &WorkspaceId, id: &RunId) -> Result<Option<Run>, Error> {
        Ok(self.stored_run(workspace, id).await?.map(|stored| stored.run))
    }

    /// One run of a workspace with what the executor keeps of it.
    pub async fn stored_run(&self, workspace: &WorkspaceId, id: &RunId) -> Result<Option<StoredRun>, Error> {
        let row: Option<RunRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, detail, launch, snapshot FROM runs WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).fetch_optional(pool).await?);
        row.map(stored).transpose()
    }

    /// One run of a workspace by its execution's ARN.
    pub async fn run_by_arn(&self, workspace: &WorkspaceId, arn: &str) -> Result<Option<Run>, Error> {
        let row: Option<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM runs WHERE workspace_id = $1 AND arn = $2")
            .bind(workspace.as_str()).bind(arn).fetch_optional(pool).await?);
        row.map(|(detail,)| run(&detail)).transpose()
    }

    /// Runs of a workspace, newest first, `limit` at most. The last one's id is the cursor of the next page.
    pub async fn runs(
        &self,
        workspace: &WorkspaceId,
        filter: &RunFilter,
        limit: u32,
    ) -> Result<Vec<Run>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => {
            let mut query = sqlx::QueryBuilder::new("SELECT detail FROM runs WHERE ");
            narrow!(query, workspace, filter);
            query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await?
        });
        rows.into_iter().map(|(detail,)| run(&detail)).collect()
    }

    /// How many runs of a workspace a filter finds, wherever the page begins.
    pub async fn count_runs_of(&self, workspace: &WorkspaceId, filter: &RunFilter) -> Result<u64, Error> {
        let filter = RunFilter { before: None, ..filter.clone() };
        let (count,): (i64,) = each!(self.read, pool => {
            let mut query = sqlx::QueryBuilder::new("SELECT COUNT(*) FROM runs WHERE ");
            narrow!(query, workspace, filter);
            query.build_query_as().fetch_one(pool).await?
        });
        Ok(count as u64)
    }

    /// How many runs of a workspace are in a status.
    pub async fn count_runs(&self, workspace: &WorkspaceId, status: RunStatus) -> Result<u64, Error> {
        let (count,): (i64,) = each!(self.read, pool => sqlx::query_as(
            "SELECT COUNT(*) FROM runs WHERE workspace_id = $1 AND status = $2")
            .bind(workspace.as_str()).bind(status.as_str()).fetch_one(pool).await?);
        Ok(count as u64)
    }

    /// Removes a run and its ledger. Whether it was there; a running one stays.
    pub async fn remove_run(&self, workspace: &WorkspaceId, id: &RunId) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM runs WHERE workspace_id = $1 AND id = $2 AND status <> 'RUNNING'")
            .bind(workspace.as_str()).bind(id.as_str()).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }

    /// Takes the lease of every unfinished run whose lease ended before `now` (of every unfinished
    /// run that `owner` does not hold, when `seize`), and answers them.
    pub async fn take_over(
        &self,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
        seize: bool,
    ) -> Result<Vec<StoredRun>, Error> {
        let latest = if seize { i64::MAX } else { now.0 };
        let rows: Vec<RunRow> = each!(self.write, pool => sqlx::query_as(
            "UPDATE runs SET lease_owner = $1, lease_until = $2
             WHERE status = 'RUNNING' AND lease_until < $3 AND (lease_owner IS NULL OR lease_owner <> $1)
             RETURNING workspace_id, detail, launch, snapshot")
            .bind(owner).bind(until.0).bind(latest).fetch_all(pool).await?);
        rows.into_iter().map(stored).collect()
    }

    /// Takes the lease of one run that has ended, so that it can be redriven. `false` when somebody holds it;
    /// with `seize` nobody else can, whatever a server that is dead has left there.
    pub async fn claim_run(
        &self,
        id: &RunId,
        owner: &str,
        now: Timestamp,
        until: Timestamp,
        seize: bool,
    ) -> Result<bool, Error> {
        let expired_at = if seize { i64::MAX } else { now.0 };
        let claimed = each!(self.write, pool => sqlx::query(
            "UPDATE runs SET lease_owner = $1, lease_until = $2
             WHERE id = $3 AND (lease_owner IS NULL OR lease_owner = $1 OR lease_until < $4)")
            .bind(owner).bind(until.0).bind(id.as_str()).bind(expired_at).execute(pool).await?.rows_affected());
        Ok(claimed > 0)
    }

    /// Holds every run of `owner` until later.
    pub async fn renew_leases(&self, owner: &str, until: Timestamp) -> Result<u64, Error> {
        Ok(each!(self.write, pool => sqlx::query(
            "UPDATE runs SET lease_until = $1 WHERE lease_owner = $2 AND status = 'RUNNING'")
            .bind(until.0).bind(owner).execute(pool).await?.rows_affected()))
    }

    /// Lets go of one run of `owner`, so that it is taken over at once.
    pub async fn release_run(&self, id: &RunId, owner: &str) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "UPDATE runs SET lease_owner = NULL, lease_until = 0 WHERE id = $1 AND lease_owner = $2")
            .bind(id.as_str()).bind(owner).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Lets go of every run of `owner`, so that another server can take them at once.
    pub async fn release_leases(&self, owner: &str) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "UPDATE runs SET lease_owner = NULL, lease_until = 0 WHERE lease_owner = $1")
            .bind(owner).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Notes what somebody did to a run, or writes the note over.
    pub async fn put_operation(
        &self,
        workspace: &WorkspaceId,
        run: &RunId,
        operation: &Operation,
    ) -> Result<(), Error> {
        let detail = serde_json::to_string(operation).map_err(|e| Error::unreadable("operation", e))?;
        each!(self.write, pool => sqlx::query(
            "INSERT INTO operations (id, workspace_id, run_id, detail) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET detail = excluded.detail")
            .bind(operation.id.as_str())
            .bind(workspace.as_str())
            .bind(run.as_str())
            .bind(detail)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// What was done to a run, oldest first.
    pub async fn operations(&self, workspace: &WorkspaceId, run: &RunId) -> Result<Vec<Operation>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM operations WHERE workspace_id = $1 AND run_id = $2 ORDER BY id")
            .bind(workspace.as_str()).bind(run.as_str()).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(detail,)| serde_json::from_str(&detail).map_err(|e| Error::unreadable("operation", e)))
            .collect()
    }
}
