//! Where an object store is and how to reach it, without reaching what a tenant must not.

use crate::error::{Call, Error};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use model::AddressPolicy;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long connecting may take, in milliseconds.
const CONNECT_MS: u64 = 5_000;
/// How long the first byte of an answer may take, in milliseconds.
const READ_MS: u64 = 30_000;
/// How often a request is sent at most; between tries the SDK waits longer and longer.
const ATTEMPTS: u32 = 4;

/// An S3 endpoint and the keys to it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://minio.example.com:9000`; `None` is Amazon S3 in `region`.
    pub url: Option<String>,
    /// The region that requests are signed for. Empty means `us-east-1`.
    pub region: String,
    /// The bucket stands in the path, not in the host name: what most stores but Amazon's want.
    pub path_style: bool,
    /// Empty for anonymous requests.
    pub access_key: String,
    /// The secret to the access key.
    pub secret_key: String,
    /// For temporary credentials.
    pub session_token: Option<String>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Endpoint");
        out.field("url", &self.url).field("region", &self.region);
        out.field("path_style", &self.path_style).field("access_key", &self.access_key);
        out.finish_non_exhaustive()
    }
}

impl Endpoint {
    /// What error sentences call this endpoint.
    pub fn name(&self) -> String {
        self.url.clone().unwrap_or_else(|| format!("Amazon S3 in {}", self.signing_region()))
    }

    fn signing_region(&self) -> &str {
        if self.region.is_empty() { "us-east-1" } else { &self.region }
    }

    /// Builds the SDK's client; refuses an address that the policy refuses.
    pub(crate) fn client(&self, policy: AddressPolicy) -> Result<Client, Error> {
        if let Some(url) = &self.url {
            policy.check_host(host_of(url)?).map_err(|refused| Error::Address {
                call: Call::new("use this object store", "", ""),
                refused,
            })?;
        }
        let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        let http = Builder::new()
            .tls_provider(tls)
            .build_with_resolver(GuardedResolver { policy: Arc::new(policy) });
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(CONNECT_MS))
            .read_timeout(Duration::from_millis(READ_MS));
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::new(self.signing_region().to_owned()))
            .force_path_style(self.path_style)
            .timeout_config(timeouts.build())
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            // Reading has time-outs of its own, which a slow consumer does not trip.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            // Many S3-compatible stores do not know the checksums that Amazon's does.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        if let Some(url) = &self.url {
            config = config.endpoint_url(url.trim_end_matches('/'));
        }
        config = match self.access_key.is_empty() {
            true => config.allow_no_auth(),
            false => config.credentials_provider(Credentials::new(
                &self.access_key,
                &self.secret_key,
                self.session_token.clone(),
                None,
                "mapwright",
            )),
        };
        Ok(Client::from_conf(config.build()))
    }
}

/// The host of an endpoint's URL, which must be plain http or https.
fn host_of(url: &str) -> Result<&str, Error> {
    let wrong = |why: &str| {
        Error::Endpoint(format!(
            "\"{url}\" {why}. Write it like https://minio.example.com:9000, without a path."
        ))
    };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| wrong("does not begin with https:// or http://"))?;
    let authority = rest.trim_end_matches('/');
    if authority.contains(['/', '?', '#', '@', '\\']) || authority.contains(char::is_whitespace) {
        return Err(wrong("has more than a host and a port"));
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            port.parse::<u16>().map_err(|_| wrong("has no valid port"))?;
            host
        }
        _ => authority,
    };
    (!host.is_empty()).then_some(host).ok_or_else(|| wrong("names no host"))
}

/// Resolves names, and gives only addresses that the policy lets through. The connector connects
/// to exactly these, so a name that changes between check and use does not get around it.
#[derive(Clone, Debug)]
struct GuardedResolver {
    policy: Arc<AddressPolicy>,
}

impl ResolveDns for GuardedResolver {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            let mut refused = None;
            let allowed: Vec<IpAddr> = found
                .map(|address| address.ip())
                .filter(|ip| self.policy.check(*ip).map_err(|why| refused = Some(why)).is_ok())
                .collect();
            match (allowed.is_empty(), refused) {
                (true, Some(mut refused)) => {
                    refused.host = format!("{name} ({})", refused.host);
                    Err(ResolveDnsError::new(refused))
                }
                _ => Ok(allowed),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_a_host_and_a_port() {
        assert_eq!(host_of("https://minio.example.com:9000/").unwrap(), "minio.example.com");
        assert_eq!(host_of("http://[::1]").unwrap(), "[::1]");
        assert_eq!(host_of("http://[::1]:9000").unwrap(), "[::1]");
        for wrong in ["minio:9000", "ftp://a", "http://", "http://a/b", "http://u@a", "http://a:b"] {
            let said = host_of(wrong).unwrap_err().to_string();
            assert!(said.contains(wrong) && said.contains("Write it like"), "{said}");
        }
    }

    #[test]
    fn tenants_cannot_point_it_at_this_machine() {
        let endpoint = Endpoint { url: Some("http://127.0.0.1:9".into()), ..Default::default() };
        let refused = endpoint.client(AddressPolicy::default()).unwrap_err();
        assert!(matches!(refused, Error::Address { .. }), "{refused}");
        assert!(endpoint.client(AddressPolicy::private()).is_ok());
    }
}
