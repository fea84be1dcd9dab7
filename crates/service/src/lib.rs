//! Use cases: authorize, validate, call. The three doors (REST, server functions, the Step
//! Functions protocol) authenticate, decode, call one function here, and render.
//!
//! Every function takes a [`Cx`] first, which names the actor and the workspace and is only made
//! after authentication. No function reads tenant data without one.

mod access_keys;
mod accounts;
mod adapters;
mod attempts;
mod buckets;
mod connections;
mod context;
mod error;
mod estimates;
mod functions;
mod item_tests;
mod idempotency;
mod jobs;
pub mod lambda_api;
mod manifests;
mod overview;
mod retention;
mod runs;
mod sample;
pub mod secrets;
mod service;
pub mod states_api;
mod stores;
mod tenants;
mod webhooks;

pub use access_keys::{AccessKeys, CreatedAccessKey, NewAccessKey};
pub use accounts::{Accounts, CreatedToken, NewToken, Setup};
pub use adapters::Registered;
pub use buckets::ListObjects;
pub use connections::NewConnection;
pub use context::{Actor, Cx};
pub use error::{Error, Problem};
pub use estimates::EstimateRequest;
pub use functions::{BuiltinFunction, ListedFunction};
pub use idempotency::{Claim, KeptAnswer, Once, RENEW_EVERY};
pub use jobs::{CheckDefinition, NewJob, NewVersion};
pub use manifests::{GenerateManifest, UploadManifest};
pub use retention::{Sweeper, Swept};
pub use runs::{ExportFormat, ExportItems, InFlight, LaunchRun, RedriveRun, Redriven};
pub use service::{Deps, Service};
pub use stores::Stores;
pub use tenants::WorkspaceTenants;
pub use webhooks::{ChangeWebhook, CreatedWebhook, NewWebhook, Webhooks};
