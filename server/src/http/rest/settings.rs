//! `/workspace`, `/retention`, `/members/{id}`, `/invitations`, `/audit`.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_longer, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::{AuditEntry, Invitation, Retention, Role, UserId};
use serde::Deserialize;
use service::{Error, Service};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Lines of the audit that are read at once.
const AUDIT_PIECE: u32 = 1_000;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(rename_workspace))
        .routes(routes!(retention, set_retention))
        .routes(routes!(set_member, remove_member))
        .routes(routes!(invitations))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(audit))
        .routes(routes!(export_audit))
}

/// A workspace's new name.
#[derive(Deserialize, ToSchema)]
struct Rename {
    /// 1 to 80 characters.
    name: String,
}

/// Gives the workspace another shown name.
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

/// How long the workspace keeps what its runs leave behind.
#[utoipa::path(get, path = "/retention", tag = "settings", responses((status = 200, body = Retention)))]
async fn retention(State(service): House, Caller(cx): Caller) -> Result<Json<Retention>, Problem> {
    Ok(Json(service.retention(&cx).await?))
}

/// Sets how long that is kept. What is dropped is gone at once, and for good.
#[utoipa::path(put, path = "/retention", tag = "settings", request_body = Retention, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
async fn set_retention(
    State(service): House,
    Caller(cx): Caller,
    Json(policy): Json<Retention>,
) -> Result<StatusCode, Problem> {
    service.set_retention(&cx, policy).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A member's new role.
#[derive(Deserialize, ToSchema)]
struct SetRole {
    /// `owner`, `admin`, `editor`, `operator` or `viewer`.
    role: Role,
}

/// Changes a member's role.
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

/// Ends a membership.
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

/// The open invitations.
#[utoipa::path(get, path = "/invitations", tag = "settings", params(Paging),
    responses((status = 200, body = Page<Invitation>)))]
async fn invitations(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Invitation>>, Problem> {
    of_whole("invitations", service.invitations(&cx).await?, &paging, Order::Up, |one| one.token_hash.clone())
}

/// Takes an invitation back.
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

/// Who did what in the workspace, newest first.
#[utoipa::path(get, path = "/audit", tag = "settings", params(Paging), responses((status = 200, body = Page<AuditEntry>)))]
async fn audit(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    let (after, limit) = (paging.after("audit")?, paging.limit()?);
    let read = service.audit_before(&cx, after.as_deref(), limit + 1).await?;
    Ok(Json(of_longer("audit", read, limit, service.count_audit(&cx).await?, |one| one.id.clone())))
}

/// The whole audit as JSON Lines, newest first.
#[utoipa::path(get, path = "/audit/export", tag = "settings",
    responses((status = 200, body = String, content_type = "application/x-ndjson")))]
async fn export_audit(State(service): House, Caller(cx): Caller) -> Result<Response, Problem> {
    // A stranger is refused here, before the stream begins.
    service.count_audit(&cx).await?;
    let lines = try_stream! {
        let mut before: Option<String> = None;
        loop {
            let page = service.audit_before(&cx, before.as_deref(), AUDIT_PIECE).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.id.clone());
            let mut piece = String::new();
            for entry in &page {
                piece.push_str(&serde_json::to_string(entry).map_err(Error::internal)?);
                piece.push('\n');
            }
            yield Bytes::from(piece);
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    let lines: std::pin::Pin<Box<dyn futures::Stream<Item = Result<Bytes, Error>> + Send>> = Box::pin(lines);
    Ok((headers, Body::from_stream(lines)).into_response())
}
