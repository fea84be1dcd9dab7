//! Manifests: lists of items, kept as JSON lines in an object store.

use crate::id::ManifestId;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a manifest can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ManifestStatus {
    /// Bytes or listings are still coming in.
    Building,
    /// Complete; it never changes again.
    Ready,
    /// It could not be made; `problem` says why.
    Failed,
}

impl ManifestStatus {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Building, Self::Ready, Self::Failed].into_iter().find(|s| s.as_str() == text)
    }
}

/// Where a manifest's items came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ManifestSource {
    /// A file that somebody uploaded.
    Upload {
        /// The file's name.
        file_name: String,
        /// What it was read as: `CSV`, `JSON`, `JSONL`.
        format: String,
    },
    /// The objects under a prefix.
    Listing {
        /// The bucket.
        bucket: String,
        /// The prefix, maybe empty.
        prefix: String,
        /// Globs of which a key must match one, when there are any.
        include: Vec<String>,
        /// Globs of which a key must match none.
        exclude: Vec<String>,
    },
}

/// A list of items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// Its id.
    pub id: ManifestId,
    /// Its name in the workspace.
    pub name: String,
    /// Whether it can be used.
    pub status: ManifestStatus,
    /// Where its items came from.
    pub source: ManifestSource,
    /// The bucket that holds its items, one JSON text a line.
    pub bucket: String,
    /// The key of that object.
    pub key: String,
    /// How many items.
    pub items: u64,
    /// Bytes of all items.
    pub bytes: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Items over 256 KiB.
    pub oversize: u64,
    /// Count, sizes, largest items, columns: the statistics of the manifest crate, as JSON.
    pub stats: serde_json::Value,
    /// What was accepted though AWS would not (comments, an object around the list), as sentences.
    pub warnings: Vec<String>,
    /// The first rows that could not be read, by line.
    pub rejected_rows: Vec<RejectedRow>,
    /// Why it failed.
    pub problem: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RejectedRow {
    /// The line in the uploaded file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
    /// Its beginning.
    pub excerpt: String,
}

/// Which items a preview shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Preview {
    /// From the beginning.
    #[default]
    First,
    /// Spread over the manifest, always the same ones.
    Random,
    /// The largest ones.
    Largest,
}

/// An item in a preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManifestItem {
    /// Its index, from 0.
    pub index: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its JSON text; cut after 2,000 bytes.
    pub text: String,
}
