//! Server functions of jobs.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::routes::At;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{JobId, JobVersion, Timestamp};
use serde::{Deserialize, Serialize};

/// A job in a list: without its definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobLine {
    /// Its id.
    pub id: JobId,
    /// Its name.
    pub name: String,
    /// The newest version's number.
    pub latest_version: u32,
    /// Whether there are changes that no version has.
    pub has_draft: bool,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobList {
    /// Last changed first.
    pub jobs: Vec<JobLine>,
    /// When this was read.
    pub now: Timestamp,
}

/// One version in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionLine {
    /// Its number.
    pub version: u32,
    /// Why it was saved.
    pub message: String,
    /// Who saved it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
}

/// One job with its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// The job.
    pub job: JobLine,
    /// Newest first.
    pub versions: Vec<VersionLine>,
    /// When this was read.
    pub now: Timestamp,
}

/// A job's name and one of its definitions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VersionView {
    /// The job's name.
    pub name: String,
    /// The version.
    pub version: JobVersion,
}

/// Two definitions of a job to compare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The job.
    pub job: JobLine,
    /// The older definition.
    pub from: String,
    /// The newer definition; the draft when no number was given.
    pub to: String,
}

#[cfg(feature = "ssr")]
fn line(job: model::Job) -> JobLine {
    JobLine {
        id: job.id,
        name: job.name,
        latest_version: job.latest_version,
        has_draft: job.draft.is_some(),
        updated_at: job.updated_at,
    }
}

/// The jobs.
#[server(prefix = "/rpc")]
pub async fn list_jobs(w: String) -> Result<JobList, UiError> {
    let (house, cx) = enter(&w).await?;
    let jobs = house.jobs(&cx).await?.into_iter().map(line).collect();
    Ok(JobList { jobs, now: cx.now })
}

/// One job with its versions.
#[server(prefix = "/rpc")]
pub async fn read_job(w: String, job: JobId) -> Result<JobView, UiError> {
    let (house, cx) = enter(&w).await?;
    let versions = house.versions(&cx, &job).await?.into_iter().map(|v| VersionLine {
        version: v.version,
        message: v.message,
        author: v.author,
        created_at: v.created_at,
    });
    let versions = versions.collect();
    Ok(JobView { job: line(house.job(&cx, &job).await?), versions, now: cx.now })
}

/// One version with its definition.
#[server(prefix = "/rpc")]
pub async fn read_version(w: String, job: JobId, version: u32) -> Result<VersionView, UiError> {
    let (house, cx) = enter(&w).await?;
    let name = house.job(&cx, &job).await?.name;
    Ok(VersionView { name, version: house.version(&cx, &job, Some(version)).await? })
}

/// Two definitions of a job. `to` = `None`: the draft, or the newest version without one.
#[server(prefix = "/rpc")]
pub async fn compare_versions(w: String, job: JobId, from: u32, to: Option<u32>) -> Result<Comparison, UiError> {
    let (house, cx) = enter(&w).await?;
    let found = house.job(&cx, &job).await?;
    let from = house.version(&cx, &job, Some(from)).await?.definition;
    let to = match (to, &found.draft) {
        (None, Some(draft)) => draft.clone(),
        (to, _) => house.version(&cx, &job, to).await?.definition,
    };
    Ok(Comparison { job: line(found), from, to })
}

/// Makes a job and opens it in the builder.
#[server(prefix = "/rpc")]
pub async fn create_job(w: String, name: String, definition: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let name = name.trim().to_owned();
    let job = house.create_job(&cx, service::NewJob { name, definition, ..Default::default() }).await?;
    leptos_axum::redirect(&At(w).builder(job.id.as_str()));
    Ok(())
}

/// Removes a job and goes back to the list.
#[server(prefix = "/rpc")]
pub async fn delete_job(w: String, job: JobId) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    house.delete_job(&cx, &job).await?;
    leptos_axum::redirect(&At(w).jobs());
    Ok(())
}
