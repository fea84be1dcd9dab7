//! People, workspaces, invitations and API tokens.

use crate::access::{Permission, Role};
use crate::id::{TokenId, UserId, WorkspaceId};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Lower-case address; the sign-in name.
    pub email: String,
    /// What pages call the person.
    pub name: String,
    /// May administer the whole instance.
    pub is_admin: bool,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its part of every address.
    pub slug: String,
    /// Its shown name.
    pub name: String,
}

/// A person's place in a workspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// The person.
    pub user: User,
    /// What the person may do here.
    pub role: Role,
}

/// An open invitation; the link's secret is shown once and only its hash is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invitation {
    /// Its id: the hash of the link's secret.
    pub token_hash: String,
    /// The address it was made for.
    pub email: String,
    /// The role it gives.
    pub role: Role,
    /// The last moment it can be taken.
    pub expires_at: Timestamp,
}

/// An API token as it is listed: never with its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Its id.
    pub id: TokenId,
    /// What its maker called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; `None` = never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// A key pair for AWS clients, as it is listed: never with its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessKey {
    /// The access key id that clients send: unique in the instance, it tells the workspace.
    pub id: String,
    /// What its maker called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}
