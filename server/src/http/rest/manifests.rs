//! `/manifests`.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use model::{Manifest, ManifestId, ManifestItem, Preview};
use serde::Deserialize;
use service::{GenerateManifest, Service, UploadManifest};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(upload))
        .routes(routes!(generate))
        .routes(routes!(one, delete))
        .routes(routes!(items))
}

/// The manifests of the workspace, newest first.
#[utoipa::path(get, path = "/manifests", tag = "manifests", params(Paging),
    responses((status = 200, body = Page<Manifest>)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Manifest>>, Problem> {
    of_whole("manifests", service.manifests(&cx).await?, &paging, Order::Down, |one| one.id.to_string())
}

/// Reads a CSV, JSON or JSON Lines file from the body, as it arrives.
#[utoipa::path(post, path = "/manifests/upload", tag = "manifests",
    params(("name" = Option<String>, Query), ("file_name" = Option<String>, Query),
        ("format" = Option<String>, Query, description = "CSV, JSON or JSONL"),
        ("delimiter" = Option<String>, Query, description = "COMMA, PIPE, SEMICOLON, SPACE or TAB")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Manifest), (status = 422, body = ProblemBody)))]
async fn upload(
    State(service): House,
    Caller(cx): Caller,
    Query(upload): Query<UploadManifest>,
    request: Request,
) -> Result<(StatusCode, Json<Manifest>), Problem> {
    let body = request.into_body().into_data_stream();
    Ok((StatusCode::CREATED, Json(service.upload_manifest(&cx, upload, body).await?)))
}

/// Makes a manifest of the objects under a prefix.
#[utoipa::path(post, path = "/manifests/generate", tag = "manifests", request_body = GenerateManifest, responses(
    (status = 201, body = Manifest), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn generate(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<GenerateManifest>,
) -> Result<(StatusCode, Json<Manifest>), Problem> {
    Ok((StatusCode::CREATED, Json(service.generate_manifest(&cx, new).await?)))
}

/// One manifest.
#[utoipa::path(get, path = "/manifests/{id}", tag = "manifests", params(("id" = String, Path)), responses(
    (status = 200, body = Manifest), (status = 404, body = ProblemBody)))]
async fn one(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<ManifestId>,
) -> Result<Json<Manifest>, Problem> {
    Ok(Json(service.manifest(&cx, &id).await?))
}

/// Removes a manifest. Runs that were launched with it stay.
#[utoipa::path(delete, path = "/manifests/{id}", tag = "manifests", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn delete(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<ManifestId>,
) -> Result<StatusCode, Problem> {
    service.delete_manifest(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which items to show.
#[derive(Deserialize)]
struct ItemsQuery {
    #[serde(default)]
    view: Preview,
    limit: Option<usize>,
}

/// A preview of a manifest's items: the first, some at random, or the largest.
#[utoipa::path(get, path = "/manifests/{id}/items", tag = "manifests",
    params(("id" = String, Path), ("view" = Option<Preview>, Query),
        ("limit" = Option<usize>, Query)),
    responses((status = 200, body = Vec<ManifestItem>), (status = 404, body = ProblemBody)))]
async fn items(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<ManifestId>,
    Query(query): Query<ItemsQuery>,
) -> Result<Json<Vec<ManifestItem>>, Problem> {
    Ok(Json(service.manifest_items(&cx, &id, query.view, query.limit.unwrap_or(20)).await?))
}
