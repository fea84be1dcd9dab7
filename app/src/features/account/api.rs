//! Server functions of first start, sign-in and invitations.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::{SESSION_USER, house};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What an invitation's page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InvitationView {
    /// The workspace's name.
    pub workspace: String,
    /// The invited address.
    pub email: String,
    /// The role it gives.
    pub role: String,
}

/// Makes the administrator and the first workspace, and signs in. `sample` is there when the
/// workspace shall begin with sample data.
#[server(prefix = "/rpc")]
pub async fn set_up(
    email: String,
    name: String,
    password: String,
    workspace: String,
    sample: Option<String>,
) -> Result<(), UiError> {
    let setup = service::Setup { email, name, password, workspace };
    let (user, workspace) = house().first_start(setup, sample.is_some()).await?;
    begin_session(&user, &format!("/w/{}", workspace.slug)).await
}

/// Signs in and goes to `next`, or to the first workspace.
#[server(prefix = "/rpc")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), UiError> {
    let user = house().sign_in(&email, password).await?;
    let next = next.filter(|to| to.starts_with("/w/")).unwrap_or_else(|| "/".to_owned());
    begin_session(&user, &next).await
}

/// What the link of an invitation leads to.
#[server(prefix = "/rpc")]
pub async fn invitation(token: String) -> Result<InvitationView, UiError> {
    let (workspace, invitation) = house().invitation(&token).await?;
    Ok(InvitationView {
        workspace: workspace.name,
        email: invitation.email,
        role: invitation.role.to_string(),
    })
}

/// Takes an invitation and signs in.
#[server(prefix = "/rpc")]
pub async fn accept_invitation(token: String, name: String, password: String) -> Result<(), UiError> {
    let user = house().accept_invitation(&token, &name, password).await?;
    begin_session(&user, "/").await
}

#[cfg(feature = "ssr")]
async fn begin_session(user: &model::User, to: &str) -> Result<(), UiError> {
    // The browser goes there by itself, without asking the server where "/" leads.
    let to = match to {
        "/" => house()
            .workspaces(&user.id)
            .await?
            .first()
            .map_or("/".to_owned(), |(w, _)| format!("/w/{}", w.slug)),
        to => to.to_owned(),
    };
    let internal = |e: &dyn std::fmt::Display| UiError::from(service::Error::internal(e.to_string()));
    let session: tower_sessions::Session = leptos_axum::extract().await.map_err(|e| internal(&e))?;
    session.cycle_id().await.map_err(|e| internal(&e))?;
    session.insert(SESSION_USER, &user.id).await.map_err(|e| internal(&e))?;
    leptos_axum::redirect(&to);
    Ok(())
}
