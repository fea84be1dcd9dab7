//! Opening the store and serving it.

use super::blobs::Blobs;
use super::credentials::Credentials;
use super::door::{TenantDoor, Tenants};
use super::index::Index;
use super::service::Store;
use crate::{Endpoint, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long requests in flight may take to end after a shutdown, in milliseconds.
const DRAIN_MS: u64 = 5_000;
/// How long a client may take to send its next request's head, in milliseconds: longer than clients
/// keep idle connections, so that none sends on a connection that is just being closed.
const HEAD_MS: u64 = 120_000;
/// How long the listener rests after it could not accept, in milliseconds.
const ACCEPT_PAUSE_MS: u64 = 100;

/// How to serve the embedded store.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// Where to listen; port 0 takes a free one. Default `127.0.0.1:0`.
    pub listen: SocketAddr,
    /// The region that the store says it is in. Default `us-east-1`.
    pub region: String,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self { listen: (Ipv4Addr::LOCALHOST, 0).into(), region: "us-east-1".into() }
    }
}

/// A running embedded store. Cheap to clone.
#[derive(Clone)]
pub struct Embedded {
    address: SocketAddr,
    region: String,
    credentials: Credentials,
    store: Store,
    stop: CancellationToken,
}

impl Embedded {
    /// Opens the store in `dir` (made if need be) and listens. The future that comes with it
    /// serves requests until [`Embedded::shutdown`]; the caller runs it.
    pub async fn open(
        dir: &Path,
        options: EmbeddedOptions,
    ) -> Result<(Self, impl Future<Output = ()> + Send + 'static), Error> {
        let failed = |cause: String| Error::Embedded { dir: dir.display().to_string(), cause };
        let at = dir.to_owned();
        let opened = tokio::task::spawn_blocking(move || open_files(&at));
        let opened = opened.await.map_err(|error| failed(error.to_string()))?;
        let (credentials, index, blobs) = opened.map_err(|error| failed(error.to_string()))?;
        let listener = TcpListener::bind(options.listen).await;
        let listener =
            listener.map_err(|error| failed(format!("it cannot listen on {}: {error}", options.listen)))?;
        let address = listener.local_addr().map_err(|error| failed(error.to_string()))?;

        let store = Store { index: index.clone(), blobs, region: options.region.clone() };
        let mut service = S3ServiceBuilder::new(store.clone());
        let (access, secret) = (credentials.access_key.clone(), credentials.secret_key.clone());
        service.set_auth(SimpleAuth::from_single(access, secret));
        let stop = CancellationToken::new();
        let serve = serve(listener, service.build(), stop.clone(), index);
        Ok((Self { address, region: options.region, credentials, store, stop }, serve))
    }

    /// The same store for tenants, whose requests somebody else accepts.
    pub fn tenant_door(&self, tenants: Arc<dyn Tenants>) -> TenantDoor {
        TenantDoor::new(self.store.clone(), tenants)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key that requests are signed with.
    pub fn access_key(&self) -> &str {
        &self.credentials.access_key
    }

    /// The secret to it.
    pub fn secret_key(&self) -> &str {
        &self.credentials.secret_key
    }

    /// What a client needs to reach this store.
    pub fn client_endpoint(&self) -> Endpoint {
        Endpoint {
            url: Some(self.endpoint()),
            region: self.region.clone(),
            path_style: true,
            access_key: self.credentials.access_key.clone(),
            secret_key: self.credentials.secret_key.clone(),
            session_token: None,
        }
    }

    /// Stops accepting. The serving future ends when requests in flight have ended, or after
    /// five seconds.
    pub fn shutdown(&self) {
        self.stop.cancel();
    }
}

type Opened = Result<(Credentials, Index, Blobs), Box<dyn std::error::Error + Send + Sync>>;

fn open_files(dir: &Path) -> Opened {
    std::fs::create_dir_all(dir)?;
    let blobs = Blobs::open(dir.join("bodies"))?;
    let index = Index::open(&dir.join("index.redb"), &blobs)?;
    let credentials = Credentials::load_or_create(&dir.join("credentials.json"))?;
    Ok((credentials, index, blobs))
}

async fn serve(listener: TcpListener, service: S3Service, stop: CancellationToken, index: Index) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, service.clone(), stop.clone()))),
                Err(error) => {
                    // Most likely out of file descriptors: others must end first.
                    tracing::warn!(%error, "the embedded object store could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(Duration::from_millis(DRAIN_MS), drained).await;
    connections.shutdown().await;
    index.close().await;
}

async fn connection(stream: TcpStream, service: S3Service, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(HEAD_MS));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the embedded object store broke");
    }
}
