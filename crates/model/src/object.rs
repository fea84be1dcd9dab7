//! Buckets and objects, as listings show them.

use crate::id::ConnectionId;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A bucket of the workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The connection it is reached through; `None` = the server's own store.
    pub connection: Option<ConnectionId>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectEntry {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written.
    pub last_modified: Timestamp,
    /// Its etag, without quotes.
    pub etag: String,
}

/// A page of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ObjectPage {
    /// Objects, in byte order of their keys.
    pub objects: Vec<ObjectEntry>,
    /// Prefixes that hold more, when folders were asked for.
    pub folders: Vec<String>,
    /// Where the next page begins.
    pub next: Option<String>,
}
