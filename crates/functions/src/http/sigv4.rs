//! AWS Signature Version 4 for requests with a body in memory.
//! Source: AWS IAM User Guide, "Create a signed AWS API request".

use http::header::{AUTHORIZATION, HOST, HeaderName, HeaderValue, InvalidHeaderValue};
use http::{HeaderMap, Method, Uri};
use sha2::{Digest, Sha256};

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
        let signed_names = names.join(";");
        let lines = names.iter().map(|name| {
            let values = headers.get_all(*name).iter().map(|value| value.to_str().unwrap_or_default().trim());
            format!("{name}:{}\n", values.collect::<Vec<_>>().join(","))
        });
        let canonical = format!(
            "{}\n{}\n{}\n{}\n{signed_names}\n{}",
            request.method,
            canonical_path(request.uri.path()),
            canonical_query(request.uri.query().unwrap_or_default()),
            lines.collect::<String>(),
            hex::encode(Sha256::digest(request.body)),
        );
        let day = at.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", hex::encode(Sha256::digest(canonical.as_bytes())));
        let secret = format!("AWS4{}", self.secret_key);
        let key = [day, self.region, self.service, "aws4_request"]
            .iter()
            .fold(secret.into_bytes(), |key, part| hmac(&key, part.as_bytes()).to_vec());
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed_names}, Signature={}",
            self.access_key,
            hex::encode(hmac(&key, to_sign.as_bytes()))
        );
        headers.insert(AUTHORIZATION, HeaderValue::from_str(&value)?);
        Ok(())
    }
}

/// Each part of the path is encoded once more: every service but S3 wants it so.
fn canonical_path(path: &str) -> String {
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
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
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
