//! Activities: make, show, list, remove.

use super::arns;
use super::checks::{Checks, MAX_TOKEN_CHARS, page_size, valid_name};
use super::error::ApiError;
use super::machines::{MAX_ARN_CHARS, present};
use super::paging;
use super::tags::{Tag, checked_tags};
use crate::Service;
use crate::context::Cx;
use model::Permission;
use serde::Deserialize;
use serde_json::{Value, json};

/// CreateActivity.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CreateActivity {
    name: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// DescribeActivity and DeleteActivity.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityArn {
    activity_arn: Option<String>,
}

/// ListActivities.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListActivities {
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Service {
    /// Makes an activity; one that is there is answered as it is.
    pub async fn create_activity(&self, cx: &Cx, new: CreateActivity) -> Result<Value, ApiError> {
        Checks::default().text("name", new.name.as_deref(), 1..=80).done()?;
        let name = new.name.unwrap_or_default();
        valid_name(&name)?;
        let tags = checked_tags(new.tags.unwrap_or_default())?;
        cx.require(Permission::Edit)?;
        let activity = self.store.add_activity(&cx.workspace.id, &name, cx.now).await?;
        let arn = self.partition.activity(&name);
        self.store.put_tags(&cx.workspace.id, arn.as_str(), &tags).await?;
        Ok(json!({"activityArn": arn.as_str(), "creationDate": activity.created_at.epoch_seconds()}))
    }

    /// Shows an activity.
    pub async fn describe_activity(&self, cx: &Cx, asked: ActivityArn) -> Result<Value, ApiError> {
        let (arn, activity) = self.activity(cx, asked.activity_arn).await?;
        Ok(json!({
            "activityArn": arn,
            "name": activity.name,
            "creationDate": activity.created_at.epoch_seconds(),
            "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        }))
    }

    /// The activities of the workspace, by name.
    pub async fn list_activities(&self, cx: &Cx, asked: ListActivities) -> Result<Value, ApiError> {
        Checks::default().page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS).done()?;
        cx.require(Permission::Read)?;
        let after: Option<String> = paging::place(&self.sealer, "activities", cx.now, asked.next_token.as_deref())?;
        let size = page_size(asked.max_results);
        let mut all = self.store.activities(&cx.workspace.id, after.as_deref().unwrap_or(""), size + 1).await?;
        let more = all.len() > size as usize;
        all.truncate(size as usize);
        let next = match all.last().filter(|_| more) {
            Some(last) => Some(paging::token(&self.sealer, "activities", cx.now, &last.name)?),
            None => None,
        };
        let shown: Vec<Value> = all
            .iter()
            .map(|activity| {
                json!({
                    "activityArn": self.partition.activity(&activity.name).as_str(),
                    "name": activity.name,
                    "creationDate": activity.created_at.epoch_seconds(),
                })
            })
            .collect();
        Ok(present(json!({"activities": shown, "nextToken": next})))
    }

    /// Removes an activity; one that is gone is no error.
    pub async fn delete_activity(&self, cx: &Cx, asked: ActivityArn) -> Result<Value, ApiError> {
        Checks::default().text("activityArn", asked.activity_arn.as_deref(), 1..=MAX_ARN_CHARS).done()?;
        let arn = asked.activity_arn.unwrap_or_default();
        let name = arns::activity(&arn)?;
        cx.require(Permission::Edit)?;
        self.store.remove_activity(&cx.workspace.id, &name).await?;
        self.store.remove_tags(&cx.workspace.id, &arn, None).await?;
        Ok(json!({}))
    }

    pub(super) async fn activity(
        &self,
        cx: &Cx,
        arn: Option<String>,
    ) -> Result<(String, model::Activity), ApiError> {
        Checks::default().text("activityArn", arn.as_deref(), 1..=MAX_ARN_CHARS).done()?;
        let arn = arn.unwrap_or_default();
        cx.require(Permission::Read)?;
        let name = arns::activity(&arn)?;
        let found = self.store.activity(&cx.workspace.id, &name).await?;
        let found = found.filter(|_| self.partition.activity(&name).as_str() == arn);
        let missing = || ApiError::new("ActivityDoesNotExist", format!("Activity Does Not Exist: '{arn}'"));
        found.map(|activity| (arn.clone(), activity)).ok_or_else(missing)
    }
}
