//! Webhooks and their messages. Secrets arrive sealed and leave sealed.

use crate::db::each;
use crate::{Error, Store};
use model::{Delivery, DeliveryId, DeliveryStatus, Run, RunStatus, Timestamp, Webhook, WebhookEvent, WebhookId, WorkspaceId};
use serde_json::json;

type Row = (String, String, String, i64, i64);

fn webhook((id, url, events, active, created): Row) -> Result<Webhook, Error> {
    Ok(Webhook {
        id: id.parse().map_err(|e| Error::unreadable("webhook id", e))?,
        url,
        events: events.split(' ').filter_map(WebhookEvent::parse).collect(),
        active: active != 0,
        created_at: Timestamp(created),
    })
}

type DeliveryRow = (String, String, String, String, String, i64, i64, Option<String>, i64, Option<i64>);

fn delivery(row: DeliveryRow) -> Result<Delivery, Error> {
    let (id, message_id, event, body, status, attempts, next_at, answer, created, delivered) = row;
    Ok(Delivery {
        id: id.parse().map_err(|e| Error::unreadable("delivery id", e))?,
        message_id,
        event: WebhookEvent::parse(&event).ok_or_else(|| Error::unreadable("webhook event", &event))?,
        body,
        status: DeliveryStatus::parse(&status),
        attempts: attempts as u32,
        next_at: Timestamp(next_at),
        answer,
        created_at: Timestamp(created),
        delivered_at: delivered.map(Timestamp),
    })
}

/// A message whose time has come, with where it goes.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The webhook.
    pub webhook: WebhookId,
    /// The message.
    pub delivery: Delivery,
    /// Where it goes.
    pub url: String,
    /// What signs it, sealed.
    pub sealed_secret: String,
}

/// What a try came to.
#[derive(Clone, Debug)]
pub struct DeliveryOutcome {
    /// Where the message stands now.
    pub status: DeliveryStatus,
    /// When it is tried next, while it is pending.
    pub next_at: Timestamp,
    /// A status, or why there was no answer.
    pub answer: String,
    /// When the try was made.
    pub at: Timestamp,
}

/// What a run that has ended tells webhooks: an event, a message id that is the same when the end is
/// stored twice, and a body.
pub(crate) struct RunMessage {
    pub event: &'static str,
    pub message_id: String,
    pub body: String,
    pub at: i64,
}

impl RunMessage {
    /// `None` while the run goes on.
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let event = match run.status {
            RunStatus::Running => return None,
            RunStatus::Succeeded => WebhookEvent::RunSucceeded,
            RunStatus::Failed => WebhookEvent::RunFailed,
            RunStatus::TimedOut => WebhookEvent::RunTimedOut,
            RunStatus::Aborted => WebhookEvent::RunAborted,
        };
        let at = run.stopped_at.unwrap_or(run.started_at);
        let data = json!({
            "run": run.id, "arn": run.arn, "status": run.status, "job": run.job_id, "job_name": run.job_name,
            "job_version": run.job_version, "started_by": run.started_by, "note": run.note, "error": run.error,
            "cause": run.cause, "started_at": run.started_at.to_rfc3339(), "stopped_at": at.to_rfc3339(),
            "redrive_count": run.redrive_count,
        });
        let body = json!({"type": event.as_str(), "timestamp": at.to_rfc3339(), "data": data}).to_string();
        let message_id = format!("msg_{}_{}", run.id, run.redrive_count);
        Some(Self { event: event.as_str(), message_id, body, at: at.0 })
    }
}

