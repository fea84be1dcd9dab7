//! Key pairs for AWS clients: the Step Functions, Lambda and S3 protocols are signed with them.

use crate::accounts::now;
use crate::context::{Actor, Cx, Granted};
use crate::secrets::{Sealer, random};
use crate::{Accounts, Error};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use model::{AccessKey, Permission};
use serde::{Deserialize, Serialize};
use store::Store;

const ID_PREFIX: &str = "AKIA";
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MAX_CHARS: usize = 128;
const TOUCH_AFTER_MS: i64 = 60_000;

/// What a new access key asks for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewAccessKey {
    /// What lists call it.
    pub name: String,
    /// What it may do; everything but owning the workspace when empty.
    #[serde(default)]
    pub scopes: Vec<Permission>,
    /// The access key id; made when absent.
    pub id: Option<String>,
    /// The secret access key; made when absent.
    pub secret: Option<String>,
}

/// A new access key with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CreatedAccessKey {
    /// The key as it will be listed.
    #[serde(flatten)]
    pub key: AccessKey,
    /// `aws_secret_access_key`.
    pub secret: String,
}

/// The access keys of all workspaces. Needs the database and the instance's key only, so the
/// command line works beside a running server.
pub struct AccessKeys {
    store: Store,
    sealer: Sealer,
    accounts: Accounts,
}

impl AccessKeys {
    /// The access keys in a database; `sealer` opens their secrets.
    pub fn new(store: Store, sealer: Sealer) -> Self {
        Self { accounts: Accounts::new(store.clone()), store, sealer }
    }

    /// Makes an access key. It cannot do more than its maker.
    pub async fn create(&self, cx: &Cx, new: NewAccessKey) -> Result<CreatedAccessKey, Error> {
        cx.require(Permission::Administer)?;
        if new.name.trim().is_empty() {
            return Err(Error::invalid("name", "Give the access key a name that says what uses it."));
        }
        let scopes = match new.scopes.is_empty() {
            true => Permission::ALL.into_iter().filter(|scope| *scope <= Permission::Administer).collect(),
            false => new.scopes,
        };
        for scope in &scopes {
            cx.require(*scope)?;
        }
        let id = checked("id", new.id)?.unwrap_or_else(new_id);
        let secret = checked("secret", new.secret)?.unwrap_or_else(|| STANDARD_NO_PAD.encode(random::<30>()));
        let key = AccessKey {
            id,
            name: new.name.trim().to_owned(),
            scopes,
            created_at: cx.now,
            last_used_at: None,
        };
        self.store.add_access_key(&cx.workspace.id, &key, &self.sealer.seal(&secret)?).await?;
        self.accounts.note(cx, "access-key.create", &key.id).await?;
        Ok(CreatedAccessKey { key, secret })
    }

    /// The workspace's access keys.
    pub async fn list(&self, cx: &Cx) -> Result<Vec<AccessKey>, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.access_keys(&cx.workspace.id).await?)
    }

    /// Revokes an access key.
    pub async fn revoke(&self, cx: &Cx, id: &str) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_access_key(&cx.workspace.id, id).await? {
            return Err(Error::not_found("access key", id));
        }
        self.accounts.note(cx, "access-key.revoke", id).await
    }

    /// What a request signed with this access key may do, and the secret that its signature must
    /// be checked with before anything is done. `None` for an unknown key.
    pub async fn find(&self, id: &str) -> Result<Option<(Cx, String)>, Error> {
        let Some((workspace, key, sealed)) = self.store.access_key(id).await? else {
            return Ok(None);
        };
        let Some(workspace) = self.store.workspace(&workspace).await? else {
            return Ok(None);
        };
        let secret = self.sealer.open(&sealed)?;
        let granted = Granted::Scopes(key.scopes.clone());
        Ok(Some((Cx { actor: Actor::AccessKey(key), workspace, now: now(), granted }, secret)))
    }

    /// Notes that an access key was used, once a minute.
    pub async fn touch(&self, cx: &Cx) -> Result<(), Error> {
        match &cx.actor {
            Actor::AccessKey(key)
                if key.last_used_at.is_none_or(|at| cx.now.since_ms(at) > TOUCH_AFTER_MS) =>
            {
                Ok(self.store.touch_access_key(&key.id, cx.now).await?)
            }
            _ => Ok(()),
        }
    }
}

fn checked(field: &'static str, given: Option<String>) -> Result<Option<String>, Error> {
    let fits = |text: &str| {
        (1..=MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b',')
    };
    match given {
        Some(text) if field == "id" && text.contains('/') || !fits(&text) => {
            let message =
                format!("1 to {MAX_CHARS} visible ASCII characters without a comma; an id without a slash.");
            Err(Error::invalid(field, message))
        }
        given => Ok(given),
    }
}

fn new_id() -> String {
    let letters = random::<16>().map(|byte| char::from(ID_ALPHABET[usize::from(byte) % ID_ALPHABET.len()]));
    ID_PREFIX.chars().chain(letters).collect()
}
