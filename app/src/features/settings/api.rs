//! Server functions of the settings.

use crate::error::UiError;
#[cfg(feature = "ssr")]
use crate::form::number;
#[cfg(feature = "ssr")]
use crate::session::enter;
use leptos::prelude::*;
use model::{
    AccessKey, ApiToken, Connection, Invitation, Member, Permission, Retention, Role, Timestamp, TokenId, UserId,
};
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

/// The access keys page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessKeyList {
    /// The keys, without secrets.
    pub keys: Vec<AccessKey>,
    /// The region that clients sign for.
    pub region: String,
    /// When this was read.
    pub now: Timestamp,
}

/// A new access key, shown this once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreatedKey {
    /// `aws_access_key_id`.
    pub id: String,
    /// `aws_secret_access_key`.
    pub secret: String,
    /// Where this server was reached.
    pub endpoint: String,
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

/// Days as they stand in a form; empty for never.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RetentionFields {
    /// Payloads of succeeded items.
    pub payload_days: String,
    /// The sample of them that is kept.
    pub keep_one_in: String,
    /// Whole runs.
    pub run_days: String,
}

/// How long things are kept.
#[server(prefix = "/rpc")]
pub async fn read_retention(w: String) -> Result<Retention, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.retention(&cx).await?)
}

/// Sets how long things are kept.
#[server(prefix = "/rpc")]
pub async fn set_retention(w: String, days: RetentionFields) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let policy = Retention {
        payload_days: number("payload_days", &days.payload_days)?,
        keep_one_in: number("keep_one_in", &days.keep_one_in)?,
        run_days: number("run_days", &days.run_days)?,
    };
    Ok(house.set_retention(&cx, policy).await?)
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

/// The access keys.
#[server(prefix = "/rpc")]
pub async fn list_access_keys(w: String) -> Result<AccessKeyList, UiError> {
    let (house, cx) = enter(&w).await?;
    let keys = house.access_keys().list(&cx).await?;
    Ok(AccessKeyList { keys, region: house.partition().region.clone(), now: cx.now })
}

/// Makes an access key; `may` is a scope that takes in all below it, or empty for all scopes.
#[server(prefix = "/rpc")]
pub async fn create_access_key(w: String, name: String, may: String) -> Result<CreatedKey, UiError> {
    let (house, cx) = enter(&w).await?;
    let most = Permission::ALL.into_iter().find(|scope| scope.as_str() == may);
    let scopes = most
        .map_or_else(Vec::new, |most| Permission::ALL.into_iter().filter(|scope| *scope <= most).collect());
    let new = service::NewAccessKey { name, scopes, ..Default::default() };
    let made = house.access_keys().create(&cx, new).await?;
    Ok(CreatedKey { id: made.key.id, secret: made.secret, endpoint: crate::session::origin().await })
}

/// Revokes an access key.
#[server(prefix = "/rpc")]
pub async fn revoke_access_key(w: String, id: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.access_keys().revoke(&cx, &id).await?)
}

/// The connections.
#[server(prefix = "/rpc")]
pub async fn list_connections(w: String) -> Result<Vec<Connection>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.connections(&cx).await?)
}

/// Makes a connection after the store has answered.
#[server(prefix = "/rpc")]
pub async fn create_connection(
    w: String,
    name: String,
    endpoint: String,
    region: String,
    path_style: Option<String>,
    access_key: String,
    secret_key: String,
) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    let new = service::NewConnection {
        name,
        endpoint: Some(endpoint),
        region,
        path_style: path_style.is_some(),
        access_key,
        secret_key,
    };
    house.create_connection(&cx, new).await?;
    Ok(())
}

/// Forgets a connection.
#[server(prefix = "/rpc")]
pub async fn delete_connection(w: String, id: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.delete_connection(&cx, &connection_id(&id)?).await?)
}

/// The buckets that a connection may list.
#[server(prefix = "/rpc")]
pub async fn connection_buckets(w: String, id: String) -> Result<Vec<String>, UiError> {
    let (house, cx) = enter(&w).await?;
    Ok(house.test_connection(&cx, &connection_id(&id)?).await?)
}

/// Makes a bucket of a connection known here and opens it.
#[server(prefix = "/rpc")]
pub async fn attach_bucket(w: String, connection: String, name: String) -> Result<(), UiError> {
    let (house, cx) = enter(&w).await?;
    house.attach_bucket(&cx, &name, &connection_id(&connection)?).await?;
    leptos_axum::redirect(&crate::routes::At(w).page(&format!("buckets/{name}")));
    Ok(())
}

#[cfg(feature = "ssr")]
fn connection_id(id: &str) -> Result<model::ConnectionId, UiError> {
    id.parse().map_err(|_| service::Error::not_found("connection", id).into())
}

/// The newest lines of the audit.
#[server(prefix = "/rpc")]
pub async fn audit_lines(w: String) -> Result<Vec<AuditLine>, UiError> {
    let (house, cx) = enter(&w).await?;
    let lines = house.audit(&cx).await?.into_iter();
    Ok(lines.map(|l| AuditLine { actor: l.actor, action: l.action, subject: l.subject, at: l.at }).collect())
}
