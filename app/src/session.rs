//! Who is signed in, and the way from a server function into the house.

use crate::error::UiError;
use leptos::prelude::*;
use model::{Permission, Role, User, Workspace};
use serde::{Deserialize, Serialize};

/// The key of the user's id in the browser session.
pub const SESSION_USER: &str = "user";

/// Who looks at a page, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewer {
    /// The person.
    pub user: User,
    /// The workspace of the page.
    pub workspace: Workspace,
    /// What the person may do there.
    pub role: Role,
    /// Every workspace of the person.
    pub workspaces: Vec<Workspace>,
}

impl Viewer {
    /// Whether the person may do something here; pages disable what they may not.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.allows(permission)
    }

    /// Why the person may not do something here; `None` when they may. What a disabled button says.
    pub fn blocked(&self, permission: Permission) -> Option<String> {
        let needed = Role::ALL.into_iter().rev().find(|role| role.allows(permission))?;
        (!self.may(permission)).then(|| format!("Your role here is {}; this needs {needed}.", self.role))
    }
}

#[cfg(feature = "ssr")]
pub use server::*;

#[cfg(feature = "ssr")]
mod server {
    use super::*;
    use service::{Cx, Service};
    use std::sync::Arc;

    /// The house, given to every server function by the router.
    pub fn house() -> Arc<Service> {
        expect_context::<Arc<Service>>()
    }

    /// The person behind the session cookie.
    pub async fn signed_in() -> Result<User, UiError> {
        let nobody = || service::Error::Unauthenticated("Sign in to go on.");
        let session: tower_sessions::Session =
            leptos_axum::extract().await.map_err(|e| service::Error::internal(e.to_string()))?;
        let id: Option<model::UserId> =
            session.get(SESSION_USER).await.map_err(|e| service::Error::internal(e.to_string()))?;
        let id = id.ok_or_else(nobody)?;
        Ok(house().user(&id).await?.ok_or_else(nobody)?)
    }

    /// Where the browser reached this server, for example `https://maps.example.com`.
    pub async fn origin() -> String {
        let headers = leptos_axum::extract::<axum::http::HeaderMap>().await.unwrap_or_default();
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let origin = || Some(format!("http://{}", header("host")?));
        header("origin").or_else(origin).unwrap_or_default()
    }

    /// The house and a context for the signed-in person in a workspace.
    pub async fn enter(w: &str) -> Result<(Arc<Service>, Cx), UiError> {
        let user = signed_in().await?;
        let house = house();
        let cx = house.enter(&user, w).await?;
        Ok((house, cx))
    }
}

/// Who looks at a page of the workspace `w`.
#[server(prefix = "/rpc")]
pub(crate) async fn current_viewer(w: String) -> Result<Viewer, UiError> {
    let user = signed_in().await?;
    let house = house();
    let cx = house.enter(&user, &w).await?;
    let workspaces = house.workspaces(&user.id).await?.into_iter().map(|(w, _)| w).collect();
    let role = cx.role().unwrap_or(Role::Viewer);
    Ok(Viewer { user, workspace: cx.workspace, role, workspaces })
}
