//! What the executor and the functions need of the house: whose bucket is whose, and which
//! functions a workspace has registered.

use crate::secrets::Sealer;
use crate::stores::Stores;
use async_trait::async_trait;
use executor::ObjectStores;
use functions::{FunctionConfig, FunctionDirectory, HttpEndpoint, LambdaEndpoint, ObjectBytes, ObjectFault, ObjectSource};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use model::{FunctionKind, WorkspaceId};
use objects::{Objects, ReadFrom};
use store::Store;

impl ObjectStores for Stores {
    fn find<'a>(
        &'a self,
        workspace: &'a WorkspaceId,
        bucket: &'a str,
    ) -> BoxFuture<'a, Result<Objects, String>> {
        Box::pin(async move { self.of_bucket(workspace, bucket).await.map_err(|error| error.to_string()) })
    }
}

#[async_trait]
impl ObjectSource for Stores {
    async fn open(
        &self,
        workspace: &WorkspaceId,
        bucket: &str,
        key: &str,
    ) -> Result<ObjectBytes, ObjectFault> {
        let client = self.of_bucket(workspace, bucket).await.map_err(|error| ObjectFault {
            code: "NoSuchBucket".into(),
            sentence: format!("Could not read s3://{bucket}/{key}: {error}."),
        })?;
        let object = client.read(bucket, key, ReadFrom::default()).await.map_err(fault)?;
        Ok(object.into_stream().map_err(fault).boxed())
    }
}

fn fault(error: objects::Error) -> ObjectFault {
    ObjectFault { code: error.code().unwrap_or("ObjectUnavailable").to_owned(), sentence: error.to_string() }
}

/// The functions that workspaces have registered.
pub struct Registered {
    store: Store,
    sealer: Sealer,
}

impl Registered {
    /// Reads them from the database; `sealer` opens them.
    pub fn new(store: Store, sealer: Sealer) -> Self {
        Self { store, sealer }
    }
}

#[async_trait]
impl FunctionDirectory for Registered {
    async fn find(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        let unreadable =
            |error: &dyn std::fmt::Display| format!("The function {name} cannot be looked up: {error}.");
        let stored = self.store.function(workspace, name).await.map_err(|e| unreadable(&e))?;
        let Some((_, sealed, _)) = stored else { return Ok(None) };
        let text = self.sealer.open(&sealed).map_err(|e| unreadable(&e))?;
        let kind: FunctionKind = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
        Ok(Some(config(kind)))
    }
}

fn config(kind: FunctionKind) -> FunctionConfig {
    match kind {
        FunctionKind::Builtin { function } => FunctionConfig::Builtin(function),
        FunctionKind::Runtime(spec) => FunctionConfig::Runtime(spec),
        FunctionKind::Pipe(spec) => FunctionConfig::Pipe(spec),
        FunctionKind::Lambda(function) => FunctionConfig::Lambda(LambdaEndpoint(function)),
        FunctionKind::Http { url, headers, timeout_ms, limits } => {
            FunctionConfig::Http(HttpEndpoint { headers, timeout_ms, limits, ..HttpEndpoint::new(&url) })
        }
    }
}
