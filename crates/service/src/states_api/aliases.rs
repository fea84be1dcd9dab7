//! Aliases of state machine versions.

use super::arns::{self, Qualifier};
use super::checks::{Checks, MAX_TOKEN_CHARS, page_size};
use super::error::ApiError;
use super::machines::{MAX_ARN_CHARS, present};
use super::paging;
use crate::Service;
use crate::context::Cx;
use model::{Alias, Job, Permission, Route};
use serde::Deserialize;
use serde_json::{Value, json};

const MAX_ALIASES: usize = 100;

/// One entry of `routingConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Routing {
    state_machine_version_arn: String,
    weight: u32,
}

/// CreateStateMachineAlias.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateAlias {
    name: Option<String>,
    description: Option<String>,
    routing_configuration: Option<Vec<Routing>>,
}

/// UpdateStateMachineAlias.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateAlias {
    state_machine_alias_arn: Option<String>,
    description: Option<String>,
    routing_configuration: Option<Vec<Routing>>,
}

/// DescribeStateMachineAlias and DeleteStateMachineAlias.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AliasArn {
    state_machine_alias_arn: Option<String>,
}

/// ListStateMachineAliases.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListAliases {
    state_machine_arn: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Service {
    /// Makes an alias. The same request again answers the alias that it made.
    pub async fn create_state_machine_alias(&self, cx: &Cx, new: CreateAlias) -> Result<Value, ApiError> {
        Checks::default()
            .text("name", new.name.as_deref(), 1..=80)
            .optional("description", new.description.as_deref(), 0..=256)
            .done()?;
        let name = new.name.unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !name.chars().all(plain) || name.chars().all(|c| c.is_ascii_digit()) {
            return Err(ApiError::new("InvalidName", format!("Invalid Name: '{name}'")));
        }
        let (job, routes) = self.routes(cx, new.routing_configuration.unwrap_or_default()).await?;
        cx.require(Permission::Edit)?;
        let arn = arns::qualified(&self.partition.state_machine(&job.name), &name);
        let all = self.store.aliases(&cx.workspace.id, &job.id).await?;
        if let Some(there) = all.iter().find(|alias| alias.name == name) {
            if there.routes == routes && there.description == new.description {
                return Ok(made(&arn, there));
            }
            let message = format!(
                "Failed to create alias because an alias with the same name and a different routing configuration already exists: '{arn}'"
            );
            return Err(ApiError::new("ConflictException", message));
        }
        if all.len() >= MAX_ALIASES {
            let message = format!("A state machine has at most {MAX_ALIASES} aliases. Delete one first.");
            return Err(ApiError::new("ServiceQuotaExceededException", message));
        }
        let alias =
            Alias { name, description: new.description, routes, created_at: cx.now, updated_at: cx.now };
        self.store.add_alias(&cx.workspace.id, &job.id, &alias).await?;
        Ok(made(&arn, &alias))
    }

    /// Changes an alias's description or routing.
    pub async fn update_state_machine_alias(&self, cx: &Cx, new: UpdateAlias) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineAliasArn", new.state_machine_alias_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .optional("description", new.description.as_deref(), 0..=256)
            .done()?;
        if new.description.is_none() && new.routing_configuration.is_none() {
            let message = "Either the description or the routing configuration must be specified";
            return Err(ApiError::because("MISSING_REQUIRED_PARAMETER", message));
        }
        let (job, mut alias) = self.alias(cx, &new.state_machine_alias_arn.unwrap_or_default()).await?;
        cx.require(Permission::Edit)?;
        if let Some(routing) = new.routing_configuration {
            let (of, routes) = self.routes(cx, routing).await?;
            if of.id != job.id {
                let message = "The routing configuration must name versions of the alias's own state machine";
                return Err(ApiError::because("INVALID_ROUTING_CONFIGURATION", message));
            }
            alias.routes = routes;
        }
        alias.description = new.description.or(alias.description);
        alias.updated_at = cx.now;
        self.store.change_alias(&cx.workspace.id, &job.id, &alias).await?;
        Ok(json!({"updateDate": cx.now.epoch_seconds()}))
    }

    /// Shows an alias.
    pub async fn describe_state_machine_alias(&self, cx: &Cx, asked: AliasArn) -> Result<Value, ApiError> {
        let given = asked.state_machine_alias_arn.as_deref();
        Checks::default().text("stateMachineAliasArn", given, 1..=MAX_ARN_CHARS).done()?;
        let arn = given.unwrap_or_default();
        let (job, alias) = self.alias(cx, arn).await?;
        let machine = self.partition.state_machine(&job.name);
        let routing: Vec<Value> = alias
            .routes
            .iter()
            .map(|route| {
                json!({"stateMachineVersionArn": arns::qualified(&machine, route.version), "weight": route.weight})
            })
            .collect();
        Ok(present(json!({
            "stateMachineAliasArn": arn,
            "name": alias.name,
            "description": alias.description,
            "routingConfiguration": routing,
            "creationDate": alias.created_at.epoch_seconds(),
            "updateDate": alias.updated_at.epoch_seconds(),
        })))
    }

    /// The aliases of a machine, or those that route to one version, by name.
    pub async fn list_state_machine_aliases(&self, cx: &Cx, asked: ListAliases) -> Result<Value, ApiError> {
        Checks::default()
            .text("stateMachineArn", asked.state_machine_arn.as_deref(), 1..=MAX_ARN_CHARS)
            .page(asked.max_results, asked.next_token.as_deref(), MAX_TOKEN_CHARS)
            .done()?;
        let arn = asked.state_machine_arn.unwrap_or_default();
        let (job, named) = self.machine(cx, &arn).await?;
        let list = format!("aliases of {arn}");
        let after: Option<String> = paging::place(&self.sealer, &list, cx.now, asked.next_token.as_deref())?;
        let mut all = self.store.aliases(&cx.workspace.id, &job.id).await?;
        if let Some(Qualifier::Version(number)) = named.qualifier {
            all.retain(|alias| alias.routes.iter().any(|route| route.version == number));
        }
        all.retain(|alias| after.as_ref().is_none_or(|after| alias.name > *after));
        let size = page_size(asked.max_results) as usize;
        let more = all.len() > size;
        all.truncate(size);
        let next = match all.last().filter(|_| more) {
            Some(last) => Some(paging::token(&self.sealer, &list, cx.now, &last.name)?),
            None => None,
        };
        let machine = self.partition.state_machine(&job.name);
        let shown: Vec<Value> =
            all.iter().map(|alias| made(&arns::qualified(&machine, &alias.name), alias)).collect();
        Ok(present(json!({"stateMachineAliases": shown, "nextToken": next})))
    }

    /// Removes an alias; executions that it started go on.
    pub async fn delete_state_machine_alias(&self, cx: &Cx, asked: AliasArn) -> Result<Value, ApiError> {
        let given = asked.state_machine_alias_arn.as_deref();
        Checks::default().text("stateMachineAliasArn", given, 1..=MAX_ARN_CHARS).done()?;
        let (job, alias) = self.alias(cx, given.unwrap_or_default()).await?;
        cx.require(Permission::Edit)?;
        self.store.remove_alias(&cx.workspace.id, &job.id, &alias.name).await?;
        Ok(json!({}))
    }

    async fn alias(&self, cx: &Cx, arn: &str) -> Result<(Job, Alias), ApiError> {
        let (job, named) = self.machine(cx, arn).await.map_err(|refused| match refused.code {
            "StateMachineDoesNotExist" => ApiError::no_resource(arn),
            _ => refused,
        })?;
        let Some(Qualifier::Alias(name)) = named.qualifier else {
            return Err(ApiError::new("InvalidArn", format!("Invalid Arn: 'Invalid alias ARN: {arn}'")));
        };
        let all = self.store.aliases(&cx.workspace.id, &job.id).await?;
        let found = all.into_iter().find(|alias| alias.name == name);
        Ok((job, found.ok_or_else(|| ApiError::no_resource(arn))?))
    }

    /// Checks a routing configuration: one or two versions of one machine, weights that sum to 100.
    async fn routes(&self, cx: &Cx, routing: Vec<Routing>) -> Result<(Job, Vec<Route>), ApiError> {
        let invalid = |message: String| ApiError::because("INVALID_ROUTING_CONFIGURATION", message);
        if !(1..=2).contains(&routing.len()) {
            return Err(invalid("A routing configuration has one or two versions".into()));
        }
        let total: u32 = routing.iter().map(|route| route.weight.min(1_000)).sum();
        if total != 100 {
            return Err(invalid(format!("Sum of routing configuration weights must equal 100. Received: {total}")));
        }
        let mut routes = Vec::new();
        let mut machine: Option<Job> = None;
        for route in routing {
            let arn = &route.state_machine_version_arn;
            let (job, named) = self.machine(cx, arn).await?;
            let Some(Qualifier::Version(version)) = named.qualifier else {
                return Err(invalid(format!("'{arn}' is not the ARN of a version")));
            };
            if machine.as_ref().is_some_and(|first| first.id != job.id) {
                return Err(invalid("The versions must belong to one state machine".into()));
            }
            if routes.iter().any(|other: &Route| other.version == version) {
                return Err(invalid("The versions must be two different ones".into()));
            }
            let published = self.store.published(&cx.workspace.id, &job.id).await?;
            if !published.iter().any(|published| published.number == version) {
                return Err(ApiError::no_resource(arn));
            }
            routes.push(Route { version, weight: route.weight });
            machine = Some(job);
        }
        let machine = machine.ok_or_else(|| invalid("A routing configuration has one or two versions".into()))?;
        Ok((machine, routes))
    }
}

fn made(arn: &str, alias: &Alias) -> Value {
    json!({"stateMachineAliasArn": arn, "creationDate": alias.created_at.epoch_seconds()})
}
