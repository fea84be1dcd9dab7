//! Calls that wait for a worker outside: activities and callbacks, by their task tokens.

use crate::db::each;
use crate::{Error, Store};
use model::{RunId, Timestamp, WorkspaceId};
use sqlx::{Database, QueryBuilder};

/// A call that begins to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTaskToken {
    /// The token.
    pub token: String,
    /// The activity's name; `None` for a callback.
    pub activity: Option<String>,
    /// What the activity's worker receives, JSON text; empty for a callback.
    pub input: String,
    /// When it was scheduled: the oldest is given out first.
    pub at: Timestamp,
}

/// A call that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskToken {
    /// The token.
    pub token: String,
    /// Who took it: the worker's name, JSON text; `None` while nobody has.
    pub worker: Option<String>,
    /// How it ended, JSON text of the executor; `None` while it has not.
    pub answer: Option<String>,
    /// When its worker was last known to be alive.
    pub heartbeat_at: Timestamp,
}

/// How a call ended, from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenAnswer {
    /// Who says so.
    pub workspace: WorkspaceId,
    /// Which call.
    pub token: String,
    /// JSON text of the executor.
    pub answer: String,
}

type Row = (String, Option<String>, Option<String>, i64);

const ROWS_A_STATEMENT: usize = 500;

fn token((token, worker, answer, heartbeat_at): Row) -> TaskToken {
    TaskToken { token, worker, answer, heartbeat_at: Timestamp(heartbeat_at) }
}

/// The waiting calls of one run, as part of a transaction.
pub(crate) struct TaskTokens<'a> {
    pub(crate) workspace: &'a WorkspaceId,
    pub(crate) run: &'a RunId,
}

impl TaskTokens<'_> {
    pub(crate) fn insert<'q, DB>(&'q self, tokens: &'q [NewTaskToken]) -> impl Iterator<Item = QueryBuilder<DB>>
    where
        DB: Database,
        &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
        Option<&'q str>: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
        i64: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    {
        tokens.chunks(ROWS_A_STATEMENT).map(|rows| {
            let mut query = QueryBuilder::new(
                "INSERT INTO task_tokens (token, workspace_id, run_id, activity, input, place, heartbeat_at, changed_at) ");
            query.push_values(rows, |mut row, new| {
                row.push_bind(new.token.as_str())
                    .push_bind(self.workspace.as_str())
                    .push_bind(self.run.as_str())
                    .push_bind(new.activity.as_deref())
                    .push_bind(new.input.as_str())
                    .push_bind(new.at.0)
                    .push_bind(new.at.0)
                    .push_bind(new.at.0);
            });
            query.push(" ON CONFLICT (token) DO NOTHING");
            query
        })
    }

    pub(crate) fn remove<'q, DB>(&'q self, tokens: &'q [String]) -> impl Iterator<Item = QueryBuilder<DB>>
    where
        DB: Database,
        &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    {
        tokens.chunks(ROWS_A_STATEMENT).map(|rows| {
            let mut query = QueryBuilder::new("DELETE FROM task_tokens WHERE run_id = ");
            query.push_bind(self.run.as_str()).push(" AND token IN (");
            let mut list = query.separated(", ");
            for token in rows {
                list.push_bind(token.as_str());
            }
            query.push(")");
            query
        })
    }
}

const CLAIM: &str = "UPDATE task_tokens SET worker = $1, heartbeat_at = $2, changed_at = $2
    WHERE token = (SELECT token FROM task_tokens WHERE workspace_id = $3 AND activity = $4
                   AND worker IS NULL AND answer IS NULL ORDER BY place LIMIT 1)
    RETURNING token, input";
