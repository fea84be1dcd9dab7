//! Who asks, for which workspace, and when.

use crate::Error;
use model::{AccessKey, ApiToken, Permission, Role, Timestamp, User, Workspace};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A person who is signed in.
    User(User),
    /// A program with an API token.
    Token(ApiToken),
    /// An AWS client with an access key.
    AccessKey(AccessKey),
    /// This server, at start and from the command line.
    System,
}

impl Actor {
    /// What lists and audits call the actor.
    pub fn name(&self) -> String {
        match self {
            Self::User(user) => user.name.clone(),
            Self::Token(token) => format!("token {}", token.name),
            Self::AccessKey(key) => format!("access key {}", key.name),
            Self::System => "mapwright".to_owned(),
        }
    }
}

/// What every use case takes first. Made by `Service::enter*` only, after authentication.
#[derive(Clone, Debug)]
pub struct Cx {
    /// Who asks.
    pub actor: Actor,
    /// In which workspace.
    pub workspace: Workspace,
    /// When.
    pub now: Timestamp,
    pub(crate) granted: Granted,
}

/// What the actor may do here.
#[derive(Clone, Debug)]
pub(crate) enum Granted {
    Role(Role),
    Scopes(Vec<Permission>),
    Everything,
}

impl Cx {
    /// Whether the actor may do something.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.granted {
            Granted::Role(role) => role.allows(permission),
            Granted::Scopes(scopes) => scopes.contains(&permission),
            Granted::Everything => true,
        }
    }

    /// Refuses an actor who may not.
    pub fn require(&self, permission: Permission) -> Result<(), Error> {
        if self.may(permission) {
            return Ok(());
        }
        let has = match &self.granted {
            Granted::Role(role) => format!("your role here is {role}"),
            Granted::Scopes(scopes) => {
                let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
                format!("the token's scopes are: {}", names.join(", "))
            }
            Granted::Everything => String::new(),
        };
        Err(Error::Forbidden { needed: permission.as_str(), has })
    }

    /// The role of a person here; tokens have scopes instead.
    pub fn role(&self) -> Option<Role> {
        match &self.granted {
            Granted::Role(role) => Some(*role),
            _ => None,
        }
    }
}
