//! Object stores and functions that a workspace knows by name.

use crate::id::ConnectionId;
use crate::process::ProcessFunction;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// An S3-compatible store outside this server. Its secret key is sealed at rest and never listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Its name in the workspace.
    pub name: String,
    /// `https://…`; `None` = AWS itself.
    pub endpoint: Option<String>,
    /// For example `eu-west-1`.
    pub region: String,
    /// Bucket in the path instead of the host name.
    pub path_style: bool,
    /// The access key id.
    pub access_key: String,
}

/// How a registered function is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FunctionKind {
    /// A POST of the payload to a URL; the answer is the result.
    Http {
        /// `https://…`
        url: String,
        /// Sent with every request. Secret values are sealed at rest.
        headers: Vec<(String, String)>,
        /// The longest wait for an answer, in milliseconds.
        timeout_ms: u64,
    },
    /// One of the functions that come with the server, under another name.
    Builtin {
        /// The built-in function's own name.
        function: String,
    },
    /// Processes of the server's machine that speak the Lambda Runtime API.
    Runtime(ProcessFunction),
    /// Processes of the server's machine that answer lines of JSON on their standard input.
    Pipe(ProcessFunction),
}

/// A function as a workspace registered it; it answers to `arn:aws:lambda:…:function:NAME`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Function {
    /// The name in the ARN.
    pub name: String,
    /// How it is reached.
    pub kind: FunctionKind,
    /// When it was registered or last changed.
    pub updated_at: Timestamp,
}
