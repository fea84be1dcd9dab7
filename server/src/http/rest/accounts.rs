//! `/me`, `/members`, `/invitations`, `/tokens`.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
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
    workspace: Workspace,
    /// What the caller may do.
    permissions: Vec<&'static str>,
}

/// Who calls, in which workspace, with which permissions.
#[utoipa::path(get, path = "/me", tag = "account", responses(
    (status = 200, body = Me), (status = 401, body = ProblemBody)))]
async fn me(Caller(cx): Caller) -> Json<Me> {
    let permissions = model::Permission::ALL.into_iter().filter(|p| cx.may(*p)).map(|p| p.as_str()).collect();
    Json(Me { name: cx.actor.name(), workspace: cx.workspace, permissions })
}

/// The members of the workspace, by id.
#[utoipa::path(get, path = "/members", tag = "account", params(Paging), responses((status = 200, body = Page<Member>)))]
async fn members(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Member>>, Problem> {
    of_whole("members", service.members(&cx).await?, &paging, Order::Up, |one| one.user.id.to_string())
}

/// An invitation to make.
#[derive(Deserialize, ToSchema)]
struct Invite {
    /// The address.
    email: String,
    /// `owner`, `admin`, `editor`, `operator` or `viewer`.
    role: Role,
}

/// An invitation's link, shown this once.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// The path to open in a browser.
    path: String,
}

/// Invites somebody into the workspace.
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

/// The API tokens of the workspace, newest first, without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "account", params(Paging), responses((status = 200, body = Page<ApiToken>)))]
async fn tokens(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ApiToken>>, Problem> {
    of_whole("tokens", service.tokens(&cx).await?, &paging, Order::Down, |one| one.id.to_string())
}

/// Makes an API token; its secret is shown this once.
#[utoipa::path(post, path = "/tokens", tag = "account", request_body = NewToken, responses(
    (status = 201, body = CreatedToken), (status = 422, body = ProblemBody)))]
async fn create_token(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<CreatedToken>), Problem> {
    Ok((StatusCode::CREATED, Json(service.create_token(&cx, new).await?)))
}

/// Revokes an API token.
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
