//! The table of REST routes, and the document made from it.

use super::{accounts, buckets, estimates, functions, items, jobs, manifests, runs, settings};
use axum::Router;
use service::Service;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What the document says about the whole API.
#[derive(OpenApi)]
#[openapi(info(
    title = "Mapwright",
    description = "Distributed Map jobs: manifests, jobs, estimates, runs, items and results. \
                   Send an API token in the header `Authorization: Bearer TOKEN`."
))]
struct Document;

/// The routes below `/api/v1`, and the OpenAPI document that describes them.
pub fn routes() -> (Router<Arc<Service>>, utoipa::openapi::OpenApi) {
    let api = OpenApiRouter::new()
        .merge(accounts::routes())
        .merge(buckets::routes())
        .merge(estimates::routes())
        .merge(functions::routes())
        .merge(jobs::routes())
        .merge(items::routes())
        .merge(manifests::routes())
        .merge(runs::routes())
        .merge(settings::routes());
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", api).split_for_parts()
}
