//! Server functions of manifests. Uploads go to the REST door, which streams.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{Bucket, Manifest, ManifestItem, Preview};

/// The workspace's manifests, newest first.
#[server(prefix = "/rpc")]
pub async fn manifests(w: String) -> Result<Vec<Manifest>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.manifests(&cx).await?)
}

/// One manifest.
#[server(prefix = "/rpc")]
pub async fn one_manifest(w: String, id: String) -> Result<Manifest, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.manifest(&cx, &parse(&id)?).await?)
}

/// Some of a manifest's items.
#[server(prefix = "/rpc")]
pub async fn manifest_items(w: String, id: String, view: Preview) -> Result<Vec<ManifestItem>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.manifest_items(&cx, &parse(&id)?, view, 50).await?)
}

/// The buckets that a manifest can be made of.
#[server(prefix = "/rpc")]
pub async fn source_buckets(w: String) -> Result<Vec<Bucket>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.buckets(&cx).await?)
}

/// Makes a manifest of the objects under a prefix, and goes to its page. Globs stand one a line.
#[server(prefix = "/rpc")]
pub async fn generate(
    w: String,
    name: String,
    bucket: String,
    prefix: String,
    include: String,
    exclude: String,
) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let lines =
        |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let new = service::GenerateManifest {
        name,
        bucket,
        prefix,
        include: lines(&include),
        exclude: lines(&exclude),
    };
    let manifest = house.generate_manifest(&cx, new).await?;
    leptos_axum::redirect(&crate::routes::At(w).manifest(manifest.id.as_str()));
    Ok(())
}

/// Removes a manifest and goes to the list.
#[server(prefix = "/rpc")]
pub async fn delete_manifest(w: String, id: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    house.delete_manifest(&cx, &parse(&id)?).await?;
    leptos_axum::redirect(&crate::routes::At(w).manifests());
    Ok(())
}

#[cfg(feature = "ssr")]
fn parse(id: &str) -> Result<model::ManifestId, UiError> {
    id.parse().map_err(|_| service::Error::not_found("manifest", id).into())
}
