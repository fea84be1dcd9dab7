//! The words that every part of Mapwright shares: ids, ARNs, statuses, counts, limits and the
//! records that the store keeps and the pages show.
//!
//! This crate knows no clock, no file, no network and no async; it also runs in the browser.
//! The types that matter most are [`Arn`], [`ItemCounts`], [`Run`] and [`MapRun`].
//!
//! ```
//! let counts = model::ItemCounts { total: 10, succeeded: 9, failed: 1, ..Default::default() };
//! assert_eq!(counts.finished(), 10);
//! ```

pub mod access;
pub mod account;
pub mod addresses;
pub mod arn;
pub mod audit;
pub mod connection;
pub mod counts;
pub mod guards;
pub mod id;
pub mod item;
pub mod item_filter;
pub mod item_test;
pub mod job;
pub mod limits;
pub mod machine;
pub mod manifest;
pub mod names;
pub mod object;
pub mod operation;
pub mod outline;
pub mod overview;
pub mod process;
pub mod retention;
pub mod run;
pub mod status;
pub mod timestamp;
pub mod webhook;

pub use access::{Permission, Role};
pub use account::{AccessKey, ApiToken, Invitation, Member, User, Workspace};
pub use addresses::{AddressPolicy, RefusedAddress};
pub use arn::{Arn, Partition};
pub use audit::AuditEntry;
pub use connection::{CallLimits, CallState, Connection, Function, FunctionKind, LambdaFunction};
pub use counts::ItemCounts;
pub use guards::{EarlyStop, Guards, Limits, Metered};
pub use id::{
    ConnectionId, DeliveryId, InvalidId, JobId, ManifestId, OperationId, RunId, TokenId, UserId, WebhookId, WorkspaceId,
};
pub use item::{AttemptSummary, FailureGroup, ItemDetail, ItemQuery, ItemRow, ItemsPage};
pub use item_filter::{FilterError, ItemFilter};
pub use item_test::{PinnedAnswer, TestItem, TestedExecution, TestedItem, TestedState};
pub use job::{Job, JobVersion, MachineSettings};
pub use machine::{Activity, Alias, PublishedVersion, Route};
pub use manifest::{Manifest, ManifestItem, ManifestSource, ManifestStatus, Preview, RejectedRow};
pub use object::{Bucket, ObjectEntry, ObjectPage};
pub use operation::{Operation, OperationKind, RedrivePreview, RedriveSelection};
pub use outline::{MapOutline, StateOutline, StateWork};
pub use overview::{Attention, Overview};
pub use process::{Package, ProcessFunction};
pub use retention::Retention;
pub use run::{MapRun, MapRunPhase, Origin, Profile, ProgressPoint, ResultFile, Run, RunDetail};
pub use status::{ExecutionType, ItemStatus, RunStatus};
pub use timestamp::Timestamp;
pub use webhook::{Delivery, DeliveryStatus, Webhook, WebhookEvent};
