//! Connections to endpoints: pooled, with TLS, and only to addresses that the policy lets through.

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::{AddressPolicy, RefusedAddress};
use rustls::crypto::ring;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// How long connecting to one address may take, in milliseconds.
const CONNECT_MS: u64 = 5_000;
/// How long an idle connection is kept, in milliseconds: less than the five seconds after which
/// common servers close theirs, since a request on a closing connection fails.
pub const IDLE_MS: u64 = 4_000;

/// Connects to where the policy lets it.
pub type Tcp = HttpConnector<GuardedResolver>;

/// A pooled client for HTTP/1.1 and HTTP/2.
pub type HttpClient = Client<HttpsConnector<Tcp>, Full<Bytes>>;

/// Makes connections without TLS.
pub fn tcp(policy: Arc<AddressPolicy>) -> Tcp {
    let mut tcp = HttpConnector::new_with_resolver(GuardedResolver { policy });
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_millis(CONNECT_MS)));
    tcp
}

/// Builds the client that all endpoints share.
pub fn client(tcp: Tcp) -> HttpClient {
    let builder = HttpsConnectorBuilder::new();
    let tls = match builder.with_provider_and_native_roots(ring::default_provider()) {
        Ok(tls) => tls,
        Err(error) => {
            tracing::warn!(%error, "no trusted certificates on this machine: https endpoints will fail");
            HttpsConnectorBuilder::new().with_tls_config(trusting_nobody())
        }
    };
    let connector = tls.https_or_http().enable_all_versions().wrap_connector(tcp);
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_millis(IDLE_MS))
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .build(connector)
}

fn trusting_nobody() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring offers TLS 1.2 and 1.3")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// Resolves names, and gives only addresses that the policy lets through. The connector connects
/// to exactly these, so a name that changes between check and use does not get around it.
#[derive(Clone)]
pub struct GuardedResolver {
    policy: Arc<AddressPolicy>,
}

type Addresses = std::vec::IntoIter<SocketAddr>;

impl Service<Name> for GuardedResolver {
    type Response = Addresses;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Addresses, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let policy = self.policy.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found = found.map_err(|error| io::Error::new(io::ErrorKind::NotFound, NoAddress(error)))?;
            let mut refused = None;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| policy.check(address.ip()).map_err(|why| refused = Some(why)).is_ok())
                .collect();
            match (allowed.is_empty(), refused) {
                (true, Some(why)) => {
                    let host = format!("{} ({})", name.as_str(), why.host);
                    Err(io::Error::other(RefusedAddress { host, ..why }))
                }
                _ => Ok(allowed.into_iter()),
            }
        })
    }
}

/// A name that does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoAddress(#[source] io::Error);
