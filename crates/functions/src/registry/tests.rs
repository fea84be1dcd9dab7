use super::*;
use crate::{HttpEndpoint, NoObjects};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Knows `renamed`, and counts how often it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

#[async_trait::async_trait]
impl FunctionDirectory for Counting {
    async fn find(&self, _: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        self.0.fetch_add(1, Ordering::Relaxed);
        match name {
            "renamed" => Ok(Some(FunctionConfig::Builtin("echo".into()))),
            "trouble" => Err("the database is locked".into()),
            _ => Ok(None),
        }
    }
}

fn workspace() -> WorkspaceId {
    WorkspaceId::new(0, [0; 10])
}

fn call(name: &str) -> Invocation {
    Invocation::new(workspace(), name, r#"{"ms": 60000}"#)
}

#[tokio::test]
async fn names_are_found_in_every_form_and_remembered() {
    let directory = Arc::new(Counting::default());
    let functions = Functions::new(Options::default(), directory.clone(), Arc::new(NoObjects));
    for name in ["renamed", "arn:aws:lambda:us-east-1:000000000000:function:renamed", "renamed:$LATEST"] {
        assert_eq!(&*functions.call(call(name)).await.unwrap().payload, r#"{"ms": 60000}"#);
    }
    assert_eq!(directory.0.load(Ordering::Relaxed), 1);
    functions.invalidate(&workspace(), "renamed");
    functions.call(call("renamed")).await.unwrap();
    assert_eq!(directory.0.load(Ordering::Relaxed), 2);
    functions.call(call("echo")).await.unwrap();
}

/// One endpoint, which lets two calls in at once.
struct One(String);

#[async_trait::async_trait]
impl FunctionDirectory for One {
    async fn find(&self, _: &WorkspaceId, _: &str) -> Result<Option<FunctionConfig>, String> {
        let endpoint = HttpEndpoint { limits: CallLimits { max_concurrency: Some(2), max_per_second: None }, ..HttpEndpoint::new(&self.0) };
        Ok(Some(FunctionConfig::Http(endpoint)))
    }
}

#[tokio::test]
async fn a_service_that_asks_for_a_pause_gets_it() {
    let busy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", busy.local_addr().unwrap());
    tokio::runtime::Handle::current().spawn(async move {
        for answer in ["429 Too Many\r\nRetry-After: 1", "200 OK"] {
            let (mut stream, _) = busy.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1");
            stream.write_all(text.as_bytes()).await.unwrap();
        }
    });
    let options = Options { addresses: AddressPolicy::private(), cache_ms: 0, ..Options::default() };
    let functions = Functions::new(options, Arc::new(One(url)), Arc::new(NoObjects));
    let refused = functions.call(call("f")).await.unwrap_err();
    assert_eq!(refused.retry_after_ms, Some(1000));
    let again = Instant::now();
    assert_eq!(&*functions.call(call("f")).await.unwrap().payload, "1");
    assert!(again.elapsed() >= Duration::from_millis(900), "the gate outlives the cache");
}

#[tokio::test]
async fn unknown_functions_are_refused_in_lambdas_words() {
    let functions =
        Functions::new(Options::default(), Arc::new(Counting::default()), Arc::new(NoObjects));
    let unknown = functions.call(call("nobody:prod")).await.unwrap_err();
    assert_eq!(unknown.error, "Lambda.ResourceNotFoundException");
    let begin = "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:prod \
                 (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: ";
    assert!(unknown.cause.starts_with(begin), "{}", unknown.cause);
    let trouble = functions.call(call("trouble")).await.unwrap_err();
    assert_eq!(trouble.error, "Lambda.ServiceException");
    assert!(trouble.cause.contains("the database is locked"));
}

#[tokio::test]
async fn the_deadline_is_kept() {
    let functions =
        Functions::new(Options::default(), Arc::new(Counting::default()), Arc::new(NoObjects));
    let deadline = Instant::now() + Duration::from_millis(50);
    let late = Invocation { deadline: Some(deadline), ..call("sleep") };
    let late = functions.call(late).await.unwrap_err();
    assert_eq!(late.error, "States.Timeout");
    assert!(late.cause.contains("sleep did not answer"), "{}", late.cause);
}
