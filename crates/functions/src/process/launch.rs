//! What is started for a function: program, folder, variables.

use model::{Partition, ProcessFunction};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

const MAX_PROCESSES: u32 = 64;
const MAX_PIPELINE: u32 = 256;
const MAX_MEMORY_MB: u32 = 1024 * 1024;
/// Lambda's limit for all variables of a function together, in bytes.
const MAX_VARIABLES_BYTES: usize = 4096;

/// The runtimes that this server has a client of the Runtime API for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeFamily {
    /// `python3.x`
    Python,
    /// `nodejsN.x`
    Node,
    /// `provided`, `provided.al2023`: the code brings an executable named `bootstrap`.
    Provided,
}

impl RuntimeFamily {
    /// The family of one of Lambda's runtime identifiers; `None` for those that cannot run here.
    pub fn of(runtime: &str) -> Option<Self> {
        let version = |prefix: &str| runtime.strip_prefix(prefix);
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'x');
        if version("python").is_some_and(digits) {
            return Some(Self::Python);
        }
        if version("nodejs").is_some_and(digits) {
            return Some(Self::Node);
        }
        let of_linux = |rest: &str| rest.is_empty() || rest.starts_with(".al");
        version("provided").is_some_and(of_linux).then_some(Self::Provided)
    }
}

/// What is wrong with a registration: the field, and a sentence.
pub type Wrong = (&'static str, String);

/// Checks what a person registered.
///
/// # Errors
/// The first field that is wrong.
pub fn check(spec: &ProcessFunction, pipe: bool) -> Result<(), Wrong> {
    let wrong = |field, sentence: &str| Err((field, sentence.to_owned()));
    let plain = |text: &str| !text.contains('\0');
    if spec.command.iter().any(|part| !plain(part)) || spec.command.first().is_some_and(String::is_empty) {
        return wrong("command", "A command is a program and its arguments, without NUL characters.");
    }
    if spec.command.is_empty() {
        if pipe {
            return wrong("command", "Say which program answers the lines: [\"python3\", \"worker.py\"].");
        }
        let Some(family) = RuntimeFamily::of(&spec.runtime) else {
            return wrong(
                "runtime",
                "Give a command that speaks the Lambda Runtime API, or one of the runtimes python3.x, nodejsN.x, provided.",
            );
        };
        if family != RuntimeFamily::Provided && spec.handler.is_empty() {
            return wrong("handler", "Say which function is called, for example app.handler.");
        }
    }
    if spec.package.is_none() && !Path::new(&spec.directory).is_absolute() {
        return wrong("directory", "The folder with the code is an absolute path on the server.");
    }
    if !plain(&spec.directory) || !plain(&spec.handler) {
        return wrong("handler", "Names of folders and handlers hold no NUL characters.");
    }
    if !(1..=model::limits::LAMBDA_TIMEOUT_MS).contains(&spec.timeout_ms) {
        return wrong("timeout_ms", "A time-out lies between 1 ms and 15 minutes (900000 ms).");
    }
    if !(16..=MAX_MEMORY_MB).contains(&spec.memory_mb) {
        return wrong("memory_mb", "The memory limit lies between 16 and 1048576 MB.");
    }
    if !(1..=MAX_PROCESSES).contains(&spec.processes) {
        return wrong("processes", "A function has 1 to 64 processes.");
    }
    if !(1..=MAX_PIPELINE).contains(&spec.pipeline) {
        return wrong("pipeline", "A pipe worker holds 1 to 256 calls at once.");
    }
    check_variables(&spec.environment)
}

fn check_variables(variables: &BTreeMap<String, String>) -> Result<(), Wrong> {
    for (name, value) in variables {
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !named || value.contains('\0') {
            let sentence =
                format!("\"{name}\" is not a variable: letters, digits and _, and a letter first.");
            return Err(("environment", sentence));
        }
    }
    let bytes: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    match bytes > MAX_VARIABLES_BYTES {
        true => Err((
            "environment",
            format!("Variables may hold {MAX_VARIABLES_BYTES} bytes together, as on Lambda."),
        )),
        false => Ok(()),
    }
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Program and arguments.
    pub command: Vec<String>,
    /// The working folder.
    pub directory: PathBuf,
    /// All variables of the process but those that differ between processes.
    pub variables: BTreeMap<String, String>,
}

/// Where this server keeps things for processes.
pub struct Home<'a> {
    /// The folder with the clients of the Runtime API.
    pub clients: &'a Path,
    /// The account and region in ARNs.
    pub partition: &'a Partition,
    /// The folder of the function's code.
    pub code: PathBuf,
}

