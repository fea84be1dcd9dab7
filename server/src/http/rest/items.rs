//! `/runs/{id}/items`, `/failures`, `/map`, `/progress`, `/stream`.

use super::Caller;
use super::extract::{Json, Path, Query, Which};
use super::page::{Order, Page, Paging, cursor, number_key, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use model::{FailureGroup, ItemDetail, ItemQuery, ItemRow, ProgressPoint, RunId};
use serde::Deserialize;
use service::{ExportFormat, ExportItems, Service};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
        .routes(routes!(one))
        .routes(routes!(failures))
        .routes(routes!(progress))
        .routes(routes!(map))
        .routes(routes!(map_items))
        .routes(routes!(stream))
}

const LIST: &str = "items";
const FILTER: &str = "Words separated by spaces, all of which must hold: status:failed,timed_out error:AccessDenied \
                      cause:TEXT state:NAME group:3 key:photos/ duration:>2s attempts:>1 range:0-4095";

/// Which items.
#[derive(Deserialize)]
struct Chosen {
    filter: Option<String>,
    map_run: Option<String>,
}

/// Items of a run by index, those that a filter finds.
#[utoipa::path(get, path = "/runs/{id}/items", tag = "items",
    params(("id" = String, Path), ("filter" = Option<String>, Query, description = FILTER),
        ("map_run" = Option<String>, Query, description = "A Map Run of the run; the last one when absent"), Paging),
    responses((status = 200, body = Page<ItemRow>), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(chosen): Query<Chosen>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ItemRow>>, Problem> {
    let after = paging.after(LIST)?.map(|key| key.parse().map_err(|_| not_a_cursor())).transpose()?;
    let limit = Some(paging.limit()?);
    let query =
        ItemQuery { map_run: chosen.map_run, filter: chosen.filter, after, limit, ..ItemQuery::default() };
    let page = service.items(&cx, &id, &query).await?;
    let next = page.next.map(|index| cursor(LIST, &index.to_string()));
    Ok(Json(Page { items: page.items, next, total: page.total }))
}

fn not_a_cursor() -> Problem {
    Problem::field(
        "invalid",
        "cursor",
        "This is not a cursor of this list. Take it from \"next\" of the page before.",
    )
}

/// How the export is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Form {
    /// JSON Lines or CSV.
    #[serde(default)]
    #[param(required = false)]
    format: ExportFormat,
    /// Whether each item comes with its input, output and cause.
    #[serde(default)]
    #[param(required = false)]
    payloads: bool,
}

/// All items that a filter finds, as a stream.
#[utoipa::path(get, path = "/runs/{id}/export", tag = "items",
    params(("id" = String, Path), ("filter" = Option<String>, Query, description = FILTER),
        ("map_run" = Option<String>, Query, description = "A Map Run of the run; the last one when absent"), Form),
    responses((status = 200, content(
            (String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn export(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(chosen): Query<Chosen>,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let Form { format, payloads } = form;
    let wanted = ExportItems { map_run: chosen.map_run, filter: chosen.filter, format, payloads };
    let pieces = service.export_items(&cx, &id, wanted).await?;
    let (kind, ending) = match format {
        ExportFormat::Jsonl => ("application/x-ndjson", "jsonl"),
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"items-{id}.{ending}\"")),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Everything about one item: input, output, cause, history, earlier attempts.
#[utoipa::path(get, path = "/runs/{id}/items/{index}", tag = "items",
    params(("id" = String, Path), ("index" = u64, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = ItemDetail), (status = 404, body = ProblemBody)))]
async fn one(
    State(service): House,
    Caller(cx): Caller,
    Path((id, index)): Path<(RunId, u64)>,
    Query(which): Query<Which>,
) -> Result<Json<ItemDetail>, Problem> {
    Ok(Json(service.item(&cx, &id, which.map_run.as_deref(), index).await?))
}

/// The failure groups of a run, by number: first seen, first listed.
#[utoipa::path(get, path = "/runs/{id}/failures", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query), Paging),
    responses((status = 200, body = Page<FailureGroup>), (status = 404, body = ProblemBody)))]
async fn failures(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<FailureGroup>>, Problem> {
    let all = service.failure_groups(&cx, &id, which.map_run.as_deref()).await?;
    of_whole("failures", all, &paging, Order::Up, |one| number_key(one.id.into()))
}

/// The points of a run's graphs, oldest first.
#[utoipa::path(get, path = "/runs/{id}/progress", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query), Paging),
    responses((status = 200, body = Page<ProgressPoint>), (status = 404, body = ProblemBody)))]
async fn progress(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ProgressPoint>>, Problem> {
    let all = service.progress(&cx, &id, which.map_run.as_deref()).await?;
    of_whole("progress", all, &paging, Order::Up, |one| number_key(one.at.0.max(0) as u64))
}

/// The item map's bins, columnar varints.
#[utoipa::path(get, path = "/runs/{id}/map", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = ProblemBody)))]
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
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 404, body = ProblemBody)))]
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

/// Server-sent events: `snapshot`, then `frame`s at most twice a second, then `end`. With the id of the
/// last event read, the frames after it come instead of the snapshot, as long as they are kept.
#[utoipa::path(get, path = "/runs/{id}/stream", tag = "items",
    params(("id" = String, Path), ("map_run" = Option<String>, Query), ("last-event-id" = Option<String>, Header)),
    responses((status = 200, body = String, content_type = "text/event-stream"), (status = 404, body = ProblemBody)))]
async fn stream(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<RunId>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let events = crate::http::stream::of_run(service, cx, (id, which.map_run), seen).await?;
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
