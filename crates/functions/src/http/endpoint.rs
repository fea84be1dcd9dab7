//! A function that is any web service.

use super::answer;
use super::caller::{Caller, body_of};
use super::peer::Peer;
use super::pool::Pool;
use crate::invocation::{Answer, CallError, Invocation};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use http::uri::{PathAndQuery, Scheme};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::Full;
use model::{AddressPolicy, CallLimits};
use std::sync::Arc;

/// Headers that the connection owns.
const OURS: [&str; 7] =
    ["connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade"];

/// A function that is a web service: the event is sent as JSON, the answer's body is the result.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpEndpoint {
    /// `https://…` or `http://…`.
    pub url: String,
    /// `POST` unless said otherwise.
    pub method: String,
    /// Sent with every request. Values may be secret and are never shown in errors.
    pub headers: Vec<(String, String)>,
    /// The longest wait for the whole answer, in milliseconds.
    pub timeout_ms: u64,
    /// The longest answer, in bytes; more than the payload limit is of no use.
    pub max_response_bytes: usize,
    /// Sends `Idempotency-Key`, the same for every delivery of an attempt.
    pub send_idempotency_key: bool,
    /// Statuses that mean success. Empty: 200 to 299.
    pub success_statuses: Vec<u16>,
    /// What the service can take.
    pub limits: CallLimits,
}

impl HttpEndpoint {
    /// POST, 60 seconds, 256 KiB, with an idempotency key.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            method: "POST".into(),
            headers: Vec::new(),
            timeout_ms: 60_000,
            max_response_bytes: model::limits::MAX_PAYLOAD_BYTES,
            send_idempotency_key: true,
            success_statuses: Vec::new(),
            limits: CallLimits::default(),
        }
    }

    /// Checks what a person entered, and says what is wrong with it.
    pub fn check(&self, policy: &AddressPolicy) -> Result<(), CallError> {
        self.read(policy).map(drop)
    }

    /// How errors call this endpoint: without a query, which may hold secrets.
    pub(super) fn place(&self) -> &str {
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        // What stands before an @ in the authority is a password.
        match url.split_once("://").filter(|(_, rest)| rest.contains('@')) {
            Some((scheme, _)) => scheme,
            None => url,
        }
    }

    pub(super) fn peer(&self) -> Peer<'_> {
        Peer { place: self.place(), timeout_ms: self.timeout_ms, max_bytes: self.max_response_bytes }
    }

    /// Reads what all its requests share.
    pub fn prepare(&self, caller: &Caller) -> Result<PreparedEndpoint, CallError> {
        let (method, mut uri, mut headers) = self.read(caller.policy())?;
        let mut pool = None;
        if uri.scheme() == Some(&Scheme::HTTP)
            && let Some(host) = host_header(&uri)
        {
            headers.insert(HOST, host);
            let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
            pool = Some(caller.pool(std::mem::replace(&mut uri, path.into())));
        }
        Ok(PreparedEndpoint { endpoint: self.clone(), uri, method, headers, pool })
    }

    fn read(&self, policy: &AddressPolicy) -> Result<(Method, Uri, HeaderMap), CallError> {
        let method = Method::from_bytes(self.method.as_bytes());
        let method = method.map_err(|_| self.wrong("its method is not one"))?;
        Ok((method, self.target(policy)?, self.fixed_headers()?))
    }

    fn wrong(&self, why: &str) -> CallError {
        let said = format!("The function's endpoint {} is set up wrongly: {why}.", self.place());
        CallError::new("HttpEndpoint.InvalidConfiguration", said)
    }

    pub(super) fn target(&self, policy: &AddressPolicy) -> Result<Uri, CallError> {
        let uri: Uri = self.url.parse().map_err(|_| self.wrong("its URL is not one"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(self.wrong("its URL must begin with https:// or http://"));
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(self.wrong("its URL holds a password; send it in a header"));
        }
        let host = uri.host().ok_or_else(|| self.wrong("its URL names no host"))?;
        policy.check_host(host).map_err(|why| self.peer().refused_address(&why))?;
        Ok(uri)
    }

    fn fixed_headers(&self) -> Result<HeaderMap, CallError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
            .insert(USER_AGENT, HeaderValue::from_static(concat!("mapwright/", env!("CARGO_PKG_VERSION"))));
        for (name, value) in &self.headers {
            let lower = name.to_ascii_lowercase();
            if OURS.contains(&lower.as_str()) {
                return Err(self.wrong(&format!("the header {name} belongs to the connection")));
            }
            let parsed = HeaderName::from_bytes(lower.as_bytes());
            let name = parsed.map_err(|_| self.wrong(&format!("\"{name}\" is no name of a header")))?;
            let value = HeaderValue::from_str(value);
            let mut value = value
                .map_err(|_| self.wrong(&format!("the value of {name} has characters that no header may")))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

/// An endpoint whose settings have been read: calls begin at once.
#[derive(Clone)]
pub struct PreparedEndpoint {
    endpoint: HttpEndpoint,
    /// A path when the endpoint has a pool of its own.
    uri: Uri,
    method: Method,
    headers: HeaderMap,
    /// Its connections, when it is in clear text.
    pool: Option<Pool>,
}

impl PreparedEndpoint {
    /// The settings that were read.
    pub fn endpoint(&self) -> &HttpEndpoint {
        &self.endpoint
    }

    /// Sends the event and reads the answer. Redirects are not followed.
    pub async fn call(&self, caller: &Caller, call: &Invocation) -> Result<Answer, CallError> {
        let peer = self.endpoint.peer();
        let exchange = async {
            let request = self.request(call);
            match &self.pool {
                None => answer::read(&self.endpoint, caller.send(&peer, request).await?).await,
                Some(pool) => {
                    let sent = pool.send(request).await;
                    let (response, _used) = sent.map_err(|error| peer.no_answer(&*error))?;
                    answer::read(&self.endpoint, response).await
                }
            }
        };
        peer.within(exchange).await
    }

    #[cfg(test)]
    pub(super) fn idle_connections(&self) -> Option<usize> {
        self.pool.as_ref().map(Pool::idle)
    }

    fn request(&self, call: &Invocation) -> Request<Full<Bytes>> {
        let mut request = Request::new(body_of(Arc::clone(&call.payload)));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let key = HeaderName::from_static("idempotency-key");
        if let Ok(value) = HeaderValue::from_str(&call.idempotency_key)
            && self.endpoint.send_idempotency_key
            && !value.is_empty()
            && !self.headers.contains_key(&key)
        {
            request.headers_mut().insert(key, value);
        }
        request
    }
}

/// `HOST` or `HOST:PORT`; the port is left out where everybody knows it.
fn host_header(uri: &Uri) -> Option<HeaderValue> {
    let host = uri.host()?;
    match uri.port_u16().filter(|port| *port != 80) {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")).ok(),
        None => HeaderValue::from_str(host).ok(),
    }
}

/// Header values are secrets.
impl std::fmt::Debug for HttpEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpEndpoint").field("url", &self.place()).finish_non_exhaustive()
    }
}
