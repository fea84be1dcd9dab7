//! Real processes behind the Runtime API: Python and Node handlers, AWS's own client.

mod common;

use common::{House, handlers, json, workspace};
use functions::{FunctionConfig, Functions, Invocation, NoObjects, Options};
use model::ProcessFunction;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_gets_its_event_and_lambdas_surroundings() {
    let house = House::new();
    house.python("about", "about", |spec| {
        spec.environment.insert("TABLE".into(), "orders".into());
        spec.memory_mb = 256;
    });
    let first = house.call("about", json!({})).await;
    let said = json(&first);
    assert_eq!(said["id"], first.request_id.as_str());
    assert_eq!(said["arn"], "arn:aws:lambda:us-east-1:000000000000:function:about");
    assert_eq!(said["memory"], "256");
    let left = said["left"].as_i64().unwrap();
    assert!((50_000..=60_000).contains(&left), "{left}");
    assert_eq!(said["cwd"], handlers().to_str().unwrap());
    let env = said["env"].as_object().unwrap();
    assert_eq!(
        (&env["TABLE"], &env["_HANDLER"], &env["AWS_REGION"]),
        (&json!("orders"), &json!("app.about"), &json!("us-east-1"))
    );
    assert!(!env.contains_key("CARGO_MANIFEST_DIR"), "the server's own environment stays out");
    let log = first.log_tail.unwrap();
    for line in [
        "loading",
        "START RequestId: ",
        "a line on stdout",
        "a line on stderr",
        "a logged line",
        "Init Duration: ",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert!(first.timing.unwrap().init.unwrap() > Duration::from_millis(1));

    let second = house.call("about", json!({})).await;
    assert_eq!((&json(&second)["pid"], &json(&second)["calls"]), (&said["pid"], &json!(2)));
    assert_eq!(second.timing.unwrap().init, None, "a warm start has no init");
    let log = second.log_tail.unwrap();
    assert!(
        !log.contains("loading") && !log.contains("Init Duration") && !log.contains(&first.request_id),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_look_as_on_lambda() {
    let house = House::new();
    house.python("f", "trouble", |spec| spec.timeout_ms = 2_000);
    let raised = house.call("f", json!({"do": "raise"})).await;
    let body = json(&raised);
    assert_eq!(
        (&body["errorType"], &body["errorMessage"]),
        (&json!("ValueError"), &json!("no \"cat\" here"))
    );
    assert_eq!(body["requestId"], raised.request_id.as_str());
    assert!(body["stackTrace"][0].as_str().unwrap().contains("app.py"), "{body}");

    let exited = house.call("f", json!({"do": "exit"})).await;
    let message = format!("RequestId: {} Error: Runtime exited with error: exit status 3", exited.request_id);
    assert_eq!(json(&exited), json!({"errorType": "Runtime.ExitError", "errorMessage": message}));
    assert!(exited.log_tail.unwrap().contains("last words"));
    assert_eq!(
        house.result("f", json!({"do": "nothing"})).await,
        "done",
        "another process takes the next call"
    );

    let began = Instant::now();
    let late = house.call("f", json!({"do": "sleep", "seconds": 60})).await;
    let message = format!("RequestId: {} Error: Task timed out after 2.00 seconds", late.request_id);
    assert_eq!(json(&late), json!({"errorType": "Sandbox.Timedout", "errorMessage": message}));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());

    let (kind, _) = house.failure("f", json!({"do": "big", "bytes": 6_291_555})).await;
    assert_eq!(kind, "Function.ResponseSizeTooLarge", "with its quotes it is one byte too long");
    let fits = house.result("f", json!({"do": "big", "bytes": 6_291_554})).await;
    assert_eq!(fits.as_str().unwrap().len(), 6_291_554);
    assert_eq!(house.failure("f", json!({"do": "unwritable"})).await.0, "Runtime.MarshalError");

    let talked = house.call("f", json!({"do": "talk"})).await;
    let log = talked.log_tail.unwrap();
    assert!(log.len() <= 4096 && log.contains("line 19999"), "the end of the log is kept: {}", log.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn starts_that_fail_say_why() {
    let house = House::new();
    house.python("lost", "x", |spec| spec.handler = "nowhere.handler".into());
    let (kind, message) = house.failure("lost", json!({})).await;
    assert_eq!(kind, "Runtime.ImportModuleError");
    assert!(message.contains("Unable to import module 'nowhere'"), "{message}");
    house.python("missing", "nobody", |_| {});
    assert_eq!(house.failure("missing", json!({})).await.0, "Runtime.HandlerNotFound");
    house.python("program", "echo", |spec| spec.command = vec!["/no/such/program".into()]);
    let (kind, message) = house.failure("program", json!({})).await;
    assert_eq!(kind, "Runtime.InvalidEntrypoint");
    assert!(message.contains("/no/such/program"), "{message}");
    house.python("brief", "echo", |spec| spec.command = vec!["false".into()]);
    let (kind, message) = house.failure("brief", json!({})).await;
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.ends_with("exit status 1"), "{message}");
    let all = (0..50).map(|_| house.failure("lost", json!({})));
    let began = Instant::now();
    assert!(futures::future::join_all(all).await.iter().all(|(kind, _)| kind == "Runtime.ImportModuleError"));
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "calls that wait do not each start a process that fails"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_holds_too_much_is_killed() {
    let house = House::new();
    house.python("f", "trouble", |spec| spec.memory_mb = 64);
    let (kind, message) = house.failure("f", json!({"do": "memory", "mb": 200})).await;
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.contains("signal: killed") && message.contains("limit is 64 MB"), "{message}");
    assert_eq!(house.result("f", json!({"do": "nothing"})).await, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_start_as_needed_and_stop_when_idle() {
    let house = House::with(|options| options.idle_ms = 300);
    house.python("late", "late", |spec| spec.processes = 3);
    let alone = house.result("late", json!({"ms": 1})).await;
    assert_eq!(house.result("late", json!({"ms": 1})).await, alone, "one after the other needs one process");
    let many = futures::future::join_all((0..30).map(|_| house.result("late", json!({"ms": 40})))).await;
    let pids: HashSet<i64> = many.iter().map(|pid| pid.as_i64().unwrap()).collect();
    assert!((2..=3).contains(&pids.len()), "{pids:?}");
    let gone = || pids.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists());
    for _ in 0..200 {
        if gone() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(gone(), "idle processes stop");
    assert!(house.result("late", json!({"ms": 1})).await.is_i64(), "and start again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_registration_ends_the_old_processes_after_their_calls() {
    let house = House::new();
    house.python("f", "late", |_| {});
    let old = house.result("f", json!({"ms": 1})).await;
    let running = house.call("f", json!({"ms": 400}));
    let changed = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        house.python("f", "late", |spec| spec.memory_mb = 300);
        house.functions.invalidate(&workspace(), "f");
        house.result("f", json!({"ms": 1})).await
    };
    let (running, new) = tokio::join!(running, changed);
    assert_eq!(json(&running), old, "the call that it had is answered");
    assert_ne!(new, old);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!std::path::Path::new(&format!("/proc/{old}")).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_process_started_ends_with_it() {
    let house = House::new();
    let script = "import os,subprocess,sys; subprocess.Popen(['sleep','61.25']); os._exit(4)";
    house.python("f", "echo", |spec| spec.command = vec!["python3".into(), "-c".into(), script.into()]);
    assert_eq!(house.failure("f", json!({})).await.0, "Runtime.ExitError");
    let left = std::process::Command::new("pgrep").args(["-f", "sleep 61.25"]).output().unwrap();
    assert!(left.stdout.is_empty(), "{}", String::from_utf8_lossy(&left.stdout));
}

#[tokio::test]
async fn without_the_operators_leave_nothing_runs() {
    let directory = Arc::new(common::Directory::default());
    let house = House::new();
    house.python("f", "echo", |_| {});
    let functions = Functions::new(Options::default(), house.registered.clone(), Arc::new(NoObjects));
    let refused = functions.call(Invocation::new(workspace(), "f", "{}")).await.unwrap_err();
    assert_eq!(refused.error, "Lambda.AccessDeniedException");
    assert!(refused.cause.contains("--allow-processes"), "{}", refused.cause);
    drop(directory);
}

#[tokio::test(flavor = "multi_thread")]
async fn node_handlers_run_too() {
    if std::process::Command::new("node").arg("--version").output().is_err() {
        return eprintln!("there is no node on this machine: Node handlers were not tested");
    }
    let house = House::new();
    let put = |name: &str, handler: &str| {
        house.python(name, "x", |spec| {
            *spec = ProcessFunction {
                runtime: "nodejs20.x".into(),
                handler: handler.into(),
                memory_mb: 2048,
                ..spec.clone()
            };
        });
    };
    put("async", "index.handler");
    let said = house.result("async", json!({"a": 1})).await;
    assert_eq!(said["a"], 1);
    assert!(said["left"].as_i64().unwrap() > 0);
    put("callback", "index.withCallback");
    assert_eq!(house.result("callback", json!({"n": 4})).await, 5);
    put("raise", "index.raise");
    assert_eq!(house.failure("raise", json!({})).await, ("RangeError".to_owned(), "too far".to_owned()));
    put("lost", "index.nobody");
    assert_eq!(house.failure("lost", json!({})).await.0, "Runtime.HandlerNotFound");
}

/// `MAPWRIGHT_TEST_AWSLAMBDARIC` names a Python that has AWS's own client of the Runtime API.
#[tokio::test(flavor = "multi_thread")]
async fn awslambdaric_runs_the_same_handlers() {
    let Ok(python) = std::env::var("MAPWRIGHT_TEST_AWSLAMBDARIC") else {
        return eprintln!("MAPWRIGHT_TEST_AWSLAMBDARIC is not set: AWS's own client was not tested");
    };
    let house = House::new();
    let put = |name: &str, handler: &str| {
        let command = vec![python.clone(), "-m".into(), "awslambdaric".into(), handler.into()];
        house.python(name, "x", |spec| {
            *spec = ProcessFunction { command, handler: handler.into(), timeout_ms: 2_000, ..spec.clone() };
        });
    };
    put("echo", "app.echo");
    for n in 0..20 {
        assert_eq!(house.result("echo", json!({"n": n, "text": "ä"})).await, json!({"n": n, "text": "ä"}));
    }
    put("about", "app.about");
    let about = house.call("about", json!({})).await;
    assert_eq!(json(&about)["id"], about.request_id.as_str());
    assert!(about.log_tail.unwrap().contains("a line on stdout"));
    put("trouble", "app.trouble");
    assert_eq!(house.failure("trouble", json!({"do": "raise"})).await.0, "ValueError");
    assert_eq!(house.failure("trouble", json!({"do": "exit"})).await.0, "Runtime.ExitError");
    assert_eq!(house.failure("trouble", json!({"do": "sleep", "seconds": 60})).await.0, "Sandbox.Timedout");
    assert_eq!(
        house.failure("trouble", json!({"do": "big", "bytes": 7_000_000})).await.0,
        "Function.ResponseSizeTooLarge"
    );
    assert_eq!(house.result("trouble", json!({"do": "nothing"})).await, "done");
    put("lost", "nowhere.handler");
    assert_eq!(house.failure("lost", json!({})).await.0, "Runtime.ImportModuleError");
}

/// The Runtime API as the documentation says it, spoken by hand with a connection a request.
#[tokio::test(flavor = "multi_thread")]
async fn the_runtime_api_answers_as_documented() {
    let script = r#"
import http.client, json, os
def ask(method, path, body=None, headers={}):
    c = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    c.request(method, "/2018-06-01/runtime/" + path, body, headers)
    r = c.getresponse()
    return r.status, dict((k.lower(), v) for k, v in r.getheaders()), r.read()
seen = {}
status, headers, body = ask("GET", "invocation/next")
seen["next"] = [status, sorted(h for h in headers if h.startswith("lambda-runtime")), json.loads(body)]
id = headers["lambda-runtime-aws-request-id"]
seen["wrong id"] = ask("POST", "invocation/other/response", "1")[0]
seen["wrong path"] = ask("GET", "nothing")[0]
print("seen", json.dumps(seen))
print("taken", ask("POST", f"invocation/{id}/response", json.dumps(seen))[0])
status, headers, body = ask("GET", "invocation/next")
id = headers["lambda-runtime-aws-request-id"]
ask("POST", f"invocation/{id}/error", "no json", {"Lambda-Runtime-Function-Error-Type": "Custom.Kind"})
status, headers, body = ask("GET", "invocation/next")
id = headers["lambda-runtime-aws-request-id"]
ask("POST", f"invocation/{id}/response", "not json")
status, headers, body = ask("GET", "invocation/next")
id = headers["lambda-runtime-aws-request-id"]
ask("POST", f"invocation/{id}/response", "")
ask("GET", "invocation/next")
ask("GET", "invocation/next")
"#;
    let house = House::new();
    let command = vec!["python3".to_owned(), "-c".to_owned(), script.to_owned()];
    house.put(
        "hand",
        FunctionConfig::Runtime(ProcessFunction {
            command,
            directory: "/".into(),
            processes: 1,
            ..Default::default()
        }),
    );
    let seen: Value = house.result("hand", json!({"a": 1})).await;
    let names = ["aws-request-id", "deadline-ms", "invoked-function-arn", "trace-id"]
        .map(|name| format!("lambda-runtime-{name}"));
    assert_eq!(seen["next"], json!([200, names, {"a": 1}]));
    assert_eq!((&seen["wrong id"], &seen["wrong path"]), (&json!(400), &json!(404)));
    assert_eq!(house.failure("hand", json!({})).await.0, "Custom.Kind");
    assert_eq!(house.failure("hand", json!({})).await.0, "Runtime.InvalidResponse");
    assert_eq!(house.result("hand", json!({})).await, Value::Null, "an empty answer is null");
    assert_eq!(
        house.failure("hand", json!({})).await.0,
        "Runtime.InvalidResponse",
        "it asks for more without an answer"
    );
}
