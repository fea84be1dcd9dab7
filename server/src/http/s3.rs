//! The S3 protocol on the main port, so that one `endpoint_url` serves a whole AWS script.
//! Requests are told from others by the service name in their signature.

use super::sigv4;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use objects::TenantDoor;

const ELSEWHERE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NotImplemented</Code>\
    <Message>This server keeps objects in another store. Send S3 requests to that store.</Message></Error>";

/// Answers requests that are signed for S3; hands on all others.
pub async fn answer(State(door): State<Option<TenantDoor>>, request: Request, next: Next) -> Response {
    if !is_for_s3(&request) {
        return next.run(request).await;
    }
    let Some(door) = door else {
        return (StatusCode::NOT_IMPLEMENTED, [(header::CONTENT_TYPE, "application/xml")], ELSEWHERE).into_response();
    };
    match door.call(request).await {
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!(%error, "an S3 request could not be answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn is_for_s3(request: &Request) -> bool {
    let presigned = || {
        let query = request.uri().query().unwrap_or_default();
        query.split('&').any(|pair| match pair.split_once('=') {
            Some(("X-Amz-Credential", credential)) => credential.contains("%2Fs3%2F") || credential.contains("/s3/"),
            Some((name, _)) => name == "AWSAccessKeyId",
            None => false,
        })
    };
    sigv4::service_of(request.headers()) == Some("s3") || presigned()
}
