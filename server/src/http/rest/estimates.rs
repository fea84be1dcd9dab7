//! `/estimates`.

use super::Caller;
use super::extract::Json;
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
use cost::Report;
use service::{EstimateRequest, Service};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(estimate))
}

/// Prices a definition or a job over a manifest or a number of items. Nothing is stored.
#[utoipa::path(post, path = "/estimates", tag = "estimates", request_body = EstimateRequest, responses(
    (status = 200, body = Report), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn estimate(
    State(service): State<Arc<Service>>,
    Caller(cx): Caller,
    Json(request): Json<EstimateRequest>,
) -> Result<Json<Report>, Problem> {
    Ok(Json(service.estimate(&cx, request).await?))
}
