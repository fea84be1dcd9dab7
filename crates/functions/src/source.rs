//! Where built-in functions read objects.

use bytes::Bytes;
use futures::stream::BoxStream;
use model::WorkspaceId;

/// The bytes of an object, in order.
pub type ObjectBytes = BoxStream<'static, Result<Bytes, ObjectFault>>;

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct ObjectFault {
    /// The store's code: `NoSuchKey`, `AccessDenied`; it becomes the function's error type.
    pub code: String,
    /// What, where and why.
    pub sentence: String,
}

/// The object stores of the workspaces. The server's wiring implements this.
#[async_trait::async_trait]
pub trait ObjectSource: Send + Sync {
    /// Begins to read an object of a workspace.
    async fn open(
        &self,
        workspace: &WorkspaceId,
        bucket: &str,
        key: &str,
    ) -> Result<ObjectBytes, ObjectFault>;
}

/// No objects at all.
pub struct NoObjects;

#[async_trait::async_trait]
impl ObjectSource for NoObjects {
    async fn open(&self, _: &WorkspaceId, bucket: &str, key: &str) -> Result<ObjectBytes, ObjectFault> {
        Err(ObjectFault {
            code: "NoSuchBucket".into(),
            sentence: format!("Could not read s3://{bucket}/{key}. No object store is connected here."),
        })
    }
}
