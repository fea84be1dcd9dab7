//! A function on AWS Lambda, or on anything that speaks Lambda's Invoke API.
//! Source: AWS Lambda API reference, Invoke.

use super::answer::{function_error, json_of, retry_after_ms, shown, verdict};
use super::caller::{Caller, body_of};
use super::peer::{Peer, beginning};
use super::sigv4::{Signed, Signer, percent_encoded};
use crate::invocation::{Answer, CallError, Invocation};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use model::{AddressPolicy, LambdaFunction, Timestamp};
use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest answer of a synchronous invocation. What is too large for a state is for the
/// interpreter to say. Source: AWS Lambda quotas.
const MAX_ANSWER_BYTES: usize = 6 * 1024 * 1024;

/// A function behind Lambda's Invoke API.
#[derive(Clone, PartialEq, Eq)]
pub struct LambdaEndpoint(pub LambdaFunction);

/// Keys are secrets.
impl std::fmt::Debug for LambdaEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LambdaEndpoint").field("function", &self.0.function).finish_non_exhaustive()
    }
}

impl LambdaEndpoint {
    /// Checks what a person entered, and says what is wrong with it.
    pub fn check(&self, policy: &AddressPolicy) -> Result<(), CallError> {
        self.target(policy).map(drop)
    }

    /// Invokes the function and waits for its answer.
    pub async fn call(&self, caller: &Caller, call: &Invocation) -> Result<Answer, CallError> {
        let uri = self.target(caller.policy())?;
        let place = self.place();
        let max_bytes = MAX_ANSWER_BYTES;
        let peer = Peer { place: &place, timeout_ms: self.0.timeout_ms, max_bytes };
        let request = self.request(uri, call, &amz_date(SystemTime::now()))?;
        let exchange = async { read(&peer, caller.send(&peer, request).await?).await };
        peer.within(exchange).await.map_err(in_lambdas_words)
    }

    fn place(&self) -> String {
        match &self.0.url {
            None => format!("the Lambda function {} in {}", self.0.function, self.0.region),
            Some(url) => format!("the Lambda function {} at {url}", self.0.function),
        }
    }

    fn target(&self, policy: &AddressPolicy) -> Result<Uri, CallError> {
        let aws = || format!("https://lambda.{}.amazonaws.com", self.0.region);
        let base = self.0.url.clone().unwrap_or_else(aws);
        let name = percent_encoded(&self.0.function);
        let qualifier = self.0.qualifier.as_deref().map(|q| format!("?Qualifier={}", percent_encoded(q)));
        let text = format!(
            "{}/2015-03-31/functions/{name}/invocations{}",
            base.trim_end_matches('/'),
            qualifier.unwrap_or_default()
        );
        let uri: Uri = text.parse().map_err(|_| self.wrong("its URL or region makes no address"))?;
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        match (uri.scheme_str(), uri.host()) {
            (Some("http" | "https"), Some(host)) if plain => {
                let peer = Peer { place: &self.place(), timeout_ms: 0, max_bytes: 0 };
                policy.check_host(host).map_err(|why| peer.refused_address(&why))?;
            }
            _ => return Err(self.wrong("its URL must be https:// or http:// and a host")),
        }
        Ok(uri)
    }

    fn wrong(&self, why: &str) -> CallError {
        let said = format!("The function {} is set up wrongly: {why}.", self.0.function);
        CallError::new("HttpEndpoint.InvalidConfiguration", said)
    }

    fn request(&self, uri: Uri, call: &Invocation, at: &str) -> Result<Request<Full<Bytes>>, CallError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [("x-amz-invocation-type", "RequestResponse"), ("x-amz-log-type", "Tail")] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let signer = Signer {
            access_key: &self.0.access_key,
            secret_key: &self.0.secret_key,
            session_token: self.0.session_token.as_deref(),
            region: &self.0.region,
            service: "lambda",
        };
        let signed = Signed { method: &Method::POST, uri: &uri, body: call.payload.as_bytes() };
        let made = signer.sign(&signed, &mut headers, at);
        made.map_err(|_| self.wrong("a key holds characters that no header may"))?;
        let mut request = Request::new(body_of(call.payload.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

async fn read(peer: &Peer<'_>, response: http::Response<Incoming>) -> Result<Answer, CallError> {
    let (head, body) = response.into_parts();
    if !head.status.is_success() {
        return Err(refusal(head.status, &head.headers, &beginning(body).await));
    }
    let payload = json_of(peer, head.status, peer.body(body).await?)?;
    let text = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
    let log = text("x-amz-log-result").and_then(|log| STANDARD.decode(log).ok());
    let plain = Answer::of(payload);
    Ok(Answer {
        status: head.status.as_u16(),
        function_error: function_error(&head.headers),
        executed_version: text("x-amz-executed-version").map_or_else(|| plain.executed_version.clone(), Cow::Owned),
        log_tail: log.map(|log| String::from_utf8_lossy(&log).into_owned()),
        request_id: text("x-amzn-requestid").unwrap_or_else(|| plain.request_id.clone()),
        ..plain
    })
}

/// The error that the service names, as Step Functions calls it.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> CallError {
    let named = headers.get("x-amzn-errortype").and_then(|name| name.to_str().ok());
    let name = named.and_then(|name| name.split([':', '#']).next()).unwrap_or(match status.as_u16() {
        429 => "TooManyRequestsException",
        500..=599 => "ServiceException",
        _ => "Unknown",
    });
    let said: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let field = |name: &str| Some(said.as_ref()?.get(name)?.as_str()?.to_owned());
    let words = field("Message").or_else(|| field("message")).unwrap_or_else(|| shown(body));
    let request_id = headers.get("x-amzn-requestid").and_then(|id| id.to_str().ok()).unwrap_or("unknown");
    let cause = format!(
        "{words} (Service: AWSLambda; Status Code: {}; Error Code: {name}; Request ID: {request_id}; Proxy: null)",
        status.as_u16(),
    );
    CallError {
        retry_after_ms: retry_after_ms(headers),
        verdict: verdict(status),
        ..CallError::new(&format!("Lambda.{name}"), cause)
    }
}

/// What happens on the way is the client's trouble, which Step Functions names so.
fn in_lambdas_words(error: CallError) -> CallError {
    let ours = ["HttpEndpoint.ConnectionFailed", "HttpEndpoint.DnsFailed", "HttpEndpoint.TlsFailed"];
    match ours.contains(&error.error.as_str()) || error.error == "HttpEndpoint.TimedOut" {
        true => CallError { error: "Lambda.SdkClientException".into(), ..error },
        false => error,
    }
}

/// `20150830T123600Z`.
fn amz_date(now: SystemTime) -> String {
    let ms = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let text = Timestamp(ms).to_rfc3339();
    let whole = text.split('.').next().unwrap_or_default();
    whole.chars().filter(|c| !matches!(c, '-' | ':')).chain(['Z']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_have_the_short_form() {
        assert_eq!(amz_date(UNIX_EPOCH + Duration::from_secs(1_440_938_160)), "20150830T123600Z");
    }
}
