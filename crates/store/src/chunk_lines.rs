//! The counts of a Map Run's chunks: what a page of items is, and how many there are, often without a look inside.

use crate::db::each;
use crate::{Error, Store};
use ledger::CHUNK_CHILDREN;
use std::collections::BTreeMap;

/// How many children of a chunk have which status.
pub(crate) struct ChunkLine {
    /// Children by status, in the order of `ItemStatus::ALL`.
    pub(crate) children: [u64; 7],
}

type CountsRow = (i64, i64, i64, i64, i64, i64, i64, i64);

impl Store {
    /// How many children of the stored chunks have these statuses.
    pub(crate) async fn children_with(&self, map_run: &str, wanted: &[i64; 7]) -> Result<u64, Error> {
        let [a, b, c, d, e, f, g] = *wanted;
        let (sum,): (Option<i64>,) = each!(self.read, pool => sqlx::query_as(
            "SELECT CAST(SUM(pending * $2 + running * $3 + succeeded * $4 + failed * $5 + timed_out * $6
               + aborted * $7 + retrying * $8) AS BIGINT) FROM chunks WHERE map_run_id = $1")
            .bind(map_run).bind(a).bind(b).bind(c).bind(d).bind(e).bind(f).bind(g).fetch_one(pool).await?);
        Ok(sum.unwrap_or_default() as u64)
    }

    /// The counts of the chunks that a page needs: each has a child with one of these statuses, but for the
    /// first, where it may lie before the page.
    pub(crate) async fn lines_with(
        &self,
        map_run: &str,
        wanted: &[i64; 7],
        from: u64,
        limit: usize,
    ) -> Result<BTreeMap<u32, ChunkLine>, Error> {
        let [a, b, c, d, e, f, g] = *wanted;
        let first = i64::try_from(from / CHUNK_CHILDREN).unwrap_or(i64::MAX);
        let most = i64::try_from(limit.saturating_add(2)).unwrap_or(i64::MAX);
        let rows: Vec<CountsRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT number, pending, running, succeeded, failed, timed_out, aborted, retrying FROM chunks
             WHERE map_run_id = $1 AND number >= $9 AND pending * $2 + running * $3 + succeeded * $4 + failed * $5
               + timed_out * $6 + aborted * $7 + retrying * $8 > 0
             ORDER BY number LIMIT $10")
            .bind(map_run).bind(a).bind(b).bind(c).bind(d).bind(e).bind(f).bind(g).bind(first).bind(most)
            .fetch_all(pool).await?);
        Ok(lines_of(rows))
    }

    /// The counts of all chunks.
    pub(crate) async fn chunk_lines(&self, map_run: &str) -> Result<BTreeMap<u32, ChunkLine>, Error> {
        let rows: Vec<CountsRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT number, pending, running, succeeded, failed, timed_out, aborted, retrying
             FROM chunks WHERE map_run_id = $1").bind(map_run).fetch_all(pool).await?);
        Ok(lines_of(rows))
    }
}

fn lines_of(rows: Vec<CountsRow>) -> BTreeMap<u32, ChunkLine> {
    rows.into_iter()
        .map(|(number, a, b, c, d, e, f, g)| {
            (number as u32, ChunkLine { children: [a, b, c, d, e, f, g].map(|n| n as u64) })
        })
        .collect()
}
