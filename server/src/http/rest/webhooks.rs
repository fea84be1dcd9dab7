//! `/webhooks`: who is told when runs end, and what was sent.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_longer, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::http::StatusCode;
use model::{Delivery, DeliveryId, Webhook, WebhookId};
use service::{ChangeWebhook, CreatedWebhook, Error, NewWebhook, Service};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(one, change, delete))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(resend))
}

/// The webhooks of the workspace, newest first, without their secrets.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", params(Paging), responses((status = 200, body = Page<Webhook>)))]
async fn list(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Webhook>>, Problem> {
    of_whole("webhooks", service.webhooks(&cx).await?, &paging, Order::Down, |one| one.id.to_string())
}

/// Makes a webhook; its secret is shown this once.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook, responses(
    (status = 201, body = CreatedWebhook), (status = 422, body = ProblemBody)))]
async fn create(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewWebhook>,
) -> Result<(StatusCode, Json<CreatedWebhook>), Problem> {
    Ok((StatusCode::CREATED, Json(service.create_webhook(&cx, new).await?)))
}

/// One webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)), responses(
    (status = 200, body = Webhook), (status = 404, body = ProblemBody)))]
async fn one(State(service): House, Caller(cx): Caller, Path(id): Path<WebhookId>) -> Result<Json<Webhook>, Problem> {
    Ok(Json(service.webhook(&cx, &id).await?))
}

/// Changes a webhook; what is absent stays.
#[utoipa::path(patch, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    request_body = ChangeWebhook,
    responses((status = 200, body = Webhook), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<WebhookId>,
    Json(changed): Json<ChangeWebhook>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(service.change_webhook(&cx, &id, changed).await?))
}

/// Removes a webhook and its log.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn delete(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, Problem> {
    service.delete_webhook(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a message of the event `webhook.test`.
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "webhooks", params(("id" = String, Path)), responses(
    (status = 202, body = Delivery), (status = 404, body = ProblemBody)))]
async fn test(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<WebhookId>,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    Ok((StatusCode::ACCEPTED, Json(service.try_webhook(&cx, &id).await?)))
}

/// The messages of a webhook, newest first: what was sent, how often, what came back. Kept for 30 days.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<Delivery>), (status = 404, body = ProblemBody)))]
async fn deliveries(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<WebhookId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Delivery>>, Problem> {
    let limit = paging.limit()?;
    let not_a_cursor = |_| Error::invalid("cursor", "This is not a cursor of this list.");
    let before: Option<DeliveryId> = match paging.after("deliveries")? {
        Some(id) => Some(id.parse().map_err(not_a_cursor)?),
        None => None,
    };
    let (read, total) = service.deliveries(&cx, &id, before.as_ref(), limit + 1).await?;
    Ok(Json(of_longer("deliveries", read, limit, total, |one| one.id.to_string())))
}

/// Sends a message again, with the same `webhook-id`.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/resend", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)), responses(
    (status = 202), (status = 404, body = ProblemBody)))]
async fn resend(
    State(service): House,
    Caller(cx): Caller,
    Path((id, delivery)): Path<(WebhookId, DeliveryId)>,
) -> Result<StatusCode, Problem> {
    service.resend(&cx, &id, &delivery).await?;
    Ok(StatusCode::ACCEPTED)
}
