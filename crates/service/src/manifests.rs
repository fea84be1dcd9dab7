//! Manifests: uploaded files and listings, kept as one JSON text a line.

mod build;
mod preview;

use crate::buckets::{INTERNAL_PREFIX, cut_off};
use crate::context::Cx;
use crate::secrets::random;
use crate::{Error, Service};
use ::manifest::{CsvDelimiter, InputType, ListedObject, ReaderConfig, lenient_listing_item};
use build::Builder;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use globset::{Glob, GlobSet, GlobSetBuilder};
use model::{Manifest, ManifestId, ManifestSource, ManifestStatus, Permission, WorkspaceId};
use objects::{ListFrom, Objects, PutOptions};
use serde::Deserialize;

/// A file to upload as a manifest; its bytes follow as a stream.
#[derive(Clone, Debug, Deserialize)]
pub struct UploadManifest {
    /// The manifest's name; the file's name when empty.
    #[serde(default)]
    pub name: String,
    /// The file's name: its ending tells the format when `format` is absent.
    #[serde(default)]
    pub file_name: String,
    /// `CSV`, `JSON` or `JSONL`.
    pub format: Option<InputType>,
    /// What separates CSV fields.
    pub delimiter: Option<CsvDelimiter>,
}

/// A manifest to make of the objects under a prefix.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct GenerateManifest {
    /// The manifest's name.
    pub name: String,
    /// The bucket.
    pub bucket: String,
    /// Keys begin with this.
    #[serde(default)]
    pub prefix: String,
    /// Globs of which a key must match one, when there are any: `**/*.json`.
    #[serde(default)]
    pub include: Vec<String>,
    /// Globs of which a key must match none.
    #[serde(default)]
    pub exclude: Vec<String>,
}

