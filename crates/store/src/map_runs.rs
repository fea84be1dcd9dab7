//! Map Runs: their record, and the one transaction that makes a stretch of work durable.

use crate::db::each;
use crate::task_tokens::{NewTaskToken, TaskTokens};
use crate::{Error, Store};
use model::{FailureGroup, MapRun, ProgressPoint, RunId, WorkspaceId};

/// A Map Run with what the executor needs to go on with it.
#[derive(Clone, Debug)]
pub struct StoredMapRun {
    /// What pages show.
    pub map_run: MapRun,
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which of the run's Map states, and which entry of it: unique in the run.
    pub place: String,
    /// What the state asked for, JSON text of the executor.
    pub plan: String,
    /// How far reading has come, JSON text of the executor.
    pub cursor: String,
}

/// A packed chunk on its way into the database.
#[derive(Clone, Debug)]
pub struct ChunkRow {
    /// Its number.
    pub number: u32,
    /// Its children by the ledger's status code.
    pub children: [u64; 7],
    /// `ledger::Chunk::encode`.
    pub data: Vec<u8>,
}

/// A packed segment on its way into the database.
#[derive(Clone, Debug)]
pub struct SegmentRow {
    /// Its number.
    pub number: u32,
    /// The smallest index in it.
    pub first_index: u64,
    /// The largest index in it.
    pub last_index: u64,
    /// The keys of its items.
    pub keys: Vec<u8>,
    /// Its records.
    pub data: Vec<u8>,
}

/// Everything that became true since the last commit; stored together or not at all.
#[derive(Clone, Debug)]
pub struct LedgerCommit {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The Map Run as it stands with this commit, counts included.
    pub map_run: MapRun,
    /// How far reading has come.
    pub cursor: String,
    /// The picture of the whole run; stored when it ends.
    pub bins: Option<Vec<u8>>,
    /// Chunks that changed.
    pub chunks: Vec<ChunkRow>,
    /// New segments.
    pub segments: Vec<SegmentRow>,
    /// Failure groups that changed.
    pub groups: Vec<FailureGroup>,
    /// Standard children between two Tasks.
    pub journal: Vec<(u64, Vec<u8>)>,
    /// Children that need no journal any more.
    pub journal_done: Vec<u64>,
    /// Calls of children that wait for a worker from now on.
    pub tokens: Vec<NewTaskToken>,
    /// Calls of children that have ended.
    pub tokens_done: Vec<String>,
    /// Points of the graphs that changed.
    pub progress: Vec<ProgressPoint>,
    /// Whether `progress` replaces all points before it.
    pub progress_anew: bool,
}

type MapRunRow = (String, String, String, String, String);

const ROWS_A_STATEMENT: usize = 500;

fn stored((workspace, place, detail, plan, cursor): MapRunRow) -> Result<StoredMapRun, Error> {
    let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
    let map_run = map_run(&detail)?;
    Ok(StoredMapRun { map_run, workspace, place, plan, cursor })
}

fn map_run(detail: &str) -> Result<MapRun, Error> {
    serde_json::from_str(detail).map_err(|e| Error::unreadable("Map Run", e))
}

fn json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::unreadable(what, e))
}

impl Store {
    /// Adds a Map Run, or writes one over.
    pub async fn put_map_run(&self, new: &StoredMapRun) -> Result<(), Error> {
        let detail = json(&new.map_run, "Map Run")?;
        each!(self.write, pool => sqlx::query(
            "INSERT INTO map_runs (id, run_id, workspace_id, place, arn, detail, plan, cursor, bins)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO UPDATE SET detail = excluded.detail, plan = excluded.plan, cursor = excluded.cursor")
            .bind(&new.map_run.id)
            .bind(new.map_run.run_id.as_str())
            .bind(new.workspace.as_str())
            .bind(&new.place)
            .bind(&new.map_run.arn)
            .bind(detail)
            .bind(&new.plan)
            .bind(&new.cursor)
            .bind(Vec::<u8>::new())
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The Map Runs of a run, in the order they began.
    pub async fn map_runs(&self, workspace: &WorkspaceId, run: &RunId) -> Result<Vec<MapRun>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM map_runs WHERE workspace_id = $1 AND run_id = $2")
            .bind(workspace.as_str()).bind(run.as_str()).fetch_all(pool).await?);
        let mut runs = rows.iter().map(|(detail,)| map_run(detail)).collect::<Result<Vec<_>, _>>()?;
        runs.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
        Ok(runs)
    }

