//! `/functions`.

use super::Caller;
use crate::http::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::FunctionKind;
use serde::Serialize;
use service::{BuiltinFunction, ListedFunction, Service};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(functions)).routes(routes!(put_function, delete_function))
}

#[utoipa::path(get, path = "/functions", tag = "functions", responses((status = 200, body = Object)))]
async fn functions(State(service): House, Caller(cx): Caller) -> Result<Json<Functions>, Problem> {
    Ok(Json(Functions { registered: service.functions(&cx).await?, builtins: service.builtins(&cx)? }))
}

/// What a Task can call.
#[derive(Serialize)]
struct Functions {
    /// Registered in the workspace.
    registered: Vec<ListedFunction>,
    /// Those that come with the server.
    builtins: Vec<BuiltinFunction>,
}

#[utoipa::path(put, path = "/functions/{name}", tag = "functions", params(("name" = String, Path)), request_body = Object,
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
