//! Browser sessions, and the instance's own settings.

use crate::db::each;
use crate::{Error, Store};
use model::Timestamp;

impl Store {
    /// Keeps a new session. `false` when the id is taken.
    pub async fn add_session(&self, id: &str, data: &[u8], expires: Timestamp) -> Result<bool, Error> {
        let added = each!(self.write, pool => sqlx::query(
            "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
            .bind(id).bind(data).bind(expires.0).execute(pool).await?.rows_affected());
        Ok(added > 0)
    }

    /// Writes a session over.
    pub async fn save_session(&self, id: &str, data: &[u8], expires: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at")
            .bind(id).bind(data).bind(expires.0).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// A session's data, while it lasts.
    pub async fn session(&self, id: &str, now: Timestamp) -> Result<Option<Vec<u8>>, Error> {
        let row: Option<(Vec<u8>,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT data FROM sessions WHERE id = $1 AND expires_at > $2")
            .bind(id).bind(now.0).fetch_optional(pool).await?);
        Ok(row.map(|(data,)| data))
    }

    /// Ends a session.
    pub async fn remove_session(&self, id: &str) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("DELETE FROM sessions WHERE id = $1")
            .bind(id).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Ends every session that has expired.
    pub async fn sweep_sessions(&self, now: Timestamp) -> Result<u64, Error> {
        Ok(each!(self.write, pool => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.0).execute(pool).await?.rows_affected()))
    }

    /// A setting of the instance; the first value given for a name stays.
    pub async fn setting_or(&self, name: &str, first: &str) -> Result<String, Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name).bind(first).execute(pool).await.map(drop)?);
        let (value,): (String,) = each!(self.read, pool =>
            sqlx::query_as("SELECT value FROM settings WHERE name = $1").bind(name).fetch_one(pool).await?);
        Ok(value)
    }
}
