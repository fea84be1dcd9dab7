//! Whose bucket is whose, for the S3 door of the embedded store.

use crate::Service;
use crate::buckets::{INTERNAL_PREFIX, check_bucket_name};
use crate::context::Cx;
use async_trait::async_trait;
use model::Permission;
use objects::Tenants;
use std::sync::Arc;

/// The workspaces as tenants of the embedded store, by their access keys.
pub struct WorkspaceTenants(pub Arc<Service>);

impl WorkspaceTenants {
    async fn enter(&self, access_key: &str) -> Option<(Cx, String)> {
        match self.0.access_keys().find(access_key).await {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%error, "an access key could not be looked up");
                None
            }
        }
    }

    async fn holds(&self, cx: &Cx, bucket: &str) -> bool {
        // Only buckets of the default store: a connection's are reached at its own endpoint.
        matches!(self.0.store.bucket(&cx.workspace.id, bucket).await, Ok(Some(None)))
            && !bucket.starts_with(INTERNAL_PREFIX)
    }
}

#[async_trait]
impl Tenants for WorkspaceTenants {
    async fn secret(&self, access_key: &str) -> Option<String> {
        Some(self.enter(access_key).await?.1)
    }

    async fn may(&self, access_key: &str, bucket: &str, change: bool) -> bool {
        let Some((cx, _)) = self.enter(access_key).await else { return false };
        let needed = if change { Permission::Edit } else { Permission::Read };
        cx.may(needed) && self.holds(&cx, bucket).await
    }

    async fn buckets(&self, access_key: &str) -> Vec<String> {
        let Some((cx, _)) = self.enter(access_key).await else { return Vec::new() };
        let all = self.0.buckets(&cx).await.unwrap_or_default();
        all.into_iter().filter(|bucket| bucket.connection.is_none()).map(|bucket| bucket.name).collect()
    }

    async fn claim(&self, access_key: &str, bucket: &str) -> bool {
        let Some((cx, _)) = self.enter(access_key).await else { return false };
        if !cx.may(Permission::Edit) || check_bucket_name(bucket).is_err() {
            return false;
        }
        self.holds(&cx, bucket).await || self.0.store.add_bucket(&cx.workspace.id, bucket, None).await.is_ok()
    }

    async fn release(&self, access_key: &str, bucket: &str) {
        if let Some((cx, _)) = self.enter(access_key).await
            && let Err(error) = self.0.store.remove_bucket(&cx.workspace.id, bucket).await
        {
            tracing::error!(%error, bucket, "a deleted bucket could not be forgotten");
        }
    }
}
