//! `/runs/{id}/items`, `/failures`, `/map`, `/progress`, `/stream`.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{KeepAlive, Sse};
use model::{FailureGroup, ItemDetail, ItemQuery, ItemsPage, ProgressPoint, RunId};
use serde::Deserialize;
use service::Service;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(failures))
        .routes(routes!(progress))
        .routes(routes!(map))
        .routes(routes!(map_items))
        .routes(routes!(stream))
}

/// A Map Run of the run; the last one when absent.
#[derive(Deserialize)]
struct Which {
    map_run: Option<String>,
}

#[utoipa::path(get, path = "/runs/{id}/items", tag = "items",
    params(("id" = String, Path), ("status" = Option<String>, Query), ("group" = Option<u32>, Query),
        ("key" = Option<String>, Query), ("from" = Option<u64>, Query), ("to" = Option<u64>, Query),
        ("after" = Option<u64>, Query), ("limit" = Option<u32>, Query), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 422, body = ProblemBody)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(query): Query<ItemQuery>,
) -> Result<Json<ItemsPage>, Problem> {
    Ok(Json(service.items(&cx, &id, &query).await?))
}

#[utoipa::path(get, path = "/runs/{id}/items/{index}", tag = "items",
    params(("id" = String, Path), ("index" = u64, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)))]
async fn one(
    State(service): House,
    Caller(cx): Caller,
    Path((id, index)): Path<(RunId, u64)>,
    Query(which): Query<Which>,
) -> Result<Json<ItemDetail>, Problem> {
    Ok(Json(service.item(&cx, &id, which.map_run.as_deref(), index).await?))
}

#[utoipa::path(get, path = "/runs/{id}/failures", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn failures(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<FailureGroup>>, Problem> {
    Ok(Json(service.failure_groups(&cx, &id, which.map_run.as_deref()).await?))
}

#[utoipa::path(get, path = "/runs/{id}/progress", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = Vec<Object>), (status = 404, body = ProblemBody)))]
async fn progress(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
) -> Result<Json<Vec<ProgressPoint>>, Problem> {
    Ok(Json(service.progress(&cx, &id, which.map_run.as_deref()).await?))
}

/// The item map's bins, columnar varints.
#[utoipa::path(get, path = "/runs/{id}/map", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ProblemBody)))]
async fn map(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
) -> Result<impl IntoResponse, Problem> {
    let bins = service.map_bins(&cx, &id, which.map_run.as_deref()).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bins))
}

/// A window of items.
#[derive(Deserialize)]
struct Window {
    from: u64,
    to: u64,
    map_run: Option<String>,
}

/// One status code a byte for at most 4,096 items.
#[utoipa::path(get, path = "/runs/{id}/map/items", tag = "items",
    params(("id" = String, Path), ("from" = u64, Query), ("to" = u64, Query), ("map_run" = Option<String>, Query)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404, body = ProblemBody)))]
async fn map_items(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(window): Query<Window>,
) -> Result<impl IntoResponse, Problem> {
    let range = (window.from, window.to);
    let statuses = service.map_items(&cx, &id, window.map_run.as_deref(), range).await?;
    let codes: Vec<u8> = statuses.into_iter().map(|status| status as u8).collect();
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], codes))
}

/// Server-sent events: `snapshot`, then `frame`s at most twice a second, then `end`.
#[utoipa::path(get, path = "/runs/{id}/stream", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = ProblemBody)))]
async fn stream(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
) -> Result<impl IntoResponse, Problem> {
    let events = crate::http::stream::of_run(service, cx, id, which.map_run).await?;
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
