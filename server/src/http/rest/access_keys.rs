//! `/access-keys`: key pairs of AWS clients.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::http::StatusCode;
use model::AccessKey;
use service::{CreatedAccessKey, NewAccessKey, Service};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// The access keys of the workspace, newest first, without their secrets.
#[utoipa::path(get, path = "/access-keys", tag = "account", params(Paging),
    responses((status = 200, body = Page<AccessKey>)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<AccessKey>>, Problem> {
    let all = service.access_keys().list(&cx).await?;
    of_whole("access-keys", all, &paging, Order::Down, |one| {
        format!("{:020}{}", one.created_at.0.max(0), one.id)
    })
}

/// Makes an access key for AWS clients; its secret is shown this once.
#[utoipa::path(post, path = "/access-keys", tag = "account", request_body = NewAccessKey, responses(
    (status = 201, body = CreatedAccessKey), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewAccessKey>,
) -> Result<(StatusCode, Json<CreatedAccessKey>), Problem> {
    Ok((StatusCode::CREATED, Json(service.access_keys().create(&cx, new).await?)))
}

/// Revokes an access key.
#[utoipa::path(delete, path = "/access-keys/{id}", tag = "account", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn revoke(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service.access_keys().revoke(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
