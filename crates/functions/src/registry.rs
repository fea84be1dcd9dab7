//! Finding a function by name, and calling it.

use crate::builtin::{Builtin, Event, LocalFunction, builtins};
use crate::directory::{FunctionConfig, FunctionDirectory};
use crate::gate::{Gate, Verdict};
use crate::http::{Caller, HttpEndpoint, LambdaEndpoint, PreparedEndpoint};
use crate::invocation::{Answer, CallError, Invocation, request_id};
use crate::process::{Pool, Processes};
use crate::source::ObjectSource;
use model::arn::function_name;
use model::limits::LAMBDA_TIMEOUT_MS;
use model::{AddressPolicy, CallLimits, CallState, LambdaFunction, Partition, ProcessFunction, WorkspaceId};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

/// How many names the cache keeps; then it starts over.
const CACHED_NAMES: usize = 10_000;

/// How long a look at the directory may take before others look too, in milliseconds.
const LOOK_MS: u64 = 1_000;

/// The end of a sentence about a function that needs processes where there are none.
pub const NO_PROCESSES: &str = "runs as a process of the server's machine, which the operator has not allowed. \
     Start the server with --allow-processes or MAPWRIGHT_ALLOW_PROCESSES=true.";

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
        LambdaEndpoint(LambdaFunction {
            url: Some(self.url.clone()),
            region: self.region.clone(),
            function: reference.to_owned(),
            qualifier: None,
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
            session_token: None,
            timeout_ms: LAMBDA_TIMEOUT_MS,
            limits: CallLimits::default(),
        })
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
    target: Target,
}

/// What a name stands for.
#[derive(Clone)]
enum Target {
    Remote(Remote, Gate),
    /// One that would need processes, where the operator does not allow them.
    Forbidden,
    Local(Arc<dyn LocalFunction>),
    Builtin(&'static Builtin),
    Unknown,
}

/// What runs outside this process.
#[derive(Clone)]
enum Remote {
    /// Or why it cannot be called.
    Http(Arc<Result<PreparedEndpoint, CallError>>),
    Lambda(Arc<LambdaEndpoint>),
    Process(Pool),
    /// At the Lambda service that the operator named.
    Elsewhere(Arc<LambdaService>),
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
        match self.target(&invocation.whose.workspace, name).await? {
            Target::Remote(remote, gate) => self.call_remote(&remote, &gate, &invocation).await,
            Target::Forbidden => Err(CallError::new(
                "Lambda.AccessDeniedException",
                format!("The function {name} {NO_PROCESSES}"),
            )),
            Target::Local(function) => self.run(&*function, invocation).await,
            Target::Builtin(function) => self.run(function, invocation).await,
            Target::Unknown => Err(self.not_found(&invocation.function)),
        }
    }

    /// Calls when the gate lets it, and tells the gate what came of it.
    async fn call_remote(
        &self,
        remote: &Remote,
        gate: &Gate,
        invocation: &Invocation,
    ) -> Result<Answer, CallError> {
        let pass = gate.enter(&invocation.whose).await;
        let answer = match remote {
            Remote::Http(endpoint) => match &**endpoint {
                Ok(endpoint) => endpoint.call(&self.0.http, invocation).await,
                Err(wrong) => Err(wrong.clone()),
            },
            Remote::Lambda(endpoint) => endpoint.call(&self.0.http, invocation).await,
            Remote::Process(pool) => pool.call(invocation).await,
            Remote::Elsewhere(service) => {
                service.function(&invocation.function).call(&self.0.operators_http, invocation).await
            }
        };
        match &answer {
            Ok(_) => pass.end(Verdict::Answered, None),
            Err(error) => pass.end(error.verdict, error.retry_after_ms),
        }
        answer
    }

    /// What the gate of a function does just now; `None` for one that was not called for a while, or
    /// has no gate since it runs in this process.
    pub fn gate_view(&self, workspace: &WorkspaceId, name: &str) -> Option<CallState> {
        match self.known(workspace, name)? {
            Target::Remote(_, gate) => Some(gate.view()),
            _ => None,
        }
    }

