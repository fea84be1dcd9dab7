//! Webhooks: what a receiver gets, and what the log tells.

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Server, WithJson, send};
use functions::sigv4::hmac;
use http::Method;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A request as it arrived.
struct Arrived {
    headers: Vec<(String, String)>,
    body: String,
}

impl Arrived {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    }
}

/// A receiver that answers with these statuses, one after the other, and then with 204.
fn receiver(statuses: &'static [u16]) -> (String, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, arrived) = channel();
    std::thread::spawn(move || {
        let mut statuses = statuses.iter().copied();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = Vec::new();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap_or(0) > 2 {
                if let Some((name, value)) = line.trim_end().split_once(": ") {
                    headers.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                line.clear();
            }
            let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses.next().unwrap_or(204);
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            let body = String::from_utf8(body).unwrap();
            if sender.send(Arrived { headers, body }).is_err() {
                return;
            }
        }
    });
    (url, arrived)
}

fn next(arrived: &Receiver<Arrived>) -> Arrived {
    arrived.recv_timeout(Duration::from_secs(20)).expect("a message arrives")
}

async fn settled(server: &Server, token: &str, webhook: &str, status: &str) -> Value {
    for _ in 0..200 {
        let log = send(server.request(token, Method::GET, &format!("/webhooks/{webhook}/deliveries"))).await.json();
        if log["items"][0]["status"] == status {
            return log;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the newest message did not become {status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_run_is_told_signed_and_again_when_it_failed() {
    for server in Server::on_both().await {
        let token = server.token("main");
        let (url, arrived) = receiver(&[500]);
        let made = send(server.request(&token, Method::POST, "/webhooks").with_json(&json!({"url": url}))).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let (id, secret) = (made.json()["id"].as_str().unwrap().to_owned(), made.json()["secret"].as_str().unwrap().to_owned());
        let definition = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}).to_string();
        let job = json!({"name": "told", "definition": definition});
        let job = send(server.request(&token, Method::POST, "/jobs").with_json(&job)).await.json();
        let run = send(server.request(&token, Method::POST, "/runs").with_json(&json!({"job": job["id"]}))).await.json();
        let run = run["id"].as_str().unwrap();
        server.run_ended(&token, run).await;

        let (first, second) = (next(&arrived), next(&arrived));
        for message in [&first, &second] {
            let (id, at) = (message.header("webhook-id"), message.header("webhook-timestamp"));
            let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
            let signature = STANDARD.encode(hmac(&key, format!("{id}.{at}.{}", message.body).as_bytes()));
            assert_eq!(message.header("webhook-signature"), format!("v1,{signature}"));
            let body: Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!((&body["type"], &body["data"]["run"]), (&json!("run.succeeded"), &json!(run)));
        }
        assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
        let log = settled(&server, &token, &id, "delivered").await;
        let entry = &log["items"][0];
        assert_eq!((&log["total"], &entry["attempts"], &entry["answer"]), (&json!(1), &json!(2), &json!("204")));

        let resend = format!("/webhooks/{id}/deliveries/{}/resend", entry["id"].as_str().unwrap());
        assert_eq!(send(server.request(&token, Method::POST, &resend)).await.status, 202);
        assert_eq!(next(&arrived).header("webhook-id"), first.header("webhook-id"));

        let test = send(server.request(&token, Method::POST, &format!("/webhooks/{id}/test"))).await;
        assert_eq!(test.status, 202);
        assert_eq!(next(&arrived).header("webhook-id"), test.json()["message_id"]);
        let listed = send(server.request(&token, Method::GET, "/webhooks")).await;
        assert!(listed.text.contains(&id) && !listed.text.contains("whsec_"));
        let path = format!("/webhooks/{id}");
        let off = server.request(&token, Method::PATCH, &path).with_json(&json!({"active": false}));
        assert_eq!(send(off).await.json()["active"], false);
        assert_eq!(send(server.request(&token, Method::DELETE, &path)).await.status, 204);
        assert_eq!(send(server.request(&token, Method::GET, &format!("{path}/deliveries"))).await.code(), "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_left_alone() {
    let server = Server::start();
    let token = server.token("main");
    let (url, arrived) = receiver(&[410]);
    let made = send(server.request(&token, Method::POST, "/webhooks").with_json(&json!({"url": url}))).await.json();
    let id = made["id"].as_str().unwrap();
    send(server.request(&token, Method::POST, &format!("/webhooks/{id}/test"))).await;
    next(&arrived);
    settled(&server, &token, id, "failed").await;
    for _ in 0..100 {
        let seen = send(server.request(&token, Method::GET, &format!("/webhooks/{id}"))).await.json();
        if seen["active"] == false {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the webhook is still active");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_refused_unless_the_operator_allows_them() {
    let server = Server::start_without_private_addresses();
    let token = server.token("main");
    for url in ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]/", "ftp://example.com/", "http://u:p@example.com/"] {
        let made = send(server.request(&token, Method::POST, "/webhooks").with_json(&json!({"url": url}))).await;
        assert_eq!((made.status, made.code().as_str()), (422, "invalid"), "{url}: {}", made.text);
    }
    // A name is judged by what it resolves to, when it is called.
    let made = send(server.request(&token, Method::POST, "/webhooks").with_json(&json!({"url": "http://localhost:9/"}))).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    send(server.request(&token, Method::POST, &format!("/webhooks/{id}/test"))).await;
    for _ in 0..200 {
        let log = send(server.request(&token, Method::GET, &format!("/webhooks/{id}/deliveries"))).await.json();
        if let Some(answer) = log["items"][0]["answer"].as_str() {
            assert!(answer.contains("does not call such addresses"), "{answer}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the message was not tried");
}
