//! The AWS Lambda API on the main port: check the signature, decode, call one use case, render.
//! Source: AWS Lambda API reference of 2015-03-31 (REST with JSON).

mod invoke;

use super::request_id;
use super::sigv4::{self, Refused};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use executor::Tasks;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use service::lambda_api::{LambdaError, ListFunctions};
use service::{Cx, Service};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The largest request: a zip file of 50 MiB in base64 and the rest. Source: AWS Lambda quotas.
const MAX_BODY_BYTES: usize = 70_167_211;
/// How many calls of type `Event` may be under way at once.
const MAX_EVENTS: usize = 1_000;

/// What this door needs.
#[derive(Clone)]
struct Door {
    service: Arc<Service>,
    tasks: Tasks,
    /// A place for each call of type `Event`.
    events: Arc<Semaphore>,
}

impl FromRef<Door> for Arc<Service> {
    fn from_ref(door: &Door) -> Self {
        door.service.clone()
    }
}

type House = State<Arc<Service>>;
type Answered = Result<Response, LambdaError>;

/// The routes of the Lambda API.
pub fn routes(service: Arc<Service>, tasks: Tasks) -> Router {
    let all = || get(list).post(create);
    Router::new()
        .route("/2015-03-31/functions", all())
        .route("/2015-03-31/functions/", all())
        .route("/2015-03-31/functions/{name}", get(one).delete(remove))
        .route("/2015-03-31/functions/{name}/configuration", get(configuration).put(update_configuration))
        .route("/2015-03-31/functions/{name}/code", put(update_code))
        .route("/2015-03-31/functions/{name}/invocations", post(invoke::call))
        .route("/2017-10-31/functions/{name}/concurrency", put(put_concurrency))
        .with_state(Door { service, tasks, events: Arc::new(Semaphore::new(MAX_EVENTS)) })
}

async fn create(State(service): House, request: Request) -> Response {
    render(async {
        let (cx, _, body) = enter(&service, request).await?;
        Ok(answer(StatusCode::CREATED, &service.create_lambda(&cx, read(&body)?).await?))
    })
    .await
}

async fn list(State(service): House, request: Request) -> Response {
    render(async {
        let (cx, parts, _) = enter(&service, request).await?;
        let Query(asked) = Query::<ListFunctions>::try_from_uri(&parts.uri)
            .map_err(|error| LambdaError::new("InvalidParameterValueException", error.body_text()))?;
        Ok(answer(StatusCode::OK, &service.list_lambdas(&cx, asked).await?))
    })
    .await
}

async fn one(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, ..) = enter(&service, request).await?;
        Ok(answer(StatusCode::OK, &service.get_lambda(&cx, &name).await?))
    })
    .await
}

async fn configuration(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, ..) = enter(&service, request).await?;
        Ok(answer(StatusCode::OK, &service.lambda_configuration(&cx, &name).await?))
    })
    .await
}

async fn update_code(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, _, body) = enter(&service, request).await?;
        Ok(answer(StatusCode::OK, &service.update_lambda_code(&cx, &name, read(&body)?).await?))
    })
    .await
}

async fn update_configuration(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, _, body) = enter(&service, request).await?;
        Ok(answer(StatusCode::OK, &service.update_lambda_configuration(&cx, &name, read(&body)?).await?))
    })
    .await
}

async fn put_concurrency(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, _, body) = enter(&service, request).await?;
        Ok(answer(StatusCode::OK, &service.put_lambda_concurrency(&cx, &name, read(&body)?).await?))
    })
    .await
}

async fn remove(State(service): House, Path(name): Path<String>, request: Request) -> Response {
    render(async {
        let (cx, ..) = enter(&service, request).await?;
        service.delete_lambda(&cx, &name).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    })
    .await
}

/// Who asks, and the whole request. A stranger's body is not read.
async fn enter(service: &Service, request: Request) -> Result<(Cx, Parts, Bytes), LambdaError> {
    let (parts, body) = request.into_parts();
    sigv4::knows_key(service, &parts.headers).await?;
    let body = whole(body).await?;
    let cx = sigv4::enter(service, &parts, &body, "lambda").await?;
    Ok((cx, parts, body))
}

async fn whole(body: Body) -> Result<Bytes, LambdaError> {
    to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| {
        let said = format!("Request must be smaller than {MAX_BODY_BYTES} bytes and arrive whole");
        LambdaError::new("RequestEntityTooLargeException", said)
    })
}

impl From<Refused> for LambdaError {
    fn from(Refused { code, message }: Refused) -> Self {
        match code {
            "InternalFailure" => Self::new("ServiceException", message),
            code => Self::new(code, message),
        }
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, LambdaError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let said = format!("Could not parse request body into json: {error}");
        LambdaError::new("InvalidRequestContentException", said)
    })
}

async fn render(work: impl Future<Output = Answered>) -> Response {
    let mut response = match work.await {
        Ok(response) => response,
        Err(error) => refusal(&error),
    };
    if !response.headers().contains_key("x-amzn-requestid") {
        insert(response.headers_mut(), "x-amzn-requestid", &request_id::amzn());
    }
    response
}

fn refusal(error: &LambdaError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let fault = if status.is_server_error() { "Service" } else { "User" };
    let mut response =
        answer(status, &json!({"Type": fault, "Message": error.message, "message": error.message}));
    insert(response.headers_mut(), "x-amzn-errortype", &error.code);
    response
}

fn answer(status: StatusCode, body: &Value) -> Response {
    json_text(status, body.to_string())
}

fn json_text(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Sets a header; a value that no header may have is left out.
fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
