//! Functions that run as processes on the server's own machine.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A function whose code runs here, in processes that the server starts and stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ProcessFunction {
    /// Program and arguments, without a shell. Empty: chosen by `runtime`.
    pub command: Vec<String>,
    /// `python3.12`, `nodejs20.x`, `provided.al2023`: which client of the Runtime API is started
    /// when there is no command. Pipe workers have none.
    pub runtime: String,
    /// `_HANDLER`: for example `app.handler`. Pipe workers have none.
    pub handler: String,
    /// The working folder and `LAMBDA_TASK_ROOT`: an absolute path on the server. Empty for a
    /// function whose code came as a package.
    pub directory: String,
    /// Set for the process, beside Lambda's own variables. Values are sealed at rest.
    pub environment: BTreeMap<String, String>,
    /// How long one call may take, in milliseconds; then its process is killed.
    pub timeout_ms: u64,
    /// How much memory a process and its children may hold, in MiB; then it is killed.
    pub memory_mb: u32,
    /// The most processes at once.
    pub processes: u32,
    /// How many calls a pipe worker may hold at once.
    pub pipeline: u32,
    /// The code, when it came through the Lambda API.
    pub package: Option<Package>,
}

impl Default for ProcessFunction {
    fn default() -> Self {
        Self {
            command: Vec::new(),
            runtime: String::new(),
            handler: String::new(),
            directory: String::new(),
            environment: BTreeMap::new(),
            timeout_ms: 60_000,
            memory_mb: 512,
            processes: 2,
            pipeline: 16,
            package: None,
        }
    }
}

/// Code that came as a zip file, and what Lambda's answers say of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Package {
    /// SHA-256 of the zip file, in hexadecimal digits; names the folder that it is unpacked to.
    pub sha256: String,
    /// The zip file's size in bytes.
    pub bytes: u64,
    /// `Role`, as it was given; nothing is checked against it.
    pub role: String,
    /// `Description`.
    pub description: String,
}
