//! First start, sign-in, workspaces, members, invitations and API tokens.

use crate::Error;
use crate::attempts::Attempts;
use crate::context::{Actor, Cx, Granted};
use crate::secrets::{self, hash_secret, new_secret, random};
use model::{ApiToken, AuditEntry, Invitation, Member, Permission, Role, Timestamp, TokenId, User, UserId};
use model::{Workspace, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};
use store::Store;

const MIN_PASSWORD_CHARS: usize = 10;
const MAX_WORKSPACE_CHARS: usize = 80;
const INVITATION_DAYS: i64 = 7;
const DAY_MS: i64 = 24 * 3600 * 1000;
const TOKEN_PREFIX: &str = "mw_";

/// What the first start asks for.
#[derive(Clone, Debug, Deserialize)]
pub struct Setup {
    /// The administrator's address.
    pub email: String,
    /// What pages call the administrator.
    pub name: String,
    /// At least ten characters.
    pub password: String,
    /// The first workspace's shown name.
    pub workspace: String,
}

/// What a new token asks for.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewToken {
    /// What lists call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// In how many days it stops working; `None` = never.
    pub expires_in_days: Option<u32>,
}

/// A new token with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CreatedToken {
    /// The token as it will be listed.
    #[serde(flatten)]
    pub token: ApiToken,
    /// What goes into the `Authorization: Bearer` header.
    pub secret: String,
}

/// People, workspaces and tokens. Needs the database only, so the command line works beside a
/// running server.
pub struct Accounts {
    store: Store,
    attempts: Attempts,
    setup_lock: tokio::sync::Mutex<()>,
}

impl Accounts {
    /// The accounts in a database.
    pub fn new(store: Store) -> Self {
        Self { store, attempts: Attempts::default(), setup_lock: tokio::sync::Mutex::new(()) }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        now()
    }

    /// Whether the first start is still to come.
    pub async fn needs_setup(&self) -> Result<bool, Error> {
        Ok(!self.store.has_users().await?)
    }

    /// Makes the administrator and the first workspace. Works once.
    pub async fn set_up(&self, setup: Setup) -> Result<(User, Workspace), Error> {
        let _one_at_a_time = self.setup_lock.lock().await;
        if self.store.has_users().await? {
            return Err(Error::Conflict("Mapwright is set up already. Sign in instead.".into()));
        }
        let slug = model::names::slug(&setup.workspace);
        if slug.is_empty() {
            return Err(Error::invalid("workspace", "Give the workspace a name with letters or digits."));
        }
        let user = self.add_user(&setup.email, &setup.name, setup.password, true).await?;
        let workspace = self.add_workspace(&user, &slug, &setup.workspace).await?;
        Ok((user, workspace))
    }

    /// Adds a person who can sign in.
    pub async fn add_user(
        &self,
        email: &str,
        name: &str,
        password: String,
        is_admin: bool,
    ) -> Result<User, Error> {
        let email = checked_email(email)?;
        if password.chars().count() < MIN_PASSWORD_CHARS {
            let message = format!("Choose a password of at least {MIN_PASSWORD_CHARS} characters.");
            return Err(Error::invalid("password", message));
        }
        let name = match name.trim() {
            "" => email.split('@').next().unwrap_or(&email).to_owned(),
            name => name.to_owned(),
        };
        let now = self.now();
        let user = User { id: UserId::new(now.0, random()), email, name, is_admin };
        let hash = secrets::hash_password(password).await?;
        self.store.add_user(&user, &hash, now).await?;
        Ok(user)
    }

    /// The person whose address and password these are. Ten wrong passwords for one address lock
    /// it for a quarter of an hour.
    pub async fn sign_in(&self, email: &str, password: String) -> Result<User, Error> {
        let email = email.trim().to_lowercase();
        let now = self.now();
        self.attempts.check(&email, now)?;
        let found = self.store.user_by_email(&email).await?;
        let hash = found.as_ref().map(|(_, hash)| hash.clone());
        match (secrets::verify_password(password, hash).await?, found) {
            (true, Some((user, _))) => {
                self.attempts.clear(&email);
                Ok(user)
            }
            _ => {
                self.attempts.note(&email, now);
                Err(Error::Unauthenticated("The address or the password is wrong."))
            }
        }
    }

