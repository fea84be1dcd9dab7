//! The real binary on a fresh data folder, and clients for its doors.
#![allow(dead_code, reason = "every test uses its own part")]

use functions::sigv4::{Signed, Signer};
use http::{HeaderMap, HeaderValue, Method, Uri};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use time::OffsetDateTime;
use time::macros::format_description;

pub const EMAIL: &str = "ana@example.com";
pub const PASSWORD: &str = "correct horse battery";

/// A running server; dropping it ends it.
pub struct Server {
    process: Child,
    dir: tempfile::TempDir,
    database: Option<String>,
    pub url: String,
    pub client: reqwest::Client,
}

/// A key pair of an AWS client.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub secret: String,
}

impl Server {
    /// Starts on SQLite.
    pub fn start() -> Self {
        Self::start_on(None)
    }

    /// Starts on a database; on SQLite in the data folder when `None`. The first workspace is `main`.
    pub fn start_on(database: Option<String>) -> Self {
        Self::start_with(database, &[])
    }

    /// The same with more settings.
    pub fn start_with(database: Option<String>, settings: &[(&str, &str)]) -> Self {
        Self::launch(database, settings, &["--allow-private-addresses"])
    }

    /// Starts a server as a stranger's workspace meets it: loopback and private networks are refused.
    pub fn start_without_private_addresses() -> Self {
        Self::launch(None, &[], &[])
    }

    fn launch(database: Option<String>, settings: &[(&str, &str)], flags: &[&str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir.path());
        command.env("MAPWRIGHT_ADMIN_EMAIL", EMAIL).env("MAPWRIGHT_ADMIN_PASSWORD", PASSWORD);
        command.args(flags);
        command.envs(settings.iter().copied());
        if let Some(url) = &database {
            command.env("MAPWRIGHT_DATABASE_URL", url);
        }
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output is piped")).lines();
        let url = lines.find_map(|line| Some(line.ok()?.split_once("http://")?.1.to_owned()));
        let url = format!("http://{}", url.expect("the server says where it listens"));
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client is made");
        Self { process, dir, database, url, client }
    }

    /// Starts on SQLite, and on Postgres where the tests have one.
    pub async fn on_both() -> Vec<Self> {
        let mut all = vec![Self::start()];
        match store::testkit::postgres().await {
            Some(postgres) => all.push(Self::start_on(Some(postgres.url.clone()))),
            None => eprintln!("MAPWRIGHT_TEST_POSTGRES is not set: tested on SQLite only"),
        }
        all
    }

    /// Runs a command of the binary beside the server and reads the JSON that it prints.
    pub fn run(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
        command.args(arguments).arg("--data-dir").arg(self.dir.path());
        if let Some(url) = &self.database {
            command.env("MAPWRIGHT_DATABASE_URL", url);
        }
        let output = command.output().expect("the command runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the command prints JSON")
    }

    /// A second person with a workspace of their own.
    pub fn add_workspace(&self, slug: &str) {
        let email = format!("{slug}@example.com");
        self.run(&["user", "create", "--email", &email, "--password", PASSWORD, "--workspace", slug]);
    }

    /// A new token with every scope.
    pub fn token(&self, workspace: &str) -> String {
        let scopes = "read,operate,edit,administer,own";
        let made = self.run(&["token", "create", "--workspace", workspace, "--scopes", scopes]);
        made["secret"].as_str().expect("a token has a secret").to_owned()
    }

    /// A new access key.
    pub fn key(&self, workspace: &str) -> Key {
        let made = self.run(&["access-key", "create", "--workspace", workspace]);
        let text = |name: &str| made[name].as_str().expect("a key has an id and a secret").to_owned();
        Key { id: text("id"), secret: text("secret") }
    }

    /// A REST request; the answer's status and JSON (null when it is none).
    pub async fn rest(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request =
            self.client.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        answer(request).await
    }

    /// A REST request to be completed with headers or a body.
    pub fn request(&self, token: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(token)
    }

