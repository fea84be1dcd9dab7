//! What the answer of a web service means to a Task.

use super::caller::HttpEndpoint;
use super::connect::NoAddress;
use crate::invocation::{Answer, CallError, FunctionError};
use bytes::{Bytes, BytesMut};
use http::header::RETRY_AFTER;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use model::RefusedAddress;
use serde::de::IgnoredAny;
use std::error::Error as StdError;
use std::sync::Arc;

/// How much of a wrong answer a cause shows, in bytes.
const SHOWN_BYTES: usize = 200;
/// How much of an error's body is read, in bytes.
const ERROR_BODY_BYTES: usize = 16 * 1024;
/// As in Lambda's Invoke answer: the service says that its function raised.
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// Reads an answer and tells what it means.
pub async fn read(endpoint: &HttpEndpoint, response: Response<Incoming>) -> Result<Answer, CallError> {
    let (head, body) = response.into_parts();
    let raised = function_error(&head.headers);
    if raised.is_none() && !succeeded(endpoint, head.status) {
        // The body only adds to the cause, so it is no matter if it breaks off.
        let shown = limited(body, ERROR_BODY_BYTES).await.unwrap_or_else(|cut| cut.so_far());
        return Err(refusal(endpoint, head.status, &head.headers, &shown));
    }
    let promised = body.size_hint().exact();
    let body = match limited(body, endpoint.max_response_bytes).await {
        Ok(body) => body,
        Err(Cut::TooLong(_)) => return Err(too_long(endpoint, promised)),
        Err(Cut::Broken(so_far, error)) => {
            let said = format!(
                "{} broke off its answer after {} bytes: {}. Check the service's log for a crash.",
                endpoint.place(),
                so_far.len(),
                innermost(&error)
            );
            return Err(CallError::new("HttpEndpoint.ConnectionFailed", said));
        }
    };
    Ok(Answer { function_error: raised, ..Answer::of(json_of(endpoint, head.status, body)?) })
}

fn succeeded(endpoint: &HttpEndpoint, status: StatusCode) -> bool {
    match endpoint.success_statuses.as_slice() {
        [] => status.is_success(),
        named => named.contains(&status.as_u16()),
    }
}

fn function_error(headers: &HeaderMap) -> Option<FunctionError> {
    let value = headers.get(FUNCTION_ERROR)?;
    match value.as_bytes() {
        b"Handled" => Some(FunctionError::Handled),
        _ => Some(FunctionError::Unhandled),
    }
}

/// An empty answer is `null`, as when a Lambda function returns nothing.
fn json_of(endpoint: &HttpEndpoint, status: StatusCode, body: Bytes) -> Result<Arc<str>, CallError> {
    if body.trim_ascii().is_empty() {
        return Ok("null".into());
    }
    let text = std::str::from_utf8(&body).ok();
    match text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()) {
        Some(text) => Ok(text.into()),
        None => {
            let said = format!(
                "{} answered {status} with something that is not JSON: \"{}\". A function must answer with one JSON value.",
                endpoint.place(),
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
    CallError { retry_after_ms: retry_after_ms(headers), ..CallError::new(error, said) }
}

/// `Retry-After` in seconds; the form with a date is not read.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    seconds.checked_mul(1000)
}

fn too_long(endpoint: &HttpEndpoint, promised: Option<u64>) -> CallError {
    let limit = endpoint.max_response_bytes;
    let size = promised.map_or_else(|| format!("more than {limit}"), |promised| promised.to_string());
    let said = format!(
        "{} answered with {size} bytes; the limit is {limit} bytes. \
         Let the function write its result to an object store, and answer with the object's key.",
        endpoint.place()
    );
    CallError::new("States.DataLimitExceeded", said)
}

/// The endpoint's own time-out; the task's deadline is another matter.
pub fn timed_out(endpoint: &HttpEndpoint) -> CallError {
    let said = format!(
        "{} did not answer within {} ms. Raise the function's time-out, or make the service faster.",
        endpoint.place(),
        endpoint.timeout_ms
    );
    CallError::new("HttpEndpoint.TimedOut", said)
}

/// An address that tenants may not reach.
pub fn refused_address(endpoint: &HttpEndpoint, why: &RefusedAddress) -> CallError {
    CallError::new("HttpEndpoint.AddressRefused", format!("Could not call {}: {why}", endpoint.place()))
}

/// A request that got no answer: which step failed, found in the chain of errors.
pub fn no_answer(endpoint: &HttpEndpoint, error: &(dyn StdError + 'static)) -> CallError {
    let place = endpoint.place();
    let mut step = None;
    for error in chain(error) {
        let io = error.downcast_ref::<std::io::Error>();
        if let Some(why) = error.downcast_ref::<RefusedAddress>() {
            return refused_address(endpoint, why);
        } else if error.is::<NoAddress>() {
            step = Some(("HttpEndpoint.DnsFailed", "Its name does not resolve. Check the function's URL."));
        } else if error.is::<rustls::Error>() {
            step = Some(("HttpEndpoint.TlsFailed", "Check the service's certificate."));
        } else if io.is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut) {
            step = Some(("HttpEndpoint.TimedOut", "Nothing took the connection in time."));
        }
    }
    let (name, advice) =
        step.unwrap_or(("HttpEndpoint.ConnectionFailed", "Check that the service runs and listens there."));
    CallError::new(name, format!("Could not call {place}: {}. {advice}", innermost(error)))
}

type Fault<'e> = &'e (dyn StdError + 'static);

/// An error and what caused it.
fn chain(error: Fault<'_>) -> impl Iterator<Item = Fault<'_>> {
    std::iter::successors(Some(error), |error| inside(*error))
}

/// An `io::Error` gives what it wraps only through `get_ref`.
fn inside(error: Fault<'_>) -> Option<Fault<'_>> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

/// A body that was not read to its end.
enum Cut {
    TooLong(Bytes),
    Broken(Bytes, hyper::Error),
}

impl Cut {
    fn so_far(self) -> Bytes {
        match self {
            Self::TooLong(bytes) | Self::Broken(bytes, _) => bytes,
        }
    }
}

/// Reads at most `limit` bytes; what lies behind is left on the wire.
async fn limited(mut body: Incoming, limit: usize) -> Result<Bytes, Cut> {
    let mut all = BytesMut::new();
    if body.size_hint().lower() > limit as u64 && limit > ERROR_BODY_BYTES {
        return Err(Cut::TooLong(all.freeze()));
    }
    while let Some(frame) = body.frame().await {
        let data = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) => return Err(Cut::Broken(all.freeze(), error)),
        };
        if all.len() + data.len() > limit {
            all.extend_from_slice(&data[..limit - all.len()]);
            return Err(Cut::TooLong(all.freeze()));
        }
        all.extend_from_slice(&data);
    }
    Ok(all.freeze())
}

/// The beginning of a body, as text on one line.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(SHOWN_BYTES)]);
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match body.len() > SHOWN_BYTES {
        true => format!("{line}…"),
        false => line,
    }
}
