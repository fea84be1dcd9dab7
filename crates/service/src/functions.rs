//! The functions of a workspace: what a Task's `arn:aws:lambda:…:function:NAME` reaches.

use crate::context::Cx;
use crate::{Error, Service};
use model::names::is_valid_name;
use model::{Arn, Function, FunctionKind, Permission};
use serde::Serialize;

/// What stands in lists for a header's value.
const HIDDEN: &str = "•••";
const MAX_TIMEOUT_MS: u64 = 15 * 60 * 1000;

/// A function with the name that definitions reach it by.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ListedFunction {
    /// The function; header values are hidden.
    #[serde(flatten)]
    pub function: Function,
    /// What a Task's `FunctionName` or `Resource` says.
    #[schema(value_type = String)]
    pub arn: Arn,
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

    /// The functions registered here, by name. Header values are not listed.
    pub async fn functions(&self, cx: &Cx) -> Result<Vec<ListedFunction>, Error> {
        cx.require(Permission::Read)?;
        let stored = self.store.functions(&cx.workspace.id).await?;
        stored
            .into_iter()
            .map(|(name, sealed, updated_at)| {
                let kind = hide_headers(self.open_kind(&sealed)?);
                let arn = self.function_arn(&name);
                Ok(ListedFunction { function: Function { name, kind, updated_at }, arn })
            })
            .collect()
    }

    /// Registers a function, or changes one.
    pub async fn put_function(&self, cx: &Cx, name: &str, kind: FunctionKind) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !is_valid_name(name) {
            return Err(Error::invalid("name", "A function's name has 1 to 80 letters, digits, - and _."));
        }
        check_kind(&kind)?;
        let kind = self.keep_hidden(cx, name, kind).await?;
        let text = serde_json::to_string(&kind).map_err(Error::internal)?;
        self.store.put_function(&cx.workspace.id, name, &self.sealer.seal(&text)?, cx.now).await?;
        self.forget_function(cx, name);
        self.note(cx, "function.put", name).await
    }

    /// Removes a function.
    pub async fn delete_function(&self, cx: &Cx, name: &str) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_function(&cx.workspace.id, name).await? {
            return Err(Error::not_found("function", name));
        }
        self.forget_function(cx, name);
        self.note(cx, "function.delete", name).await
    }

    /// The next call looks the function up again.
    fn forget_function(&self, cx: &Cx, name: &str) {
        self.functions.invalidate(&cx.workspace.id, name);
    }

    /// A header value that a form sent back as it was shown, hidden, keeps what it was.
    async fn keep_hidden(&self, cx: &Cx, name: &str, kind: FunctionKind) -> Result<FunctionKind, Error> {
        let FunctionKind::Http { url, mut headers, timeout_ms } = kind else { return Ok(kind) };
        if headers.iter().any(|(_, value)| value == HIDDEN) {
            let stored = self.store.functions(&cx.workspace.id).await?;
            let sealed = stored.into_iter().find(|(stored, ..)| stored == name).map(|(_, sealed, _)| sealed);
            let known = match sealed.map(|sealed| self.open_kind(&sealed)).transpose()? {
                Some(FunctionKind::Http { headers, .. }) => headers,
                _ => Vec::new(),
            };
            for (header, value) in headers.iter_mut().filter(|(_, value)| value == HIDDEN) {
                let found = known.iter().find(|(known, _)| known.eq_ignore_ascii_case(header));
                let (_, kept) = found.ok_or_else(|| {
                    Error::invalid("headers", format!("The header {header} has no value yet. Give it one."))
                })?;
                value.clone_from(kept);
            }
        }
        Ok(FunctionKind::Http { url, headers, timeout_ms })
    }

    fn open_kind(&self, sealed: &str) -> Result<FunctionKind, Error> {
        serde_json::from_str(&self.sealer.open(sealed)?).map_err(Error::internal)
    }
}

fn check_kind(kind: &FunctionKind) -> Result<(), Error> {
    let FunctionKind::Http { url, timeout_ms, .. } = kind else { return Ok(()) };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Error::invalid("url", "An endpoint's address begins with http:// or https://"));
    }
    if !(1..=MAX_TIMEOUT_MS).contains(timeout_ms) {
        return Err(Error::invalid("timeout_ms", "A time-out lies between 1 ms and 15 minutes (900000 ms)."));
    }
    Ok(())
}

fn hide_headers(kind: FunctionKind) -> FunctionKind {
    match kind {
        FunctionKind::Http { url, headers, timeout_ms } => {
            let headers = headers.into_iter().map(|(name, _)| (name, HIDDEN.to_owned())).collect();
            FunctionKind::Http { url, headers, timeout_ms }
        }
        other => other,
    }
}
