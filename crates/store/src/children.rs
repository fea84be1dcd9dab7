//! The children of a Map Run from the newest on: what ListExecutions shows.

use crate::db::each;
use crate::{Error, Store};
use ledger::{CHUNK_CHILDREN, Child, Chunk};
use model::{ItemStatus, WorkspaceId};

/// Which children a list shows. Everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct ChildFilter {
    /// Only these; all when empty.
    pub statuses: Vec<ItemStatus>,
    /// Only those that have been started at least once.
    pub started: bool,
    /// Only those that have been started more than once, or only the others.
    pub redriven: Option<bool>,
    /// Only those before this index.
    pub before: Option<u64>,
}

/// Chunks that are read at a time.
const CHUNKS_A_READ: i64 = 8;

impl ChildFilter {
    fn accepts(&self, index: u64, child: &Child) -> bool {
        self.before.is_none_or(|before| index < before)
            && (self.statuses.is_empty() || self.statuses.contains(&child.status))
            && (!self.started || child.attempts > 0 || child.status != ItemStatus::Pending)
            && self.redriven.is_none_or(|redriven| redriven == (child.attempts > 1))
    }

    /// A condition on a chunk's counts that all chunks with such children meet.
    fn condition(&self) -> String {
        let column = |status: &ItemStatus| match status {
            ItemStatus::Pending => "pending",
            ItemStatus::Running => "running",
            ItemStatus::Succeeded => "succeeded",
            ItemStatus::Failed => "failed",
            ItemStatus::TimedOut => "timed_out",
            ItemStatus::Aborted => "aborted",
            ItemStatus::Retrying => "retrying",
        };
        match self.statuses.is_empty() {
            true => String::new(),
            false => {
                let columns: Vec<&str> = self.statuses.iter().map(column).collect();
                format!(" AND {} > 0", columns.join(" + "))
            }
        }
    }
}

impl Store {
    /// Children of a Map Run with their indexes, highest index first, `limit` at most.
    pub async fn children(
        &self,
        workspace: &WorkspaceId,
        map_run: &str,
        filter: &ChildFilter,
        limit: usize,
    ) -> Result<Vec<(u64, Child)>, Error> {
        if self.map_run(workspace, map_run).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let mut below = match filter.before {
            Some(before) => (before.div_ceil(u64::from(CHUNK_CHILDREN))) as i64,
            None => i64::MAX,
        };
        loop {
            let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => {
                let mut query = sqlx::QueryBuilder::new("SELECT number, data FROM chunks WHERE map_run_id = ");
                query.push_bind(map_run.to_owned()).push(" AND number < ").push_bind(below);
                query.push(filter.condition());
                query.push(" ORDER BY number DESC LIMIT ").push_bind(CHUNKS_A_READ);
                query.build_query_as().fetch_all(pool).await?
            });
            let last_read = rows.len() < CHUNKS_A_READ as usize;
            for (number, data) in rows {
                let chunk = Chunk::decode(number as u32, &data).map_err(|e| Error::unreadable("chunk", e))?;
                let mut fitting: Vec<(u64, Child)> =
                    chunk.children().filter(|(index, child)| filter.accepts(*index, child)).collect();
                while let Some(child) = fitting.pop() {
                    found.push(child);
                    if found.len() == limit {
                        return Ok(found);
                    }
                }
                below = number;
            }
            if last_read {
                return Ok(found);
            }
        }
    }
}
