//! `/workspace`, `/members/{id}`, `/invitations`, `/audit`.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{Invitation, Role, UserId};
use serde::Deserialize;
use service::Service;
use std::sync::Arc;
use store::AuditEntry;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(rename_workspace))
        .routes(routes!(set_member, remove_member))
        .routes(routes!(invitations))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(audit))
}

/// A workspace's new name.
#[derive(Deserialize, ToSchema)]
struct Rename {
    /// 1 to 80 characters.
    name: String,
}

#[utoipa::path(patch, path = "/workspace", tag = "settings", request_body = Rename, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
async fn rename_workspace(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<Rename>,
) -> Result<StatusCode, Problem> {
    service.rename_workspace(&cx, &new.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member's new role.
#[derive(Deserialize, ToSchema)]
struct SetRole {
    /// `owner`, `admin`, `editor`, `operator` or `viewer`.
    #[schema(value_type = String)]
    role: Role,
}

#[utoipa::path(put, path = "/members/{id}", tag = "settings", params(("id" = String, Path)), request_body = SetRole,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn set_member(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<UserId>,
    Json(new): Json<SetRole>,
) -> Result<StatusCode, Problem> {
    service.set_member(&cx, &id, Some(new.role)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(delete, path = "/members/{id}", tag = "settings", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn remove_member(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    service.set_member(&cx, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/invitations", tag = "settings", responses((status = 200, body = Vec<Object>)))]
async fn invitations(State(service): House, Caller(cx): Caller) -> Result<Json<Vec<Invitation>>, Problem> {
    Ok(Json(service.invitations(&cx).await?))
}

#[utoipa::path(delete, path = "/invitations/{id}", tag = "settings", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn withdraw_invitation(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service.withdraw_invitation(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/audit", tag = "settings", responses((status = 200, body = Vec<Object>)))]
async fn audit(State(service): House, Caller(cx): Caller) -> Result<Json<Vec<AuditEntry>>, Problem> {
    Ok(Json(service.audit(&cx).await?))
}
