//! The functions of a workspace: what a Task's `arn:aws:lambda:…:function:NAME` reaches.

use crate::context::Cx;
use crate::{Error, Service};
use model::limits::LAMBDA_TIMEOUT_MS;
use model::names::is_valid_name;
use model::{Arn, CallState, Function, FunctionKind, Permission, Timestamp};
use serde::Serialize;

/// What stands in lists for the value of a header or a variable.
const HIDDEN: &str = "•••";

/// A function with the name that definitions reach it by.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ListedFunction {
    /// The function; header values are hidden.
    #[serde(flatten)]
    pub function: Function,
    /// What a Task's `FunctionName` or `Resource` says.
    #[schema(value_type = String)]
    pub arn: Arn,
    /// How its calls go just now on this server, if there were any lately.
    pub calls: Option<CallState>,
}

/// A function that comes with the server.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BuiltinFunction {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// An event that it understands, as JSON text.
    pub example: &'static str,
    /// What a Task's `FunctionName` or `Resource` says.
    #[schema(value_type = String)]
    pub arn: Arn,
}

impl Service {
    /// The functions that come with the server. A registered one of the same name takes its place.
    pub fn builtins(&self, cx: &Cx) -> Result<Vec<BuiltinFunction>, Error> {
        cx.require(Permission::Read)?;
        let all = functions::builtins().iter();
        Ok(all
            .map(|one| BuiltinFunction {
                name: one.name,
                about: one.about,
                example: one.example,
                arn: self.function_arn(one.name),
            })
            .collect())
    }

    /// The ARN that a function of this server answers to.
    pub fn function_arn(&self, name: &str) -> Arn {
        self.partition.function(name)
    }

    /// The functions registered here, by name. Values of headers and variables are not listed.
    pub async fn functions(&self, cx: &Cx) -> Result<Vec<ListedFunction>, Error> {
        cx.require(Permission::Read)?;
        let stored = self.store.functions(&cx.workspace.id).await?;
        let opened = stored.into_iter().map(|(name, sealed, updated_at)| {
            Ok::<_, Error>(Function { name, kind: self.open_kind(&sealed)?, updated_at })
        });
        opened.map(|function| Ok(self.listed(cx, function?))).collect()
    }

    /// One function registered here. Values of headers and variables are not shown.
    pub async fn function(&self, cx: &Cx, name: &str) -> Result<ListedFunction, Error> {
        cx.require(Permission::Read)?;
        let found = self.registered(cx, name).await?;
        found.map(|function| self.listed(cx, function)).ok_or_else(|| Error::not_found("function", name))
    }

    fn listed(&self, cx: &Cx, mut function: Function) -> ListedFunction {
        function.kind = hide_values(function.kind);
        let arn = self.function_arn(&function.name);
        let calls = self.functions.gate_view(&cx.workspace.id, &function.name);
        ListedFunction { function, arn, calls }
    }

    /// Registers a function, or changes one.
    pub async fn put_function(&self, cx: &Cx, name: &str, kind: FunctionKind) -> Result<(), Error> {
        self.put_function_if(cx, name, kind, None).await.map(drop)
    }

    /// The same, unless the function was changed after `seen` (its `updated_at`). The answer is when it changed now.
    pub async fn put_function_if(
        &self,
        cx: &Cx,
        name: &str,
        kind: FunctionKind,
        seen: Option<Timestamp>,
    ) -> Result<Timestamp, Error> {
        cx.require(Permission::Administer)?;
        if !is_valid_name(name) {
            return Err(Error::invalid("name", "A function's name has 1 to 80 letters, digits, - and _."));
        }
        let kind = self.keep_hidden(cx, name, kind).await?;
        let kind = self.keep_package(cx, name, kind).await?;
        self.store_function(cx, name, kind, seen).await
    }

    /// Checks and stores a registration, whose package may be trusted, unless it was changed after `seen`.
    pub(crate) async fn store_function(
        &self,
        cx: &Cx,
        name: &str,
        kind: FunctionKind,
        seen: Option<Timestamp>,
    ) -> Result<Timestamp, Error> {
        self.check_kind(name, &kind)?;
        let text = serde_json::to_string(&kind).map_err(Error::internal)?;
        let sealed = self.sealer.seal(&text)?;
        let Some(at) = self.store.put_function(&cx.workspace.id, name, (&sealed, cx.now), seen).await? else {
            return Err(self.stale_function(cx, name).await?);
        };
        self.forget_function(cx, name);
        self.note(cx, "function.put", name).await?;
        Ok(at)
    }

    async fn stale_function(&self, cx: &Cx, name: &str) -> Result<Error, Error> {
        self.function(cx, name).await?;
        Ok(Error::Stale(format!("The function \"{name}\" was changed by somebody else. Read it again.")))
    }