    /// The person with an id, for sessions.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, Error> {
        Ok(self.store.user(id).await?)
    }

    /// The workspaces a person is a member of.
    pub async fn workspaces(&self, user: &UserId) -> Result<Vec<(Workspace, Role)>, Error> {
        Ok(self.store.workspaces_of(user).await?)
    }

    /// A context for a person in a workspace. A stranger is told that it is not there.
    pub async fn enter(&self, user: &User, slug: &str) -> Result<Cx, Error> {
        let missing = || Error::not_found("workspace", slug);
        let workspace = self.store.workspace_by_slug(slug).await?.ok_or_else(missing)?;
        let role = self.store.role_of(&user.id, &workspace.id).await?.ok_or_else(missing)?;
        let actor = Actor::User(user.clone());
        Ok(Cx { actor, workspace, now: self.now(), granted: Granted::Role(role) })
    }

    /// A context for a program with a token.
    pub async fn enter_with_token(&self, secret: &str) -> Result<Cx, Error> {
        let unknown = || Error::Unauthenticated("The API token is unknown, revoked or expired.");
        let now = self.now();
        let (id, token) = self.store.token_by_hash(&hash_secret(secret), now).await?.ok_or_else(unknown)?;
        if token.last_used_at.is_none_or(|at| now.since_ms(at) > 60_000) {
            self.store.touch_token(&token.id, now).await?;
        }
        let workspace = self.store.workspace(&id).await?.ok_or_else(unknown)?;
        let granted = Granted::Scopes(token.scopes.clone());
        Ok(Cx { actor: Actor::Token(token), workspace, now, granted })
    }

    /// A context for this server itself: samples at start, the command line.
    pub async fn enter_as_system(&self, slug: &str) -> Result<Cx, Error> {
        let missing = || Error::not_found("workspace", slug);
        let workspace = self.store.workspace_by_slug(slug).await?.ok_or_else(missing)?;
        Ok(Cx { actor: Actor::System, workspace, now: self.now(), granted: Granted::Everything })
    }

    /// Adds a workspace with a person as its owner.
    pub async fn add_workspace(&self, owner: &User, slug: &str, name: &str) -> Result<Workspace, Error> {
        let now = self.now();
        let id = WorkspaceId::new(now.0, random());
        let workspace = Workspace { id, slug: slug.to_owned(), name: name.trim().to_owned() };
        self.store.add_workspace(&workspace, now).await?;
        self.store.set_member(&workspace.id, &owner.id, Role::Owner).await?;
        Ok(workspace)
    }

    /// Gives the workspace another shown name; its address stays.
    pub async fn rename_workspace(&self, cx: &Cx, name: &str) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        let name = name.trim();
        if !(1..=MAX_WORKSPACE_CHARS).contains(&name.chars().count()) {
            let message = format!("A workspace's name has 1 to {MAX_WORKSPACE_CHARS} characters.");
            return Err(Error::invalid("name", message));
        }
        self.store.rename_workspace(&cx.workspace.id, name).await?;
        self.note(cx, "workspace.rename", name).await
    }

    /// The members of the workspace.
    pub async fn members(&self, cx: &Cx) -> Result<Vec<Member>, Error> {
        cx.require(Permission::Read)?;
        Ok(self.store.members(&cx.workspace.id).await?)
    }

    /// Changes a member's role; `None` ends the membership. The last owner stays owner.
    pub async fn set_member(&self, cx: &Cx, user: &UserId, role: Option<Role>) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        let held = self.store.role_of(user, &cx.workspace.id).await?;
        let held = held.ok_or_else(|| Error::not_found("member", user))?;
        if held == Role::Owner || role == Some(Role::Owner) {
            cx.require(Permission::Own)?;
        }
        if held == Role::Owner && role != Some(Role::Owner) {
            let members = self.store.members(&cx.workspace.id).await?;
            if members.iter().filter(|member| member.role == Role::Owner).count() == 1 {
                return Err(Error::Conflict(
                    "A workspace needs an owner. Make somebody else owner first.".into(),
                ));
            }
        }
        match role {
            Some(role) => self.store.set_member(&cx.workspace.id, user, role).await?,
            None => self.store.remove_member(&cx.workspace.id, user).await?,
        }
        self.note(cx, "member.set", user.as_str()).await
    }

    /// Makes an invitation; the answer is the secret of its link, shown this once.
    pub async fn invite(&self, cx: &Cx, email: &str, role: Role) -> Result<String, Error> {
        cx.require(Permission::Administer)?;
        if role == Role::Owner {
            cx.require(Permission::Own)?;
        }
        let secret = new_secret("");
        let invitation = Invitation {
            token_hash: hash_secret(&secret),
            email: checked_email(email)?,
            role,
            expires_at: cx.now.plus_ms(INVITATION_DAYS * DAY_MS),
        };
        self.store.add_invitation(&cx.workspace.id, &invitation).await?;
        self.note(cx, "member.invite", &invitation.email).await?;
        Ok(secret)
    }

    /// The open invitations.
    pub async fn invitations(&self, cx: &Cx) -> Result<Vec<Invitation>, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.invitations(&cx.workspace.id, cx.now).await?)
    }

    /// Takes an invitation back.
    pub async fn withdraw_invitation(&self, cx: &Cx, token_hash: &str) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        match self.store.remove_invitation(&cx.workspace.id, token_hash).await? {
            true => Ok(()),
            false => Err(Error::not_found("invitation", token_hash)),
        }
    }

    /// What an invitation's link leads to.
    pub async fn invitation(&self, secret: &str) -> Result<(Workspace, Invitation), Error> {
        let gone = || Error::not_found("invitation", "in this link");
        let found = self.store.invitation(&hash_secret(secret), self.now()).await?;
        let (workspace, invitation) = found.ok_or_else(gone)?;
        let workspace = self.store.workspace(&workspace).await?.ok_or_else(gone)?;
        Ok((workspace, invitation))
    }

    /// Takes an invitation: a new person chooses name and password, a known one gives the
    /// password. Works once.
    pub async fn accept_invitation(&self, secret: &str, name: &str, password: String) -> Result<User, Error> {
        let (workspace, invitation) = self.invitation(secret).await?;
        let user = match self.store.user_by_email(&invitation.email).await? {
            Some(_) => self.sign_in(&invitation.email, password).await?,
            None => self.add_user(&invitation.email, name, password, false).await?,
        };
        if !self.store.remove_invitation(&workspace.id, &invitation.token_hash).await? {
            return Err(Error::Conflict("This invitation was used a moment ago.".into()));
        }
        self.store.set_member(&workspace.id, &user.id, invitation.role).await?;
        Ok(user)
    }

    /// Makes an API token. It cannot do more than its maker.
    pub async fn create_token(&self, cx: &Cx, new: NewToken) -> Result<CreatedToken, Error> {
        cx.require(Permission::Administer)?;
        if new.name.trim().is_empty() {
            return Err(Error::invalid("name", "Give the token a name that says what uses it."));
        }
        if new.scopes.is_empty() {
            return Err(Error::invalid("scopes", "Choose at least one scope."));
        }
        for scope in &new.scopes {
            cx.require(*scope)?;
        }
        let secret = new_secret(TOKEN_PREFIX);
        let token = ApiToken {
            id: TokenId::new(cx.now.0, random()),
            name: new.name.trim().to_owned(),
            scopes: new.scopes,
            created_at: cx.now,
            expires_at: new.expires_in_days.map(|days| cx.now.plus_ms(i64::from(days) * DAY_MS)),
            last_used_at: None,
        };
        self.store.add_token(&cx.workspace.id, &token, &hash_secret(&secret)).await?;
        self.note(cx, "token.create", &token.name).await?;
        Ok(CreatedToken { token, secret })
    }

    /// The workspace's tokens.
    pub async fn tokens(&self, cx: &Cx) -> Result<Vec<ApiToken>, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.tokens(&cx.workspace.id).await?)
    }

    /// Revokes a token.
    pub async fn revoke_token(&self, cx: &Cx, id: &TokenId) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_token(&cx.workspace.id, id).await? {
            return Err(Error::not_found("token", id));
        }
        self.note(cx, "token.revoke", id.as_str()).await
    }

    /// The newest lines of the audit.
    pub async fn audit(&self, cx: &Cx) -> Result<Vec<AuditEntry>, Error> {
        self.audit_before(cx, None, 200).await
    }

    /// Lines of the audit older than the one with this id, newest first.
    pub async fn audit_before(
        &self,
        cx: &Cx,
        id: Option<&str>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.audit(&cx.workspace.id, id, limit.clamp(1, 2_000)).await?)
    }

    /// How many lines the audit has.
    pub async fn count_audit(&self, cx: &Cx) -> Result<u64, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.count_audit(&cx.workspace.id).await?)
    }

    /// Adds a line to the audit.
    pub(crate) async fn note(&self, cx: &Cx, action: &str, subject: &str) -> Result<(), Error> {
        let entry = AuditEntry {
            id: model::id::ulid(cx.now.0, random()),
            actor: cx.actor.name(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            at: Timestamp(cx.now.0),
        };
        Ok(self.store.add_audit(&cx.workspace.id, &entry).await?)
    }
}

/// The time.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Timestamp(since.map_or(0, |d| d.as_millis() as i64))
}

fn checked_email(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    match email.split_once('@') {
        Some((name, host)) if !name.is_empty() && host.len() > 1 && !email.contains(char::is_whitespace) => {
            Ok(email)
        }
        _ => Err(Error::invalid("email", format!("\"{text}\" is not an e-mail address."))),
    }
}
