//! Webhooks: places that are told when runs end. Signed as the Standard Webhooks specification
//! says (<https://www.standardwebhooks.com>), sent again with growing pauses.

use crate::accounts::now;
use crate::context::Cx;
use crate::secrets::{Sealer, random};
use crate::{Error, Service};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::{Notifier, sigv4};
use model::{
    AddressPolicy, Delivery, DeliveryId, DeliveryStatus, Permission, Timestamp, Webhook, WebhookEvent, WebhookId,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use store::{DeliveryOutcome, DueDelivery, Store};

/// Pauses between tries, in seconds: about two days in all.
const PAUSES_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000];
const GONE: u16 = 410;
const SECRET_PREFIX: &str = "whsec_";
/// Messages that are sent at once.
const AT_ONCE: u32 = 16;
/// A server that dies while it sends keeps a message so long.
const TAKEN_MS: i64 = 60_000;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Settled messages stay in the log so long.
const KEPT_MS: i64 = 30 * 24 * 3600 * 1000;
const MAX_WEBHOOKS: usize = 50;

/// A webhook to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewWebhook {
    /// `https://…`
    pub url: String,
    /// What it is told of; every end of a run when empty.
    #[serde(default)]
    pub events: Vec<WebhookEvent>,
}

/// What changes of a webhook; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct ChangeWebhook {
    /// `https://…`
    pub url: Option<String>,
    /// What it is told of.
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether anything is sent.
    pub active: Option<bool>,
}

/// A new webhook with its secret, which is shown this once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CreatedWebhook {
    /// The webhook as it will be listed.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What the receiver checks signatures with: `whsec_` and base64.
    pub secret: String,
}

impl Service {
    /// The workspace's webhooks, newest first.
    pub async fn webhooks(&self, cx: &Cx) -> Result<Vec<Webhook>, Error> {
        cx.require(Permission::Administer)?;
        Ok(self.store.webhooks(&cx.workspace.id).await?)
    }

    /// One webhook.
    pub async fn webhook(&self, cx: &Cx, id: &WebhookId) -> Result<Webhook, Error> {
        let found = self.webhooks(cx).await?.into_iter().find(|webhook| webhook.id == *id);
        found.ok_or_else(|| Error::not_found("webhook", id))
    }

    /// Makes a webhook.
    pub async fn create_webhook(&self, cx: &Cx, new: NewWebhook) -> Result<CreatedWebhook, Error> {
        if self.webhooks(cx).await?.len() >= MAX_WEBHOOKS {
            return Err(Error::Conflict(format!("A workspace has at most {MAX_WEBHOOKS} webhooks.")));
        }
        self.check_url(&new.url)?;
        let events = match new.events.is_empty() {
            true => WebhookEvent::ALL.to_vec(),
            false => without_doubles(new.events),
        };
        let secret = format!("{SECRET_PREFIX}{}", STANDARD.encode(random::<32>()));
        let webhook =
            Webhook { id: WebhookId::new(cx.now.0, random()), url: new.url, events, active: true, created_at: cx.now };
        self.store.add_webhook(&cx.workspace.id, &webhook, &self.sealer.seal(&secret)?).await?;
        self.note(cx, "webhook.create", webhook.id.as_str()).await?;
        Ok(CreatedWebhook { webhook, secret })
    }

    /// Changes a webhook.
    pub async fn change_webhook(&self, cx: &Cx, id: &WebhookId, change: ChangeWebhook) -> Result<Webhook, Error> {
        let mut webhook = self.webhook(cx, id).await?;
        if let Some(url) = change.url {
            self.check_url(&url)?;
            webhook.url = url;
        }
        if let Some(events) = change.events {
            webhook.events = without_doubles(events);
        }
        webhook.active = change.active.unwrap_or(webhook.active);
        if !self.store.change_webhook(&cx.workspace.id, &webhook).await? {
            return Err(Error::not_found("webhook", id));
        }
        self.note(cx, "webhook.change", id.as_str()).await?;
        Ok(webhook)
    }

    /// Removes a webhook and its log.
    pub async fn delete_webhook(&self, cx: &Cx, id: &WebhookId) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.remove_webhook(&cx.workspace.id, id).await? {
            return Err(Error::not_found("webhook", id));
        }
        self.note(cx, "webhook.delete", id.as_str()).await
    }

    /// Queues a message that tries the webhook.
    pub async fn try_webhook(&self, cx: &Cx, id: &WebhookId) -> Result<Delivery, Error> {
        let webhook = self.webhook(cx, id).await?;
        let event = WebhookEvent::Test;
        let delivery_id = DeliveryId::new(cx.now.0, random());
        let data = json!({"webhook": webhook.id, "asked_by": cx.actor.name()});
        let delivery = Delivery {
            message_id: format!("msg_{delivery_id}"),
            id: delivery_id,
            event,
            body: json!({"type": event.as_str(), "timestamp": cx.now.to_rfc3339(), "data": data}).to_string(),
            status: DeliveryStatus::Pending,
            attempts: 0,
            next_at: cx.now,
            answer: None,
            created_at: cx.now,
            delivered_at: None,
        };
        self.store.add_delivery(&cx.workspace.id, id, &delivery).await?;
        Ok(delivery)
    }

    /// The messages of a webhook, newest first, and how many there are in all.
    pub async fn deliveries(
        &self,
        cx: &Cx,
        id: &WebhookId,
        before: Option<&DeliveryId>,
        limit: u32,
    ) -> Result<(Vec<Delivery>, u64), Error> {
        self.webhook(cx, id).await?;
        Ok(self.store.deliveries(&cx.workspace.id, id, before, limit).await?)
    }

    /// Sends a message again, with the same `webhook-id`.
    pub async fn resend(&self, cx: &Cx, id: &WebhookId, delivery: &DeliveryId) -> Result<(), Error> {
        cx.require(Permission::Administer)?;
        if !self.store.resend_delivery(&cx.workspace.id, (id, delivery), cx.now).await? {
            return Err(Error::not_found("delivery", delivery));
        }
        self.note(cx, "webhook.resend", delivery.as_str()).await
    }

    fn check_url(&self, url: &str) -> Result<(), Error> {
        if url.len() > 2_000 {
            return Err(Error::invalid("url", "An address has at most 2000 characters."));
        }
        self.notifier.check(url).map_err(|wrong| Error::invalid("url", wrong.cause))
    }
}

