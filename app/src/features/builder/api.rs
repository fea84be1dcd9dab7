//! Server functions of the builder.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{JobId, TestItem, TestedItem};
use serde::{Deserialize, Serialize};

/// What the builder begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuilderView {
    /// The job.
    pub id: JobId,
    /// Its name.
    pub name: String,
    /// The newest version's number.
    pub latest_version: u32,
    /// The newest version's text.
    pub saved: String,
    /// The text to edit: the draft, or the newest version.
    pub text: String,
    /// ARNs of functions that a Task can call.
    pub functions: Vec<String>,
}

/// The job to edit.
#[server(prefix = "/rpc")]
pub async fn open_builder(w: String, job: JobId) -> Result<BuilderView, UiError> {
    let (house, cx) = enter(&w).await?;
    let found = house.job(&cx, &job).await?;
    let saved = house.version(&cx, &job, None).await?.definition;
    let own = house.functions(&cx).await?.into_iter().map(|listed| listed.arn.0);
    let functions = own.chain(house.builtins(&cx)?.into_iter().map(|one| one.arn.0)).collect();
    let text = found.draft.unwrap_or_else(|| saved.clone());
    Ok(BuilderView { id: job, name: found.name, latest_version: found.latest_version, saved, text, functions })
}

/// Keeps the text that is being edited.
#[server(prefix = "/rpc")]
pub async fn keep_draft(w: String, job: JobId, definition: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.save_draft(&cx, &job, &definition).await?)
}

/// Makes a version; the answer is its number.
#[server(prefix = "/rpc")]
pub async fn make_version(w: String, job: JobId, definition: String, message: String) -> Result<u32, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.save_version(&cx, &job, service::NewVersion { definition, message, settings: None }).await?.version)
}

/// Runs one item through a definition. Nothing is stored; calls are really made.
#[server(prefix = "/rpc", input = leptos::server_fn::codec::Json)]
pub async fn try_item(w: String, asked: TestItem) -> Result<TestedItem, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.test_item(&cx, asked).await?)
}
