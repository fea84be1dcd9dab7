//! The words that every part of Mapwright shares: ids, ARNs, statuses, counts, limits and the
//! records that the store keeps and the pages show.
//!
//! This crate knows no clock, no file, no network and no async; it also runs in the browser.
//! The types that matter most are [`Arn`], [`ItemCounts`] and [`RunStatus`].
//!
//! ```
//! let counts = model::ItemCounts { total: 10, succeeded: 9, failed: 1, ..Default::default() };
//! assert_eq!(counts.finished(), 10);
//! ```

pub mod addresses;
pub mod arn;
pub mod counts;
pub mod id;
pub mod limits;
pub mod names;
pub mod status;
pub mod timestamp;

pub use addresses::{AddressPolicy, RefusedAddress};
pub use arn::{Arn, Partition};
pub use counts::ItemCounts;
pub use id::{ConnectionId, JobId, ManifestId, OperationId, RunId, TokenId, UserId, WorkspaceId};
pub use status::{ExecutionType, ItemStatus, RunStatus};
pub use timestamp::Timestamp;
