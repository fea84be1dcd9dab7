//! The same calls without a Map Run around them: what this machine's HTTP can do at all.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::net::TcpStream;

/// Connections of the bare loop: enough to keep two processors busy.
const CONNECTIONS: usize = 64;

/// The seconds in which a bare hyper client posts `body` to the URL `calls` times, one call after the
/// other on each of 64 connections.
///
/// # Errors
/// A connection that breaks.
pub(super) async fn seconds(url: &str, body: String, calls: u64) -> Result<f64, std::io::Error> {
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let (left, body) = (Arc::new(AtomicU64::new(calls)), Bytes::from(body));
    let began = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(one_connection(address.clone(), body.clone(), Arc::clone(&left))))
        .collect();
    for worker in workers {
        worker.await.map_err(std::io::Error::other)??;
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn one_connection(address: String, body: Bytes, left: Arc<AtomicU64>) -> Result<(), std::io::Error> {
    let stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
    let driven = tokio::spawn(connection);
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        let request = hyper::Request::post("/")
            .header("host", &address)
            .header("content-type", "application/json")
            .body(Full::new(body.clone()))
            .map_err(std::io::Error::other)?;
        let answer = sender.send_request(request).await.map_err(std::io::Error::other)?;
        answer.into_body().collect().await.map_err(std::io::Error::other)?;
    }
    driven.abort();
    Ok(())
}
