//! The only home of sqlx: SQLite and Postgres behind one concrete [`Store`].
//!
//! SQL text lives in the function that runs it; functions return domain types of `model`, never
//! rows. Every function that touches tenant data takes the workspace. Both engines use the same
//! column names and `$1` placeholders, so most statements are written once (`each!`); one story of
//! tests runs on both.

mod access_keys;
mod activities;
mod aliases;
mod audit;
mod buckets;
mod children;
mod chunk_lines;
mod connections;
mod db;
mod error;
mod idempotency;
mod item_matches;
mod items;
mod jobs;
mod manifests;
mod map_runs;
mod migrations;
mod pieces;
mod published;
mod retention;
mod run_saves;
mod runs;
mod sessions;
mod tags;
mod task_tokens;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
mod tokens;
mod users;
mod webhooks;
mod workspaces;

pub use children::ChildFilter;
pub use connections::SealedFunction;
pub use db::Store;
pub use error::Error;
pub use idempotency::{IdempotencyClaim, KeyOwner, KeyWish};
pub use item_matches::ItemMatches;
pub use items::{ItemFilter, ItemPage, StoredItem};
pub use map_runs::{ChunkRow, LedgerCommit, SegmentRow, StoredMapRun};
pub use run_saves::RunSave;
pub use runs::{RunFilter, StoredRun};
pub use webhooks::{DeliveryOutcome, DueDelivery};
pub use task_tokens::{NewTaskToken, TaskToken, TokenAnswer};
