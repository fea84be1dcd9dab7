//! Manifests. All but what is searched or sorted is kept as one JSON text.

use crate::db::each;
use crate::{Error, Store};
use model::{Manifest, ManifestId, WorkspaceId};

fn manifest((detail,): (String,)) -> Result<Manifest, Error> {
    serde_json::from_str(&detail).map_err(|e| Error::unreadable("manifest", e))
}

impl Store {
    /// Adds a manifest, or writes one over.
    pub async fn put_manifest(&self, workspace: &WorkspaceId, manifest: &Manifest) -> Result<(), Error> {
        let detail = serde_json::to_string(manifest).map_err(|e| Error::unreadable("manifest", e))?;
        each!(self.write, pool => sqlx::query(
            "INSERT INTO manifests (id, workspace_id, name, status, detail, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, status = excluded.status, detail = excluded.detail")
            .bind(manifest.id.as_str())
            .bind(workspace.as_str())
            .bind(&manifest.name)
            .bind(manifest.status.as_str())
            .bind(detail)
            .bind(manifest.created_at.0)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The manifests of a workspace, newest first.
    pub async fn manifests(&self, workspace: &WorkspaceId) -> Result<Vec<Manifest>, Error> {
        let rows: Vec<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM manifests WHERE workspace_id = $1 ORDER BY id DESC")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(manifest).collect()
    }

    /// One manifest of a workspace.
    pub async fn manifest(
        &self,
        workspace: &WorkspaceId,
        id: &ManifestId,
    ) -> Result<Option<Manifest>, Error> {
        let row: Option<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT detail FROM manifests WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).fetch_optional(pool).await?);
        row.map(manifest).transpose()
    }

    /// Removes a manifest. Whether it was there.
    pub async fn remove_manifest(&self, workspace: &WorkspaceId, id: &ManifestId) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM manifests WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}
