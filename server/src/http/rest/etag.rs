//! ETags: reads answer 304 when the client has the same, writes 412 when somebody else wrote first.

use crate::http::problem::Problem;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use model::Timestamp;
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// Larger answers get no ETag of their own.
const MAX_HASHED_BYTES: u64 = 4 * 1024 * 1024;

/// The ETag of something that changes: the moment of its last change.
#[derive(Clone, Copy, Debug)]
pub struct Changed(pub Timestamp);

impl IntoResponseParts for Changed {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", self.0.0)) {
            response.headers_mut().insert(header::ETAG, value);
        }
        Ok(response)
    }
}

/// What `If-Match` asks for: the change that the writer saw; `None` when it is absent or `*`.
pub struct IfMatch(pub Option<Timestamp>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let seen =
            text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).and_then(|ms| ms.parse().ok());
        match seen {
            Some(ms) => Ok(Self(Some(Timestamp(ms)))),
            // No write ever had such an ETag, so it is not the current one.
            None => Err(Problem::new("precondition-failed", format!("{text} is not the current ETag."))),
        }
    }
}

/// Gives an answer to a read its ETag, and answers 304 when the client has that one.
pub async fn not_modified(asked: Option<HeaderValue>, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let small = response.body().size_hint().exact().is_some_and(|size| size <= MAX_HASHED_BYTES);
    let response = match (response.headers().contains_key(header::ETAG), is_json && small) {
        (false, true) => hashed(response).await,
        _ => response,
    };
    match (asked, response.headers().get(header::ETAG)) {
        (Some(asked), Some(current)) if names(&asked, current) => {
            let mut kept = HeaderMap::new();
            kept.insert(header::ETAG, current.clone());
            (StatusCode::NOT_MODIFIED, kept).into_response()
        }
        _ => response,
    }
}

async fn hashed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_HASHED_BYTES as usize).await else {
        return Problem::new("internal", "something went wrong on the server").into_response();
    };
    let digest = Sha256::digest(&bytes);
    let text: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("W/\"{text}\"")) {
        parts.headers.insert(header::ETAG, value);
    }
    parts
        .headers
        .insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("private, no-cache"));
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether `If-None-Match` names the ETag; weak comparison, as RFC 9110 asks for there.
fn names(asked: &HeaderValue, current: &HeaderValue) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let (Ok(asked), Ok(current)) = (asked.to_str(), current.to_str()) else { return false };
    asked.trim() == "*" || asked.split(',').any(|one| plain(one) == plain(current))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_comparison_of_lists() {
        let names = |asked: &'static str, current: &'static str| {
            names(&HeaderValue::from_static(asked), &HeaderValue::from_static(current))
        };
        assert!(names("W/\"a\", \"b\"", "\"a\""));
        assert!(names("\"b\"", "W/\"b\""));
        assert!(names("*", "\"b\""));
        assert!(!names("\"a\"", "\"b\""));
    }
}
