//! Requests with a key of the client's own: done once, answered again for a day.

use crate::accounts::now;
use crate::context::{Actor, Cx};
use crate::secrets::new_secret;
use crate::{Error, Service};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{IdempotencyClaim, KeyOwner, KeyWish};

const KEPT_MS: i64 = 24 * 3600 * 1000;
/// A request that was given up (its client is gone, its server was killed) blocks its key so long.
const CLAIM_MS: i64 = 30_000;
/// How often a running request renews its claim.
pub const RENEW_EVERY: Duration = Duration::from_secs(10);
const MAX_KEY_CHARS: usize = 255;

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to the answer.
    pub headers: Vec<(String, String)>,
    /// The body, text.
    pub body: String,
}

/// What becomes of a request with a key.
#[derive(Debug)]
pub enum Once {
    /// It is the first: do it, then settle the claim.
    First(Claim),
    /// It was done; this was the answer.
    Answered(KeptAnswer),
    /// Another request had this key.
    OtherRequest,
    /// The first one has not been answered yet.
    StillRunning,
}

/// A request's hold of its key.
#[derive(Debug)]
pub struct Claim {
    actor: String,
    secret: String,
}

impl Service {
    /// Claims the client's key for a request. `fingerprint` tells one request from another.
    pub async fn once(&self, cx: &Cx, key: &str, fingerprint: &str) -> Result<Once, Error> {
        let fits =
            (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|b| (b' '..=b'~').contains(&b));
        if !fits {
            let message = format!(
                "A key has 1 to {MAX_KEY_CHARS} visible ASCII characters; a random UUID is a good one."
            );
            return Err(Error::invalid("Idempotency-Key", message));
        }
        let claim = Claim { actor: actor_id(&cx.actor), secret: new_secret("") };
        let owner = KeyOwner { workspace: &cx.workspace.id, actor: &claim.actor };
        let wish = KeyWish {
            name: key,
            fingerprint,
            claim: &claim.secret,
            now: cx.now,
            until: cx.now.plus_ms(CLAIM_MS),
            oldest: cx.now.plus_ms(-KEPT_MS),
        };
        Ok(match self.store.claim_key(owner, wish).await? {
            IdempotencyClaim::Mine => Once::First(claim),
            IdempotencyClaim::Known { fingerprint: first, .. } if first != fingerprint => Once::OtherRequest,
            IdempotencyClaim::Known { answer: None, .. } => Once::StillRunning,
            IdempotencyClaim::Known { answer: Some(sealed), .. } => {
                let text = self.sealer.open(&sealed)?;
                Once::Answered(serde_json::from_str(&text).map_err(Error::internal)?)
            }
        })
    }

    /// Holds the key while the request runs; wait [`RENEW_EVERY`] between two calls.
    pub async fn hold(&self, cx: &Cx, claim: &Claim) -> Result<(), Error> {
        let owner = KeyOwner { workspace: &cx.workspace.id, actor: &claim.actor };
        self.store.renew_key(owner, &claim.secret, now().plus_ms(CLAIM_MS)).await?;
        Ok(())
    }

    /// Keeps the request's answer, sealed since it may show a new secret. Without one the key is free again.
    pub async fn settle(&self, cx: &Cx, claim: &Claim, answer: Option<&KeptAnswer>) -> Result<(), Error> {
        let owner = KeyOwner { workspace: &cx.workspace.id, actor: &claim.actor };
        let sealed = match answer {
            Some(answer) => Some(self.sealer.seal(&serde_json::to_string(answer).map_err(Error::internal)?)?),
            None => None,
        };
        Ok(self.store.settle_key(owner, &claim.secret, sealed.as_deref()).await?)
    }
}

/// Tells one actor from another, whatever they are called.
pub(crate) fn actor_id(actor: &Actor) -> String {
    match actor {
        Actor::User(user) => format!("user:{}", user.id),
        Actor::Token(token) => format!("token:{}", token.id),
        Actor::AccessKey(key) => format!("access-key:{}", key.id),
        Actor::System => "system".to_owned(),
    }
}

impl Cx {
    /// Tells one actor from another, whatever they are called.
    pub fn actor_id(&self) -> String {
        actor_id(&self.actor)
    }
}
