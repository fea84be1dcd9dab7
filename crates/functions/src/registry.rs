//! Finding a function by name, and calling it.

use crate::builtin::{Builtin, Event, LocalFunction, builtins};
use crate::http::{Caller, Gate, HttpEndpoint, LambdaEndpoint};
use crate::invocation::{Answer, CallError, Invocation, request_id};
use crate::process::{Pool, Processes};
use crate::source::ObjectSource;
use model::arn::function_name;
use model::{AddressPolicy, Partition, ProcessFunction, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// How many names the cache keeps; then it starts over.
const CACHED_NAMES: usize = 10_000;

/// How long a look at the directory may take before others look too, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// The longest time that Lambda lets a function run: 15 minutes.
const LAMBDA_TIMEOUT_MS: u64 = 900_000;

/// The end of a sentence about a function that needs processes where there are none.
pub const NO_PROCESSES: &str = "runs as a process of the server's machine, which the operator has not allowed. \
     Start the server with --allow-processes or MAPWRIGHT_ALLOW_PROCESSES=true.";

/// What a workspace registered under a name.
#[derive(Clone)]
pub enum FunctionConfig {
    /// A web service.
    Http(HttpEndpoint),
    /// A function behind Lambda's Invoke API.
    Lambda(LambdaEndpoint),
    /// A built-in function under another name.
    Builtin(String),
    /// Processes of this machine behind Lambda's Runtime API.
    Runtime(ProcessFunction),
    /// Processes of this machine that answer lines of JSON.
    Pipe(ProcessFunction),
    /// Code of this process: how tests and tools bring functions of their own.
    Local(Arc<dyn LocalFunction>),
}

/// Where registered functions are kept.
#[async_trait::async_trait]
pub trait FunctionDirectory: Send + Sync {
    /// The function of that name in that workspace.
    ///
    /// # Errors
    /// When the directory cannot be read; the sentence goes into the call's cause.
    async fn find(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String>;
}

/// No registered functions, so only the built-in ones are there.
pub struct NoDirectory;

#[async_trait::async_trait]
impl FunctionDirectory for NoDirectory {
    async fn find(&self, _: &WorkspaceId, _: &str) -> Result<Option<FunctionConfig>, String> {
        Ok(None)
    }
}

/// How functions are called.
#[derive(Clone, Debug)]
pub struct Options {
    /// The account and region in ARNs.
    pub partition: Partition,
    /// Which addresses HTTP endpoints may have. Default: public ones.
    pub addresses: AddressPolicy,
    /// How long a registration is remembered, in milliseconds. Default 5,000.
    pub cache_ms: u64,
    /// The Lambda service that answers for functions that nobody registered here. The operator
    /// names it, so it may be on a private address.
    pub lambda: Option<LambdaService>,
    /// Runs functions as processes of this machine, where the operator allows it.
    pub processes: Option<Processes>,
}

/// A service that speaks Lambda's Invoke API.
#[derive(Clone, PartialEq, Eq)]
pub struct LambdaService {
    /// For example `http://127.0.0.1:3001`.
    pub url: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The access key id that requests are signed with.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
}

/// Keys are secrets.
impl std::fmt::Debug for LambdaService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LambdaService").field("url", &self.url).finish_non_exhaustive()
    }
}

impl LambdaService {
    /// A function there, by name or ARN.
    fn function(&self, reference: &str) -> LambdaEndpoint {
        LambdaEndpoint {
            url: Some(self.url.clone()),
            region: self.region.clone(),
            function: reference.to_owned(),
            qualifier: None,
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
            session_token: None,
            timeout_ms: LAMBDA_TIMEOUT_MS,
            max_concurrency: None,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            partition: Partition::default(),
            addresses: AddressPolicy::default(),
            cache_ms: 5_000,
            lambda: None,
            processes: None,
        }
    }
}

/// Calls functions by name. Cheap to clone.
#[derive(Clone)]
pub struct Functions(Arc<Inner>);

struct Inner {
    options: Options,
    directory: Arc<dyn FunctionDirectory>,
    objects: Arc<dyn ObjectSource>,
    http: Caller,
    /// For what the operator names.
    operators_http: Caller,
    cache: RwLock<HashMap<WorkspaceId, HashMap<String, Cached>>>,
}

