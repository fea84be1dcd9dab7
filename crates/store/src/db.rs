//! Opening, and the two engines behind one type.

use crate::error::Error;
use crate::migrations;
use sqlx::Connection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::SqliteSynchronous;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// The database of one instance. Cloning shares the connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
}

/// The two engines. SQLite has one writing connection, since it has one writer anyway.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// Runs one expression on whichever engine is open: `each!(store.read, pool => …)` for queries,
/// `each!(store.write, pool => …)` for changes.
macro_rules! each {
    ($store:ident.read, $pool:ident => $body:expr) => {
        match &$store.db {
            crate::db::Db::Sqlite { read: $pool, .. } => $body,
            crate::db::Db::Postgres($pool) => $body,
        }
    };
    ($store:ident.write, $pool:ident => $body:expr) => {
        match &$store.db {
            crate::db::Db::Sqlite { write: $pool, .. } => $body,
            crate::db::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use each;

const READERS: u32 = 8;
/// What a reader of SQLite keeps of the file (KiB, as a negative number), which the system keeps anyway: it reads most blobs once.
const READER_CACHE: &str = "-256";
const ROWS_AHEAD: usize = 1_024;
const POSTGRES_CONNECTIONS: u32 = 16;
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens `sqlite://PATH` or `postgres://…`, creating a SQLite file that is not there, and
    /// applies the migrations that it lacks.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let db = match url.split_once("://").map(|(scheme, _)| scheme) {
            Some("sqlite") => open_sqlite(url).await?,
            Some("postgres" | "postgresql") => open_postgres(url).await?,
            _ => return Err(Error::Url(url.to_owned())),
        };
        Ok(Self { db })
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match self.db {
            Db::Sqlite { .. } => "sqlite",
            Db::Postgres(_) => "postgres",
        }
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match &self.db {
            Db::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(url: &str) -> Result<Db, Error> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        // A listing of thousands of small rows need not wait for its reader every fifty of them.
        .row_buffer_size(ROWS_AHEAD);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .after_release(|connection, _| Box::pin(is_clean(connection)))
        .connect_with(options.clone())
        .await?;
    migrations::SQLITE.run(&write).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .connect_with(options.pragma("cache_size", READER_CACHE))
        .await?;
    Ok(Db::Sqlite { read, write })
}

/// Whether a connection can be used again. A full disk makes SQLite roll back by itself; sqlx then
/// fails to, and would take every later transaction for a part of that one, which never ends.
async fn is_clean(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // What was begun to be rolled back is done before this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_postgres(url: &str) -> Result<Db, Error> {
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect(url)
        .await?;
    migrations::POSTGRES.run(&pool).await?;
    Ok(Db::Postgres(pool))
}
