//! `/jobs` and `/check`.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Job, JobId, JobVersion};
use serde::Deserialize;
use service::{CheckDefinition, NewJob, NewVersion, Service, TestItem, TestedItem};
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

#[utoipa::path(get, path = "/jobs", tag = "jobs", responses((status = 200, body = Vec<Object>)))]
async fn jobs(State(service): House, Caller(cx): Caller) -> Result<Json<Vec<Job>>, Problem> {
    Ok(Json(service.jobs(&cx).await?))
}

#[utoipa::path(post, path = "/jobs", tag = "jobs", request_body = Object, responses(
    (status = 201, body = Object), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_job(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewJob>,
) -> Result<(StatusCode, Json<Job>), Problem> {
    Ok((StatusCode::CREATED, Json(service.create_job(&cx, new).await?)))
}

#[utoipa::path(get, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = ProblemBody)))]
async fn job(State(service): House, Caller(cx): Caller, Path(id): Path<JobId>) -> Result<Json<Job>, Problem> {
    Ok(Json(service.job(&cx, &id).await?))
}

#[utoipa::path(delete, path = "/jobs/{id}", tag = "jobs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn delete_job(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
) -> Result<StatusCode, Problem> {
    service.delete_job(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The definition that is being edited.
#[derive(Deserialize, ToSchema)]
struct Draft {
    /// ASL as JSON text, valid or not.
    definition: String,
}

#[utoipa::path(put, path = "/jobs/{id}/draft", tag = "jobs", params(("id" = String, Path)), request_body = Draft,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn save_draft(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    Json(draft): Json<Draft>,
) -> Result<StatusCode, Problem> {
    service.save_draft(&cx, &id, &draft.definition).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/jobs/{id}/versions", tag = "jobs", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn versions(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
) -> Result<Json<Vec<JobVersion>>, Problem> {
    Ok(Json(service.versions(&cx, &id).await?))
}

#[utoipa::path(post, path = "/jobs/{id}/versions", tag = "jobs", params(("id" = String, Path)), request_body = Object,
    responses((status = 201, body = Object), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn save_version(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<JobId>,
    Json(new): Json<NewVersion>,
) -> Result<(StatusCode, Json<JobVersion>), Problem> {
    Ok((StatusCode::CREATED, Json(service.save_version(&cx, &id, new).await?)))
}

#[utoipa::path(get, path = "/jobs/{id}/versions/{n}", tag = "jobs", params(("id" = String, Path), ("n" = u32, Path)),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)))]
async fn version(
    State(service): House,
    Caller(cx): Caller,
    Path((id, n)): Path<(JobId, u32)>,
) -> Result<Json<JobVersion>, Problem> {
    Ok(Json(service.version(&cx, &id, Some(n)).await?))
}

#[utoipa::path(post, path = "/check", tag = "jobs", request_body = Object, responses(
    (status = 200, body = Vec<Object>), (status = 422, body = ProblemBody)))]
async fn check(
    State(service): House,
    Caller(cx): Caller,
    Json(text): Json<CheckDefinition>,
) -> Result<Json<Vec<asl::check::Diagnostic>>, Problem> {
    Ok(Json(service.check(&cx, &text)?))
}

/// Runs one item through a definition, with any state's answer pinned. Nothing is stored.
#[utoipa::path(post, path = "/test-item", tag = "jobs", request_body = Object, responses(
    (status = 200, body = Object), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn test_item(
    State(service): House,
    Caller(cx): Caller,
    Json(asked): Json<TestItem>,
) -> Result<Json<TestedItem>, Problem> {
    Ok(Json(service.test_item(&cx, asked).await?))
}
