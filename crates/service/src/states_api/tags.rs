//! Tags of state machines and activities.

use super::arns;
use super::checks::Checks;
use super::error::ApiError;
use super::machines::MAX_ARN_CHARS;
use crate::Service;
use crate::context::Cx;
use model::Permission;
use serde::Deserialize;
use serde_json::{Value, json};

const MAX_TAGS: usize = 50;

/// One tag.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tag {
    #[serde(default)]
    key: String,
    #[serde(default)]
    value: String,
}

/// TagResource.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagResource {
    resource_arn: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// UntagResource.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntagResource {
    resource_arn: Option<String>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// ListTagsForResource.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListTags {
    resource_arn: Option<String>,
}

impl Service {
    /// Sets tags; others stay.
    pub async fn tag_resource(&self, cx: &Cx, asked: TagResource) -> Result<Value, ApiError> {
        let arn = self.tagged(cx, asked.resource_arn).await?;
        cx.require(Permission::Edit)?;
        let tags = checked_tags(asked.tags)?;
        let there = self.store.tags(&cx.workspace.id, &arn).await?;
        let new = tags.iter().filter(|(name, _)| there.iter().all(|(other, _)| other != name)).count();
        if there.len() + new > MAX_TAGS {
            return Err(too_many(&arn));
        }
        self.store.put_tags(&cx.workspace.id, &arn, &tags).await?;
        Ok(json!({}))
    }

    /// Removes tags by name.
    pub async fn untag_resource(&self, cx: &Cx, asked: UntagResource) -> Result<Value, ApiError> {
        let arn = self.tagged(cx, asked.resource_arn).await?;
        cx.require(Permission::Edit)?;
        self.store.remove_tags(&cx.workspace.id, &arn, Some(&asked.tag_keys)).await?;
        Ok(json!({}))
    }

    /// The tags of a resource.
    pub async fn list_tags_for_resource(&self, cx: &Cx, asked: ListTags) -> Result<Value, ApiError> {
        let arn = self.tagged(cx, asked.resource_arn).await?;
        let tags = self.store.tags(&cx.workspace.id, &arn).await?;
        let shown: Vec<Value> =
            tags.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        Ok(json!({"tags": shown}))
    }

    /// The ARN of something that can have tags and is there.
    async fn tagged(&self, cx: &Cx, arn: Option<String>) -> Result<String, ApiError> {
        Checks::default().text("resourceArn", arn.as_deref(), 1..=MAX_ARN_CHARS).done()?;
        cx.require(Permission::Read)?;
        let arn = arn.unwrap_or_default();
        let there = match arns::activity(&arn) {
            Ok(name) => self.store.activity(&cx.workspace.id, &name).await?.is_some(),
            Err(_) => {
                let named = arns::machine(&arn)?;
                named.qualifier.is_none() && self.store.job_by_name(&cx.workspace.id, &named.name).await?.is_some()
            }
        };
        match there {
            true => Ok(arn),
            false => Err(ApiError::no_resource(&arn)),
        }
    }
}

/// Tags as `(name, value)`; too many or malformed ones are refused.
pub(super) fn checked_tags(tags: Vec<Tag>) -> Result<Vec<(String, String)>, ApiError> {
    if tags.len() > MAX_TAGS {
        return Err(too_many(""));
    }
    let mut kept: Vec<(String, String)> = Vec::new();
    for tag in tags {
        let (key, value) = (tag.key.chars().count(), tag.value.chars().count());
        if !(1..=128).contains(&key) || value > 256 {
            return Err(ApiError::validation("A tag's key has 1 to 128 characters, its value 256 at most"));
        }
        kept.retain(|(name, _)| *name != tag.key);
        kept.push((tag.key, tag.value));
    }
    Ok(kept)
}

fn too_many(arn: &str) -> ApiError {
    ApiError::new("TooManyTags", format!("The resource '{arn}' would have more than {MAX_TAGS} tags"))
}
