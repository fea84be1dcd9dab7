//! `/functions`.

use super::Caller;
use super::etag::{Changed, IfMatch};
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::http::StatusCode;
use model::FunctionKind;
use service::{BuiltinFunction, ListedFunction, Service};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(functions))
        .routes(routes!(builtins))
        .routes(routes!(function, put_function, delete_function))
}

/// The functions registered in the workspace, by name; values of headers are hidden.
#[utoipa::path(get, path = "/functions", tag = "functions", params(Paging),
    responses((status = 200, body = Page<ListedFunction>)))]
async fn functions(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<ListedFunction>>, Problem> {
    of_whole("functions", service.functions(&cx).await?, &paging, Order::Up, |one| one.function.name.clone())
}

/// The functions that come with the server, by name.
#[utoipa::path(get, path = "/builtin-functions", tag = "functions", params(Paging),
    responses((status = 200, body = Page<BuiltinFunction>)))]
async fn builtins(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<BuiltinFunction>>, Problem> {
    of_whole("builtin-functions", service.builtins(&cx)?, &paging, Order::Up, |one| one.name.to_owned())
}

/// One function; values of headers are hidden.
#[utoipa::path(get, path = "/functions/{name}", tag = "functions", params(("name" = String, Path)),
    responses((status = 200, body = ListedFunction, headers(("etag" = String))), (status = 404, body = ProblemBody)))]
async fn function(
    State(service): House,
    Caller(cx): Caller,
    Path(name): Path<String>,
) -> Result<(Changed, Json<ListedFunction>), Problem> {
    let found = service.function(&cx, &name).await?;
    Ok((Changed(found.function.updated_at), Json(found)))
}

/// Registers a function, or changes one. `If-Match` with its ETag refuses to write over what somebody
/// else changed meanwhile. A value that is sent as it was shown, hidden, stays.
#[utoipa::path(put, path = "/functions/{name}", tag = "functions",
    params(("name" = String, Path), ("if-match" = Option<String>, Header, description = "The function's ETag")),
    request_body = FunctionKind,
    responses((status = 204, headers(("etag" = String))), (status = 404, body = ProblemBody),
        (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn put_function(
    State(service): House,
    Caller(cx): Caller,
    Path(name): Path<String>,
    IfMatch(seen): IfMatch,
    Json(kind): Json<FunctionKind>,
) -> Result<(StatusCode, Changed, ()), Problem> {
    let at = service.put_function_if(&cx, &name, kind, seen).await?;
    Ok((StatusCode::NO_CONTENT, Changed(at), ()))
}

/// Removes a function.
#[utoipa::path(delete, path = "/functions/{name}", tag = "functions", params(("name" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn delete_function(
    State(service): House,
    Caller(cx): Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    service.delete_function(&cx, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
