//! `/functions`.

use super::Caller;
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
        .routes(routes!(put_function, delete_function))
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

/// Registers a function, or changes one.
#[utoipa::path(put, path = "/functions/{name}", tag = "functions", params(("name" = String, Path)), request_body = FunctionKind,
    responses((status = 204), (status = 422, body = ProblemBody)))]
async fn put_function(
    State(service): House,
    Caller(cx): Caller,
    Path(name): Path<String>,
    Json(kind): Json<FunctionKind>,
) -> Result<StatusCode, Problem> {
    service.put_function(&cx, &name, kind).await?;
    Ok(StatusCode::NO_CONTENT)
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
