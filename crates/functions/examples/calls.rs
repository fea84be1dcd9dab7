//! Measures calls of functions: `cargo run --release --example calls -p mapwright-functions`.

use bytes::Bytes;
use functions::{FunctionConfig, FunctionDirectory, Functions, HttpEndpoint, Invocation, NoObjects, Options};
use futures::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use model::{AddressPolicy, WorkspaceId};
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const IN_FLIGHT: usize = 64;

/// Knows one web service, which is on this machine.
struct Web(String);

#[async_trait::async_trait]
impl FunctionDirectory for Web {
    async fn find(&self, _: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        Ok((name == "web").then(|| FunctionConfig::Http(HttpEndpoint::new(&self.0))))
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let mut background = JoinSet::new();
    background.spawn(serve(listener));
    let options = Options { addresses: AddressPolicy::private(), ..Options::default() };
    let functions = Functions::new(options, Arc::new(Web(url)), Arc::new(NoObjects));
    measure(&functions, "echo", 1_000_000).await;
    measure(&functions, "web", 50_000).await;
    Ok(())
}

/// Calls a function many times, a few at once.
async fn measure(functions: &Functions, name: &str, calls: usize) {
    let workspace = WorkspaceId::new(0, [0; 10]);
    let began = Instant::now();
    let answers = futures::stream::iter(0..calls).map(|_| {
        let call = Invocation::new(workspace.clone(), name, r#"{"Bucket": "b", "Key": "photos/cat.jpg"}"#);
        functions.call(call)
    });
    let failed = answers.buffer_unordered(IN_FLIGHT).filter(|answer| {
        let failed = answer.is_err();
        async move { failed }
    });
    let failed = failed.count().await;
    let rate = calls as f64 / began.elapsed().as_secs_f64();
    println!("{name}: {calls} calls, {failed} failed, {rate:.0}/s");
}

/// Answers every request with its own body.
async fn serve(listener: TcpListener) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request: Request<Incoming>| async {
            let body = request.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>(Response::new(Full::<Bytes>::new(body)))
        });
        connections.spawn(async move {
            let http = auto::Builder::new(TokioExecutor::new());
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
