//! The HTTP endpoint that a benchmark's Tasks call.

use crate::tasks::{OnStop, Tasks};
use functions::{FunctionConfig, FunctionDirectory, HttpEndpoint};
use model::WorkspaceId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const DONE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
const BUSY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n";

/// The function `service`. It takes so many calls at once, and refuses the others with 429.
pub(super) struct Service {
    url: String,
    work: Arc<Work>,
}

/// What the endpoint does, and has done.
pub(super) struct Work {
    /// Calls at once.
    pub(super) capacity: AtomicU32,
    /// Calls that were answered.
    pub(super) answered: AtomicU64,
    /// Calls that were refused.
    pub(super) refused: AtomicU64,
    under_way: AtomicU32,
    call: Duration,
}

impl Service {
    /// One that answers at once, as many as come.
    pub(super) async fn no_op(tasks: &Tasks) -> std::io::Result<Self> {
        Self::start(tasks, u32::MAX, Duration::ZERO).await
    }

    /// One that takes `call` for each, `capacity` at once.
    pub(super) async fn start(tasks: &Tasks, capacity: u32, call: Duration) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let work = Arc::new(Work {
            capacity: capacity.into(),
            answered: AtomicU64::default(),
            refused: AtomicU64::default(),
            under_way: AtomicU32::default(),
            call,
        });
        let (more, shared) = (tasks.clone(), Arc::clone(&work));
        tasks.start("service", OnStop::Drop, async move {
            while let Ok((connection, _)) = listener.accept().await {
                let work = Arc::clone(&shared);
                more.start("connection of the service", OnStop::Drop, async move {
                    // A broken connection ends.
                    let _ = serve(connection, &work).await;
                });
            }
        });
        Ok(Self { url, work })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn work(&self) -> Arc<Work> {
        Arc::clone(&self.work)
    }
}

#[async_trait::async_trait]
impl FunctionDirectory for Service {
    async fn find(&self, _: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        Ok((name == "service").then(|| FunctionConfig::Http(HttpEndpoint::new(&self.url))))
    }
}

impl Work {
    async fn answer(&self) -> &'static [u8] {
        if self.under_way.fetch_add(1, Ordering::SeqCst) >= self.capacity.load(Ordering::SeqCst) {
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            self.refused.fetch_add(1, Ordering::Relaxed);
            return BUSY;
        }
        if !self.call.is_zero() {
            tokio::time::sleep(self.call).await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.answered.fetch_add(1, Ordering::Relaxed);
        DONE
    }
}

async fn serve(connection: TcpStream, work: &Work) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut connection = BufReader::new(connection);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if connection.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let Some((name, value)) = line.split_once(':') else {
                match line.trim().is_empty() {
                    true => break,
                    false => continue,
                }
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        connection.read_exact(&mut body).await?;
        connection.get_mut().write_all(work.answer().await).await?;
    }
}
