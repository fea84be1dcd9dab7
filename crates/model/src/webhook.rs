//! Webhooks: where a workspace wants to be told, and what was sent there.

use crate::id::{DeliveryId, WebhookId};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// What a webhook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WebhookEvent {
    /// A run ended well.
    #[serde(rename = "run.succeeded")]
    RunSucceeded,
    /// A run ended with an error.
    #[serde(rename = "run.failed")]
    RunFailed,
    /// A run ended by its time limit.
    #[serde(rename = "run.timed-out")]
    RunTimedOut,
    /// A run was stopped.
    #[serde(rename = "run.aborted")]
    RunAborted,
    /// Somebody asked for a message to try the webhook.
    #[serde(rename = "webhook.test")]
    Test,
}

impl WebhookEvent {
    /// Every event that something in the workspace causes.
    pub const ALL: [Self; 4] = [Self::RunSucceeded, Self::RunFailed, Self::RunTimedOut, Self::RunAborted];

    /// Its name in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunSucceeded => "run.succeeded",
            Self::RunFailed => "run.failed",
            Self::RunTimedOut => "run.timed-out",
            Self::RunAborted => "run.aborted",
            Self::Test => "webhook.test",
        }
    }

    /// Reads its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Test]).find(|event| event.as_str() == text)
    }
}

/// A place that is told of events. Its secret is sealed at rest and shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// `https://…`
    pub url: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// Whether anything is sent: `false` after the place answered 410 Gone, or by hand.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeliveryStatus {
    /// It is to be sent at `next_at`.
    Pending,
    /// It was taken with a 2xx.
    Delivered,
    /// Every try failed.
    Failed,
}

impl DeliveryStatus {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored name; unknown ones are failed.
    pub fn parse(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "delivered" => Self::Delivered,
            _ => Self::Failed,
        }
    }
}

/// A message to one webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The header `webhook-id`: the same for every try and for a message sent again.
    pub message_id: String,
    /// What it tells.
    pub event: WebhookEvent,
    /// The body, JSON text.
    pub body: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub next_at: Timestamp,
    /// What the last try came to: a status, or why there was no answer.
    pub answer: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was taken.
    pub delivered_at: Option<Timestamp>,
}
