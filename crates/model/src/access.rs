//! Who may do what: roles of members and scopes of API tokens.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a use case asks for. Each permission is also the name of a token scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See manifests, jobs, runs, items, results, functions.
    Read,
    /// Launch, stop, redrive, change limits of a run.
    Operate,
    /// Create and change manifests, jobs and objects.
    Edit,
    /// Functions, connections, tokens, members, settings.
    Administer,
    /// Delete the workspace, hand it over.
    Own,
}

impl Permission {
    /// Every permission, weakest first.
    pub const ALL: [Permission; 5] = [Self::Read, Self::Operate, Self::Edit, Self::Administer, Self::Own];

    /// The scope's name: `read`, `operate` …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Edit => "edit",
            Self::Administer => "administer",
            Self::Own => "own",
        }
    }

    /// Reads a scope's name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text)
    }
}

/// A member's role in a workspace; each includes the ones after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, including deleting the workspace.
    Owner,
    /// Members, tokens, functions, connections.
    Admin,
    /// Jobs, manifests, objects.
    Editor,
    /// Launch, stop, redrive.
    Operator,
    /// Look.
    Viewer,
}

impl Role {
    /// Every role, strongest first.
    pub const ALL: [Role; 5] = [Self::Owner, Self::Admin, Self::Editor, Self::Operator, Self::Viewer];

    /// Whether the role includes the permission.
    pub fn allows(self, permission: Permission) -> bool {
        let most = match self {
            Self::Owner => Permission::Own,
            Self::Admin => Permission::Administer,
            Self::Editor => Permission::Edit,
            Self::Operator => Permission::Operate,
            Self::Viewer => Permission::Read,
        };
        permission <= most
    }

    /// The stored and shown name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
        }
    }

    /// Reads the stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_weaker_ones() {
        assert!(Role::Owner.allows(Permission::Own));
        assert!(!Role::Admin.allows(Permission::Own));
        assert!(Role::Editor.allows(Permission::Operate));
        assert!(!Role::Operator.allows(Permission::Edit));
        assert!(Role::Viewer.allows(Permission::Read));
        assert!(!Role::Viewer.allows(Permission::Operate));
    }
}
