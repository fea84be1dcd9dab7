//! Real servers on loopback, well-behaved and not.

use super::connect::IDLE_MS;
use super::{Caller, HttpEndpoint, LambdaEndpoint};
use crate::invocation::{Answer, CallError, FunctionError, Invocation};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use model::{AddressPolicy, CallLimits, LambdaFunction, WorkspaceId};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;

/// Serves `answer` on a free port, and gives the URL.
async fn serve<F>(answer: F) -> String
where
    F: Fn(http::request::Parts, String) -> Response<String> + Send + Sync + Clone + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/run", listener.local_addr().unwrap());
    Handle::current().spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let answer = answer.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    let answered = answer(head, String::from_utf8_lossy(&body).into_owned());
                    Ok::<_, hyper::Error>(answered.map(|text| Full::new(Bytes::from(text))))
                }
            });
            Handle::current().spawn(async move {
                let http = auto::Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    url
}

/// Hands each connection to `behave` as soon as it has sent something.
async fn raw<F, R>(behave: F) -> String
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/raw", listener.local_addr().unwrap());
    Handle::current().spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            Handle::current().spawn(behave(stream));
        }
    });
    url
}

fn status(status: u16, body: &str) -> Response<String> {
    Response::builder().status(status).body(body.to_owned()).unwrap()
}

async fn call(endpoint: HttpEndpoint) -> Result<Answer, CallError> {
    call_by(&Caller::new(AddressPolicy::private()), endpoint).await
}

