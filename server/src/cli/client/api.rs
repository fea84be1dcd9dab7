//! The REST API as the command line calls it.

use super::Server;
use anyhow::Context;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// Times a read is tried when the server does not answer.
const TRIES: u32 = 4;

/// Why the server did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It refused, and says why.
    #[error("{0}")]
    Refused(String),
    /// It did not answer, or has a fault of its own.
    #[error("{0}")]
    Unreachable(String),
}

/// A server and a token for it.
pub struct Api {
    client: Client,
    base: String,
    token: String,
}

/// A page of a list.
#[derive(Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The cursor of the next one.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
    request_id: Option<String>,
}

impl Api {
    /// Nothing is sent yet.
    pub fn new(server: &Server) -> anyhow::Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .user_agent(concat!("mapwright/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("cannot make an HTTP client")?;
        let base = format!("{}/api/v1", server.server.trim_end_matches('/'));
        Ok(Self { client, base, token: server.token.clone() })
    }

    /// A request to a path below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Reads a JSON answer, again when the server does not answer.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let mut tried = 1;
        loop {
            match self.send(self.request(Method::GET, path)).await {
                Err(Fault::Unreachable(_)) if tried < TRIES => {
                    tokio::time::sleep(Duration::from_secs(1 << tried)).await;
                    tried += 1;
                }
                answer => return Self::json(answer?).await,
            }
        }
    }

    /// Sends JSON once: the key makes the server do it once, however often it arrives.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> anyhow::Result<T> {
        let key = service::secrets::new_secret("");
        let mut tried = 1;
        loop {
            let request = self.request(Method::POST, path).header("idempotency-key", &key).json(body);
            match self.send(request).await {
                Err(Fault::Unreachable(_)) if tried < TRIES => {
                    tokio::time::sleep(Duration::from_secs(1 << tried)).await;
                    tried += 1;
                }
                answer => return Self::json(answer?).await,
            }
        }
    }

    /// Sends a request; anything but success is a fault.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, Fault> {
        let unreachable = |error: reqwest::Error| {
            let inner = std::error::Error::source(&error).map(ToString::to_string);
            let why = inner.unwrap_or_else(|| error.to_string());
            Fault::Unreachable(format!("{} does not answer: {why}", self.base))
        };
        let answer = request.send().await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let text = answer.text().await.map_err(unreachable)?;
        let said = match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => {
                let request = problem.request_id.map(|id| format!(", request {id}")).unwrap_or_default();
                format!("{} ({}{request})", problem.detail, problem.code)
            }
            Err(_) => format!("{} answered {status}", self.base),
        };
        Err(if status.is_server_error() { Fault::Unreachable(said) } else { Fault::Refused(said) })
    }

    async fn json<T: DeserializeOwned>(answer: Response) -> anyhow::Result<T> {
        let text = answer.text().await.map_err(|e| Fault::Unreachable(e.to_string()))?;
        serde_json::from_str(&text).context("the server's answer is not what this version expects")
    }
}
