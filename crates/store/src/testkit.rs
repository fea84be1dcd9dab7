//! Fresh databases for tests: SQLite always, Postgres where `MAPWRIGHT_TEST_POSTGRES` names a
//! server whose user may create databases (`cargo xtask test` starts one).

use crate::Store;
use std::sync::atomic::{AtomicU32, Ordering};

/// A fresh store and what keeps it alive.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Its URL.
    pub url: String,
    _dir: Option<tempfile::TempDir>,
}

/// A fresh SQLite store, and a fresh Postgres store where one can be had.
pub async fn stores() -> Vec<TestStore> {
    let mut stores = vec![sqlite().await];
    match postgres().await {
        Some(store) => stores.push(store),
        None => eprintln!("MAPWRIGHT_TEST_POSTGRES is not set: tested on SQLite only"),
    }
    stores
}

/// A fresh SQLite store in a folder of its own.
pub async fn sqlite() -> TestStore {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let url = format!("sqlite://{}/test.sqlite", dir.path().display());
    let store = Store::open(&url).await.expect("a fresh SQLite file opens");
    TestStore { store, url, _dir: Some(dir) }
}

/// A fresh Postgres database; `None` when no server was named.
pub async fn postgres() -> Option<TestStore> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("MAPWRIGHT_TEST_POSTGRES").ok()?;
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = sqlx::PgPool::connect(&format!("{server}/postgres"))
        .await
        .expect("the Postgres server named by MAPWRIGHT_TEST_POSTGRES answers");
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&admin)
            .await
            .expect("the test user may create databases");
    }
    let url = format!("{server}/{name}");
    let store = Store::open(&url).await.expect("a fresh Postgres database opens");
    Some(TestStore { store, url, _dir: None })
}
