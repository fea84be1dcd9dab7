//! `/buckets`, `/connections`.

use super::Caller;
use super::extract::{Json, Path, Query};
use super::page::{Order, Page, Paging, of_whole};
use crate::http::problem::{Problem, ProblemBody};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Bucket, Connection, ConnectionId, ObjectPage};
use serde::{Deserialize, Serialize};
use service::{ListObjects, NewConnection, Service};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type House = State<Arc<Service>>;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(buckets))
        .routes(routes!(create_bucket))
        .routes(routes!(list_objects))
        .routes(routes!(read_object, write_object, delete_object))
        .routes(routes!(connections, create_connection))
        .routes(routes!(delete_connection))
        .routes(routes!(connection_buckets))
}

/// The buckets of the workspace, by name.
#[utoipa::path(get, path = "/buckets", tag = "objects", params(Paging), responses((status = 200, body = Page<Bucket>)))]
async fn buckets(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Bucket>>, Problem> {
    of_whole("buckets", service.buckets(&cx).await?, &paging, Order::Up, |one| one.name.clone())
}

/// How a bucket is made.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NewBucket {
    /// A connection whose bucket of this name is made known here; absent: a new bucket in the server's own store.
    #[param(value_type = Option<String>)]
    connection: Option<ConnectionId>,
}

/// Makes a bucket, or makes one of a connection known here. May be repeated.
#[utoipa::path(put, path = "/buckets/{bucket}", tag = "objects", params(("bucket" = String, Path), NewBucket),
    responses((status = 204), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create_bucket(
    State(service): House,
    Caller(cx): Caller,
    Path(bucket): Path<String>,
    Query(new): Query<NewBucket>,
) -> Result<StatusCode, Problem> {
    match new.connection {
        Some(connection) => service.attach_bucket(&cx, &bucket, &connection).await?,
        None => service.create_bucket(&cx, &bucket).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Objects of a bucket in byte order of their keys. `after` is `next` of the page before.
#[utoipa::path(get, path = "/buckets/{bucket}/objects", tag = "objects",
    params(("bucket" = String, Path), ("prefix" = Option<String>, Query), ("folders" = Option<bool>, Query),
        ("after" = Option<String>, Query), ("limit" = Option<u16>, Query)),
    responses((status = 200, body = ObjectPage), (status = 404, body = ProblemBody)))]
async fn list_objects(
    State(service): House,
    Caller(cx): Caller,
    Path(bucket): Path<String>,
    Query(list): Query<ListObjects>,
) -> Result<Json<ObjectPage>, Problem> {
    Ok(Json(service.list_objects(&cx, &bucket, list).await?))
}

/// The bytes of an object.
#[utoipa::path(get, path = "/buckets/{bucket}/objects/{*key}", tag = "objects",
    params(("bucket" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = 502, body = ProblemBody)))]
async fn read_object(
    State(service): House,
    Caller(cx): Caller,
    Path((bucket, key)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let object = service.read_object(&cx, &bucket, &key).await?;
    let kind = object.info().content_type.clone().unwrap_or_else(|| "application/octet-stream".into());
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_LENGTH, object.info().size.to_string()),
        // What a tenant stored must never run as a page of this server.
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
    ];
    Ok((headers, Body::from_stream(object.into_stream())).into_response())
}

/// What was written.
#[derive(Serialize, ToSchema)]
struct Written {
    /// Bytes.
    size: u64,
}

/// Writes an object from the body, as it arrives; its size has no limit but the disk.
#[utoipa::path(put, path = "/buckets/{bucket}/objects/{*key}", tag = "objects",
    params(("bucket" = String, Path), ("key" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Written), (status = 422, body = ProblemBody)))]
async fn write_object(
    State(service): House,
    Caller(cx): Caller,
    Path((bucket, key)): Path<(String, String)>,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Json<Written>), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = request.into_body().into_data_stream();
    let size = service.write_object(&cx, (&bucket, &key), kind, body).await?;
    Ok((StatusCode::CREATED, Json(Written { size })))
}

/// Removes an object.
#[utoipa::path(delete, path = "/buckets/{bucket}/objects/{*key}", tag = "objects",
    params(("bucket" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn delete_object(
    State(service): House,
    Caller(cx): Caller,
    Path((bucket, key)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    service.delete_object(&cx, &bucket, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The connections to object stores outside this server, by name, without their secret keys.
#[utoipa::path(get, path = "/connections", tag = "objects", params(Paging),
    responses((status = 200, body = Page<Connection>)))]
async fn connections(
    State(service): House,
    Caller(cx): Caller,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Connection>>, Problem> {
    of_whole("connections", service.connections(&cx).await?, &paging, Order::Up, |one| one.name.clone())
}

/// Makes a connection, after the store has answered.
#[utoipa::path(post, path = "/connections", tag = "objects", request_body = NewConnection, responses(
    (status = 201, body = Connection), (status = 422, body = ProblemBody), (status = 502, body = ProblemBody)))]
async fn create_connection(
    State(service): House,
    Caller(cx): Caller,
    Json(new): Json<NewConnection>,
) -> Result<(StatusCode, Json<Connection>), Problem> {
    Ok((StatusCode::CREATED, Json(service.create_connection(&cx, new).await?)))
}

/// Removes a connection; its buckets are no longer known here.
#[utoipa::path(delete, path = "/connections/{id}", tag = "objects", params(("id" = String, Path)), responses(
    (status = 204), (status = 404, body = ProblemBody)))]
async fn delete_connection(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<ConnectionId>,
) -> Result<StatusCode, Problem> {
    service.delete_connection(&cx, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The buckets that a connection may list, by name; also tests the connection.
#[utoipa::path(get, path = "/connections/{id}/buckets", tag = "objects", params(("id" = String, Path), Paging), responses(
    (status = 200, body = Page<String>), (status = 502, body = ProblemBody)))]
async fn connection_buckets(
    State(service): House,
    Caller(cx): Caller,
    Path(id): Path<ConnectionId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<String>>, Problem> {
    of_whole(
        "connection-buckets",
        service.test_connection(&cx, &id).await?,
        &paging,
        Order::Up,
        String::clone,
    )
}
