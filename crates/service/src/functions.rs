//! The functions of a workspace: what a Task's `arn:aws:lambda:…:function:NAME` reaches.

use crate::context::Cx;
use crate::{Error, Service};
use model::names::is_valid_name;
use model::{Function, FunctionKind, Permission};

const MAX_TIMEOUT_MS: u64 = 15 * 60 * 1000;

impl Service {
    /// The functions registered here, by name. Header values are not listed.
    pub async fn functions(&self, cx: &Cx) -> Result<Vec<Function>, Error> {
        cx.require(Permission::Read)?;
        let stored = self.store.functions(&cx.workspace.id).await?;
        stored
            .into_iter()
            .map(|(name, sealed, updated_at)| {
                let kind = hide_headers(self.open_kind(&sealed)?);
                Ok(Function { name, kind, updated_at })
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

    fn forget_function(&self, _cx: &Cx, _name: &str) {}

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
            let headers = headers.into_iter().map(|(name, _)| (name, "•••".to_owned())).collect();
            FunctionKind::Http { url, headers, timeout_ms }
        }
        other => other,
    }
}
