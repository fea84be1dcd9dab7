//! `/jobs` and `/check`.

use super::Caller;
use super::etag::{Changed, IfMatch};
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, number_key, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::http::StatusCode;
use model::{Job, JobId, JobVersion, TestItem, TestedItem};
use serde::Deserialize;
use service::{CheckDefinition, NewJob, NewVersion, Service};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(jobs, create_job))
        .routes(routes!(job, delete_job))
        .routes(routes!(save_draft))
        .routes(routes!(versions, save_version))
        .routes(routes!(version))
        .routes(routes!(check))
        .routes(routes!(test_item))
}

/// The jobs of the workspace, newest first.
#[utoipa::path(get, path = "/jobs", tag = "jobs", params(Paging), responses((status = 200, body = Page<Job>)))]
async fn jobs(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Job>>, Problem> {
    of_whole("jobs", service.jobs(&cx).await?, &paging, Order::Down, |one| one.id.to_string())
}

/// Makes a job with its first version.
#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = NewJob, responses(
    (status = 201, body = Job), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_job(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewJob>,
) -> Result<(StatusCode, Changed, Json<Job>), Problem> {
    let job = service.create_job(&cx, new).await?;
    Ok((StatusCode::CREATED, Changed(job.updated_at), Json(job)))
}

/// One job. Its ETag changes with its draft and its versions.
#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)), responses(
    (status = 200, body = Job, headers(("etag" = String))), (status = 404, body = ProblemBody)))]
async fn job(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
) -> Result<(Changed, Json<Job>), Problem> {
    let job = service.job(&cx, &id).await?;
    Ok((Changed(job.updated_at), Json(job)))
}

/// Removes a job and its versions; its runs stay.
#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "The job's ETag")), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 412, body = ProblemBody)))]
async fn delete_job(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    IfMatch(seen): IfMatch,
) -> Result<StatusCode, Problem> {
    service.delete_job_if(&cx, &id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The definition that is being edited.
#[derive(Deserialize, ToSchema)]
struct Draft {
    /// ASL as JSON text, valid or not.
    definition: String,
}

/// Keeps the definition that is being edited.
#[utoipa::path(put, path = "/jobs/{id}/draft", tag = "jobs",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "The job's ETag")),
    request_body = Draft,
    responses((status = 204, headers(("etag" = String))), (status = 404, body = ProblemBody),
        (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn save_draft(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    IfMatch(seen): IfMatch,
    Json(draft): Json<Draft>,
) -> Result<(StatusCode, Changed, ()), Problem> {
    let at = service.save_draft_if(&cx, &id, &draft.definition, seen).await?;
    Ok((StatusCode::NO_CONTENT, Changed(at), ()))
}

/// The versions of a job, newest first.
#[utoipa::path(get, path = "/jobs/{id}/versions", tag = "jobs", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<JobVersion>), (status = 404, body = ProblemBody)))]
async fn versions(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<JobVersion>>, Problem> {
    let all = service.versions(&cx, &id).await?;
    of_whole("versions", all, &paging, Order::Down, |one| number_key(one.version.into()))
}

/// Makes the next version of a job. `If-Match` with the job's ETag refuses to write over what
/// somebody else saved meanwhile.
#[utoipa::path(post, path = "/jobs/{id}/versions", tag = "jobs",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "The job's ETag")),
    request_body = NewVersion,
    responses((status = 201, body = JobVersion), (status = 404, body = ProblemBody),
        (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn save_version(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    IfMatch(seen): IfMatch,
    Json(new): Json<NewVersion>,
) -> Result<(StatusCode, Changed, Json<JobVersion>), Problem> {
    let version = service.save_version_if(&cx, &id, new, seen).await?;
    Ok((StatusCode::CREATED, Changed(version.created_at), Json(version)))
}

/// One version of a job; it never changes.
#[utoipa::path(get, path = "/jobs/{id}/versions/{n}", tag = "jobs", params(("id" = String, Path), ("n" = u32, Path)),
    responses((status = 200, body = JobVersion, headers(("etag" = String))), (status = 404, body = ProblemBody)))]
async fn version(
    State(service): House,
    Caller(cx): Caller,
    Path((id, n)): Path<(JobId, u32)>,
) -> Result<(Changed, Json<JobVersion>), Problem> {
    let version = service.version(&cx, &id, Some(n)).await?;
    Ok((Changed(version.created_at), Json(version)))
}

/// Everything that can be said about a definition without running it.
#[utoipa::path(post, path = "/check", tag = "jobs", request_body = CheckDefinition, responses(
    (status = 200, body = Vec<asl::check::Diagnostic>), (status = 422, body = ProblemBody)))]
async fn check(
    State(service): House,
    Caller(cx): Caller,
    Json(text): Json<CheckDefinition>,
) -> Result<Json<Vec<asl::check::Diagnostic>>, Problem> {
    Ok(Json(service.check(&cx, &text)?))
}

/// Runs one item through a definition, with any state's answer pinned. Nothing is stored.
#[utoipa::path(post, path = "/test-item", tag = "jobs", request_body = TestItem, responses(
    (status = 200, body = TestedItem), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn test_item(
    State(service): House,
    Caller(cx): Caller,
    Json(asked): Json<TestItem>,
) -> Result<Json<TestedItem>, Problem> {
    Ok(Json(service.test_item(&cx, asked).await?))
}
