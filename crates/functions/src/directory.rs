//! Where registered functions are looked up.

use crate::builtin::LocalFunction;
use crate::http::{HttpEndpoint, LambdaEndpoint};
use model::{ProcessFunction, WorkspaceId};
use std::sync::Arc;

/// What a workspace registered under a name.
#[derive(Clone)]
pub enum FunctionConfig {
    /// A web service.
    Http(HttpEndpoint),
    /// A function behind Lambda's Invoke API.
    Lambda(LambdaEndpoint),
    /// A built-in function under another name.
    Builtin(String),
    /// Processes of this machine behind Lambda's Runtime API.
    Runtime(ProcessFunction),
    /// Processes of this machine that answer lines of JSON.
    Pipe(ProcessFunction),
    /// Code of this process: how tests and tools bring functions of their own.
    Local(Arc<dyn LocalFunction>),
}

/// Where registered functions are kept.
#[async_trait::async_trait]
pub trait FunctionDirectory: Send + Sync {
    /// The function of that name in that workspace.
    ///
    /// # Errors
    /// When the directory cannot be read; the sentence goes into the call's cause.
    async fn find(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String>;
}

/// No registered functions, so only the built-in ones are there.
pub struct NoDirectory;

#[async_trait::async_trait]
impl FunctionDirectory for NoDirectory {
    async fn find(&self, _: &WorkspaceId, _: &str) -> Result<Option<FunctionConfig>, String> {
        Ok(None)
    }
}