impl Service {
    /// The workspace's manifests, newest first.
    pub async fn manifests(&self, cx: &Cx) -> Result<Vec<Manifest>, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.manifests(&cx.workspace.id).await?)
    }

    /// One manifest.
    pub async fn manifest(&self, cx: &Cx, id: &ManifestId) -> Result<Manifest, Error> {
        cx.require(Permission::Read)?;
        let found = self.store.manifest(&cx.workspace.id, id).await?;
        found.ok_or_else(|| Error::not_found("manifest", id))
    }

    /// Reads an uploaded file as it arrives and keeps its items. A stream that breaks off leaves
    /// nothing behind.
    pub async fn upload_manifest<E: std::fmt::Display>(
        &self,
        cx: &Cx,
        upload: UploadManifest,
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Manifest, Error> {
        cx.require(Permission::Edit)?;
        let config = upload.format.map(|format| reader_config(format, upload.delimiter));
        let source = ManifestSource::Upload { file_name: upload.file_name.clone(), format: String::new() };
        let name = if upload.name.trim().is_empty() { &upload.file_name } else { &upload.name };
        let manifest = self.begin_manifest(cx, name, source).await?;
        let mut builder = Builder::of_file(self.manifest_store(&manifest), &upload.file_name, config);
        let mut body = std::pin::pin!(body);
        while let Some(bytes) = body.next().await {
            let pushed = match bytes {
                Ok(bytes) => builder.push(&bytes).await,
                Err(cut) => Err(cut_off(builder.received(), cut)),
            };
            if let Err(error) = pushed {
                builder.abort().await;
                return self.drop_manifest(cx, manifest, error).await;
            }
        }
        self.keep_manifest(cx, manifest, builder).await
    }

    /// Lists a prefix and keeps an item for each object that the globs let through.
    pub async fn generate_manifest(&self, cx: &Cx, new: GenerateManifest) -> Result<Manifest, Error> {
        cx.require(Permission::Edit)?;
        let include = globs("include", &new.include)?;
        let exclude = globs("exclude", &new.exclude)?;
        let client = self.stores.of_bucket(&cx.workspace.id, &new.bucket).await?;
        let source = ManifestSource::Listing {
            bucket: new.bucket.clone(),
            prefix: new.prefix.clone(),
            include: new.include.clone(),
            exclude: new.exclude.clone(),
        };
        let name = if new.name.trim().is_empty() { &new.bucket } else { &new.name };
        let manifest = self.begin_manifest(cx, name, source).await?;
        let mut builder = Builder::of_items(self.manifest_store(&manifest));
        let wanted = |key: &str| (new.include.is_empty() || include.is_match(key)) && !exclude.is_match(key);
        match list_into(&mut builder, &client, &new, wanted).await {
            Ok(()) => self.keep_manifest(cx, manifest, builder).await,
            Err(error) => {
                builder.abort().await;
                self.drop_manifest(cx, manifest, error).await
            }
        }
    }

    /// Removes a manifest and its items.
    pub async fn delete_manifest(&self, cx: &Cx, id: &ManifestId) -> Result<(), Error> {
        cx.require(Permission::Edit)?;
        let manifest = self.manifest(cx, id).await?;
        self.stores.default_store().delete(&manifest.bucket, &manifest.key).await?;
        self.store.remove_manifest(&cx.workspace.id, id).await?;
        self.note(cx, "manifest.delete", &manifest.name).await
    }

    async fn begin_manifest(&self, cx: &Cx, name: &str, source: ManifestSource) -> Result<Manifest, Error> {
        let id = ManifestId::new(cx.now.0, random());
        let bucket = self.internal_bucket(&cx.workspace.id).await?;
        let key = format!("manifests/{id}.jsonl");
        let manifest = Manifest {
            id,
            name: name.trim().to_owned(),
            status: ManifestStatus::Building,
            source,
            bucket,
            key,
            items: 0,
            bytes: 0,
            rejected: 0,
            oversize: 0,
            stats: serde_json::Value::Null,
            warnings: Vec::new(),
            rejected_rows: Vec::new(),
            problem: None,
            created_at: cx.now,
        };
        self.store.put_manifest(&cx.workspace.id, &manifest).await?;
        Ok(manifest)
    }

    async fn keep_manifest(
        &self,
        cx: &Cx,
        mut manifest: Manifest,
        builder: Builder,
    ) -> Result<Manifest, Error> {
        if let Err(error) = builder.finish(&mut manifest).await {
            return self.drop_manifest(cx, manifest, error).await;
        }
        manifest.status = ManifestStatus::Ready;
        self.store.put_manifest(&cx.workspace.id, &manifest).await?;
        self.note(cx, "manifest.create", &manifest.name).await?;
        Ok(manifest)
    }

    /// Forgets a manifest that could not be made, and says why.
    async fn drop_manifest(&self, cx: &Cx, manifest: Manifest, error: Error) -> Result<Manifest, Error> {
        self.store.remove_manifest(&cx.workspace.id, &manifest.id).await?;
        Err(error)
    }

    fn manifest_store(&self, manifest: &Manifest) -> objects::MultipartUpload {
        let options = PutOptions { content_type: Some("application/jsonl".into()), only_if_absent: false };
        self.stores.default_store().upload(&manifest.bucket, &manifest.key, options)
    }

    /// The workspace's own bucket for manifests and results, made when it is first needed.
    pub(crate) async fn internal_bucket(&self, workspace: &WorkspaceId) -> Result<String, Error> {
        let name = format!("{INTERNAL_PREFIX}{}", workspace.as_str().to_lowercase());
        if self.store.bucket(workspace, &name).await?.is_none() {
            self.stores.default_store().create_bucket(&name).await?;
            match self.store.add_bucket(workspace, &name, None).await {
                // Somebody else of the workspace was faster.
                Ok(()) | Err(store::Error::Taken { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(name)
    }
}

async fn list_into(
    builder: &mut Builder,
    client: &Objects,
    new: &GenerateManifest,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let mut continuation = None;
    loop {
        let from = ListFrom { continuation, ..ListFrom::default() };
        let page = client.list(&new.bucket, &new.prefix, from).await?;
        for object in page.objects.iter().filter(|object| wanted(&object.key)) {
            let etag = format!("\"{}\"", object.etag);
            let listed = ListedObject {
                key: &object.key,
                size: object.size,
                etag: &etag,
                last_modified: object.last_modified_ms / 1000,
                storage_class: &object.storage_class,
            };
            builder.item(&lenient_listing_item(&new.bucket, &listed), &object.key).await?;
        }
        match page.next {
            Some(next) => continuation = Some(next),
            None => return Ok(()),
        }
    }
}

fn reader_config(format: InputType, delimiter: Option<CsvDelimiter>) -> ReaderConfig {
    match format {
        InputType::Csv => ReaderConfig { csv_delimiter: delimiter, ..ReaderConfig::csv_with_header_row() },
        other => ReaderConfig::of(other),
    }
}

fn globs(field: &str, patterns: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(
            Glob::new(pattern).map_err(|e| Error::invalid(field, format!("\"{pattern}\": {}", e.kind())))?,
        );
    }
    set.build().map_err(|e| Error::invalid(field, e.to_string()))
}