/// Queues a run's end for every webhook that wants it, in a transaction: `$tx` is of either engine.
macro_rules! tell_webhooks {
    ($tx:expr, $workspace:expr, $run:expr) => {
        if let Some(message) = crate::webhooks::RunMessage::of($run) {
            let wanting: Vec<(String,)> = sqlx::query_as(
                "SELECT w.id FROM webhooks w WHERE w.workspace_id = $1 AND w.active = 1
                   AND ' ' || w.events || ' ' LIKE '% ' || $2 || ' %'
                   AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.message_id = $3)")
                .bind($workspace.as_str()).bind(message.event).bind(&message.message_id)
                .fetch_all(&mut *$tx).await?;
            for (webhook,) in wanting {
                sqlx::query(
                    "INSERT INTO webhook_deliveries
                       (id, workspace_id, webhook_id, message_id, event, body, status, next_at, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $7)")
                    .bind(crate::webhooks::new_id(message.at))
                    .bind($workspace.as_str()).bind(webhook).bind(&message.message_id).bind(message.event)
                    .bind(&message.body).bind(message.at)
                    .execute(&mut *$tx).await?;
            }
        }
    };
}
pub(crate) use tell_webhooks;

/// A new delivery's id.
pub(crate) fn new_id(ms: i64) -> String {
    DeliveryId::new(ms, rand::random()).to_string()
}

impl Store {
    /// Adds a webhook.
    pub async fn add_webhook(&self, workspace: &WorkspaceId, new: &Webhook, sealed: &str) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO webhooks (id, workspace_id, url, events, sealed_secret, active, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(new.id.as_str())
            .bind(workspace.as_str())
            .bind(&new.url)
            .bind(names(&new.events))
            .bind(sealed)
            .bind(i64::from(new.active))
            .bind(new.created_at.0)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The webhooks of a workspace, newest first.
    pub async fn webhooks(&self, workspace: &WorkspaceId) -> Result<Vec<Webhook>, Error> {
        let rows: Vec<Row> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, url, events, active, created_at FROM webhooks WHERE workspace_id = $1 ORDER BY id DESC")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter().map(webhook).collect()
    }

    /// Changes where a webhook goes, what it is told, whether it is active. Whether it was there.
    pub async fn change_webhook(&self, workspace: &WorkspaceId, changed: &Webhook) -> Result<bool, Error> {
        let done = each!(self.write, pool => sqlx::query(
            "UPDATE webhooks SET url = $3, events = $4, active = $5 WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(changed.id.as_str()).bind(&changed.url).bind(names(&changed.events))
            .bind(i64::from(changed.active))
            .execute(pool).await?.rows_affected());
        Ok(done > 0)
    }

    /// Removes a webhook and its messages. Whether it was there.
    pub async fn remove_webhook(&self, workspace: &WorkspaceId, id: &WebhookId) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query("DELETE FROM webhooks WHERE workspace_id = $1 AND id = $2")
            .bind(workspace.as_str()).bind(id.as_str()).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }

    /// Adds a message for one webhook.
    pub async fn add_delivery(&self, workspace: &WorkspaceId, webhook: &WebhookId, new: &Delivery) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO webhook_deliveries
               (id, workspace_id, webhook_id, message_id, event, body, status, next_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8)")
            .bind(new.id.as_str())
            .bind(workspace.as_str())
            .bind(webhook.as_str())
            .bind(&new.message_id)
            .bind(new.event.as_str())
            .bind(&new.body)
            .bind(new.next_at.0)
            .bind(new.created_at.0)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Messages of a webhook, newest first: `limit` of them before `before`, and how many there are in all.
    pub async fn deliveries(
        &self,
        workspace: &WorkspaceId,
        webhook: &WebhookId,
        before: Option<&DeliveryId>,
        limit: u32,
    ) -> Result<(Vec<Delivery>, u64), Error> {
        let before = before.map(|id| id.as_str().to_owned());
        let rows: Vec<DeliveryRow> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, message_id, event, body, status, attempts, next_at, answer, created_at, delivered_at
             FROM webhook_deliveries WHERE workspace_id = $1 AND webhook_id = $2 AND ($3 IS NULL OR id < $3)
             ORDER BY id DESC LIMIT $4")
            .bind(workspace.as_str()).bind(webhook.as_str()).bind(before).bind(i64::from(limit))
            .fetch_all(pool).await?);
        let (total,): (i64,) = each!(self.read, pool => sqlx::query_as(
            "SELECT COUNT(*) FROM webhook_deliveries WHERE workspace_id = $1 AND webhook_id = $2")
            .bind(workspace.as_str()).bind(webhook.as_str()).fetch_one(pool).await?);
        Ok((rows.into_iter().map(delivery).collect::<Result<_, _>>()?, total as u64))
    }

    /// Makes a message due again, at once. Whether it was there.
    pub async fn resend_delivery(
        &self,
        workspace: &WorkspaceId,
        (webhook, id): (&WebhookId, &DeliveryId),
        now: Timestamp,
    ) -> Result<bool, Error> {
        let done = each!(self.write, pool => sqlx::query(
            "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, next_at = $4
             WHERE workspace_id = $1 AND webhook_id = $2 AND id = $3")
            .bind(workspace.as_str()).bind(webhook.as_str()).bind(id.as_str()).bind(now.0)
            .execute(pool).await?.rows_affected());
        Ok(done > 0)
    }

    /// Takes messages of any workspace whose time has come; nobody else takes them until `until`.
    pub async fn take_due_deliveries(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<DueDelivery>, Error> {
        type Due = (String, String, String, String, String, String, i64, i64, String, String);
        let rows: Vec<Due> = each!(self.write, pool => sqlx::query_as(
            "UPDATE webhook_deliveries SET next_at = $2
             WHERE status = 'pending' AND next_at <= $1 AND id IN (
               SELECT d.id FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
               WHERE d.status = 'pending' AND d.next_at <= $1 AND w.active = 1 ORDER BY d.next_at LIMIT $3)
             RETURNING id, workspace_id, webhook_id, message_id, event, body, attempts, created_at,
               (SELECT w.url FROM webhooks w WHERE w.id = webhook_id),
               (SELECT w.sealed_secret FROM webhooks w WHERE w.id = webhook_id)")
            .bind(now.0).bind(until.0).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, workspace, webhook, message, event, body, attempts, created, url, sealed_secret)| {
                let status = DeliveryStatus::Pending.as_str().to_owned();
                let row = (id, message, event, body, status, attempts, until.0, None, created, None);
                Ok(DueDelivery {
                    workspace: workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?,
                    webhook: webhook.parse().map_err(|e| Error::unreadable("webhook id", e))?,
                    delivery: delivery(row)?,
                    url,
                    sealed_secret,
                })
            })
            .collect()
    }

    /// Notes what a try came to.
    pub async fn note_delivery(&self, due: &DueDelivery, outcome: &DeliveryOutcome) -> Result<(), Error> {
        let delivered = (outcome.status == DeliveryStatus::Delivered).then_some(outcome.at.0);
        each!(self.write, pool => sqlx::query(
            "UPDATE webhook_deliveries
             SET status = $3, attempts = attempts + 1, next_at = $4, answer = $5, delivered_at = $6
             WHERE workspace_id = $1 AND id = $2")
            .bind(due.workspace.as_str()).bind(due.delivery.id.as_str()).bind(outcome.status.as_str())
            .bind(outcome.next_at.0).bind(&outcome.answer).bind(delivered)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Forgets messages that were settled before a moment.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "DELETE FROM webhook_deliveries WHERE status <> 'pending' AND next_at < $1")
            .bind(before.0).execute(pool).await.map(drop)?);
        Ok(())
    }
}

fn names(events: &[WebhookEvent]) -> String {
    events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ")
}
