//! Telling a place that a workspace named something: one POST, of which only the status matters.

use super::caller::{Caller, body_of};
use super::endpoint::HttpEndpoint;
use crate::invocation::CallError;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request};
use model::AddressPolicy;
use std::sync::Arc;

/// The longest wait for an answer, in milliseconds.
const TIMEOUT_MS: u64 = 15_000;

/// Sends messages to where the policy lets it. Cheap to clone.
#[derive(Clone)]
pub struct Notifier(Caller);

impl Notifier {
    /// A notifier that may reach what the policy lets through.
    pub fn new(policy: AddressPolicy) -> Self {
        Self(Caller::new(policy))
    }

    /// Checks a URL that a person entered, and says what is wrong with it.
    pub fn check(&self, url: &str) -> Result<(), CallError> {
        HttpEndpoint::new(url).target(self.0.policy()).map(drop)
    }

    /// Posts JSON and answers the status. Redirects are not followed; the body is not read.
    pub async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<u16, CallError> {
        let mut endpoint = HttpEndpoint::new(url);
        endpoint.timeout_ms = TIMEOUT_MS;
        let uri = endpoint.target(self.0.policy())?;
        let mut request = Request::new(body_of(Arc::from(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        let all = request.headers_mut();
        all.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        all.insert(USER_AGENT, HeaderValue::from_static("Mapwright-Webhooks/1"));
        for (name, value) in headers {
            let wrong = |_| CallError::new("HttpEndpoint.InvalidConfiguration", format!("{name} is not a header's value"));
            all.insert(HeaderName::from_static(name), HeaderValue::from_str(value).map_err(wrong)?);
        }
        let peer = endpoint.peer();
        peer.within(async { Ok(self.0.send(&peer, request).await?.status().as_u16()) }).await
    }
}