    /// The Map Runs whose ARN begins with a text, newest first.
    pub async fn map_runs_by_prefix(&self, workspace: &WorkspaceId, prefix: &str) -> Result<Vec<MapRun>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM map_runs WHERE workspace_id = $1 AND substr(arn, 1, LENGTH($2)) = $2")
            .bind(workspace.as_str())
            .bind(prefix)
            .fetch_all(pool).await?);
        let mut runs = rows.iter().map(|(detail,)| map_run(detail)).collect::<Result<Vec<_>, _>>()?;
        runs.sort_by_key(|run| std::cmp::Reverse(run.started_at));
        Ok(runs)
    }

    /// One Map Run of a workspace.
    pub async fn map_run(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<MapRun>, Error> {
        Ok(self.stored_map_run(workspace, id).await?.map(|stored| stored.map_run))
    }

    /// One Map Run of a workspace with what the executor keeps of it.
    pub async fn stored_map_run(&self, workspace: &WorkspaceId, id: &str) -> Result<Option<StoredMapRun>, Error> {
        let row: Option<MapRunRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, place, detail, plan, cursor FROM map_runs WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id).fetch_optional(pool).await?);
        row.map(stored).transpose()
    }

    /// The Map Run of one place in a run, if it has begun.
    pub async fn map_run_at(&self, workspace: &WorkspaceId, run: &RunId, place: &str) -> Result<Option<StoredMapRun>, Error> {
        let row: Option<MapRunRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, place, detail, plan, cursor FROM map_runs
             WHERE workspace_id = $1 AND run_id = $2 AND place = $3")
            .bind(workspace.as_str()).bind(run.as_str()).bind(place).fetch_optional(pool).await?);
        row.map(stored).transpose()
    }

    /// The stored picture of a Map Run that has ended; empty before.
    pub async fn bins(&self, workspace: &WorkspaceId, map_run: &str) -> Result<Vec<u8>, Error> {
        let row: Option<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT bins FROM map_runs WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(map_run).fetch_optional(pool).await?);
        Ok(row.map(|(bins,)| bins).unwrap_or_default())
    }

    /// The failure groups of a Map Run, the largest first.
    pub async fn failure_groups(&self, workspace: &WorkspaceId, map_run: &str) -> Result<Vec<FailureGroup>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT g.detail FROM failure_groups g JOIN map_runs m ON m.id = g.map_run_id
             WHERE m.workspace_id = $1 AND m.id = $2")
            .bind(workspace.as_str()).bind(map_run).fetch_all(pool).await?);
        let mut groups = rows
            .into_iter()
            .map(|(detail,)| serde_json::from_str(&detail).map_err(|e| Error::unreadable("failure group", e)))
            .collect::<Result<Vec<FailureGroup>, _>>()?;
        groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.id));
        Ok(groups)
    }

    /// The points of a Map Run's graphs, in order.
    pub async fn progress(&self, workspace: &WorkspaceId, map_run: &str) -> Result<Vec<ProgressPoint>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT p.detail FROM progress p JOIN map_runs m ON m.id = p.map_run_id
             WHERE m.workspace_id = $1 AND m.id = $2 ORDER BY p.at")
            .bind(workspace.as_str()).bind(map_run).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(detail,)| serde_json::from_str(&detail).map_err(|e| Error::unreadable("progress point", e)))
            .collect()
    }

    /// The journal of a Map Run's unfinished Standard children.
    pub async fn journal(&self, workspace: &WorkspaceId, map_run: &str) -> Result<Vec<(u64, Vec<u8>)>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => sqlx::query_as(
            "SELECT j.child_index, j.data FROM journal j JOIN map_runs m ON m.id = j.map_run_id
             WHERE m.workspace_id = $1 AND m.id = $2")
            .bind(workspace.as_str()).bind(map_run).fetch_all(pool).await?);
        Ok(rows.into_iter().map(|(index, data)| (index as u64, data)).collect())
    }

    /// Makes a stretch of work durable in one transaction of few statements. `false` when `owner`
    /// no longer holds the run's lease; nothing was written then.
    pub async fn commit(&self, commit: &LedgerCommit, owner: &str) -> Result<bool, Error> {
        let id = commit.map_run.id.as_str();
        let detail = json(&commit.map_run, "Map Run")?;
        let groups = commit
            .groups
            .iter()
            .map(|group| Ok((i64::from(group.id), json(group, "failure group")?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let progress = commit
            .progress
            .iter()
            .map(|point| Ok((point.at.0, json(point, "progress point")?)))
            .collect::<Result<Vec<_>, Error>>()?;
        let tokens = TaskTokens { workspace: &commit.workspace, run: &commit.map_run.run_id };
        each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            let held = sqlx::query(
                "UPDATE map_runs SET detail = $1, cursor = $2 WHERE id = $3
                 AND EXISTS (SELECT 1 FROM runs WHERE runs.id = map_runs.run_id AND runs.lease_owner = $4)")
                .bind(detail).bind(&commit.cursor).bind(id).bind(owner)
                .execute(&mut *tx).await?.rows_affected();
            if held == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
            if let Some(bins) = &commit.bins {
                sqlx::query("UPDATE map_runs SET bins = $1 WHERE id = $2")
                    .bind(bins.as_slice()).bind(id).execute(&mut *tx).await?;
            }
            for rows in commit.segments.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new(
                    "INSERT INTO segments (map_run_id, number, first_index, last_index, keys, data) ");
                query.push_values(rows, |mut row, segment| {
                    row.push_bind(id)
                        .push_bind(i64::from(segment.number))
                        .push_bind(segment.first_index as i64)
                        .push_bind(segment.last_index as i64)
                        .push_bind(segment.keys.as_slice())
                        .push_bind(segment.data.as_slice());
                });
                query.build().execute(&mut *tx).await?;
            }
            for rows in commit.chunks.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new(
                    "INSERT INTO chunks (map_run_id, number, pending, running, succeeded, failed, timed_out, aborted, retrying, data) ");
                query.push_values(rows, |mut row, chunk| {
                    row.push_bind(id).push_bind(i64::from(chunk.number));
                    for children in chunk.children {
                        row.push_bind(children as i64);
                    }
                    row.push_bind(chunk.data.as_slice());
                });
                query.push(" ON CONFLICT (map_run_id, number) DO UPDATE SET
                    pending = excluded.pending, running = excluded.running, succeeded = excluded.succeeded,
                    failed = excluded.failed, timed_out = excluded.timed_out, aborted = excluded.aborted,
                    retrying = excluded.retrying, data = excluded.data");
                query.build().execute(&mut *tx).await?;
            }
            for rows in groups.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new("INSERT INTO failure_groups (map_run_id, id, detail) ");
                query.push_values(rows, |mut row, (group, detail)| {
                    row.push_bind(id).push_bind(*group).push_bind(detail.as_str());
                });
                query.push(" ON CONFLICT (map_run_id, id) DO UPDATE SET detail = excluded.detail");
                query.build().execute(&mut *tx).await?;
            }
            for rows in commit.journal.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new("INSERT INTO journal (map_run_id, child_index, data) ");
                query.push_values(rows, |mut row, (index, data)| {
                    row.push_bind(id).push_bind(*index as i64).push_bind(data.as_slice());
                });
                query.push(" ON CONFLICT (map_run_id, child_index) DO UPDATE SET data = excluded.data");
                query.build().execute(&mut *tx).await?;
            }
            for rows in commit.journal_done.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new("DELETE FROM journal WHERE map_run_id = ");
                query.push_bind(id).push(" AND child_index IN (");
                let mut list = query.separated(", ");
                for index in rows {
                    list.push_bind(*index as i64);
                }
                query.push(")");
                query.build().execute(&mut *tx).await?;
            }
            for mut query in tokens.insert(&commit.tokens) {
                query.build().execute(&mut *tx).await?;
            }
            for mut query in tokens.remove(&commit.tokens_done) {
                query.build().execute(&mut *tx).await?;
            }
            if commit.progress_anew {
                sqlx::query("DELETE FROM progress WHERE map_run_id = $1").bind(id).execute(&mut *tx).await?;
            }
            for rows in progress.chunks(ROWS_A_STATEMENT) {
                let mut query = sqlx::QueryBuilder::new("INSERT INTO progress (map_run_id, at, detail) ");
                query.push_values(rows, |mut row, (at, detail)| {
                    row.push_bind(id).push_bind(*at).push_bind(detail.as_str());
                });
                query.push(" ON CONFLICT (map_run_id, at) DO UPDATE SET detail = excluded.detail");
                query.build().execute(&mut *tx).await?;
            }
            tx.commit().await?;
        });
        Ok(true)
    }
}
