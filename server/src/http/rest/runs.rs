//! `/runs`: launch, control, results.

use super::Caller;
use super::extract::{Json, Path, Query, Which};
use super::page::{Order, Page, Paging, number_key, of_longer, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{JobId, Limits, Operation, RedrivePreview, RedriveSelection, ResultFile, Run, RunDetail, RunId, RunStatus};
use serde::Deserialize;
use service::{Error, InFlight, LaunchRun, RedriveRun, Redriven, Service};
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
        .routes(routes!(preview))
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
}

/// The runs of the workspace, newest first.
#[utoipa::path(get, path = "/runs", tag = "runs",
    params(("status" = Option<String>, Query, description = "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; several separated by commas"),
        ("job" = Option<JobId>, Query), Paging),
    responses((status = 200, body = Page<Run>), (status = 422, body = ProblemBody)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Query(query): Query<ListQuery>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Run>>, Problem> {
    let statuses = match query.status.as_deref() {
        None | Some("") => Vec::new(),
        Some(text) => text
            .split(',')
            .map(|name| RunStatus::parse(name).ok_or_else(|| unknown_status(name)))
            .collect::<Result<_, _>>()?,
    };
    let limit = paging.limit()?;
    let before = paging.after("runs")?.map(|id| id.parse().map_err(|_| not_a_cursor())).transpose()?;
    let filter = RunFilter { statuses, job: query.job, before };
    let total = service.count_runs(&cx, &filter).await?;
    let runs = service.runs(&cx, filter, limit + 1).await?;
    Ok(Json(of_longer("runs", runs, limit, total, |run| run.id.to_string())))
}

fn not_a_cursor() -> Error {
    Error::invalid("cursor", "This is not a cursor of this list. Take it from \"next\" of the page before.")
}

fn unknown_status(name: &str) -> Error {
    let message =
        format!("\"{name}\" is not a status. Use RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.");
    Error::invalid("status", message)
}

/// Launches a run of a job.
#[utoipa::path(post, path = "/runs", tag = "runs", request_body = LaunchRun, responses(
    (status = 201, body = Run), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn launch(
    State(service): House,
    Caller(cx): Caller,
    Json(launch): Json<LaunchRun>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    Ok((StatusCode::CREATED, Json(service.launch(&cx, launch).await?)))
}

/// One run with its Map Runs and their counts.
#[utoipa::path(get, path = "/runs/{id}", tag = "runs", params(("id" = String, Path)), responses(
    (status = 200, body = RunDetail), (status = 404, body = ProblemBody)))]
async fn one(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<Json<RunDetail>, Problem> {
    Ok(Json(service.run(&cx, &id).await?))
}

/// What becomes of the children in flight.
#[derive(Deserialize)]
struct StopQuery {
    #[serde(default)]
    in_flight: InFlight,
}

/// Aborts the children in flight, or lets them finish; the rest stays pending.
#[utoipa::path(post, path = "/runs/{id}/stop", tag = "runs", params(("id" = String, Path),
    ("in_flight" = Option<String>, Query, description = "`abort`, also when absent, or `finish`: the run is paused until they have ended, and then stopped")), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn stop(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(query): Query<StopQuery>,
) -> Result<StatusCode, Problem> {
    service.stop_run(&cx, &id, query.in_flight).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts no new children until the run is resumed.
#[utoipa::path(post, path = "/runs/{id}/pause", tag = "runs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn pause(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<StatusCode, Problem> {
    service.pause_run(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts new children again.
#[utoipa::path(post, path = "/runs/{id}/resume", tag = "runs", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn resume(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
) -> Result<StatusCode, Problem> {
    service.resume_run(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes concurrency, tolerated failures and the budget while the run is running.
#[utoipa::path(patch, path = "/runs/{id}/limits", tag = "runs", params(("id" = String, Path)), request_body = Limits,
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn update_limits(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Json(limits): Json<Limits>,
) -> Result<StatusCode, Problem> {
    service.update_limits(&cx, &id, limits).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Runs unsuccessful items again, with the same or another version of the job.
#[utoipa::path(post, path = "/runs/{id}/redrive", tag = "runs", params(("id" = String, Path)), request_body = RedriveRun,
    responses((status = 200, body = Redriven), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn redrive(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Json(redrive): Json<RedriveRun>,
) -> Result<Json<Redriven>, Problem> {
    Ok(Json(service.redrive_run(&cx, &id, redrive).await?))
}

/// Counts what a redrive would run again; exact, and nothing is changed.
#[utoipa::path(post, path = "/runs/{id}/redrive/preview", tag = "runs",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)), request_body = RedriveSelection,
    responses((status = 200, body = RedrivePreview), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn preview(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
    Json(selection): Json<RedriveSelection>,
) -> Result<Json<RedrivePreview>, Problem> {
    Ok(Json(service.preview_redrive(&cx, &id, which.map_run.as_deref(), &selection).await?))
}

/// What was done to a run, oldest first.
#[utoipa::path(get, path = "/runs/{id}/operations", tag = "runs", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<Operation>), (status = 404, body = ProblemBody)))]
async fn operations(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Operation>>, Problem> {
    of_whole("operations", service.operations(&cx, &id).await?, &paging, Order::Up, |one| one.id.to_string())
}

/// The run's own execution, in the shapes of GetExecutionHistory.
#[utoipa::path(get, path = "/runs/{id}/history", tag = "runs", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<serde_json::Value>), (status = 404, body = ProblemBody)))]
async fn history(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<serde_json::Value>>, Problem> {
    // Events are numbered from 1 and never change.
    let all = service.run_history(&cx, &id).await?;
    of_whole("history", all, &paging, Order::Up, |event| number_key(event["id"].as_u64().unwrap_or_default()))
}

/// The result files of a run, by name.
#[utoipa::path(get, path = "/runs/{id}/results", tag = "runs", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<ResultFile>), (status = 404, body = ProblemBody)))]
async fn results(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ResultFile>>, Problem> {
    of_whole("results", service.results(&cx, &id).await?, &paging, Order::Up, |one| one.name.clone())
}

/// The bytes of one result file.
#[utoipa::path(get, path = "/runs/{id}/results/{*name}", tag = "runs",
    params(("id" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = serde_json::Value, content_type = "application/json"), (status = 404, body = ProblemBody)))]
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
