//! `/me`, `/members`, `/invitations`, `/tokens`.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::{ApiToken, Member, Role, TokenId, Workspace};
use serde::{Deserialize, Serialize};
use service::{CreatedToken, NewToken, Service};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(members))
        .routes(routes!(invite))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
}

/// Who calls.
#[derive(Serialize, ToSchema)]
struct Me {
    /// The person's or the token's name.
    name: String,
    /// The workspace.
    #[schema(value_type = Object)]
    workspace: Workspace,
    /// What the caller may do.
    permissions: Vec<&'static str>,
}

#[utoipa::path(get, path = "/me", tag = "account", responses(
    (status = 200, body = Me), (status = 401, body = ProblemBody)))]
async fn me(Caller(cx): Caller) -> Json<Me> {
    let permissions = model::Permission::ALL.into_iter().filter(|p| cx.may(*p)).map(|p| p.as_str()).collect();
    Json(Me { name: cx.actor.name(), workspace: cx.workspace, permissions })
}

#[utoipa::path(get, path = "/members", tag = "account", responses((status = 200, body = Vec<Object>)))]
async fn members(State(service): House, Caller(cx): Caller) -> Result<Json<Vec<Member>>, Problem> {
    Ok(Json(service.members(&cx).await?))
}

/// An invitation to make.
#[derive(Deserialize, ToSchema)]
struct Invite {
    /// The address.
    email: String,
    /// `owner`, `admin`, `editor`, `operator` or `viewer`.
    #[schema(value_type = String)]
    role: Role,
}

/// An invitation's link, shown this once.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// The path to open in a browser.
    path: String,
}

#[utoipa::path(post, path = "/invitations", tag = "account", request_body = Invite, responses(
    (status = 201, body = Invited), (status = 422, body = ProblemBody)))]
async fn invite(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<Invite>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let secret = service.invite(&cx, &new.email, new.role).await?;
    Ok((StatusCode::CREATED, Json(Invited { path: format!("/invite/{secret}") })))
}

#[utoipa::path(get, path = "/tokens", tag = "account", responses((status = 200, body = Vec<Object>)))]
async fn tokens(State(service): House, Caller(cx): Caller) -> Result<Json<Vec<ApiToken>>, Problem> {
    Ok(Json(service.tokens(&cx).await?))
}

#[utoipa::path(post, path = "/tokens", tag = "account", request_body = Object, responses(
    (status = 201, body = Object), (status = 422, body = ProblemBody)))]
async fn create_token(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Problem> {
    Ok((StatusCode::CREATED, Json(service.create_token(&cx, new).await?)))
}

#[utoipa::path(delete, path = "/tokens/{id}", tag = "account", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn revoke_token(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<TokenId>,
) -> Result<StatusCode, Problem> {
    service.revoke_token(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
