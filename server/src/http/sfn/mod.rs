//! The AWS Step Functions JSON protocol, `POST /` with `X-Amz-Target: AWSStepFunctions.OPERATION`:
//! check the signature, decode, call one use case, render.
//! Source: AWS JSON 1.0 protocol; API reference of 2016-11-23.

mod operations;

use super::request_id;
use super::sigv4::{self, Refused};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use service::Service;
use service::states_api::ApiError;
use std::sync::Arc;

const TARGET: &str = "x-amz-target";
const PREFIX: &str = "AWSStepFunctions.";

/// Answers one call.
pub async fn call(State(service): State<Arc<Service>>, parts: Parts, body: Bytes) -> Response {
    let operation = parts.headers.get(TARGET).and_then(|value| value.to_str().ok()?.strip_prefix(PREFIX));
    let Some(operation) = operation.map(str::to_owned) else {
        let message = "Send the header \"X-Amz-Target: AWSStepFunctions.OPERATION\".";
        return answer(Err(ApiError::new("UnknownOperationException", message)));
    };
    let cx = match sigv4::enter(&service, &parts, &body, "states").await {
        Ok(cx) => cx,
        Err(Refused { code, message }) => return answer(Err(ApiError::new(code, message))),
    };
    answer(operations::dispatch(&service, &cx, &operation, &body).await)
}

fn answer(result: Result<Value, ApiError>) -> Response {
    let (status, body) = match result {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => {
            let mut body = json!({"__type": error.code, "message": error.message});
            if let Some(reason) = error.reason {
                body["reason"] = reason.into();
            }
            (status(&error), body)
        }
    };
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Ok(id) = HeaderValue::from_str(&request_id::amzn()) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

fn status(error: &ApiError) -> StatusCode {
    match error.code {
        "InternalFailure" => StatusCode::INTERNAL_SERVER_ERROR,
        "ServiceUnavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
