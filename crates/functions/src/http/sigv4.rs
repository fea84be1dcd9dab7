//! AWS Signature Version 4 for requests with a body in memory.
//! Source: AWS IAM User Guide, "Create a signed AWS API request".

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, InvalidHeaderValue};
use http::{HeaderMap, Method, Uri};
use sha2::{Digest, Sha256};
use std::fmt;

/// The name of the algorithm, as it stands in headers.
pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Signer<'k> {
    /// The access key id.
    pub access_key: &'k str,
    /// Its secret.
    pub secret_key: &'k str,
    /// For temporary credentials.
    pub session_token: Option<&'k str>,
    /// For example `eu-west-1`.
    pub region: &'k str,
    /// For example `lambda`.
    pub service: &'k str,
}

/// What is signed.
pub struct Signed<'r> {
    /// The method.
    pub method: &'r Method,
    /// The whole URL; its path is percent-encoded already.
    pub uri: &'r Uri,
    /// The body.
    pub body: &'r [u8],
}

impl Signer<'_> {
    /// Adds `Host`, `X-Amz-Date`, the token and `Authorization` to headers, all of which are
    /// signed. `at` is the time as `20150830T123600Z`.
    pub fn sign(
        &self,
        request: &Signed<'_>,
        headers: &mut HeaderMap,
        at: &str,
    ) -> Result<(), InvalidHeaderValue> {
        let host = request.uri.authority().map_or("", |authority| authority.as_str());
        headers.insert(HOST, HeaderValue::from_str(host)?);
        headers.insert(HeaderName::from_static("x-amz-date"), HeaderValue::from_str(at)?);
        if let Some(token) = self.session_token {
            let mut token = HeaderValue::from_str(token)?;
            token.set_sensitive(true);
            headers.insert(HeaderName::from_static("x-amz-security-token"), token);
        }
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let canonical = Canonical {
            method: request.method,
            path: canonical_path(request.uri.path()),
            query: request.uri.query().unwrap_or_default(),
            headers,
            names: &names,
            payload_hash: &payload_hash(request.body),
        };
        let scope = Scope { day: at.get(..8).unwrap_or_default(), region: self.region, service: self.service };
        let value = format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={}",
            self.access_key,
            names.join(";"),
            scope.signature(self.secret_key, at, &canonical)
        );
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&value)?);
        Ok(())
    }
}

/// The parts of a request that a signature covers.
pub struct Canonical<'r> {
    /// The method.
    pub method: &'r Method,
    /// The path as the service wants it encoded: see [`canonical_path`].
    pub path: String,
    /// The query as it was sent.
    pub query: &'r str,
    /// All headers.
    pub headers: &'r HeaderMap,
    /// The signed ones, in lower case, sorted.
    pub names: &'r [&'r str],
    /// [`payload_hash`], or what `X-Amz-Content-Sha256` says in its place.
    pub payload_hash: &'r str,
}

impl Canonical<'_> {
    fn text(&self) -> String {
        let lines = self.names.iter().map(|name| {
            let values = self.headers.get_all(*name).iter().map(|value| value.to_str().unwrap_or_default().trim());
            format!("{name}:{}\n", values.collect::<Vec<_>>().join(","))
        });
        format!(
            "{}\n{}\n{}\n{}\n{}\n{}",
            self.method,
            self.path,
            canonical_query(self.query),
            lines.collect::<String>(),
            self.names.join(";"),
            self.payload_hash,
        )
    }
}

/// Where and when a signature holds: `20150830/us-east-1/states/aws4_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'s> {
    /// `YYYYMMDD`
    pub day: &'s str,
    /// For example `eu-west-1`.
    pub region: &'s str,
    /// For example `states`.
    pub service: &'s str,
}

impl fmt::Display for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/aws4_request", self.day, self.region, self.service)
    }
}

impl Scope<'_> {
    /// The signature in hexadecimal digits; `at` is the time as `20150830T123600Z`.
    pub fn signature(&self, secret_key: &str, at: &str, request: &Canonical<'_>) -> String {
        let hash = hex::encode(Sha256::digest(request.text().as_bytes()));
        let to_sign = format!("{ALGORITHM}\n{at}\n{self}\n{hash}");
        let secret = format!("AWS4{secret_key}");
        let key = [self.day, self.region, self.service, "aws4_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()).to_vec());
        hex::encode(hmac(&key, to_sign.as_bytes()))
    }
}

/// The SHA-256 of a body in hexadecimal digits.
pub fn payload_hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// Each part of the path is encoded once more: every service but S3 wants it so.
pub fn canonical_path(path: &str) -> String {
    match path {
        "" => "/".to_owned(),
        path => path.split('/').map(percent_encoded).collect::<Vec<_>>().join("/"),
    }
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

/// Everything but letters, digits and `-_.~` as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// HMAC-SHA256, RFC 2104.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    match key.len() > BLOCK {
        true => block[..32].copy_from_slice(&Sha256::digest(key)),
        false => block[..key.len()].copy_from_slice(key),
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let tag = hex::encode(hmac(b"Jefe", b"what do ya want for nothing?"));
        assert_eq!(tag, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let tag = hex::encode(hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"));
        assert_eq!(tag, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }

    #[test]
    fn the_signature_is_that_of_the_published_test_suite() {
        let signer = Signer {
            access_key: "AKIDEXAMPLE",
            secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            session_token: None,
            region: "us-east-1",
            service: "service",
        };
        let uri = Uri::from_static("https://example.amazonaws.com/");
        let request = Signed { method: &Method::GET, uri: &uri, body: b"" };
        let mut headers = HeaderMap::new();
        signer.sign(&request, &mut headers, "20150830T123600Z").unwrap();
        assert_eq!(
            headers[AUTHORIZATION],
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        );
    }

    #[test]
    fn paths_are_encoded_again_and_queries_sorted() {
        assert_eq!(canonical_path("/f/arn%3Aaws/invocations"), "/f/arn%253Aaws/invocations");
        assert_eq!(canonical_query("b=2&a&a=1"), "a=&a=1&b=2");
    }
}
