//! What every REST request passes: authentication, the rate limit, `Idempotency-Key`, ETags.

use super::caller::Caller;
use super::etag;
use super::limits::RateLimits;
use crate::http::problem::Problem;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::{Claim, Cx, KeptAnswer, Once, RENEW_EVERY, Service};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Instant;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Headers of an answer that are kept with it.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];
/// Bodies that are compared and answers that are kept are at most so long: the limit of JSON bodies.
const MAX_KEPT_BYTES: usize = crate::http::router::MAX_BODY_BYTES;

/// What the door needs.
#[derive(Clone)]
pub struct Entrance {
    /// The house.
    pub service: Arc<Service>,
    /// The buckets of all actors.
    pub limits: Arc<RateLimits>,
}

/// Lets a request in, or refuses it.
pub async fn admit(State(entrance): State<Entrance>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let cx = match Caller::from_request_parts(&mut parts, &entrance.service).await {
        Ok(Caller(cx)) => cx,
        Err(refused) => return refused.into_response(),
    };
    parts.extensions.insert(cx.clone());
    let allowance = entrance.limits.take(&cx.actor_id(), Instant::now());
    let wait = allowance.and_then(|allowance| allowance.wait_s);
    let request = Request::from_parts(parts, body);
    let mut response = match wait {
        Some(wait) => {
            let said = format!("Too many requests in a minute. The next one is answered in {wait} s.");
            Problem::new("rate-limited", said).into_response()
        }
        None => answer(&entrance.service, &cx, request, next).await,
    };
    if let Some(allowance) = allowance {
        allowance.write(response.headers_mut());
    }
    response
}

async fn answer(service: &Service, cx: &Cx, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    if method == Method::GET || method == Method::HEAD {
        let asked = request.headers().get(header::IF_NONE_MATCH).cloned();
        return etag::not_modified(asked, next.run(request).await).await;
    }
    let key = match request.headers().get(KEY).filter(|_| method == Method::POST) {
        None => return next.run(request).await,
        Some(key) => key.to_str().map(str::to_owned).unwrap_or_default(),
    };
    once(service, cx, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

/// Does a request with a key, unless it was done before.
async fn once(
    service: &Service,
    cx: &Cx,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.uri().path().ends_with("/manifests/upload") {
        let said = "Uploads are streamed and not kept, so they take no Idempotency-Key.";
        return Err(Problem::new("idempotency-unsupported", said));
    }
    let (parts, body) = request.into_parts();
    let too_large = |_| Problem::new("too-large", "A body has at most 4 MiB.");
    let body = to_bytes(body, MAX_KEPT_BYTES).await.map_err(too_large)?;
    let target = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
    match service.once(cx, key, &fingerprint(&target, &body)).await? {
        Once::OtherRequest => {
            let said = format!("The Idempotency-Key \"{key}\" was used for another address or body.");
            Err(Problem::new("idempotency-mismatch", said))
        }
        Once::StillRunning => {
            let said = "The first request with this Idempotency-Key has not been answered yet.";
            Err(Problem::new("idempotency-running", said)
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("1")))
        }
        Once::Answered(kept) => replay(kept),
        Once::First(claim) => {
            first(service, cx, &claim, next.run(Request::from_parts(parts, Body::from(body)))).await
        }
    }
}

/// Waits for the answer, holding the key, and keeps it.
async fn first(
    service: &Service,
    cx: &Cx,
    claim: &Claim,
    work: impl Future<Output = Response>,
) -> Result<Response, Problem> {
    let mut work = std::pin::pin!(work);
    let response = loop {
        tokio::select! {
            response = &mut work => break response,
            () = tokio::time::sleep(RENEW_EVERY) => service.hold(cx, claim).await?,
        }
    };
    // A fault is not an answer: the request may be sent again and is tried anew.
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        service.settle(cx, claim, None).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_KEPT_BYTES).await.unwrap_or_else(|_| Bytes::new());
    let text =
        |name: HeaderName| Some((name.to_string(), parts.headers.get(&name)?.to_str().ok()?.to_owned()));
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        headers: KEPT_HEADERS.into_iter().filter_map(text).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    service.settle(cx, claim, Some(&kept)).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(kept: KeptAnswer) -> Result<Response, Problem> {
    let broken = |_| Problem::new("internal", "a kept answer cannot be read");
    let status = StatusCode::from_u16(kept.status).map_err(|e| broken(e.to_string()))?;
    let mut response = (status, kept.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

fn fingerprint(target: &str, body: &[u8]) -> String {
    let digest = Sha256::new().chain_update(target).chain_update([0]).chain_update(body).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