    /// Waits until a run has ended, by REST; the run.
    pub async fn run_ended(&self, token: &str, run: &str) -> Value {
        for _ in 0..3_000 {
            let (_, seen) = self.rest(token, Method::GET, &format!("/runs/{run}"), None).await;
            if seen["status"] != "RUNNING" {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{run} did not end within a minute");
    }

    /// Puts an object by REST; makes its bucket.
    pub async fn put_object(&self, token: &str, bucket: &str, key: &str, body: impl Into<String>) {
        let base = format!("{}/api/v1/buckets/{bucket}", self.url);
        let made = answer(self.client.put(&base).bearer_auth(token)).await;
        assert!((200..300).contains(&made.0), "{made:?}");
        let put =
            answer(self.client.put(format!("{base}/objects/{key}")).bearer_auth(token).body(body.into()))
                .await;
        assert_eq!(put.0, 201, "{put:?}");
    }

    /// A call of the Step Functions API; the answer's status and JSON.
    pub async fn states(&self, key: &Key, operation: &str, body: Value) -> (u16, Value) {
        let text = body.to_string();
        let uri: Uri = format!("{}/", self.url).parse().expect("the address is a URL");
        let mut headers = HeaderMap::new();
        let target = format!("AWSStepFunctions.{operation}");
        headers.insert("x-amz-target", HeaderValue::from_str(&target).expect("an operation's name is plain"));
        headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
        let signer = Signer {
            access_key: &key.id,
            secret_key: &key.secret,
            session_token: None,
            region: "us-east-1",
            service: "states",
        };
        let form = format_description!("[year][month][day]T[hour][minute][second]Z");
        let at = OffsetDateTime::now_utc().format(form).expect("a time can be written");
        let signed = Signed { method: &Method::POST, uri: &uri, body: text.as_bytes() };
        signer.sign(&signed, &mut headers, &at).expect("a request can be signed");
        answer(self.client.post(uri.to_string()).headers(headers).body(text)).await
    }

    /// A call that must succeed.
    pub async fn call(&self, key: &Key, operation: &str, body: Value) -> Value {
        let (status, answer) = self.states(key, operation, body).await;
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// A call that must be refused; the error's name.
    pub async fn refused(&self, key: &Key, operation: &str, body: Value) -> String {
        let (status, answer) = self.states(key, operation, body).await;
        assert_eq!(status, 400, "{operation}: {answer}");
        answer["__type"].as_str().expect("a refusal has a name").to_owned()
    }

    /// Waits until an execution has ended.
    pub async fn ended(&self, key: &Key, execution_arn: &str) -> Value {
        for _ in 0..3_000 {
            let seen =
                self.call(key, "DescribeExecution", serde_json::json!({"executionArn": execution_arn})).await;
            if seen["status"] != "RUNNING" {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{execution_arn} did not end within a minute");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An answer with everything that a test may look at.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The code of a problem, which must come as one.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        self.json()["code"].as_str().expect("a problem has a code").to_owned()
    }
}

/// Sends a request.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.expect("the server answers");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.expect("the answer is whole") }
}

/// A request with a JSON body.
pub trait WithJson {
    fn with_json(self, body: &Value) -> Self;
}

impl WithJson for reqwest::RequestBuilder {
    fn with_json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the server answers");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("the answer is whole");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// One child for each number; those that are not below ten fail.
pub fn mapping() -> String {
    serde_json::json!({"StartAt": "Each", "States": {"Each": {
        "Type": "Map", "Label": "each", "ItemsPath": "$.numbers", "MaxConcurrency": 2, "ToleratedFailurePercentage": 100,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Small?",
            "States": {
                "Small?": {"Type": "Choice", "Default": "Too large",
                    "Choices": [{"Variable": "$", "NumericLessThan": 10, "Next": "Fine"}]},
                "Fine": {"Type": "Pass", "End": true},
                "Too large": {"Type": "Fail", "Error": "TooLarge", "Cause": "not below ten"},
            }},
        "End": true}}})
    .to_string()
}
