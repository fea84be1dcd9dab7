//! Functions as processes and the Lambda API through the doors, with real Python processes.

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Key, Server};
use functions::sigv4::{Signed, Signer};
use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

const ALLOWED: &[(&str, &str)] = &[("MAPWRIGHT_ALLOW_PROCESSES", "true")];
const ROLE: &str = "arn:aws:iam::000000000000:role/test";
const CODE: &str = "import os, time\n\n\ndef handler(event, context):\n    print('handling', event)\n    \
    if event.get('do') == 'raise':\n        raise ValueError('no cat here')\n    \
    if event.get('do') == 'exit':\n        os._exit(3)\n    \
    if event.get('do') == 'sleep':\n        time.sleep(60)\n    return event['n'] * 2\n";

/// A zip file with one stored file, as the simplest tool would make it.
fn zip_of(name: &str, text: &str) -> Vec<u8> {
    let crc = text.bytes().fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 },
        )
    });
    let mut shared = Vec::new();
    for number in [20u16, 0, 0, 0, 0x21] {
        shared.extend(number.to_le_bytes());
    }
    for number in [!crc, text.len() as u32, text.len() as u32] {
        shared.extend(number.to_le_bytes());
    }
    shared.extend((name.len() as u16).to_le_bytes());
    let mut zip = [b"PK\x03\x04".as_slice(), &shared, &[0, 0], name.as_bytes(), text.as_bytes()].concat();
    let directory = zip.len() as u32;
    zip.extend(
        [b"PK\x01\x02\x14\x00".as_slice(), &shared, &[0; 2 + 2 + 2 + 2 + 4 + 4], name.as_bytes()].concat(),
    );
    let length = zip.len() as u32 - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend([length.to_le_bytes(), directory.to_le_bytes()].concat());
    zip.extend([0, 0]);
    zip
}