impl Launch {
    /// What is started for a function behind the Runtime API.
    pub fn runtime(name: &str, spec: &ProcessFunction, home: &Home<'_>) -> Self {
        let command = match (spec.command.is_empty(), RuntimeFamily::of(&spec.runtime)) {
            (false, _) => spec.command.clone(),
            (true, Some(RuntimeFamily::Python)) => {
                vec![interpreter(&spec.runtime, "python3"), client(home, "bootstrap.py")]
            }
            (true, Some(RuntimeFamily::Node)) => vec!["node".to_owned(), client(home, "bootstrap.mjs")],
            (true, _) => vec![home.code.join("bootstrap").to_string_lossy().into_owned()],
        };
        let mut variables = base_variables(spec);
        let mut set = |name: &str, value: String| variables.insert(name.to_owned(), value);
        let code = home.code.to_string_lossy().into_owned();
        let runtime = if spec.runtime.is_empty() { "provided" } else { &spec.runtime };
        set("_HANDLER", spec.handler.clone());
        set("LAMBDA_TASK_ROOT", code);
        set("LAMBDA_RUNTIME_DIR", home.clients.to_string_lossy().into_owned());
        set("AWS_EXECUTION_ENV", format!("AWS_Lambda_{runtime}"));
        set("AWS_LAMBDA_FUNCTION_NAME", name.to_owned());
        set("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned());
        set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", spec.memory_mb.to_string());
        set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned());
        set("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}"));
        set("AWS_REGION", home.partition.region.clone());
        set("AWS_DEFAULT_REGION", home.partition.region.clone());
        Self { command, directory: home.code.clone(), variables }
    }

    /// What is started for a pipe worker.
    pub fn pipe(spec: &ProcessFunction, home: &Home<'_>) -> Self {
        Self { command: spec.command.clone(), directory: home.code.clone(), variables: base_variables(spec) }
    }
}

/// Of the server's own environment only what finds programs; then what the registration says.
fn base_variables(spec: &ProcessFunction) -> BTreeMap<String, String> {
    let own =
        ["PATH", "HOME"].into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let fixed =
        [("LANG", "C.UTF-8"), ("TZ", ":UTC")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut variables: BTreeMap<String, String> = own.chain(fixed).collect();
    variables.extend(spec.environment.clone());
    variables
}

/// The interpreter of that very version where there is one that starts: version managers put
/// programs on the path for versions that are not in use. Looked at once for each runtime.
fn interpreter(runtime: &str, otherwise: &str) -> String {
    static SEEN: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());
    let known = |seen: &BTreeMap<String, bool>| seen.get(runtime).copied();
    let seen = known(&SEEN.lock().unwrap_or_else(PoisonError::into_inner));
    let starts = seen.unwrap_or_else(|| {
        let asked = Command::new(runtime).arg("--version").stdin(Stdio::null()).output();
        let starts = asked.is_ok_and(|answer| answer.status.success());
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(runtime.to_owned(), starts);
        starts
    });
    if starts { runtime.to_owned() } else { otherwise.to_owned() }
}

fn client(home: &Home<'_>, file: &str) -> String {
    home.clients.join(file).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ProcessFunction {
        ProcessFunction {
            runtime: "python3.11".into(),
            handler: "app.handler".into(),
            directory: "/srv/code".into(),
            ..Default::default()
        }
    }

    #[test]
    fn registrations_are_checked_field_by_field() {
        assert_eq!(check(&spec(), false), Ok(()));
        let field = |spec: &ProcessFunction, pipe| check(spec, pipe).unwrap_err().0;
        assert_eq!(field(&spec(), true), "command");
        assert_eq!(field(&ProcessFunction { runtime: "java21".into(), ..spec() }, false), "runtime");
        assert_eq!(field(&ProcessFunction { handler: String::new(), ..spec() }, false), "handler");
        assert_eq!(field(&ProcessFunction { directory: "code".into(), ..spec() }, false), "directory");
        assert_eq!(field(&ProcessFunction { timeout_ms: 900_001, ..spec() }, false), "timeout_ms");
        assert_eq!(field(&ProcessFunction { processes: 0, ..spec() }, false), "processes");
        let environment = BTreeMap::from([("A=B".to_owned(), String::new())]);
        assert_eq!(field(&ProcessFunction { environment, ..spec() }, false), "environment");
    }

    #[test]
    fn runtimes_are_known_by_lambdas_names() {
        assert_eq!(RuntimeFamily::of("python3.12"), Some(RuntimeFamily::Python));
        assert_eq!(RuntimeFamily::of("nodejs20.x"), Some(RuntimeFamily::Node));
        assert_eq!(RuntimeFamily::of("provided.al2023"), Some(RuntimeFamily::Provided));
        for other in ["java21", "ruby3.3", "", "python3/../../sh", "providedx"] {
            assert_eq!(RuntimeFamily::of(other), None, "{other}");
        }
    }

    #[test]
    fn an_interpreter_of_a_version_that_is_not_there_is_the_usual_one() {
        assert_eq!(interpreter("python3.999", "python3"), "python3");
    }

    #[test]
    fn lambdas_variables_win_and_the_servers_own_stay_out() {
        let environment = BTreeMap::from([
            ("TABLE".to_owned(), "t".to_owned()),
            ("_HANDLER".to_owned(), "other".to_owned()),
            ("LANG".to_owned(), "de_DE.UTF-8".to_owned()),
        ]);
        let partition = Partition::default();
        let home = Home { clients: Path::new("/h"), partition: &partition, code: "/srv/code".into() };
        let launch = Launch::runtime("f", &ProcessFunction { environment, ..spec() }, &home);
        let value = |name: &str| launch.variables.get(name).map(String::as_str);
        assert_eq!(value("TABLE"), Some("t"));
        assert_eq!(value("_HANDLER"), Some("app.handler"));
        assert_eq!(value("LANG"), Some("de_DE.UTF-8"));
        assert_eq!(value("AWS_LAMBDA_FUNCTION_NAME"), Some("f"));
        assert_eq!(value("CARGO_MANIFEST_DIR"), None);
        assert_eq!(launch.command[1], "/h/bootstrap.py");
    }
}
