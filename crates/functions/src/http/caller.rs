//! Sending requests over shared connections.

use super::connect::{HttpClient, Tcp, client, tcp};
use super::peer::Peer;
use super::pool::Pool;
use crate::invocation::CallError;
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use model::AddressPolicy;
use std::sync::Arc;

/// Sends requests to where the policy lets it. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    client: HttpClient,
    tcp: Tcp,
    policy: Arc<AddressPolicy>,
}

impl Caller {
    /// A caller that may reach what the policy lets through.
    pub fn new(policy: AddressPolicy) -> Self {
        let policy = Arc::new(policy);
        let tcp = tcp(policy.clone());
        Self { client: client(tcp.clone()), tcp, policy }
    }

    /// Where it may go.
    pub fn policy(&self) -> &AddressPolicy {
        &self.policy
    }

    /// Connections to an endpoint in clear text, which its calls share.
    pub fn pool(&self, place: Uri) -> Pool {
        Pool::new(self.tcp.clone(), place)
    }

    /// Sends a request and waits for the head of its answer. The URL's host must have been
    /// checked: literal addresses are connected to without asking the resolver.
    pub async fn send(
        &self,
        peer: &Peer<'_>,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, CallError> {
        self.client.request(request).await.map_err(|error| peer.no_answer(&error))
    }
}

/// A body that shares the payload's memory.
pub fn body_of(payload: Arc<str>) -> Full<Bytes> {
    Full::new(Bytes::from_owner(Text(payload)))
}

struct Text(Arc<str>);

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
