//! People.

use crate::db::each;
use crate::{Error, Store};
use model::{Timestamp, User, UserId};

type Row = (String, String, String, i64);

fn user((id, email, name, is_admin): Row) -> Result<User, Error> {
    let id = id.parse().map_err(|e| Error::unreadable("user id", e))?;
    Ok(User { id, email, name, is_admin: is_admin != 0 })
}

impl Store {
    /// Whether anybody can sign in yet.
    pub async fn has_users(&self) -> Result<bool, Error> {
        let (count,): (i64,) = each!(self.read, pool =>
            sqlx::query_as("SELECT COUNT(*) FROM users").fetch_one(pool).await?);
        Ok(count > 0)
    }

    /// Adds a person; the address must be new.
    pub async fn add_user(&self, user: &User, password_hash: &str, now: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO users (id, email, name, password_hash, is_admin, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(user.id.as_str())
            .bind(&user.email)
            .bind(&user.name)
            .bind(password_hash)
            .bind(i64::from(user.is_admin))
            .bind(now.0)
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "user", &user.email))
    }

    /// The person with an address, and the hash of the password.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<(User, String)>, Error> {
        let row: Option<(String, String, String, i64, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, email, name, is_admin, password_hash FROM users WHERE email = $1")
            .bind(email).fetch_optional(pool).await?);
        row.map(|(id, email, name, admin, hash)| Ok((user((id, email, name, admin))?, hash))).transpose()
    }

    /// The person with an id.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, Error> {
        let row: Option<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, email, name, is_admin FROM users WHERE id = $1")
            .bind(id.as_str()).fetch_optional(pool).await?);
        row.map(user).transpose()
    }
}
