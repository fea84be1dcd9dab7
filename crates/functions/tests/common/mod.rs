//! Functions whose registrations a test keeps in memory.
#![allow(dead_code, reason = "every test uses its own part")]

use functions::{
    Answer, CallError, FunctionConfig, FunctionDirectory, Functions, Invocation, NoObjects, Options,
};
use functions::{ProcessOptions, Processes};
use model::{ProcessFunction, WorkspaceId};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Functions with processes, and what keeps them going.
pub struct House {
    pub functions: Functions,
    pub registered: Arc<Directory>,
    pub dir: tempfile::TempDir,
    _running: tokio::task::JoinSet<()>,
}

/// The registrations.
#[derive(Default)]
pub struct Directory(Mutex<HashMap<String, FunctionConfig>>);

#[async_trait::async_trait]
impl FunctionDirectory for Directory {
    async fn find(&self, _: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }
}

impl House {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut ProcessOptions)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut options = ProcessOptions::new(dir.path().join("functions"));
        change(&mut options);
        let (processes, work) = Processes::new(options).unwrap();
        let mut running = tokio::task::JoinSet::new();
        running.spawn(work);
        let registered = Arc::new(Directory::default());
        let options = Options { processes: Some(processes), cache_ms: 0, ..Options::default() };
        let functions = Functions::new(options, registered.clone(), Arc::new(NoObjects));
        Self { functions, registered, dir, _running: running }
    }

    pub fn put(&self, name: &str, config: FunctionConfig) {
        self.registered.0.lock().unwrap().insert(name.to_owned(), config);
    }

    /// A Python handler of `handlers/app.py`.
    pub fn python(&self, name: &str, handler: &str, change: impl FnOnce(&mut ProcessFunction)) {
        let mut spec = spec();
        spec.runtime = "python3.11".into();
        spec.handler = format!("app.{handler}");
        change(&mut spec);
        self.put(name, FunctionConfig::Runtime(spec));
    }

    /// The pipe worker of `handlers/worker.py`.
    pub fn pipe(&self, name: &str, change: impl FnOnce(&mut ProcessFunction)) {
        let mut spec = spec();
        spec.command = vec!["python3".into(), "worker.py".into()];
        change(&mut spec);
        self.put(name, FunctionConfig::Pipe(spec));
    }

    pub async fn try_call(&self, name: &str, payload: Value) -> Result<Answer, CallError> {
        self.functions.call(Invocation::new(workspace(), name, &payload.to_string())).await
    }

    pub async fn call(&self, name: &str, payload: Value) -> Answer {
        self.try_call(name, payload).await.unwrap()
    }

    /// A call that must return something.
    pub async fn result(&self, name: &str, payload: Value) -> Value {
        let answer = self.call(name, payload).await;
        assert_eq!(answer.function_error, None, "{}", answer.payload);
        json(&answer)
    }

    /// A call that must fail in its function: `errorType` and `errorMessage`.
    pub async fn failure(&self, name: &str, payload: Value) -> (String, String) {
        let answer = self.call(name, payload).await;
        assert!(answer.function_error.is_some(), "{}", answer.payload);
        let payload = json(&answer);
        let text = |name: &str| payload[name].as_str().unwrap_or_default().to_owned();
        (text("errorType"), text("errorMessage"))
    }
}

pub fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.payload).unwrap()
}

pub fn workspace() -> WorkspaceId {
    WorkspaceId::new(0, [0; 10])
}

pub fn handlers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/handlers")
}

fn spec() -> ProcessFunction {
    ProcessFunction {
        directory: handlers().to_string_lossy().into_owned(),
        processes: 1,
        ..Default::default()
    }
}