async fn call_by(caller: &Caller, endpoint: HttpEndpoint) -> Result<Answer, CallError> {
    let call = Invocation::new(WorkspaceId::new(0, [0; 10]), "f", r#"{"item": 7}"#);
    let call = Invocation { idempotency_key: "child/state/0".into(), ..call };
    endpoint.prepare(caller)?.call(caller, &call).await
}

fn short(url: String) -> HttpEndpoint {
    HttpEndpoint { timeout_ms: 300, ..HttpEndpoint::new(&url) }
}

#[tokio::test]
async fn the_event_goes_out_and_the_answer_is_the_result() {
    let url = serve(|head, body| {
        assert_eq!(head.method, "POST");
        assert_eq!(head.headers["content-type"], "application/json");
        assert_eq!(head.headers["idempotency-key"], "child/state/0");
        assert_eq!(head.headers["authorization"], "Bearer secret");
        status(201, &format!(r#"{{"got": {body}}}"#))
    })
    .await;
    let headers = vec![("Authorization".to_owned(), "Bearer secret".to_owned())];
    let endpoint = HttpEndpoint { headers, ..HttpEndpoint::new(&url) };
    assert!(!format!("{endpoint:?}").contains("secret"));
    let answer = call(endpoint).await.unwrap();
    assert_eq!(&*answer.payload, r#"{"got": {"item": 7}}"#);
    assert_eq!((answer.status, answer.function_error), (200, None));
    let empty = serve(|_, _| status(204, "")).await;
    assert_eq!(&*call(HttpEndpoint::new(&empty)).await.unwrap().payload, "null");
}

#[tokio::test]
async fn refusals_become_errors_that_retry_can_match() {
    let url = serve(|_, _| status(500, "oh no")).await;
    let error = call(HttpEndpoint::new(&url)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.ServerError");
    assert!(error.cause.contains("answered 500 Internal Server Error. It said: \"oh no\"."), "{error}");

    let busy = |_, _| Response::builder().status(429).header("retry-after", "7").body(String::new()).unwrap();
    let error = call(HttpEndpoint::new(&serve(busy).await)).await.unwrap_err();
    assert_eq!((error.error.as_str(), error.retry_after_ms), ("Lambda.TooManyRequestsException", Some(7000)));

    let error = call(HttpEndpoint::new(&serve(|_, _| status(403, "")).await)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.ClientError");
    assert!(error.cause.contains("headers"), "{error}");
    let error = call(HttpEndpoint::new(&serve(|_, _| status(302, "")).await)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.UnexpectedStatus");

    let made = HttpEndpoint {
        success_statuses: vec![404],
        ..HttpEndpoint::new(&serve(|_, _| status(404, "1")).await)
    };
    assert_eq!(&*call(made).await.unwrap().payload, "1");
}

#[tokio::test]
async fn a_service_may_raise_like_lambda() {
    let url = serve(|_, _| {
        let body = r#"{"errorType": "MalformedImage", "errorMessage": "no cat"}"#.to_owned();
        Response::builder().status(400).header("X-Amz-Function-Error", "Unhandled").body(body).unwrap()
    })
    .await;
    let answer = call(HttpEndpoint::new(&url)).await.unwrap();
    assert_eq!(answer.function_error, Some(FunctionError::Unhandled));
    assert!(answer.payload.contains("MalformedImage"));
}

#[tokio::test]
async fn answers_must_be_json_of_bounded_size() {
    let html = "<!doctype html>\n".to_owned() + &"<p>sorry</p>".repeat(100);
    let error = call(HttpEndpoint::new(&serve(move |_, _| status(200, &html)).await)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.InvalidResponse");
    assert!(error.cause.contains("\"<!doctype html> <p>sorry</p>") && error.cause.len() < 500, "{error}");

    let exact = format!("\"{}\"", "x".repeat(262_142));
    let large = call(HttpEndpoint::new(&serve(move |_, _| status(200, &exact)).await)).await.unwrap();
    assert_eq!(large.payload.len(), 262_144);
    let over = format!("\"{}\"", "x".repeat(1_000_000));
    let error = call(HttpEndpoint::new(&serve(move |_, _| status(200, &over)).await)).await.unwrap_err();
    assert_eq!(error.error, "States.DataLimitExceeded");
    assert!(error.cause.contains("1000002 bytes; the limit is 262144 bytes"), "{error}");
}

#[tokio::test]
async fn endless_answers_are_cut() {
    let url = raw(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n\"").await;
        while stream.write_all(&[b'x'; 65536]).await.is_ok() {}
    })
    .await;
    let error = call(HttpEndpoint::new(&url)).await.unwrap_err();
    assert_eq!(error.error, "States.DataLimitExceeded");
    assert!(error.cause.contains("more than 262144 bytes"), "{error}");
}

#[tokio::test]
async fn services_that_do_not_answer_time_out() {
    let never = raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let error = call(short(never)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.TimedOut");
    assert!(error.cause.contains("did not answer within 300 ms"), "{error}");

    let slow_head = raw(|mut stream| async move {
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " {
            let _ = stream.write_all(&[*byte]).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    assert_eq!(call(short(slow_head)).await.unwrap_err().error, "HttpEndpoint.TimedOut");
}

#[tokio::test]
async fn broken_connections_are_named() {
    let half = raw(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":").await;
    })
    .await;
    let error = call(HttpEndpoint::new(&half)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.ConnectionFailed");
    assert!(error.cause.contains("broke off its answer after 8 bytes"), "{error}");

    let garbage = raw(|mut stream| async move {
        let _ = stream.write_all(b"\x16\x03\x01 what is this\r\n\r\n").await;
    })
    .await;
    assert_eq!(call(HttpEndpoint::new(&garbage)).await.unwrap_err().error, "HttpEndpoint.ConnectionFailed");

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = call(HttpEndpoint::new(&format!("http://{closed}/"))).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.ConnectionFailed");
    assert!(error.cause.to_lowercase().contains("connection refused"), "{error}");

    let error = call(HttpEndpoint::new("http://no-such-host.invalid/")).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.DnsFailed", "{error}");

    let plain = serve(|_, _| status(200, "1")).await.replace("http://", "https://");
    let error = call(HttpEndpoint::new(&plain)).await.unwrap_err();
    assert_eq!(error.error, "HttpEndpoint.TlsFailed", "{error}");
}

/// Answers so many requests of each connection, then closes it. The URL, and how many connections came.
async fn counted(answers: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/run?by=test", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    Handle::current().spawn(async move {
        while let Ok((mut stream, address)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let host = format!("host: 127.0.0.1:{}\r\n", stream.local_addr().unwrap().port());
            Handle::current().spawn(async move {
                for _ in 0..answers {
                    let mut request = [0; 4096];
                    let read = stream.read(&mut request).await.unwrap();
                    let text = String::from_utf8_lossy(&request[..read]);
                    let known = text.starts_with("POST /run?by=test HTTP/1.1\r\n") && text.contains(&host);
                    let body = format!("\"{known} {address}\"");
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                }
            });
        }
    });
    (url, connections)
}

async fn calls_in_a_row(endpoint: HttpEndpoint, calls: usize) -> Vec<Result<Answer, CallError>> {
    let caller = Caller::new(AddressPolicy::private());
    let prepared = endpoint.prepare(&caller).unwrap();
    let call = Invocation::new(WorkspaceId::new(0, [0; 10]), "f", "7");
    let mut answers = Vec::new();
    for _ in 0..calls {
        answers.push(prepared.call(&caller, &call).await);
        // Until the other side's closing has arrived.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    answers
}

#[tokio::test]
async fn a_connection_is_used_again_while_it_is_open() {
    for (answers, expected) in [(100, 1), (2, 3), (1, 5)] {
        let (url, connections) = counted(answers).await;
        for answer in calls_in_a_row(HttpEndpoint::new(&url), 5).await {
            let payload = answer.unwrap().payload;
            assert!(payload.starts_with("\"true 127.0.0.1:"), "{payload}");
        }
        assert_eq!(connections.load(Ordering::SeqCst), expected, "{answers} answers a connection");
    }
    // An answer that was not read to its end must not be taken for the next one's beginning.
    let (url, connections) = counted(100).await;
    let short = HttpEndpoint { max_response_bytes: 3, ..HttpEndpoint::new(&url) };
    for answer in calls_in_a_row(short, 3).await {
        assert_eq!(answer.unwrap_err().error, "States.DataLimitExceeded");
    }
    assert!((1..=3).contains(&connections.load(Ordering::SeqCst)));
}

#[tokio::test]
async fn connections_that_nobody_uses_are_closed() {
    let (url, _) = counted(100).await;
    let caller = Caller::new(AddressPolicy::private());
    let prepared = HttpEndpoint::new(&url).prepare(&caller).unwrap();
    let call = Invocation::new(WorkspaceId::new(0, [0; 10]), "f", "7");
    let first = prepared.call(&caller, &call).await.unwrap().payload;
    assert_eq!(prepared.call(&caller, &call).await.unwrap().payload, first);
    tokio::time::sleep(Duration::from_millis(IDLE_MS * 2 + 200)).await;
    assert_eq!(prepared.idle_connections(), Some(0));
    assert_ne!(prepared.call(&caller, &call).await.unwrap().payload, first);
}

#[tokio::test]
async fn tenants_cannot_reach_this_machine() {
    let url = serve(|_, _| status(200, "1")).await;
    let tenant = Caller::new(AddressPolicy::default());
    for url in
        [url.clone(), url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::ffff:7f00:1]")]
    {
        let error = call_by(&tenant, HttpEndpoint::new(&url)).await.unwrap_err();
        assert_eq!(error.error, "HttpEndpoint.AddressRefused", "{error}");
        assert!(error.cause.contains("loopback"), "{error}");
    }
}

#[tokio::test]
async fn settings_are_checked() {
    let policy = AddressPolicy::private();
    let with = |url: &str| HttpEndpoint::new(url).check(&policy);
    assert_eq!(with("https://example.com/run?token=x"), Ok(()));
    for url in ["", "example.com", "ftp://example.com/", "https://user:pass@example.com/"] {
        let error = with(url).unwrap_err();
        assert_eq!(error.error, "HttpEndpoint.InvalidConfiguration", "{url}");
        assert!(!error.cause.contains("pass@"), "{error}");
    }
    let headers = vec![("Host".to_owned(), "x".to_owned())];
    let host = HttpEndpoint { headers, ..HttpEndpoint::new("https://example.com/") };
    assert!(host.check(&policy).unwrap_err().cause.contains("Host"));
    let secret = HttpEndpoint::new("https://example.com/run?token=secret");
    assert!(!secret.place().contains("secret"));
}

fn lambda(url: &str, function: &str) -> LambdaEndpoint {
    LambdaEndpoint(LambdaFunction {
        url: Some(url.trim_end_matches("/run").to_owned()),
        region: "eu-west-1".into(),
        function: function.into(),
        qualifier: Some("prod".into()),
        access_key: "AKID".into(),
        secret_key: "secret".into(),
        session_token: Some("token".into()),
        timeout_ms: 500,
        limits: CallLimits::default(),
    })
}

async fn invoke(endpoint: LambdaEndpoint) -> Result<Answer, CallError> {
    let call = Invocation::new(WorkspaceId::new(0, [0; 10]), "f", r#"{"item": 7}"#);
    endpoint.call(&Caller::new(AddressPolicy::private()), &call).await
}

#[tokio::test]
async fn lambda_is_invoked_with_a_signature() {
    let url = serve(|head, body| {
        let arn = "arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Acount";
        assert_eq!(head.uri, format!("/2015-03-31/functions/{arn}/invocations?Qualifier=prod").as_str());
        assert_eq!(head.headers["x-amz-invocation-type"], "RequestResponse");
        assert_eq!(head.headers["x-amz-security-token"], "token");
        let signature = head.headers["authorization"].to_str().unwrap();
        assert!(signature.contains("/eu-west-1/lambda/aws4_request, SignedHeaders=content-type;host;"));
        Response::builder()
            .header("X-Amz-Executed-Version", "7")
            .header("X-Amz-Log-Result", "U1RBUlQ=")
            .header("x-amzn-RequestId", "the-id")
            .body(body)
            .unwrap()
    })
    .await;
    let answer = invoke(lambda(&url, "arn:aws:lambda:eu-west-1:1:function:count")).await.unwrap();
    assert_eq!((&*answer.payload, &*answer.executed_version), (r#"{"item": 7}"#, "7"));
    assert_eq!((answer.log_tail.as_deref(), answer.request_id.as_str()), (Some("START"), "the-id"));
}

#[tokio::test]
async fn lambdas_errors_keep_their_names() {
    let busy = serve(|_, _| {
        let body = r#"{"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User", "message": "Rate Exceeded."}"#;
        let builder = Response::builder().status(429).header("x-amzn-ErrorType", "TooManyRequestsException");
        builder.header("retry-after", "1").body(body.to_owned()).unwrap()
    });
    let error = invoke(lambda(&busy.await, "f")).await.unwrap_err();
    assert_eq!((error.error.as_str(), error.retry_after_ms), ("Lambda.TooManyRequestsException", Some(1000)));
    assert!(error.cause.starts_with("Rate Exceeded. (Service: AWSLambda; Status Code: 429;"), "{error}");

    let error = invoke(lambda(&serve(|_, _| status(502, "oh")).await, "f")).await.unwrap_err();
    assert_eq!(error.error, "Lambda.ServiceException");
    let never = raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    });
    let error = invoke(lambda(&never.await, "f")).await.unwrap_err();
    assert_eq!(error.error, "Lambda.SdkClientException");
    let raised = serve(|_, _| {
        let builder = Response::builder().header("X-Amz-Function-Error", "Unhandled");
        builder.body(r#"{"errorType": "E", "errorMessage": "m"}"#.to_owned()).unwrap()
    });
    let answer = invoke(lambda(&raised.await, "f")).await.unwrap();
    assert_eq!(answer.function_error, Some(FunctionError::Unhandled));

    let tenant = lambda("http://169.254.169.254", "f").check(&AddressPolicy::default()).unwrap_err();
    assert_eq!(tenant.error, "HttpEndpoint.AddressRefused");
}
