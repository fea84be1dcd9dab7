//! What the answer of a web service means to a Task.

use super::endpoint::HttpEndpoint;
use super::peer::{self, Peer};
use crate::gate::Verdict;
use crate::invocation::{Answer, CallError, FunctionError};
use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, Response, StatusCode};
use hyper::body::Incoming;
use serde::de::IgnoredAny;
use std::sync::Arc;

/// How much of a wrong answer a cause shows, in bytes.
const SHOWN_BYTES: usize = 200;
/// As in Lambda's Invoke answer: the service says that its function raised.
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// Reads an answer and tells what it means.
pub async fn read(endpoint: &HttpEndpoint, response: Response<Incoming>) -> Result<Answer, CallError> {
    let (head, body) = response.into_parts();
    let raised = function_error(&head.headers);
    if raised.is_none() && !succeeded(endpoint, head.status) {
        // The body only adds to the cause, so it is no matter if it breaks off.
        let shown = peer::beginning(body).await;
        return Err(refusal(endpoint, head.status, &head.headers, &shown));
    }
    let body = endpoint.peer().body(body).await?;
    Ok(Answer { function_error: raised, ..Answer::of(json_of(&endpoint.peer(), head.status, body)?) })
}

fn succeeded(endpoint: &HttpEndpoint, status: StatusCode) -> bool {
    match endpoint.success_statuses.as_slice() {
        [] => status.is_success(),
        named => named.contains(&status.as_u16()),
    }
}

pub fn function_error(headers: &HeaderMap) -> Option<FunctionError> {
    let value = headers.get(FUNCTION_ERROR)?;
    match value.as_bytes() {
        b"Handled" => Some(FunctionError::Handled),
        _ => Some(FunctionError::Unhandled),
    }
}

/// An empty answer is `null`, as when a Lambda function returns nothing.
pub fn json_of(peer: &Peer<'_>, status: StatusCode, body: Bytes) -> Result<Arc<str>, CallError> {
    if body.trim_ascii().is_empty() {
        return Ok("null".into());
    }
    let text = std::str::from_utf8(&body).ok();
    match text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()) {
        Some(text) => Ok(text.into()),
        None => {
            let said = format!(
                "{} answered {status} with something that is not JSON: \"{}\". A function must answer with one JSON value.",
                peer.place,
                shown(&body)
            );
            Err(CallError::new("HttpEndpoint.InvalidResponse", said))
        }
    }
}

fn refusal(endpoint: &HttpEndpoint, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let (error, advice) = match status.as_u16() {
        429 => ("Lambda.TooManyRequestsException", "Lower MaxConcurrency, or retry with a back-off."),
        401 | 403 => {
            ("HttpEndpoint.ClientError", "Check the function's headers: the service did not let it in.")
        }
        404 | 405 => ("HttpEndpoint.ClientError", "Check the function's URL and method."),
        400..=499 => ("HttpEndpoint.ClientError", "The service did not accept the event."),
        500..=599 => ("HttpEndpoint.ServerError", "Retry, or check the service's log."),
        300..=399 => ("HttpEndpoint.UnexpectedStatus", "Redirects are not followed: give the final URL."),
        _ => {
            ("HttpEndpoint.UnexpectedStatus", "The function's settings do not count this status as success.")
        }
    };
    let words = match body.trim_ascii().is_empty() {
        true => String::new(),
        false => format!(" It said: \"{}\".", shown(body)),
    };
    let said = format!("{} answered {status}.{words} {advice}", endpoint.place());
    CallError {
        retry_after_ms: retry_after_ms(headers),
        verdict: verdict(status),
        ..CallError::new(error, said)
    }
}

/// What a refusal tells of the function: a gateway's words are about a function that is not there.
pub fn verdict(status: StatusCode) -> Verdict {
    match status.as_u16() {
        429 => Verdict::Overloaded,
        502..=504 => Verdict::Absent,
        _ => Verdict::Answered,
    }
}

/// `Retry-After` in seconds; the form with a date is not read.
pub fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    seconds.checked_mul(1000)
}

/// The beginning of a body, as text on one line.
pub fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN_BYTES)]);
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match body.len() > SHOWN_BYTES {
        true => format!("{line}…"),
        false => line,
    }
}