/// Several workers that ask at once on Postgres each get another task.
const CLAIM_UNLOCKED: &str = "UPDATE task_tokens SET worker = $1, heartbeat_at = $2, changed_at = $2
    WHERE token = (SELECT token FROM task_tokens WHERE workspace_id = $3 AND activity = $4
                   AND worker IS NULL AND answer IS NULL ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING token, input";

impl Store {
    /// Gives the oldest waiting task of an activity to a worker: its token and input.
    pub async fn claim_activity(
        &self,
        workspace: &WorkspaceId,
        activity: &str,
        worker: &str,
        now: Timestamp,
    ) -> Result<Option<(String, String)>, Error> {
        let claim = if self.engine() == "postgres" { CLAIM_UNLOCKED } else { CLAIM };
        Ok(each!(self.write, pool => sqlx::query_as(claim)
            .bind(worker).bind(now.0).bind(workspace.as_str()).bind(activity)
            .fetch_optional(pool).await?))
    }

    /// How many tasks of an activity wait for a worker.
    pub async fn waiting_activities(&self, workspace: &WorkspaceId, activity: &str) -> Result<u64, Error> {
        let (count,): (i64,) = each!(self.read, pool => sqlx::query_as(
            "SELECT COUNT(*) FROM task_tokens WHERE workspace_id = $1 AND activity = $2 AND worker IS NULL AND answer IS NULL")
            .bind(workspace.as_str()).bind(activity).fetch_one(pool).await?);
        Ok(count as u64)
    }

    /// Stores how calls ended, in one transaction. Answers for each whether it is the first answer to
    /// a call of its workspace that waits.
    pub async fn answer_tokens(&self, answers: &[TokenAnswer], now: Timestamp) -> Result<Vec<bool>, Error> {
        let mut first = Vec::with_capacity(answers.len());
        each!(self.write, pool => {
            let mut tx = pool.begin().await?;
            for answer in answers {
                let stored = sqlx::query(
                    "UPDATE task_tokens SET answer = $1, changed_at = $2
                     WHERE token = $3 AND workspace_id = $4 AND answer IS NULL")
                    .bind(answer.answer.as_str()).bind(now.0).bind(answer.token.as_str()).bind(answer.workspace.as_str())
                    .execute(&mut *tx).await?;
                first.push(stored.rows_affected() > 0);
            }
            tx.commit().await?;
        });
        Ok(first)
    }

    /// Notes that a call's worker is alive. `false` when no such call of the workspace waits.
    pub async fn beat_token(&self, workspace: &WorkspaceId, token: &str, now: Timestamp) -> Result<bool, Error> {
        Ok(each!(self.write, pool => sqlx::query(
            "UPDATE task_tokens SET heartbeat_at = $1, changed_at = $1
             WHERE token = $2 AND workspace_id = $3 AND answer IS NULL")
            .bind(now.0).bind(token).bind(workspace.as_str()).execute(pool).await?.rows_affected() > 0))
    }

    /// One waiting call of a workspace.
    pub async fn task_token(&self, workspace: &WorkspaceId, token: &str) -> Result<Option<TaskToken>, Error> {
        let row: Option<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT token, worker, answer, heartbeat_at FROM task_tokens WHERE workspace_id = $1 AND token = $2")
            .bind(workspace.as_str()).bind(token).fetch_optional(pool).await?);
        Ok(row.map(self::token))
    }

    /// Waiting calls of runs that `owner` holds, that something was noted of since `since`.
    pub async fn changed_tokens(&self, owner: &str, since: Timestamp) -> Result<Vec<TaskToken>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT t.token, t.worker, t.answer, t.heartbeat_at FROM task_tokens t JOIN runs r ON r.id = t.run_id
             WHERE t.changed_at >= $1 AND r.lease_owner = $2")
            .bind(since.0).bind(owner).fetch_all(pool).await?);
        Ok(rows.into_iter().map(token).collect())
    }

    /// Removes the waiting calls of a run that has ended.
    pub async fn remove_tokens(&self, run: &RunId) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("DELETE FROM task_tokens WHERE run_id = $1")
            .bind(run.as_str()).execute(pool).await.map(drop)?);
        Ok(())
    }
}
