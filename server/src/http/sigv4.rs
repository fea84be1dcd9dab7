//! Who signed a request of an AWS client (Signature Version 4), with which access key.
//! Source: AWS IAM User Guide, "Create a signed AWS API request".

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use functions::sigv4::{ALGORITHM, Canonical, Scope, canonical_path, payload_hash};
use service::{Cx, Service};
use subtle::ConstantTimeEq;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// How far a client's clock may be off.
const MAX_SKEW_SECONDS: i64 = 15 * 60;

/// Why a request's signature is not accepted, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// For example `InvalidSignatureException`.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

impl Refused {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn incomplete(what: &str) -> Self {
        Self::new("IncompleteSignatureException", format!("Authorization header requires {what}."))
    }
}

impl From<service::Error> for Refused {
    fn from(error: service::Error) -> Self {
        tracing::error!(%error, "an access key could not be looked up");
        Self::new("InternalFailure", "The request could not be authenticated.")
    }
}

/// The service name in a signature's scope (`states`, `lambda`, `s3`); `None` for requests that
/// are not signed so.
pub fn service_of(headers: &HeaderMap) -> Option<&str> {
    Signature::of(headers)?.ok().map(|signature| signature.scope.service)
}

/// Whether a request names an access key of this server: what is asked before a large body is
/// read. [`enter`] checks the rest.
///
/// # Errors
/// A missing or incomplete signature, or an unknown access key.
pub async fn knows_key(service: &Service, headers: &HeaderMap) -> Result<(), Refused> {
    let signature = Signature::of(headers).ok_or_else(|| {
        Refused::new("MissingAuthenticationTokenException", "Missing Authentication Token")
    })??;
    match service.access_keys().find(signature.access_key).await? {
        Some(_) => Ok(()),
        None => Err(unknown_key()),
    }
}

fn unknown_key() -> Refused {
    Refused::new("UnrecognizedClientException", "The security token included in the request is invalid.")
}

/// The context of a signed request. The whole body must be given; the signature's scope must name
/// `service_name`, with any region.
///
/// # Errors
/// A missing, incomplete, expired or wrong signature, or an unknown access key.
pub async fn enter(service: &Service, parts: &Parts, body: &[u8], service_name: &str) -> Result<Cx, Refused> {
    let signature = Signature::of(&parts.headers).ok_or_else(|| {
        Refused::new("MissingAuthenticationTokenException", "Missing Authentication Token")
    })??;
    if signature.scope.service != service_name {
        let message = format!("Credential should be scoped to correct service: '{service_name}'.");
        return Err(Refused::new("InvalidSignatureException", message));
    }
    let (at, seconds) = signed_at(&parts.headers)?;
    let off = (OffsetDateTime::now_utc().unix_timestamp() - seconds).abs();
    if off > MAX_SKEW_SECONDS || !at.starts_with(signature.scope.day) {
        let message = format!("Signature expired: {at} is {off} seconds away from this server's clock.");
        return Err(Refused::new("InvalidSignatureException", message));
    }
    let keys = service.access_keys();
    let (cx, secret) = keys.find(signature.access_key).await?.ok_or_else(unknown_key)?;
    let canonical = Canonical {
        method: &parts.method,
        path: canonical_path(parts.uri.path()),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        names: &signature.names,
        payload_hash: &payload_hash(body),
    };
    let expected = signature.scope.signature(&secret, at, &canonical);
    if !bool::from(expected.as_bytes().ct_eq(signature.signature.as_bytes())) {
        let message = "The request signature we calculated does not match the signature you provided. \
                       Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
        return Err(Refused::new("InvalidSignatureException", message));
    }
    keys.touch(&cx).await?;
    Ok(cx)
}

/// `X-Amz-Date`, as text and in seconds since the epoch.
fn signed_at(headers: &HeaderMap) -> Result<(&str, i64), Refused> {
    let at = headers.get("x-amz-date").and_then(|value| value.to_str().ok());
    let at =
        at.ok_or_else(|| Refused::incomplete("existence of either a 'X-Amz-Date' or a 'Date' header"))?;
    let form = format_description!("[year][month][day]T[hour][minute][second]Z");
    let parsed = PrimitiveDateTime::parse(at, form);
    let parsed = parsed.map_err(|_| Refused::incomplete("'X-Amz-Date' in the form YYYYMMDD'T'HHMMSS'Z'"))?;
    Ok((at, parsed.assume_utc().unix_timestamp()))
}

/// An `Authorization` header, taken apart.
struct Signature<'h> {
    access_key: &'h str,
    scope: Scope<'h>,
    names: Vec<&'h str>,
    signature: &'h str,
}

impl<'h> Signature<'h> {
    fn of(headers: &'h HeaderMap) -> Option<Result<Self, Refused>> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        Some(Self::parse(value.strip_prefix(ALGORITHM)?.trim_start()))
    }

    fn parse(parameters: &'h str) -> Result<Self, Refused> {
        let find = |name: &str| {
            let mut pairs = parameters.split(',').filter_map(|pair| pair.trim().split_once('='));
            let found = pairs.find(|(key, _)| *key == name).map(|(_, value)| value);
            found.ok_or_else(|| Refused::incomplete(&format!("'{name}' parameter")))
        };
        // An access key id may hold slashes; the scope is what follows it.
        let mut parts = find("Credential")?.rsplitn(5, '/');
        let mut part = || parts.next().ok_or_else(|| Refused::incomplete("a whole scope in 'Credential'"));
        let (_end, service, region, day, access_key) = (part()?, part()?, part()?, part()?, part()?);
        let mut names: Vec<&str> = find("SignedHeaders")?.split(';').collect();
        names.sort_unstable();
        if !names.contains(&"host") {
            return Err(Refused::incomplete("'host' among its signed headers"));
        }
        Ok(Self { access_key, scope: Scope { day, region, service }, names, signature: find("Signature")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_header_is_taken_apart() {
        let value = "AWS4-HMAC-SHA256 Credential=AKID/20261127/eu-west-1/states/aws4_request, \
                     SignedHeaders=x-amz-date;host, Signature=abc";
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        assert_eq!(service_of(&headers), Some("states"));
        let signature = Signature::of(&headers).unwrap().unwrap();
        assert_eq!((signature.access_key, signature.signature), ("AKID", "abc"));
        assert_eq!(signature.names, ["host", "x-amz-date"]);
    }

    #[test]
    fn a_header_with_a_part_missing_says_which() {
        let missing = |text| Signature::parse(text).err().map(|refused| refused.message);
        assert!(missing("Credential=a/b/c/d/e, Signature=x").unwrap().contains("'SignedHeaders'"));
        assert!(missing("Credential=a/b, SignedHeaders=host, Signature=x").unwrap().contains("scope"));
        assert!(missing("Credential=a/b/c/d/e, SignedHeaders=date, Signature=x").unwrap().contains("'host'"));
    }

    #[test]
    fn other_authorization_is_not_ours() {
        let mut headers = HeaderMap::new();
        assert_eq!(service_of(&headers), None);
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer mw_x"));
        assert_eq!(service_of(&headers), None);
    }
}
