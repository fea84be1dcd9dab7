//! Answers kept by the client's own key, so that a repeated request is not done twice. Answers
//! arrive sealed and leave sealed.

use crate::db::each;
use crate::{Error, Store};
use model::{Timestamp, WorkspaceId};

/// Whose key it is: keys of one actor in one workspace are unique.
#[derive(Clone, Copy, Debug)]
pub struct KeyOwner<'a> {
    /// The workspace.
    pub workspace: &'a WorkspaceId,
    /// The token, person or access key.
    pub actor: &'a str,
}

/// A request's wish for a key.
#[derive(Clone, Copy, Debug)]
pub struct KeyWish<'a> {
    /// The client's key.
    pub name: &'a str,
    /// Tells one request from another.
    pub fingerprint: &'a str,
    /// A random text that only this request knows.
    pub claim: &'a str,
    /// When it asks.
    pub now: Timestamp,
    /// Until when the key is its own, unless renewed.
    pub until: Timestamp,
    /// Keys that were first used before this are forgotten.
    pub oldest: Timestamp,
}

/// What came of a wish for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyClaim {
    /// The key is this request's: it is the first, or the first was given up.
    Mine,
    /// The key was used before.
    Known {
        /// The first request's fingerprint.
        fingerprint: String,
        /// Its sealed answer; `None` while it runs.
        answer: Option<String>,
    },
}

impl Store {
    /// Claims a key for a request, or tells what is known under it.
    pub async fn claim_key(&self, owner: KeyOwner<'_>, wish: KeyWish<'_>) -> Result<IdempotencyClaim, Error> {
        each!(self.write, pool => sqlx::query("DELETE FROM idempotency_keys WHERE created_at < $1")
            .bind(wish.oldest.0).execute(pool).await.map(drop)?);
        let claimed = each!(self.write, pool => sqlx::query(
            "INSERT INTO idempotency_keys (workspace_id, actor, name, fingerprint, claim, claimed_until, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (workspace_id, actor, name)
             DO UPDATE SET claim = excluded.claim, claimed_until = excluded.claimed_until
             WHERE idempotency_keys.answer IS NULL AND idempotency_keys.claimed_until < excluded.created_at
               AND idempotency_keys.fingerprint = excluded.fingerprint")
            .bind(owner.workspace.as_str())
            .bind(owner.actor)
            .bind(wish.name)
            .bind(wish.fingerprint)
            .bind(wish.claim)
            .bind(wish.until.0)
            .bind(wish.now.0)
            .execute(pool).await?.rows_affected());
        if claimed > 0 {
            return Ok(IdempotencyClaim::Mine);
        }
        let row: Option<(String, Option<String>)> = each!(self.write, pool => sqlx::query_as(
            "SELECT fingerprint, answer FROM idempotency_keys WHERE workspace_id = $1 AND actor = $2 AND name = $3")
            .bind(owner.workspace.as_str()).bind(owner.actor).bind(wish.name)
            .fetch_optional(pool).await?);
        // Given up between the two statements: whoever repeats the request finds the key free.
        let (fingerprint, answer) = row.unwrap_or_else(|| (wish.fingerprint.to_owned(), None));
        Ok(IdempotencyClaim::Known { fingerprint, answer })
    }

    /// Holds a claimed key longer. Whether it was still held.
    pub async fn renew_key(&self, owner: KeyOwner<'_>, claim: &str, until: Timestamp) -> Result<bool, Error> {
        let renewed = each!(self.write, pool => sqlx::query(
            "UPDATE idempotency_keys SET claimed_until = $4
             WHERE workspace_id = $1 AND actor = $2 AND claim = $3 AND answer IS NULL")
            .bind(owner.workspace.as_str()).bind(owner.actor).bind(claim).bind(until.0)
            .execute(pool).await?.rows_affected());
        Ok(renewed > 0)
    }

    /// Keeps the sealed answer under a claimed key; without one, gives the key up.
    pub async fn settle_key(
        &self,
        owner: KeyOwner<'_>,
        claim: &str,
        answer: Option<&str>,
    ) -> Result<(), Error> {
        let statement = match answer {
            Some(_) => {
                "UPDATE idempotency_keys SET answer = $4
                 WHERE workspace_id = $1 AND actor = $2 AND claim = $3 AND answer IS NULL"
            }
            None => {
                "DELETE FROM idempotency_keys
                 WHERE workspace_id = $1 AND actor = $2 AND claim = $3 AND answer IS NULL AND $4 IS NULL"
            }
        };
        each!(self.write, pool => sqlx::query(statement)
            .bind(owner.workspace.as_str()).bind(owner.actor).bind(claim).bind(answer)
            .execute(pool).await.map(drop)?);
        Ok(())
    }
}