#[derive(Clone)]
struct Cached {
    until: Instant,
    target: Option<Target>,
}

/// What a name stands for.
#[derive(Clone)]
enum Target {
    Http(Arc<HttpEndpoint>, Arc<Gate>),
    Lambda(Arc<LambdaEndpoint>, Arc<Gate>),
    Process(Pool),
    /// One that would need processes, where the operator does not allow them.
    Forbidden,
    Local(Arc<dyn LocalFunction>),
    Builtin(&'static Builtin),
}

impl Functions {
    /// Functions of a directory, which may read these objects.
    pub fn new(
        options: Options,
        directory: Arc<dyn FunctionDirectory>,
        objects: Arc<dyn ObjectSource>,
    ) -> Self {
        let http = Caller::new(options.addresses.clone());
        let operators_http = Caller::new(AddressPolicy::private());
        Self(Arc::new(Inner { options, directory, objects, http, operators_http, cache: RwLock::default() }))
    }

    /// Calls a function and waits for its answer, until the deadline at most.
    pub async fn call(&self, invocation: Invocation) -> Result<Answer, CallError> {
        let Some(deadline) = invocation.deadline else { return self.answer(invocation).await };
        let name = invocation.function.clone();
        let answer = tokio::time::timeout_at(deadline.into(), self.answer(invocation)).await;
        answer.unwrap_or_else(|_| {
            let said = format!(
                "The function {} did not answer before the task's time was up. \
                 Raise TimeoutSeconds, or make the function faster.",
                function_name(&name)
            );
            Err(CallError::new("States.Timeout", said))
        })
    }

    /// What runs functions as processes, where the operator allows it.
    pub fn processes(&self) -> Option<&Processes> {
        self.0.options.processes.as_ref()
    }

    /// Looks at the directory again before the next call, since a registration changed. Its processes
    /// end after the calls that they have.
    pub fn invalidate(&self, workspace: &WorkspaceId, name: &str) {
        if let Some(processes) = self.processes() {
            processes.retire(workspace, name);
        }
        if let Ok(mut cache) = self.0.cache.write()
            && let Some(cached) = cache.get_mut(workspace).and_then(|names| names.get_mut(name))
        {
            cached.until = Instant::now();
        }
    }

    async fn answer(&self, invocation: Invocation) -> Result<Answer, CallError> {
        let name = function_name(&invocation.function);
        match self.target(&invocation.workspace, name).await? {
            None => match &self.0.options.lambda {
                Some(service) => {
                    service.function(&invocation.function).call(&self.0.operators_http, &invocation).await
                }
                None => Err(self.not_found(&invocation.function)),
            },
            Some(Target::Http(endpoint, gate)) => {
                through(&gate, endpoint.call(&self.0.http, &invocation)).await
            }
            Some(Target::Lambda(endpoint, gate)) => {
                through(&gate, endpoint.call(&self.0.http, &invocation)).await
            }
            Some(Target::Process(pool)) => pool.call(&invocation).await,
            Some(Target::Forbidden) => Err(CallError::new(
                "Lambda.AccessDeniedException",
                format!("The function {name} {NO_PROCESSES}"),
            )),
            Some(Target::Local(function)) => self.run(&*function, invocation).await,
            Some(Target::Builtin(function)) => self.run(function, invocation).await,
        }
    }

    async fn run(&self, function: &dyn LocalFunction, call: Invocation) -> Result<Answer, CallError> {
        Ok(match function.call(Event::new(call, self.0.objects.clone())).await {
            Ok(payload) => Answer::of(payload),
            Err(raised) => Answer::raised(&raised.error_type, &raised.message),
        })
    }