/// A call of the Lambda API: status, the error's type or the function error, JSON.
async fn lambda(server: &Server, key: &Key, method: Method, path: &str, body: Value) -> (u16, String, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let uri: Uri = format!("{}{path}", server.url).parse().unwrap();
    let signer = Signer {
        access_key: &key.id,
        secret_key: &key.secret,
        session_token: None,
        region: "us-east-1",
        service: "lambda",
    };
    let at = OffsetDateTime::now_utc()
        .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .unwrap();
    let mut headers = HeaderMap::new();
    signer.sign(&Signed { method: &method, uri: &uri, body: body.as_bytes() }, &mut headers, &at).unwrap();
    let answer =
        server.client.request(method, uri.to_string()).headers(headers).body(body).send().await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let named = header("x-amzn-errortype").or_else(|| header("x-amz-function-error")).unwrap_or_default();
    let status = answer.status().as_u16();
    (status, named, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

const FUNCTIONS: &str = "/2015-03-31/functions";

fn create(zip: &[u8]) -> Value {
    json!({"FunctionName": "double", "Runtime": "python3.11", "Role": ROLE, "Handler": "app.handler", "Timeout": 2,
        "Code": {"ZipFile": STANDARD.encode(zip)}, "Environment": {"Variables": {"SECRET": "only-here"}}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_from_a_zip_file_serves_a_distributed_map() {
    let postgres = store::testkit::postgres().await.map(|postgres| postgres.url.clone());
    for database in std::iter::once(None).chain(postgres.map(Some)) {
        let server = Server::start_with(database, ALLOWED);
        let key = server.key("main");
        let (status, _, made) =
            lambda(&server, &key, Method::POST, FUNCTIONS, create(&zip_of("app.py", CODE))).await;
        assert_eq!(status, 201, "{made}");
        let arn = made["FunctionArn"].as_str().unwrap();
        let call = format!("{FUNCTIONS}/double/invocations");
        assert_eq!(
            lambda(&server, &key, Method::POST, &call, json!({"n": 4})).await,
            (200, String::new(), json!(8))
        );
        let (status, error, body) = lambda(&server, &key, Method::POST, &call, json!({"do": "raise"})).await;
        assert_eq!((status, error.as_str(), &body["errorType"]), (200, "Unhandled", &json!("ValueError")));

        let definition = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "each",
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": arn, "End": true,
                    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}, "Caught": {"Type": "Pass", "End": true}}}, "End": true}}});
        let asked = json!({"name": "m", "definition": definition.to_string(), "roleArn": ROLE});
        let machine = server.call(&key, "CreateStateMachine", asked).await["stateMachineArn"].clone();
        let mut items: Vec<Value> = (0..50).map(|n| json!({"n": n})).collect();
        items.extend(["raise", "exit", "sleep"].map(|what| json!({"do": what})));
        let input = json!({"stateMachineArn": machine, "input": json!(items).to_string()});
        let execution =
            server.call(&key, "StartExecution", input).await["executionArn"].as_str().unwrap().to_owned();
        let ended = server.ended(&key, &execution).await;
        assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
        let outputs: Vec<Value> = serde_json::from_str(ended["output"].as_str().unwrap()).unwrap();
        assert_eq!(outputs[..50], (0..50).map(|n| json!(n * 2)).collect::<Vec<_>>());
        for (output, error) in
            outputs[50..].iter().zip(["ValueError", "Runtime.ExitError", "Sandbox.Timedout"])
        {
            assert_eq!(output["Error"], error);
            let cause: Value = serde_json::from_str(output["Cause"].as_str().unwrap()).unwrap();
            assert_eq!(cause["errorType"], error, "the payload is the cause");
        }

        let new = json!({"ZipFile": STANDARD.encode(zip_of("app.py", &CODE.replace("* 2", "* 3")))});
        assert_eq!(lambda(&server, &key, Method::PUT, &format!("{FUNCTIONS}/double/code"), new).await.0, 200);
        assert_eq!(lambda(&server, &key, Method::POST, &call, json!({"n": 4})).await.2, 12);
        let (_, listed) = server.rest(&server.token("main"), Method::GET, "/functions", None).await;
        assert!(!listed.to_string().contains("only-here") && listed.to_string().contains("•••"), "{listed}");
        assert_eq!(
            lambda(&server, &key, Method::DELETE, &format!("{FUNCTIONS}/double"), Value::Null).await.0,
            204
        );
        let (status, error, _) = lambda(&server, &key, Method::POST, &call, json!({"n": 4})).await;
        assert_eq!((status, error.as_str()), (404, "ResourceNotFoundException"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_wrong_packages_are_refused() {
    let server = Server::start_with(None, ALLOWED);
    let key = server.key("main");
    let (status, error, body) =
        lambda(&server, &key, Method::POST, FUNCTIONS, create(&zip_of("../out.py", CODE))).await;
    assert_eq!((status, error.as_str()), (400, "InvalidParameterValueException"), "{body}");
    let wrong = Key { secret: "other".into(), ..key.clone() };
    let (status, error, _) = lambda(&server, &wrong, Method::GET, FUNCTIONS, Value::Null).await;
    assert_eq!((status, error.as_str()), (403, "InvalidSignatureException"));
    let unknown = Key { id: "AKIAUNKNOWN".into(), ..key.clone() };
    assert_eq!(
        lambda(&server, &unknown, Method::GET, FUNCTIONS, Value::Null).await.1,
        "UnrecognizedClientException"
    );
    assert_eq!(server.client.get(format!("{}{FUNCTIONS}", server.url)).send().await.unwrap().status(), 403);

    assert_eq!(lambda(&server, &key, Method::POST, FUNCTIONS, create(&zip_of("app.py", CODE))).await.0, 201);
    server.add_workspace("other");
    let other = server.key("other");
    for (method, path) in [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/invocations")] {
        let path = format!("{FUNCTIONS}/double{path}");
        assert_eq!(lambda(&server, &other, method, &path, Value::Null).await.0, 404, "{path}");
    }
    let body = lambda(&server, &other, Method::GET, FUNCTIONS, Value::Null).await.2;
    assert_eq!(body, json!({"Functions": []}));

    // A package's folder cannot be named from outside.
    let token = server.token("main");
    let body = json!({"kind": "runtime", "runtime": "python3.11", "handler": "app.handler", "package": {"sha256": "../../x", "bytes": 1}});
    let (status, problem) = server.rest(&token, Method::PUT, "/functions/stolen", Some(body)).await;
    assert_eq!(status, 422, "{problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_operators_leave_every_door_says_what_to_do() {
    let server = Server::start();
    let (key, token) = (server.key("main"), server.token("main"));
    let (status, error, body) =
        lambda(&server, &key, Method::POST, FUNCTIONS, create(&zip_of("app.py", CODE))).await;
    assert_eq!((status, error.as_str()), (403, "AccessDeniedException"));
    assert!(body.to_string().contains("--allow-processes"), "{body}");
    for kind in ["runtime", "pipe"] {
        let body = json!({"kind": kind, "command": ["python3"], "directory": "/tmp"});
        let (status, problem) = server.rest(&token, Method::PUT, "/functions/f", Some(body)).await;
        assert_eq!(status, 422);
        assert!(problem.to_string().contains("--allow-processes"), "{problem}");
    }
    let (status, _, answer) =
        lambda(&server, &key, Method::POST, &format!("{FUNCTIONS}/echo/invocations"), json!({"a": 1})).await;
    assert_eq!((status, answer), (200, json!({"a": 1})), "built-in functions need no processes");
}