    /// Removes a function.
    pub async fn delete_function(&self, cx: &Cx, name: &str) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_function(&cx.workspace.id, name).await? {
            return Err(Error::not_found("function", name));
        }
        self.forget_function(cx, name);
        self.remove_code(cx, name).await?;
        self.note(cx, "function.delete", name).await
    }

    /// Whether functions may run as processes here.
    pub fn processes_allowed(&self) -> bool {
        self.functions.processes().is_some()
    }

    /// One registration with all its secrets.
    pub(crate) async fn registered(&self, cx: &Cx, name: &str) -> Result<Option<Function>, Error> {
        let Some((name, sealed, updated_at)) = self.store.function(&cx.workspace.id, name).await? else {
            return Ok(None);
        };
        Ok(Some(Function { name, kind: self.open_kind(&sealed)?, updated_at }))
    }

    /// Packages come through the Lambda API only: whoever changes the rest keeps the one that is
    /// there, unless a folder takes its place.
    async fn keep_package(&self, cx: &Cx, name: &str, mut kind: FunctionKind) -> Result<FunctionKind, Error> {
        if let FunctionKind::Runtime(spec) | FunctionKind::Pipe(spec) = &mut kind {
            let known = match self.registered(cx, name).await?.map(|known| known.kind) {
                Some(FunctionKind::Runtime(known)) if spec.directory.is_empty() => known.package,
                _ => None,
            };
            spec.package = known;
        }
        Ok(kind)
    }

    /// Removes the code that came as packages.
    async fn remove_code(&self, cx: &Cx, name: &str) -> Result<(), Error> {
        let Some(processes) = self.functions.processes().filter(|_| is_process_name(name)) else {
            return Ok(());
        };
        match tokio::fs::remove_dir_all(processes.packages_dir(&cx.workspace.id, name)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(error)),
            _ => Ok(()),
        }
    }

    fn check_kind(&self, name: &str, kind: &FunctionKind) -> Result<(), Error> {
        let (spec, pipe) = match kind {
            FunctionKind::Runtime(spec) => (spec, false),
            FunctionKind::Pipe(spec) => (spec, true),
            other => return check_endpoint(other),
        };
        if !self.processes_allowed() {
            return Err(Error::invalid("kind", format!("This function {}", functions::NO_PROCESSES)));
        }
        if !is_process_name(name) {
            return Err(Error::invalid(
                "name",
                "The name of a function with processes has 1 to 64 ASCII letters, digits, - and _.",
            ));
        }
        functions::process::check(spec, pipe).map_err(|(field, message)| Error::invalid(field, message))
    }

    /// The next call looks the function up again.
    fn forget_function(&self, cx: &Cx, name: &str) {
        self.functions.invalidate(&cx.workspace.id, name);
    }

    /// A value that a form sent back as it was shown, hidden, keeps what it was.
    async fn keep_hidden(&self, cx: &Cx, name: &str, mut kind: FunctionKind) -> Result<FunctionKind, Error> {
        if kind.secrets_mut().iter().all(|(.., value)| *value != HIDDEN) {
            return Ok(kind);
        }
        let mut known = self.registered(cx, name).await?.map(|known| known.kind);
        let known = known.as_mut().map(FunctionKind::secrets_mut).unwrap_or_default();
        for (field, name, value) in kind.secrets_mut().into_iter().filter(|(.., value)| *value == HIDDEN) {
            let found = known.iter().find(|(in_field, known, _)| *in_field == field && *known == name);
            let (.., kept) = found.ok_or_else(|| {
                let what = if name.is_empty() { field } else { name.as_str() };
                Error::invalid(field, format!("{what} has no value yet. Give it one."))
            })?;
            value.clone_from(kept);
        }
        Ok(kind)
    }

    fn open_kind(&self, sealed: &str) -> Result<FunctionKind, Error> {
        serde_json::from_str(&self.sealer.open(sealed)?).map_err(Error::internal)
    }
}

/// Names that are folders too: what Lambda accepts.
pub(crate) fn is_process_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn check_endpoint(kind: &FunctionKind) -> Result<(), Error> {
    let (url, timeout_ms) = match kind {
        FunctionKind::Http { url, timeout_ms, .. } => (Some(url), timeout_ms),
        FunctionKind::Lambda(function) => (function.url.as_ref(), &function.timeout_ms),
        FunctionKind::Builtin { .. } | FunctionKind::Runtime(_) | FunctionKind::Pipe(_) => return Ok(()),
    };
    if url.is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
        return Err(Error::invalid("url", "An endpoint's address begins with http:// or https://"));
    }
    if !(1..=LAMBDA_TIMEOUT_MS).contains(timeout_ms) {
        return Err(Error::invalid("timeout_ms", "A time-out lies between 1 ms and 15 minutes (900000 ms)."));
    }
    let limits = kind.limits().unwrap_or_default();
    for (field, limit) in
        [("max_concurrency", limits.max_concurrency), ("max_per_second", limits.max_per_second)]
    {
        if limit == Some(0) {
            return Err(Error::invalid(field, "A limit is 1 or more. Leave it out for none."));
        }
    }
    Ok(())
}

fn hide_values(mut kind: FunctionKind) -> FunctionKind {
    kind.secrets_mut().into_iter().for_each(|(.., value)| HIDDEN.clone_into(value));
    kind
}
