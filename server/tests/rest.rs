//! The REST door: problems, keys of requests, pages, filters, exports, ETags, limits.

mod common;

use common::{Server, WithJson, send};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn job(name: &str) -> Value {
    json!({"name": name, "definition": definition()})
}

/// Each item that is odd fails with an error named by its remainder of four.
fn definition() -> String {
    json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "each", "ToleratedFailurePercentage": 100,
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Choose", "States": {
                "Choose": {"Type": "Choice", "Default": "Good", "Choices": [
                    {"Variable": "$.kind", "NumericEquals": 1, "Next": "Denied"},
                    {"Variable": "$.kind", "NumericEquals": 3, "Next": "Lost"}]},
                "Good": {"Type": "Succeed"},
                "Denied": {"Type": "Fail", "Error": "AccessDenied", "Cause": "no, \"never\""},
                "Lost": {"Type": "Fail", "Error": "NotFound", "Cause": "gone"}}},
        "End": true}}})
    .to_string()
}

fn items(count: u64) -> Value {
    (0..count).map(|n| json!({"id": format!("photos/{n:03}.jpg"), "kind": n % 4})).collect()
}

async fn run_of(server: &Server, token: &str, count: u64) -> String {
    let made = send(server.request(token, Method::POST, "/jobs").with_json(&job("odd"))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let launch = json!({"job": made.json()["id"], "input": items(count)});
    let launched = send(server.request(token, Method::POST, "/runs").with_json(&launch)).await;
    assert_eq!(launched.status, 201, "{}", launched.text);
    let run = launched.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(server.run_ended(token, &run).await["status"], "SUCCEEDED");
    run
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_is_a_problem_with_a_page() {
    let server = Server::start();
    let token = server.token("main");
    let post = || server.request(&token, Method::POST, "/jobs");
    let requests = [
        ("not-found", 404, server.request(&token, Method::GET, "/nothing/here")),
        ("not-found", 404, server.request(&token, Method::GET, "/jobs/not-an-id")),
        ("method-not-allowed", 405, server.request(&token, Method::PATCH, "/jobs")),
        ("unauthenticated", 401, server.request("mw_wrong", Method::GET, "/jobs")),
        ("malformed", 400, post().header("content-type", "application/json").body("{\"name\":")),
        ("unsupported-media-type", 415, post().body("{}")),
        ("invalid", 422, post().with_json(&json!({"definition": "{}"}))),
        ("invalid", 422, post().with_json(&json!({"name": "a b", "definition": "{}"}))),
        ("invalid", 422, server.request(&token, Method::GET, "/jobs?limit=many")),
        ("too-large", 413, post().with_json(&json!({"name": "x".repeat(5 << 20)}))),
        (
            "cross-site",
            403,
            server.client.post(format!("{}/api/v1/jobs", server.url)).header("sec-fetch-site", "cross-site"),
        ),
    ];
    for (code, status, request) in requests {
        let answer = send(request.header("x-request-id", "test-17")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        assert_eq!((answer.header("x-request-id"), &problem["request_id"]), ("test-17", &json!("test-17")));
        let page =
            send(server.client.get(format!("{}{}", server.url, problem["type"].as_str().unwrap()))).await;
        assert!(
            page.status == 200 && page.text.contains(code) && page.text.contains("What to do"),
            "{}",
            page.text
        );
    }
    let wrong = send(post().with_json(&json!({"definition": "{}"}))).await.json();
    assert!(wrong["problems"][0]["message"].as_str().unwrap().contains("name"), "{wrong}");
    let allowed = send(server.request(&token, Method::PATCH, "/jobs")).await;
    assert_eq!(allowed.header("allow"), "GET,HEAD,POST");
    let good = send(server.request(&token, Method::GET, "/jobs")).await;
    assert_eq!((good.status, good.header("x-request-id").len()), (200, 26));
    let reference = send(server.client.get(format!("{}/docs/api", server.url))).await;
    for part in ["/api/v1/runs/{id}/redrive/preview", "idempotency-key", "RunDetail", "/api/v1/webhooks"] {
        assert!(reference.text.contains(part), "the reference lacks {part}");
    }
    assert!(!reference.text.contains("src=\"http") && !reference.text.contains("<link"), "it works offline");
    let all = send(server.client.get(format!("{}/docs/errors", server.url))).await;
    assert!(all.text.contains("/docs/errors/idempotency-running"));
    assert_eq!(send(server.client.get(format!("{}/docs/errors/none", server.url))).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_key_is_done_once() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let post = |token: &str, key: &str, path: &str, body: Value| {
            server.request(token, Method::POST, path).header("idempotency-key", key).with_json(&body)
        };
        let first = send(post(&token, "k1", "/jobs", job("a"))).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
        let again = send(post(&token, "k1", "/jobs", job("a"))).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!((&again.text, again.header("etag")), (&first.text, first.header("etag")));
        assert_eq!(send(post(&token, "k1", "/jobs", job("b"))).await.code(), "idempotency-mismatch");
        assert_eq!(send(post(&token, "k1", "/check", job("a"))).await.code(), "idempotency-mismatch");
        // A refusal is an answer too; it is the same one afterwards.
        assert_eq!(send(post(&token, "k2", "/jobs", job("a"))).await.code(), "conflict");
        let refused = send(post(&token, "k2", "/jobs", job("a"))).await;
        assert_eq!((refused.code().as_str(), refused.header("idempotency-replayed")), ("conflict", "true"));
        // Keys belong to one token.
        let other = server.token("main");
        assert_eq!(send(post(&other, "k1", "/jobs", job("c"))).await.status, 201);
        assert_eq!(send(post(&token, "", "/jobs", job("d"))).await.code(), "invalid");
        let upload = server.request(&token, Method::POST, "/manifests/upload?file_name=a.csv");
        assert_eq!(
            send(upload.header("idempotency-key", "k3").body("a\n1\n")).await.code(),
            "idempotency-unsupported"
        );
        // A secret that is shown once can be asked for again with the same key only.
        let new = json!({"name": "ci", "scopes": ["read"]});
        let made = send(post(&token, "k4", "/tokens", new.clone())).await;
        assert_eq!(send(post(&token, "k4", "/tokens", new)).await.json()["secret"], made.json()["secret"]);

        let at_once = (0..8).map(|_| send(post(&token, "k5", "/jobs", job("once"))));
        let answers = futures::future::join_all(at_once).await;
        let made: BTreeSet<String> =
            answers.iter().filter(|a| a.status == 201).map(|a| a.json()["id"].to_string()).collect();
        assert_eq!(made.len(), 1);
        for answer in answers.iter().filter(|a| a.status != 201) {
            assert_eq!((answer.status, answer.code().as_str()), (409, "idempotency-running"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_a_list_that_changes() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let mut ids = Vec::new();
        for n in 0..5 {
            let made =
                send(server.request(&token, Method::POST, "/jobs").with_json(&job(&format!("j{n}")))).await;
            ids.push(made.json()["id"].as_str().unwrap().to_owned());
        }
        ids.sort();
        let page = |query: String| {
            let request = server.request(&token, Method::GET, &format!("/jobs{query}"));
            async { send(request).await.json() }
        };
        let first = page("?limit=2".into()).await;
        assert_eq!((&first["total"], first["items"][0]["id"].as_str()), (&json!(5), Some(ids[4].as_str())));
        // The last one seen goes, and a new one comes.
        send(server.request(&token, Method::DELETE, &format!("/jobs/{}", ids[3]))).await;
        send(server.request(&token, Method::POST, "/jobs").with_json(&job("late"))).await;
        let second = page(format!("?limit=2&cursor={}", first["next"].as_str().unwrap())).await;
        let seen: Vec<&str> =
            second["items"].as_array().unwrap().iter().map(|j| j["id"].as_str().unwrap()).collect();
        assert_eq!(seen, [ids[2].as_str(), ids[1].as_str()]);
        let last = page(format!("?limit=2&cursor={}", second["next"].as_str().unwrap())).await;
        assert_eq!(
            (last["items"].as_array().unwrap().len(), &last["next"], &last["total"]),
            (1, &Value::Null, &json!(5))
        );
        let foreign = format!("/runs?cursor={}", first["next"].as_str().unwrap());
        assert_eq!(send(server.request(&token, Method::GET, &foreign)).await.code(), "invalid");
        assert_eq!(send(server.request(&token, Method::GET, "/jobs?limit=0")).await.code(), "invalid");
        // Every list is a page.
        for list in [
            "members",
            "invitations",
            "tokens",
            "access-keys",
            "buckets",
            "connections",
            "functions",
            "builtin-functions",
            "jobs",
            "manifests",
            "runs",
            "audit",
            "webhooks",
        ] {
            let answer = send(server.request(&token, Method::GET, &format!("/{list}?limit=1"))).await.json();
            let shown = answer["items"].as_array().unwrap_or_else(|| panic!("{list}: {answer}")).len() as u64;
            let total = answer["total"].as_u64().unwrap();
            assert_eq!((shown, answer["next"].is_string()), (total.min(1), total > 1), "{list}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_filter_for_items_exports_and_redrives() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let run = run_of(&server, &token, 40).await;
        let get = |path: String| send(server.request(&token, Method::GET, &format!("/runs/{run}{path}")));
        for (filter, total) in [
            ("", 40),
            ("status:failed", 20),
            ("error:accessdenied", 10),
            ("error:AccessDenied,NotFound%20range:0-9", 5),
            ("key:photos/00%20status:succeeded", 5),
            ("cause:never%20state:Denied", 10),
            ("duration:>1h", 0),
            ("status:failed%20attempts:1", 20),
        ] {
            let page = get(format!("/items?filter={filter}&limit=3")).await.json();
            assert_eq!(page["total"], total, "{filter}: {page}");
            let export = get(format!("/export?filter={filter}")).await;
            assert_eq!(export.header("content-type"), "application/x-ndjson");
            let lines: Vec<Value> =
                export.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), total, "{filter}");
            let mut walked = Vec::new();
            let mut next = String::new();
            loop {
                let page = get(format!("/items?filter={filter}&limit=7{next}")).await.json();
                walked.extend(page["items"].as_array().unwrap().iter().map(|item| item["index"].clone()));
                match page["next"].as_str() {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => break,
                }
            }
            assert_eq!(
                walked,
                lines.iter().map(|line| line["index"].clone()).collect::<Vec<_>>(),
                "{filter}"
            );
        }
        let refused = get("/items?filter=key:a%20status:lost".into()).await;
        let problem = refused.json();
        assert_eq!(
            (refused.code().as_str(), &problem["problems"][0]["field"]),
            ("invalid", &json!("filter"))
        );
        assert!(problem["detail"].as_str().unwrap().contains("at character 14"), "{problem}");
        assert_eq!(get("/export?filter=colour:red".into()).await.code(), "invalid");

        let full = get("/export?filter=range:0-1&payloads=true".into()).await;
        let lines: Vec<Value> = full.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            (&lines[0]["input"]["id"], &lines[1]["cause"]),
            (&json!("photos/000.jpg"), &json!("no, \"never\""))
        );
        let csv = get("/export?filter=range:1-1&payloads=true&format=csv".into()).await;
        assert!(csv.header("content-type").starts_with("text/csv"));
        let mut rows = csv.text.split("\r\n");
        assert_eq!(
            rows.next(),
            Some(
                "index,key,status,items,attempts,started_at,duration_ms,error,failure_group,input,output,cause"
            )
        );
        assert!(rows.next().unwrap().ends_with("\"no, \"\"never\"\"\""), "{}", csv.text);

        let select = |filter: &str| json!({"select": "filter", "filter": filter});
        let preview = |filter: &str| {
            send(
                server
                    .request(&token, Method::POST, &format!("/runs/{run}/redrive/preview"))
                    .with_json(&select(filter)),
            )
        };
        assert_eq!(
            preview("error:AccessDenied range:0-19").await.json(),
            json!({"children": 5, "items": 5, "pending_items": 0})
        );
        assert_eq!(preview("colour:red").await.code(), "invalid");
        let redrive = server.request(&token, Method::POST, &format!("/runs/{run}/redrive"));
        let begun = send(redrive.with_json(&select("error:AccessDenied range:0-19"))).await;
        assert_eq!((begun.status, &begun.json()["items"]), (200, &json!(5)), "{}", begun.text);
        server.run_ended(&token, &run).await;
        let again = get("/items?filter=attempts:2".into()).await.json();
        assert_eq!(again["total"], 5);
        let operations = get("/operations".into()).await.json();
        assert_eq!(operations["items"][0]["selection"]["filter"], "error:AccessDenied range:0-19");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_stops_early_when_told_so() {
    let server = Server::start();
    let token = server.token("main");
    let made = send(server.request(&token, Method::POST, "/jobs").with_json(&job("odd"))).await.json();
    let launch = |stop: Value| json!({"job": made["id"], "input": items(400), "early_stop": stop});
    let wrong = launch(json!({"failed": 3, "of": 2}));
    assert_eq!(send(server.request(&token, Method::POST, "/runs").with_json(&wrong)).await.code(), "invalid");
    let right = launch(json!({"failed": 5, "of": 20}));
    let run = send(server.request(&token, Method::POST, "/runs").with_json(&right)).await.json();
    let ended = server.run_ended(&token, run["id"].as_str().unwrap()).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("Mapwright.EarlyStop")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_second_is_told() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let made = send(server.request(&token, Method::POST, "/jobs").with_json(&job("a"))).await;
        let path = format!("/jobs/{}", made.json()["id"].as_str().unwrap());
        let read = send(server.request(&token, Method::GET, &path)).await;
        let seen = read.header("etag").to_owned();
        assert!(seen.starts_with('"') && seen == made.header("etag"));
        let draft = |etag: &str, text: &str| {
            let put = server.request(&token, Method::PUT, &format!("{path}/draft")).header("if-match", etag);
            send(put.with_json(&json!({"definition": text})))
        };
        let first = draft(&seen, "1").await;
        assert_eq!(first.status, 204);
        assert_ne!(first.header("etag"), seen);
        assert_eq!(draft(&seen, "2").await.code(), "precondition-failed");
        assert_eq!(draft("\"x\"", "2").await.code(), "precondition-failed");
        assert_eq!(draft("*", "3").await.status, 204);
        let now = send(server.request(&token, Method::GET, &path)).await;
        assert_eq!(now.json()["draft"], "3");
        let version = |etag: &str| {
            let post =
                server.request(&token, Method::POST, &format!("{path}/versions")).header("if-match", etag);
            send(post.with_json(&json!({"definition": definition()})))
        };
        assert_eq!(version(&seen).await.code(), "precondition-failed");
        assert_eq!(version(now.header("etag")).await.status, 201);
        let delete = server.request(&token, Method::DELETE, &path).header("if-match", now.header("etag"));
        assert_eq!(send(delete).await.code(), "precondition-failed");

        for path in
            [path.clone(), format!("{path}/versions/1"), "/jobs".into(), "/me".into(), "/functions".into()]
        {
            let read = send(server.request(&token, Method::GET, &path)).await;
            let etag = read.header("etag").to_owned();
            assert!(!etag.is_empty(), "{path} has no ETag");
            let same = send(server.request(&token, Method::GET, &path).header("if-none-match", &etag)).await;
            assert_eq!(
                (same.status, same.text.as_str(), same.header("etag")),
                (304, "", etag.as_str()),
                "{path}"
            );
            let other =
                send(server.request(&token, Method::GET, &path).header("if-none-match", "\"0\"")).await;
            assert_eq!(other.status, 200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_somebody_changed_meanwhile_is_not_written_over() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let path = "/functions/resize";
        let read = || send(server.request(&token, Method::GET, path));
        let put = |etag: &str, url: &str, secret: &str| {
            let put = server.request(&token, Method::PUT, path).header("if-match", etag);
            let headers = json!([["authorization", secret]]);
            send(put.with_json(&json!({"kind": "http", "url": url, "headers": headers, "timeout_ms": 1000})))
        };
        assert_eq!(read().await.status, 404);
        assert_eq!(put("\"5\"", "http://127.0.0.1:1/a", "s").await.status, 404);
        let made = put("*", "http://127.0.0.1:1/a", "s").await;
        assert_eq!(made.status, 204, "{}", made.text);
        let seen = read().await;
        assert_eq!((seen.header("etag"), &seen.json()["kind"]["url"]), (made.header("etag"), &json!("http://127.0.0.1:1/a")));
        assert_eq!(seen.json()["kind"]["headers"][0][1], "•••");
        let second = put(seen.header("etag"), "http://127.0.0.1:1/b", "•••").await;
        assert_eq!(second.status, 204, "{}", second.text);
        assert_eq!(put(seen.header("etag"), "http://127.0.0.1:1/c", "•••").await.code(), "precondition-failed");
        let now = read().await;
        assert_eq!((now.header("etag"), &now.json()["kind"]["url"]), (second.header("etag"), &json!("http://127.0.0.1:1/b")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_told_when_to_come_back() {
    let server = Server::start_with(None, &[("MAPWRIGHT_RATE_LIMIT", "5")]);
    let token = server.token("main");
    for left in (0..5).rev() {
        let answer = send(server.request(&token, Method::GET, "/me")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"minute\";q=5;w=60");
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"minute\";r={left};t=")),
            "{}",
            answer.header("ratelimit")
        );
    }
    let refused = send(server.request(&token, Method::GET, "/me")).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "rate-limited"));
    let wait: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    assert_eq!(send(server.request(&server.token("main"), Method::GET, "/me")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn access_keys_and_the_audit() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let made =
            send(server.request(&token, Method::POST, "/access-keys").with_json(&json!({"name": "sdk"})))
                .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let key = common::Key {
            id: made.json()["id"].as_str().unwrap().to_owned(),
            secret: made.json()["secret"].as_str().unwrap().to_owned(),
        };
        server.call(&key, "ListStateMachines", json!({})).await;
        let listed = send(server.request(&token, Method::GET, "/access-keys")).await;
        assert!(listed.text.contains(&key.id) && !listed.text.contains(&key.secret));
        let path = format!("/access-keys/{}", key.id);
        assert_eq!(send(server.request(&token, Method::DELETE, &path)).await.status, 204);
        assert_eq!(send(server.request(&token, Method::DELETE, &path)).await.code(), "not-found");
        server.refused(&key, "ListStateMachines", json!({})).await;

        let page = send(server.request(&token, Method::GET, "/audit?limit=1")).await.json();
        assert_eq!(page["items"][0]["action"], "access-key.revoke");
        let export = send(server.request(&token, Method::GET, "/audit/export")).await;
        let lines: Vec<Value> = export.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(json!(lines.len()), page["total"]);
        assert_eq!((&lines[1]["action"], &lines[0]), (&json!("access-key.create"), &page["items"][0]));
        let reader = server.run(&["token", "create", "--workspace", "main", "--scopes", "read"]);
        let reader = reader["secret"].as_str().unwrap();
        assert_eq!(send(server.request(reader, Method::GET, "/audit/export")).await.code(), "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_with_odd_keys_are_refused() {
    let server = Server::start();
    let token = server.token("main");
    for (field, value) in [("access_key", "a\u{11}b"), ("access_key", ""), ("secret_key", "é"), ("region", ""), ("region", "eu west")] {
        let mut new = json!({"name": "n", "endpoint": "http://127.0.0.1:9", "region": "us-east-1", "access_key": "a", "secret_key": "b"});
        new[field] = json!(value);
        let made = send(server.request(&token, Method::POST, "/connections").with_json(&new)).await;
        assert_eq!((made.code().as_str(), &made.json()["problems"][0]["field"]), ("invalid", &json!(field)), "{}", made.text);
    }
    let new = json!({"name": "n", "endpoint": "http://127.0.0.1:9", "region": "us-east-1", "access_key": "a", "secret_key": "b"});
    let made = send(server.request(&token, Method::POST, "/connections").with_json(&new)).await;
    assert_eq!((made.code().as_str(), &made.json()["problems"][0]["field"]), ("invalid", &json!("endpoint")), "{}", made.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_are_not_there_are_not_found() {
    let server = Server::start();
    let token = server.token("main");
    server.put_object(&token, "raw", "a b/c.json", "{}").await;
    let get = |path: &str| send(server.request(&token, Method::GET, &format!("/buckets/raw{path}")));
    assert_eq!(get("/objects/a%20b/c.json").await.text, "{}");
    assert_eq!(get("/objects/none").await.code(), "not-found");
    assert_eq!(get("/objects?after=not-a-token").await.code(), "invalid");
}