    async fn run(&self, function: &dyn LocalFunction, call: Invocation) -> Result<Answer, CallError> {
        Ok(match function.call(Event::new(call, self.0.objects.clone())).await {
            Ok(payload) => Answer::of(payload),
            Err(raised) => Answer::raised(&raised.error_type, &raised.message),
        })
    }

    async fn target(&self, workspace: &WorkspaceId, name: &str) -> Result<Target, CallError> {
        if let Some(cached) = self.cached(workspace, name) {
            return Ok(cached);
        }
        let found = self.0.directory.find(workspace, name).await.map_err(|why| {
            let said = format!("Could not look up the function {name}: {why}. Try again.");
            CallError::new("Lambda.ServiceException", said)
        })?;
        let target = match found {
            Some(FunctionConfig::Http(endpoint)) => {
                let gate = self.gate(workspace, name, endpoint.limits);
                Target::Remote(self.http(workspace, name, endpoint), gate)
            }
            Some(FunctionConfig::Lambda(endpoint)) => {
                let gate = self.gate(workspace, name, endpoint.0.limits);
                Target::Remote(Remote::Lambda(Arc::new(endpoint)), gate)
            }
            Some(FunctionConfig::Runtime(spec)) => self.process(workspace, name, &spec, false),
            Some(FunctionConfig::Pipe(spec)) => self.process(workspace, name, &spec, true),
            Some(FunctionConfig::Local(function)) => Target::Local(function),
            Some(FunctionConfig::Builtin(other)) => builtin(&other).unwrap_or(Target::Unknown),
            None => builtin(name).unwrap_or_else(|| self.elsewhere(workspace, name)),
        };
        self.remember(workspace, name, target.clone());
        Ok(target)
    }

    /// With the connections that it has had so far, unless its settings changed.
    fn http(&self, workspace: &WorkspaceId, name: &str, endpoint: HttpEndpoint) -> Remote {
        match self.known(workspace, name) {
            Some(Target::Remote(Remote::Http(known), _))
                if known.as_ref().as_ref().is_ok_and(|known| *known.endpoint() == endpoint) =>
            {
                Remote::Http(known)
            }
            _ => Remote::Http(Arc::new(endpoint.prepare(&self.0.http))),
        }
    }

    fn process(&self, workspace: &WorkspaceId, name: &str, spec: &ProcessFunction, pipe: bool) -> Target {
        let Some(processes) = self.processes() else { return Target::Forbidden };
        // Twice what the processes hold: one call is at hand when another one ends.
        let held = spec.processes.saturating_mul(if pipe { spec.pipeline } else { 1 });
        let limits = CallLimits { max_concurrency: Some(held.saturating_mul(2)), max_per_second: None };
        let pool = processes.pool(workspace, name, spec, pipe);
        Target::Remote(Remote::Process(pool), self.gate(workspace, name, limits))
    }

    /// A function that nobody registered here.
    fn elsewhere(&self, workspace: &WorkspaceId, name: &str) -> Target {
        match &self.0.options.lambda {
            Some(service) => {
                let gate = self.gate(workspace, name, CallLimits::default());
                Target::Remote(Remote::Elsewhere(Arc::new(service.clone())), gate)
            }
            None => Target::Unknown,
        }
    }

    fn cached(&self, workspace: &WorkspaceId, name: &str) -> Option<Target> {
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

    /// The gate that the name has had so far, unless its limits changed.
    fn gate(&self, workspace: &WorkspaceId, name: &str, limits: CallLimits) -> Gate {
        match self.known(workspace, name) {
            Some(Target::Remote(_, gate)) if gate.limits() == limits => gate,
            _ => Gate::new(limits),
        }
    }

    /// What the name stood for when it was looked up last.
    fn known(&self, workspace: &WorkspaceId, name: &str) -> Option<Target> {
        Some(self.0.cache.read().ok()?.get(workspace)?.get(name)?.target.clone())
    }

    fn remember(&self, workspace: &WorkspaceId, name: &str, target: Target) {
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

fn builtin(name: &str) -> Option<Target> {
    builtins().iter().find(|builtin| builtin.name == name).map(Target::Builtin)
}

#[cfg(test)]
mod tests;
