//! Browser sessions, kept in the database.

use async_trait::async_trait;
use model::Timestamp;
use store::Store;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

const IDLE_DAYS: i64 = 14;

/// The layer that gives each request its session.
pub fn layer(store: Store, secure: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions(store))
        .with_name("mapwright")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(Duration::days(IDLE_DAYS)))
}

/// Sessions in the `sessions` table; a record is JSON in a blob.
#[derive(Clone, Debug)]
pub struct Sessions(Store);

fn expires(record: &Record) -> Timestamp {
    Timestamp(record.expiry_date.unix_timestamp() * 1000)
}

fn now() -> Timestamp {
    Timestamp(OffsetDateTime::now_utc().unix_timestamp() * 1000)
}

fn backend(error: store::Error) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let data = serde_json::to_vec(&record).map_err(|e| Error::Encode(e.to_string()))?;
            if self.0.add_session(&record.id.to_string(), &data, expires(record)).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_vec(record).map_err(|e| Error::Encode(e.to_string()))?;
        self.0.save_session(&record.id.to_string(), &data, expires(record)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let data = self.0.session(&id.to_string(), now()).await.map_err(backend)?;
        data.map(|data| serde_json::from_slice(&data).map_err(|e| Error::Decode(e.to_string()))).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.remove_session(&id.to_string()).await.map_err(backend)
    }
}