fn without_doubles(mut events: Vec<WebhookEvent>) -> Vec<WebhookEvent> {
    events.sort();
    events.dedup();
    events
}

/// Sends what is due. One a server; several servers share the work.
pub struct Webhooks {
    store: Store,
    sealer: Sealer,
    notifier: Notifier,
}

impl Webhooks {
    /// `policy` says which addresses may be reached.
    pub fn new(store: Store, sealer: Sealer, policy: AddressPolicy) -> Self {
        Self { store, sealer, notifier: Notifier::new(policy) }
    }

    /// Looks every second for what is due, and sends it. Never ends by itself.
    pub async fn work(self) {
        let mut sweep_at = now();
        loop {
            match self.send_due().await {
                Ok(0) => tokio::time::sleep(LOOK_EVERY).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "webhooks could not be sent");
                    tokio::time::sleep(LOOK_EVERY * 10).await;
                }
            }
            if now() >= sweep_at {
                sweep_at = now().plus_ms(3_600_000);
                if let Err(error) = self.store.forget_deliveries(now().plus_ms(-KEPT_MS)).await {
                    tracing::error!(%error, "old messages of webhooks could not be forgotten");
                }
            }
        }
    }

    async fn send_due(&self) -> Result<usize, Error> {
        let at = now();
        let due = self.store.take_due_deliveries(at, at.plus_ms(TAKEN_MS), AT_ONCE).await?;
        let sent = due.iter().map(|one| self.send(one));
        futures::future::try_join_all(sent).await?;
        Ok(due.len())
    }

    async fn send(&self, due: &DueDelivery) -> Result<(), Error> {
        let at = now();
        let secret = self.sealer.open(&due.sealed_secret)?;
        let headers = headers(&due.delivery, &secret, at)?;
        let answer = self.notifier.post(&due.url, &headers, &due.delivery.body).await;
        let answer = answer.map_err(|error| error.cause);
        let gone = answer == Ok(GONE);
        let outcome = outcome(due.delivery.attempts, answer, at);
        self.store.note_delivery(due, &outcome).await?;
        if gone {
            let all = self.store.webhooks(&due.workspace).await?;
            if let Some(mut webhook) = all.into_iter().find(|webhook| webhook.id == due.webhook) {
                webhook.active = false;
                self.store.change_webhook(&due.workspace, &webhook).await?;
            }
        }
        Ok(())
    }
}

/// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
fn headers(delivery: &Delivery, secret: &str, at: Timestamp) -> Result<[(&'static str, String); 3], Error> {
    let key = STANDARD
        .decode(secret.trim_start_matches(SECRET_PREFIX))
        .map_err(|_| Error::internal("a webhook's secret is not base64"))?;
    let seconds = at.0 / 1000;
    let signed = format!("{}.{seconds}.{}", delivery.message_id, delivery.body);
    let signature = STANDARD.encode(sigv4::hmac(&key, signed.as_bytes()));
    Ok([
        ("webhook-id", delivery.message_id.clone()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ])
}

/// What becomes of a message after a try; `tries` were made before.
fn outcome(tries: u32, answer: Result<u16, String>, at: Timestamp) -> DeliveryOutcome {
    let text = match &answer {
        Ok(status) => status.to_string(),
        Err(why) => why.clone(),
    };
    let pause = PAUSES_S.get(tries as usize);
    let (status, next_at) = match (answer, pause) {
        (Ok(200..=299), _) => (DeliveryStatus::Delivered, at),
        (Ok(GONE), _) | (_, None) => (DeliveryStatus::Failed, at),
        (_, Some(pause)) => (DeliveryStatus::Pending, at.plus_ms(pause * 1000)),
    };
    DeliveryOutcome { status, next_at, answer: text, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks specification.
        let delivery = Delivery {
            id: DeliveryId::new(0, [0; 10]),
            message_id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            event: WebhookEvent::Test,
            body: r#"{"test": 2432232314}"#.into(),
            status: DeliveryStatus::Pending,
            attempts: 0,
            next_at: Timestamp(0),
            answer: None,
            created_at: Timestamp(0),
            delivered_at: None,
        };
        let made = headers(&delivery, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Timestamp(1_614_265_330_000)).unwrap();
        assert_eq!(made[1], ("webhook-timestamp", "1614265330".to_owned()));
        assert_eq!(made[2], ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned()));
    }

    #[test]
    fn pauses_grow_until_it_is_given_up() {
        let at = Timestamp(0);
        assert_eq!(outcome(0, Ok(204), at).status, DeliveryStatus::Delivered);
        assert_eq!(outcome(0, Ok(500), at).next_at, Timestamp(5_000));
        assert_eq!(outcome(1, Err("no".into()), at).next_at, Timestamp(300_000));
        assert_eq!(outcome(9, Ok(500), at).status, DeliveryStatus::Failed);
        assert_eq!(outcome(0, Ok(410), at).status, DeliveryStatus::Failed);
        assert_eq!(outcome(0, Ok(302), at).status, DeliveryStatus::Pending);
    }
}
