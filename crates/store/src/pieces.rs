//! Reading the ledger: chunks and segments as they are stored.

use crate::db::each;
use crate::{Error, Store};
use ledger::{Child, Chunk, Segment};
use std::collections::{BTreeSet, HashMap};

/// Segments whose keys are held at once: those of a page of some hundred rows, not of an export.
pub(crate) const SEGMENTS_HELD: usize = 256;

impl Store {
    /// One chunk; `None` while none of its children is known.
    pub async fn chunk(&self, map_run: &str, number: u32) -> Result<Option<Chunk>, Error> {
        let row: Option<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT data FROM chunks WHERE map_run_id = $1 AND number = $2")
            .bind(map_run).bind(i64::from(number)).fetch_optional(pool).await?);
        row.map(|(data,)| Chunk::decode(number, &data).map_err(|e| Error::unreadable("chunk", e))).transpose()
    }

    /// The chunks from `first` on, `limit` at most, in order.
    pub async fn chunks_from(&self, map_run: &str, first: u32, limit: u32) -> Result<Vec<Chunk>, Error> {
        let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => sqlx::query_as(
            "SELECT number, data FROM chunks WHERE map_run_id = $1 AND number >= $2 ORDER BY number LIMIT $3")
            .bind(map_run).bind(i64::from(first)).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(number, data)| {
                Chunk::decode(number as u32, &data).map_err(|e| Error::unreadable("chunk", e))
            })
            .collect()
    }

    /// The number of the next segment of a Map Run.
    pub async fn next_segment(&self, map_run: &str) -> Result<u32, Error> {
        let (last,): (Option<i64>,) = each!(self.read, pool => sqlx::query_as(
            "SELECT MAX(number) FROM segments WHERE map_run_id = $1").bind(map_run).fetch_one(pool).await?);
        Ok(last.map_or(0, |number| number as u32 + 1))
    }

    /// One segment.
    pub async fn segment(&self, map_run: &str, number: u32) -> Result<Option<Segment>, Error> {
        let row: Option<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT data FROM segments WHERE map_run_id = $1 AND number = $2")
            .bind(map_run).bind(i64::from(number)).fetch_optional(pool).await?);
        row.map(|(data,)| Segment::decode(&data).map_err(|e| Error::unreadable("segment", e))).transpose()
    }

    /// The indexes and keys of a segment's children, in the order of its records.
    pub(crate) async fn segment_keys(&self, map_run: &str, number: u32) -> Result<Vec<(u64, String)>, Error> {
        let row: Option<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT keys FROM segments WHERE map_run_id = $1 AND number = $2")
            .bind(map_run).bind(i64::from(number)).fetch_optional(pool).await?);
        row.map_or(Ok(Vec::new()), |(keys,)| decoded_keys(&keys))
    }

    /// The keys of the segments of these children, read at once where they lie close to each other.
    pub(crate) async fn keys_near(
        &self,
        map_run: &str,
        children: &[(u64, Child)],
    ) -> Result<HashMap<u32, Vec<(u64, String)>>, Error> {
        let numbers: BTreeSet<u32> = children.iter().filter_map(|(_, child)| Some(child.segment?.segment)).collect();
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Ok(HashMap::new()) };
        if numbers.len() > SEGMENTS_HELD || (last - first) as usize > 4 * numbers.len() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(i64, Vec<u8>)> = each!(self.read, pool => sqlx::query_as(
            "SELECT number, keys FROM segments WHERE map_run_id = $1 AND number BETWEEN $2 AND $3")
            .bind(map_run).bind(i64::from(*first)).bind(i64::from(*last)).fetch_all(pool).await?);
        rows.into_iter()
            .filter(|(number, _)| numbers.contains(&(*number as u32)))
            .map(|(number, keys)| Ok((number as u32, decoded_keys(&keys)?)))
            .collect()
    }

    /// Bytes that the ledger and the payloads of a Map Run take, packed: `(chunks, segments)`.
    pub async fn ledger_bytes(&self, map_run: &str) -> Result<(u64, u64), Error> {
        let (chunks,): (Option<i64>,) = each!(self.read, pool => sqlx::query_as(
            "SELECT CAST(SUM(LENGTH(data)) AS BIGINT) FROM chunks WHERE map_run_id = $1")
            .bind(map_run).fetch_one(pool).await?);
        let (segments,): (Option<i64>,) = each!(self.read, pool => sqlx::query_as(
            "SELECT CAST(SUM(LENGTH(data) + LENGTH(keys)) AS BIGINT) FROM segments WHERE map_run_id = $1")
            .bind(map_run).fetch_one(pool).await?);
        Ok((chunks.unwrap_or_default() as u64, segments.unwrap_or_default() as u64))
    }
}

/// The indexes and keys of a segment's children, in the order of its records.
pub(crate) fn decoded_keys(keys: &[u8]) -> Result<Vec<(u64, String)>, Error> {
    Segment::decode_keys(keys).map_err(|e| Error::unreadable("segment", e))
}
