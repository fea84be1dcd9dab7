//! Connections of one endpoint in clear text, kept between calls.
//!
//! They speak HTTP/1.1 and go to one place, so a call takes one from a list and puts it back. The client
//! that also knows TLS and HTTP/2 looks each one up, which a fast function's calls are too many for.

use super::connect::{IDLE_MS, Tcp};
use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::Executor;
use hyper_util::rt::TokioExecutor;
use std::collections::VecDeque;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tower::Service;

const IDLE: Duration = Duration::from_millis(IDLE_MS);

type Sender = SendRequest<Full<Bytes>>;
type Fault = Box<dyn StdError + Send + Sync>;

/// Cloning shares the connections.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    connector: Tcp,
    place: Uri,
    idle: Mutex<Idle>,
}

/// Connections without a call, the one used last at the back.
#[derive(Default)]
struct Idle {
    connections: VecDeque<(Instant, Sender)>,
    watched: bool,
}

/// A connection that has answered, put back when this is dropped. One whose answer was not read to its
/// end closes by itself.
pub struct Used {
    pool: Arc<Inner>,
    sender: Option<Sender>,
}

impl Pool {
    /// Connects to the host and port of an `http` URL when a call needs it.
    pub fn new(connector: Tcp, place: Uri) -> Self {
        Self(Arc::new(Inner { connector, place, idle: Mutex::default() }))
    }

    /// Sends a request, whose URL is a path, and waits for the head of its answer.
    ///
    /// # Errors
    /// What went wrong with connecting, sending or receiving. A connection that its other side had
    /// closed before anything was sent is no error: the next one is tried.
    pub async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<(Response<Incoming>, Used), Fault> {
        while let Some(mut sender) = self.0.take() {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, self.used(sender))),
                Err(mut failed) => match failed.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(failed.into_error().into()),
                },
            }
        }
        let mut sender = self.0.connect().await?;
        let response = sender.send_request(request).await?;
        Ok((response, self.used(sender)))
    }

    #[cfg(test)]
    pub fn idle(&self) -> usize {
        self.0.idle().connections.len()
    }

    fn used(&self, sender: Sender) -> Used {
        Used { pool: Arc::clone(&self.0), sender: Some(sender) }
    }
}

impl Inner {
    async fn connect(&self) -> Result<Sender, Fault> {
        let mut connector = self.connector.clone();
        std::future::poll_fn(|cx| connector.poll_ready(cx)).await?;
        let stream = connector.call(self.place.clone()).await?;
        let (sender, connection) = handshake(stream).await?;
        TokioExecutor::new().execute(async move {
            // Whoever waits for an answer is told what broke.
            let _ = connection.await;
        });
        Ok(sender)
    }

    fn take(&self) -> Option<Sender> {
        let mut idle = self.idle();
        let (since, sender) = idle.connections.pop_back()?;
        if since.elapsed() < IDLE {
            return Some(sender);
        }
        // The others have waited longer still.
        idle.connections.clear();
        None
    }

    fn put(self: &Arc<Self>, sender: Sender) {
        let mut idle = self.idle();
        idle.connections.push_back((Instant::now(), sender));
        if !std::mem::replace(&mut idle.watched, true) {
            TokioExecutor::new().execute(close_idle(Arc::downgrade(self)));
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Used {
    fn drop(&mut self) {
        if let Some(sender) = self.sender.take().filter(|sender| !sender.is_closed()) {
            self.pool.put(sender);
        }
    }
}

/// Closes connections that nobody used for long, until there is none.
async fn close_idle(pool: Weak<Inner>) {
    loop {
        tokio::time::sleep(IDLE).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut idle = pool.idle();
        let old = idle.connections.partition_point(|(since, _)| since.elapsed() >= IDLE);
        idle.connections.drain(..old);
        if idle.connections.is_empty() {
            idle.watched = false;
            return;
        }
    }
}
