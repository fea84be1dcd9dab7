//! `/runs`: launch, control, results.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{JobId, Operation, ResultFile, Run, RunDetail, RunId, RunStatus};
use serde::{Deserialize, Serialize};
use service::{Error, LaunchRun, RedriveRun, Redriven, Service, UpdateLimits};
use std::sync::Arc;
use store::RunFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, launch))
        .routes(routes!(one))
        .routes(routes!(stop))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(update_limits))
        .routes(routes!(redrive))
        .routes(routes!(operations))
        .routes(routes!(history))
        .routes(routes!(results))
        .routes(routes!(result_file))
}

/// Which runs to list.
#[derive(Deserialize)]
struct ListQuery {
    status: Option<String>,
    job: Option<JobId>,
    before: Option<RunId>,
    limit: Option<u32>,
}

/// A page of runs.
#[derive(Serialize)]
struct RunPage {
    runs: Vec<Run>,
    /// `before` of the next page.
    next: Option<RunId>,
}

#[utoipa::path(get, path = "/runs", tag = "runs",
    params(("status" = Option<String>, Query, description = "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED"),
        ("job" = Option<String>, Query), ("before" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Object), (status = 422, body = ProblemBody)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<RunPage>, Problem> {
    let statuses = match query.status.as_deref() {
        None | Some("") => Vec::new(),
        Some(text) => text
            .split(',')
            .map(|name| RunStatus::parse(name).ok_or_else(|| unknown_status(name)))
            .collect::<Result<_, _>>()?,
    };
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let filter = RunFilter { statuses, job: query.job, before: query.before };
    let runs = service.runs(&cx, filter, limit).await?;
    let next = (runs.len() == limit as usize).then(|| runs.last().map(|run| run.id.clone())).flatten();
    Ok(Json(RunPage { runs, next }))
}

fn unknown_status(name: &str) -> Error {
    let message = format!("\"{name}\" is not a status. Use RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.");
    Error::invalid("status", message)
}

/// Launches a run of a job.
#[utoipa::path(post, path = "/runs", tag = "runs", request_body = Object, responses(
    (status = 201, body = Object), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn launch(
    State(service): House,
    Caller(cx): Caller,
    Json(launch): Json<LaunchRun>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    Ok((StatusCode::CREATED, Json(service.launch(&cx, launch).await?)))
}

#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = Object), (status = 404, body = ProblemBody)))]
async fn one(State(service): House, Caller(cx): Caller, Path(id): Path<RunId>) -> Result<Json<RunDetail>, Problem> {
    Ok(Json(service.run(&cx, &id).await?))
}

/// Aborts the children in flight; the rest stays pending.
#[utoipa::path(post, path = "/runs/{id}/stop", tag = "runs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn stop(State(service): House, Caller(cx): Caller, Path(id): Path<RunId>) -> Result<StatusCode, Problem> {
    service.stop_run(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/runs/{id}/pause", tag = "runs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn pause(State(service): House, Caller(cx): Caller, Path(id): Path<RunId>) -> Result<StatusCode, Problem> {
    service.pause_run(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/runs/{id}/resume", tag = "runs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn resume(State(service): House, Caller(cx): Caller, Path(id): Path<RunId>) -> Result<StatusCode, Problem> {
    service.resume_run(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes concurrency and tolerated failures while the run is running.
#[utoipa::path(patch, path = "/runs/{id}/limits", tag = "runs", params(("id" = String, Path)), request_body = Object,
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn update_limits(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Json(new): Json<UpdateLimits>,
) -> Result<StatusCode, Problem> {
    service.update_limits(&cx, &id, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Runs unsuccessful items again, with the same or another version of the job.
#[utoipa::path(post, path = "/runs/{id}/redrive", tag = "runs", params(("id" = String, Path)), request_body = Object,
    responses((status = 200, body = Object), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn redrive(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Json(redrive): Json<RedriveRun>,
) -> Result<Json<Redriven>, Problem> {
    Ok(Json(service.redrive_run(&cx, &id, redrive).await?))
}

#[utoipa::path(get, path = "/runs/{id}/operations", tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn operations(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<Json<Vec<Operation>>, Problem> {
    Ok(Json(service.operations(&cx, &id).await?))
}

/// The run's own execution, in the shapes of GetExecutionHistory.
#[utoipa::path(get, path = "/runs/{id}/history", tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn history(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<Json<Vec<serde_json::Value>>, Problem> {
    Ok(Json(service.run_history(&cx, &id).await?))
}

#[utoipa::path(get, path = "/runs/{id}/results", tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn results(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<Json<Vec<ResultFile>>, Problem> {
    Ok(Json(service.results(&cx, &id).await?))
}

#[utoipa::path(get, path = "/runs/{id}/results/{*name}", tag = "runs",
    params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 200, content_type = "application/json"), (status = 404, body = ProblemBody)))]
async fn result_file(
    State(service): House,
    Caller(cx): Caller,
    Path((id, name)): Path<(RunId, String)>,
) -> Result<Response, Problem> {
    let object = service.result_file(&cx, &id, &name).await?;
    let file = name.rsplit('/').next().unwrap_or("result.json").replace(['"', '\\'], "_");
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_LENGTH, object.info().size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
    ];
    Ok((headers, Body::from_stream(object.into_stream())).into_response())
}
