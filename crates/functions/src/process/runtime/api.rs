//! Lambda's Runtime API as one process sees it.
//! Source: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes".

use super::super::failure::{self, MAX_RESULT_BYTES};
use super::pool::Next;
use super::worker::Worker;
use crate::invocation::{Answer, CallError};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;

const PREFIX: &str = "/2018-06-01/runtime/";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
/// The largest report of an error that is read, in bytes.
const MAX_ERROR_BYTES: usize = 256 * 1024;

type Reply = Response<Full<Bytes>>;

/// Answers the requests of one connection until it is closed.
pub async fn serve(worker: Arc<Worker>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let worker = worker.clone();
        async move { Ok::<_, Infallible>(answer(&worker, request).await) }
    });
    // A process that goes away in the middle is its keeper's matter.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(worker: &Worker, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let Some(path) = head.uri.path().strip_prefix(PREFIX) else { return no_such_path() };
    let parts: Vec<&str> = path.split('/').collect();
    match (&head.method, parts.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => next(worker).await,
        (&Method::POST, ["invocation", id, "response"]) => {
            let result = read(body, MAX_RESULT_BYTES).await;
            respond(worker, id, result)
        }
        (&Method::POST, ["invocation", id, "error"]) => {
            let error = error_of(&head.headers, read(body, MAX_ERROR_BYTES).await);
            let taken = worker.answer(id, |job| Ok(failure::unhandled(&job.request_id, error)));
            accepted(taken)
        }
        (&Method::POST, ["init", "error"]) => {
            worker.note_init_error(error_of(&head.headers, read(body, MAX_ERROR_BYTES).await));
            accepted(true)
        }
        _ => no_such_path(),
    }
}

async fn next(worker: &Worker) -> Reply {
    worker.note_ready();
    worker.drop_unanswered();
    let job = loop {
        let job = match worker.pool.next(worker.id) {
            Next::Job(job) => Some(job),
            Next::Wait(waiting) => waiting.await.ok(),
            Next::End => None,
        };
        match job {
            Some(job) if job.is_abandoned() => {}
            Some(job) => break job,
            None => {
                worker.stop();
                // Its process is killed in a moment.
                std::future::pending::<()>().await;
            }
        }
    };
    let deadline_ms = now_ms() + u128::from(worker.spec().timeout_ms);
    let trace: u128 = rand::random();
    let text = format!("{trace:032x}");
    let trace_id = format!("Root=1-{}-{};Sampled=0", &text[..8], &text[8..]);
    let mut reply = Response::new(Full::new(Bytes::from_owner(Payload(job.payload.clone()))));
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("lambda-runtime-aws-request-id", job.request_id.as_str()),
        ("lambda-runtime-deadline-ms", &deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", &worker.pool.unit().arn),
        ("lambda-runtime-trace-id", &trace_id),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    worker.begin(job);
    reply
}

struct Payload(Arc<str>);

impl AsRef<[u8]> for Payload {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn respond(worker: &Worker, id: &str, result: Option<Bytes>) -> Reply {
    let Some(result) = result else {
        let taken = worker.answer(id, |job| Ok(failure::too_large(&job.request_id)));
        let message = format!("Exceeded maximum allowed payload size ({MAX_RESULT_BYTES} bytes).");
        return match taken {
            true => refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message),
            false => accepted(false),
        };
    };
    accepted(worker.answer(id, |job| result_of(&job.request_id, &result)))
}

/// What a function returned, as an answer. Nothing is `null`, as on Lambda.
pub fn result_of(request_id: &str, result: &[u8]) -> Result<Answer, CallError> {
    let result = if result.trim_ascii().is_empty() { b"null" } else { result };
    let text = std::str::from_utf8(result).ok();
    Ok(match text.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()) {
        Some(text) => Answer { request_id: request_id.to_owned(), ..Answer::of(text) },
        None => failure::answer(request_id, "Runtime.InvalidResponse", "the function's result is not JSON"),
    })
}

/// The error that a runtime reported, with the type that its header names when its body has none.
fn error_of(headers: &HeaderMap, body: Option<Bytes>) -> String {
    let named = headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("Runtime.Unknown");
    let read = body.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
    match read {
        Some(Value::Object(mut error)) => {
            if !error.get("errorType").is_some_and(Value::is_string) {
                error.insert("errorType".to_owned(), named.into());
            }
            Value::Object(error).to_string()
        }
        _ => {
            json!({"errorType": named, "errorMessage": "The runtime reported an error without saying which."})
                .to_string()
        }
    }
}

/// The whole body; `None` when it is longer than that or breaks off.
async fn read(body: Incoming, max_bytes: usize) -> Option<Bytes> {
    Some(Limited::new(body, max_bytes).collect().await.ok()?.to_bytes())
}

fn accepted(taken: bool) -> Reply {
    match taken {
        true => reply(StatusCode::ACCEPTED, &json!({"status": "OK"})),
        false => refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", "There is no such call here."),
    }
}

fn no_such_path() -> Reply {
    refusal(StatusCode::NOT_FOUND, "InvalidPath", "The Runtime API has no such path.")
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Reply {
    reply(status, &json!({"errorType": kind, "errorMessage": message}))
}

fn reply(status: StatusCode, body: &Value) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body.to_string())));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}
