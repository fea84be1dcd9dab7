//! Server functions of the settings.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{ApiToken, Invitation, Member, Permission, Role, Timestamp, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// The people page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// Who is a member.
    pub members: Vec<Member>,
    /// Who is invited; empty for those who may not see it.
    pub invitations: Vec<Invitation>,
    /// When this was read.
    pub now: Timestamp,
}

/// The tokens page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tokens {
    /// The tokens, without secrets.
    pub tokens: Vec<ApiToken>,
    /// When this was read.
    pub now: Timestamp,
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Who.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

/// Gives the workspace another name.
#[server(prefix = "/rpc")]
pub async fn rename_workspace(w: String, name: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.rename_workspace(&cx, &name).await?)
}

/// Members and open invitations.
#[server(prefix = "/rpc")]
pub async fn list_people(w: String) -> Result<People, UiError> {
    let (house, cx) = enter(&w).await?;
    let members = house.members(&cx).await?;
    let invitations = match cx.may(Permission::Administer) {
        true => house.invitations(&cx).await?,
        false => Vec::new(),
    };
    Ok(People { members, invitations, now: cx.now })
}

/// Changes a member's role.
#[server(prefix = "/rpc")]
pub async fn set_member_role(w: String, user: UserId, role: Role) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.set_member(&cx, &user, Some(role)).await?)
}

/// Ends a membership.
#[server(prefix = "/rpc")]
pub async fn remove_member(w: String, user: UserId) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.set_member(&cx, &user, None).await?)
}

/// Makes an invitation; the answer is the path of its link, shown this once.
#[server(prefix = "/rpc")]
pub async fn invite_member(w: String, email: String, role: Role) -> Result<String, UiError> {
    let (house, cx) = enter(&w).await?;
    let secret = house.invite(&cx, &email, role).await?;
    Ok(format!("/invite/{secret}"))
}

/// Takes an invitation back.
#[server(prefix = "/rpc")]
pub async fn withdraw_invitation(w: String, invitation: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.withdraw_invitation(&cx, &invitation).await?)
}

/// The tokens.
#[server(prefix = "/rpc")]
pub async fn list_tokens(w: String) -> Result<Tokens, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(Tokens { tokens: house.tokens(&cx).await?, now: cx.now })
}

/// Makes a token; the answer is its secret, shown this once.
#[server(prefix = "/rpc")]
pub async fn create_token(
    w: String,
    name: String,
    #[server(default)] scopes: Vec<Permission>,
    expires_in_days: String,
) -> Result<String, UiError> {
    let (house, cx) = enter(&w).await?;
    let expires_in_days = expires_in_days.parse().ok();
    let made = house.create_token(&cx, service::NewToken { name, scopes, expires_in_days }).await?;
    Ok(made.secret)
}

/// Revokes a token.
#[server(prefix = "/rpc")]
pub async fn revoke_token(w: String, token: TokenId) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.revoke_token(&cx, &token).await?)
}

/// The newest lines of the audit.
#[server(prefix = "/rpc")]
pub async fn audit_lines(w: String) -> Result<Vec<AuditLine>, UiError> {
    let (house, cx) = enter(&w).await?;
    let lines = house.audit(&cx).await?.into_iter();
    Ok(lines.map(|l| AuditLine { actor: l.actor, action: l.action, subject: l.subject, at: l.at }).collect())
}