    async fn target(&self, workspace: &WorkspaceId, name: &str) -> Result<Option<Target>, CallError> {
        if let Some(cached) = self.cached(workspace, name) {
            return Ok(cached);
        }
        let found = self.0.directory.find(workspace, name).await.map_err(|why| {
            let said = format!("Could not look up the function {name}: {why}. Try again.");
            CallError::new("Lambda.ServiceException", said)
        })?;
        let target = match found {
            Some(FunctionConfig::Http(endpoint)) => {
                let gate = self.gate(workspace, name, endpoint.max_concurrency);
                Some(Target::Http(Arc::new(endpoint), gate))
            }
            Some(FunctionConfig::Lambda(endpoint)) => {
                let gate = self.gate(workspace, name, endpoint.max_concurrency);
                Some(Target::Lambda(Arc::new(endpoint), gate))
            }
            Some(FunctionConfig::Runtime(spec)) => Some(self.process(workspace, name, &spec, false)),
            Some(FunctionConfig::Pipe(spec)) => Some(self.process(workspace, name, &spec, true)),
            Some(FunctionConfig::Local(function)) => Some(Target::Local(function)),
            Some(FunctionConfig::Builtin(other)) => builtin(&other),
            None => builtin(name),
        };
        self.remember(workspace, name, target.clone());
        Ok(target)
    }

    fn process(&self, workspace: &WorkspaceId, name: &str, spec: &ProcessFunction, pipe: bool) -> Target {
        match self.processes() {
            Some(processes) => Target::Process(processes.pool(workspace, name, spec, pipe)),
            None => Target::Forbidden,
        }
    }

    fn cached(&self, workspace: &WorkspaceId, name: &str) -> Option<Option<Target>> {
        let now = Instant::now();
        {
            let cache = self.0.cache.read().ok()?;
            let cached = cache.get(workspace)?.get(name)?;
            if cached.until > now {
                return Some(cached.target.clone());
            }
        }
        // The first caller after the end looks again; the others go on with what is known.
        let mut cache = self.0.cache.write().ok()?;
        let cached = cache.get_mut(workspace)?.get_mut(name)?;
        if cached.until > now {
            return Some(cached.target.clone());
        }
        cached.until = now + Duration::from_millis(self.0.options.cache_ms.min(LOOK_MS));
        None
    }

    /// The gate that the name has had so far, unless its limit changed.
    fn gate(&self, workspace: &WorkspaceId, name: &str, limit: Option<u32>) -> Arc<Gate> {
        let cache = self.0.cache.read().ok();
        let target = cache.as_ref().and_then(|cache| cache.get(workspace)?.get(name)?.target.as_ref());
        match target {
            Some(Target::Http(_, gate) | Target::Lambda(_, gate)) if gate.has_limit(limit) => gate.clone(),
            _ => Arc::new(Gate::new(limit)),
        }
    }

    fn remember(&self, workspace: &WorkspaceId, name: &str, target: Option<Target>) {
        let until = Instant::now() + Duration::from_millis(self.0.options.cache_ms);
        if let Ok(mut cache) = self.0.cache.write() {
            if cache.values().map(HashMap::len).sum::<usize>() >= CACHED_NAMES {
                cache.clear();
            }
            cache.entry(workspace.clone()).or_default().insert(name.to_owned(), Cached { until, target });
        }
    }

    /// AWS's words. The part after the name is its version or alias.
    fn not_found(&self, reference: &str) -> CallError {
        let name = function_name(reference);
        let arn = self.0.options.partition.function(name);
        let after = reference.rsplit_once("function:").map_or(reference, |(_, name)| name);
        let qualifier = after.split_once(':').map_or("$LATEST", |(_, qualifier)| qualifier);
        let said = format!(
            "Function not found: {arn}:{qualifier} (Service: AWSLambda; Status Code: 404; \
             Error Code: ResourceNotFoundException; Request ID: {}; Proxy: null)",
            request_id()
        );
        CallError::new("Lambda.ResourceNotFoundException", said)
    }
}

/// Calls when the gate lets it, and keeps further calls back for as long as the service asks.
async fn through(
    gate: &Gate,
    call: impl Future<Output = Result<Answer, CallError>>,
) -> Result<Answer, CallError> {
    let _permit = gate.enter().await;
    let answer = call.await;
    if let Err(CallError { retry_after_ms: Some(ms), .. }) = &answer {
        gate.pause_for(*ms);
    }
    answer
}

fn builtin(name: &str) -> Option<Target> {
    builtins().iter().find(|builtin| builtin.name == name).map(Target::Builtin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NoObjects;
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
            let endpoint = HttpEndpoint { max_concurrency: Some(2), ..HttpEndpoint::new(&self.0) };
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
}
