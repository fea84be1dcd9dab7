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
        /// What the service can take.
        #[serde(flatten)]
        limits: CallLimits,
    },
    /// A function behind Lambda's Invoke API: AWS Lambda, or a service that speaks like it.
    Lambda(LambdaFunction),
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

impl FunctionKind {
    /// What stays secret: the field of a request that holds it, its name there, and the value.
    pub fn secrets_mut(&mut self) -> Vec<(&'static str, String, &mut String)> {
        match self {
            Self::Http { headers, .. } => {
                let all = headers.iter_mut();
                all.map(|(name, value)| ("headers", name.to_ascii_lowercase(), value)).collect()
            }
            Self::Runtime(spec) | Self::Pipe(spec) => {
                let all = spec.environment.iter_mut();
                all.map(|(name, value)| ("environment", name.clone(), value)).collect()
            }
            Self::Lambda(function) => {
                let token = function.session_token.iter_mut().map(|token| ("session_token", String::new(), token));
                std::iter::once(("secret_key", String::new(), &mut function.secret_key)).chain(token).collect()
            }
            Self::Builtin { .. } => Vec::new(),
        }
    }

    /// The limits on its calls, where it has any of its own.
    pub fn limits(&self) -> Option<CallLimits> {
        match self {
            Self::Http { limits, .. } | Self::Lambda(LambdaFunction { limits, .. }) => Some(*limits),
            Self::Builtin { .. } | Self::Runtime(_) | Self::Pipe(_) => None,
        }
    }
}

/// How often a function may be called. Calls beyond that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallLimits {
    /// Calls at once; any number when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    /// Calls that begin in a second; any number when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_second: Option<u32>,
}

/// Where Lambda's Invoke API is spoken, and with which key requests are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LambdaFunction {
    /// `https://…` of a compatible service; AWS Lambda in `region` when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// For example `eu-west-1`.
    pub region: String,
    /// The function's name there, or its ARN.
    pub function: String,
    /// A version or alias there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// The access key id.
    pub access_key: String,
    /// Its secret; sealed at rest.
    pub secret_key: String,
    /// For temporary credentials; sealed at rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
    /// The longest wait for an answer, in milliseconds.
    #[serde(default = "lambda_timeout_ms")]
    pub timeout_ms: u64,
    /// What the service can take.
    #[serde(flatten)]
    pub limits: CallLimits,
}

fn lambda_timeout_ms() -> u64 {
    crate::limits::LAMBDA_TIMEOUT_MS
}

/// How the calls of a function go just now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallState {
    /// Calls that run.
    pub running: u32,
    /// Calls that wait.
    pub waiting: usize,
    /// The most calls at once: the limit that was set, or what the function was found to take.
    pub limit: Option<u32>,
    /// The service asked for a pause, of which so many milliseconds are left.
    pub paused_ms: Option<u64>,
    /// Nobody answers there; one call at a time tries it.
    pub absent: bool,
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
