//! Server functions of functions.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{FunctionKind, Timestamp};
use serde::{Deserialize, Serialize};

/// A registered function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionLine {
    /// Its name.
    pub name: String,
    /// What definitions call it.
    pub arn: String,
    /// How it is reached; header values are hidden.
    pub kind: FunctionKind,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How its calls go just now; empty when there were none lately.
    pub calls: String,
}

/// `12 running, 300 waiting, at most 12 at once`.
#[cfg(feature = "ssr")]
fn calls_text(calls: &model::CallState) -> String {
    let limit = calls.limit.map(|limit| format!("at most {limit} at once"));
    let pause = calls.paused_ms.map(|ms| format!("asked for a pause of {} s more", ms.div_ceil(1000)));
    let absent = calls.absent.then(|| "nobody answers: one call at a time tries".to_owned());
    let counts = [format!("{} running", calls.running), format!("{} waiting", calls.waiting)];
    counts.into_iter().chain([limit, pause, absent].into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

/// A function that comes with the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BuiltinLine {
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// An event that it understands, as JSON text.
    pub example: String,
    /// What definitions call it.
    pub arn: String,
}

/// The page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionsView {
    /// Registered here, by name.
    pub registered: Vec<FunctionLine>,
    /// Those that come with the server.
    pub builtins: Vec<BuiltinLine>,
    /// Whether the operator lets functions run as processes.
    pub processes_allowed: bool,
    /// When this was read.
    pub now: Timestamp,
}

/// The functions of the workspace.
#[server(prefix = "/rpc")]
pub async fn function_list(w: String) -> Result<FunctionsView, UiError> {
    let (house, cx) = enter(&w).await?;
    let registered = house.functions(&cx).await?.into_iter().map(|listed| FunctionLine {
        name: listed.function.name,
        arn: listed.arn.0,
        kind: listed.function.kind,
        updated_at: listed.function.updated_at,
        calls: listed.calls.as_ref().map(calls_text).unwrap_or_default(),
    });
    let builtins = house.builtins(&cx)?.into_iter().map(|one| BuiltinLine {
        name: one.name.to_owned(),
        about: one.about.to_owned(),
        example: one.example.to_owned(),
        arn: one.arn.0,
    });
    let registered = registered.collect();
    let processes_allowed = house.processes_allowed();
    Ok(FunctionsView { registered, builtins: builtins.collect(), processes_allowed, now: cx.now })
}

/// Registers an HTTP endpoint, or changes one. `headers` has one `Name: value` a line.
#[server(prefix = "/rpc")]
pub async fn put_function(
    w: String,
    name: String,
    url: String,
    headers: String,
    timeout_seconds: f64,
    max_concurrency: String,
    max_per_second: String,
) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let limits = model::CallLimits {
        max_concurrency: limit("max_concurrency", &max_concurrency)?,
        max_per_second: limit("max_per_second", &max_per_second)?,
    };
    let headers =
        super::headers::parse(&headers).map_err(|message| service::Error::invalid("headers", message))?;
    let timeout_ms = (timeout_seconds.max(0.0) * 1000.0).round() as u64;
    let kind = FunctionKind::Http { url: url.trim().to_owned(), headers, timeout_ms, limits };
    Ok(house.put_function(&cx, name.trim(), kind).await?)
}

/// A number, or nothing.
#[cfg(feature = "ssr")]
fn limit(field: &str, text: &str) -> Result<Option<u32>, service::Error> {
    let wrong = |_| service::Error::invalid(field, "Give a whole number, or nothing for no limit.");
    Some(text.trim()).filter(|text| !text.is_empty()).map(|text| text.parse().map_err(wrong)).transpose()
}

/// What the form of a function in processes says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessForm {
    /// The function's name.
    pub name: String,
    /// `runtime` or `pipe`.
    pub kind: String,
    /// Words between spaces.
    pub command: String,
    /// One of Lambda's runtimes, when there is no command.
    pub runtime: String,
    /// For example `app.handler`.
    pub handler: String,
    /// An absolute path; empty for code that was uploaded.
    pub directory: String,
    /// One `NAME=value` a line.
    pub environment: String,
    /// How long one call may take.
    pub timeout_seconds: f64,
    /// How much a process may hold, in MB.
    pub memory_mb: u32,
    /// The most processes at once.
    pub processes: u32,
}

/// Registers a function that runs as processes, or changes one.
#[server(prefix = "/rpc")]
pub async fn put_process(w: String, form: ProcessForm) -> Result<(), UiError> {
    use super::process::{parse_command, parse_variables};
    use service::Error;
    let (house, cx) = enter(&w).await?;
    let spec = model::ProcessFunction {
        command: parse_command(&form.command).map_err(|message| Error::invalid("command", message))?,
        runtime: form.runtime.trim().to_owned(),
        handler: form.handler.trim().to_owned(),
        directory: form.directory.trim().to_owned(),
        environment: parse_variables(&form.environment)
            .map_err(|message| Error::invalid("environment", message))?,
        timeout_ms: (form.timeout_seconds.max(0.0) * 1000.0).round() as u64,
        memory_mb: form.memory_mb,
        processes: form.processes,
        ..Default::default()
    };
    let kind = match form.kind.as_str() {
        "pipe" => FunctionKind::Pipe(spec),
        _ => FunctionKind::Runtime(spec),
    };
    Ok(house.put_function(&cx, form.name.trim(), kind).await?)
}

/// Removes a function.
#[server(prefix = "/rpc")]
pub async fn delete_function(w: String, name: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.delete_function(&cx, &name).await?)
}
