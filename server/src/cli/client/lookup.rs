//! Jobs and manifests by id or by name.

use super::api::{Api, Fault, Page};
use anyhow::Context;
use model::{JobId, Manifest, ManifestId};
use reqwest::{Body, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use tokio_util::io::ReaderStream;

#[derive(Deserialize)]
struct Named {
    id: String,
    name: String,
}

/// The id of a job.
pub async fn job(api: &Api, given: &str) -> anyhow::Result<String> {
    match given.parse::<JobId>() {
        Ok(id) => Ok(id.to_string()),
        Err(_) => named(api, "jobs", "job", given).await,
    }
}

/// The id of a manifest: by id, by name, or a file, which is uploaded.
pub async fn manifest(api: &Api, given: &str) -> anyhow::Result<String> {
    if let Ok(id) = given.parse::<ManifestId>() {
        return Ok(id.to_string());
    }
    match Path::new(given).is_file() {
        true => upload(api, Path::new(given)).await,
        false => named(api, "manifests", "manifest", given).await,
    }
}

async fn upload(api: &Api, path: &Path) -> anyhow::Result<String> {
    let file = tokio::fs::File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = format!("/manifests/upload?file_name={}", app::transfer::percent_encode(&name));
    let request = api
        .request(Method::POST, &target)
        .header("content-type", "application/octet-stream")
        .body(Body::wrap_stream(ReaderStream::new(file)));
    let text = api.send(request).await?.text().await.context("the answer broke off")?;
    let made: Manifest = serde_json::from_str(&text).context("the answer is not a manifest")?;
    if made.rejected > 0 {
        eprintln!("{}: {} rows could not be read and are left out", path.display(), made.rejected);
    }
    Ok(made.id.to_string())
}

async fn named(api: &Api, list: &str, what: &str, name: &str) -> anyhow::Result<String> {
    let found: Vec<Named> = all(api, &format!("/{list}")).await?;
    let found = found.into_iter().find(|one| one.name == name);
    Ok(found.ok_or_else(|| Fault::Refused(format!("there is no {what} \"{name}\" in this workspace")))?.id)
}

/// Everything on all pages of a list.
pub async fn all<T: DeserializeOwned>(api: &Api, list: &str) -> anyhow::Result<Vec<T>> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page: Page<T> = api.get(&format!("{list}?limit=1000{after}")).await?;
        found.extend(page.items);
        match page.next {
            Some(cursor) => after = format!("&cursor={cursor}"),
            None => return Ok(found),
        }
    }
}
