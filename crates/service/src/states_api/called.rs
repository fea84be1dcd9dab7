//! The machines whose executions Task states start.

use super::arns::{self, Qualifier};
use super::settings;
use executor::{Machine, Machines};
use futures::future::BoxFuture;
use model::{Profile, WorkspaceId};
use store::Store;

/// Finds them in the database.
pub struct RegisteredMachines {
    store: Store,
}

impl RegisteredMachines {
    /// Reads them from the database.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    async fn look_up(&self, workspace: &WorkspaceId, arn: &str) -> Result<Option<Machine>, store::Error> {
        let Ok(named) = arns::machine(arn) else {
            return Ok(None);
        };
        if named.label.is_some() {
            return Ok(None);
        }
        let Some(job) = self.store.job_by_name(workspace, &named.name).await? else {
            return Ok(None);
        };
        let number = match &named.qualifier {
            None => None,
            Some(Qualifier::Version(number)) => Some(*number),
            Some(Qualifier::Alias(name)) => {
                let aliases = self.store.aliases(workspace, &job.id).await?;
                let Some(alias) = aliases.into_iter().find(|alias| alias.name == *name) else {
                    return Ok(None);
                };
                Some(settings::routed(&alias))
            }
        };
        let version = match number {
            None => self.store.version(workspace, &job.id, job.latest_version).await?,
            Some(number) => {
                let published = self.store.published(workspace, &job.id).await?;
                match published.into_iter().find(|published| published.number == number) {
                    Some(published) => self.store.version(workspace, &job.id, published.job_version).await?,
                    None => None,
                }
            }
        };
        Ok(version.map(|version| Machine {
            job_id: Some(job.id),
            name: job.name,
            version: version.version,
            definition: version.definition.into(),
            execution_type: job.execution_type,
            profile: Profile::Strict,
        }))
    }
}

impl Machines for RegisteredMachines {
    fn find<'a>(&'a self, workspace: &'a WorkspaceId, arn: &'a str) -> BoxFuture<'a, Result<Option<Machine>, String>> {
        Box::pin(async move {
            let found = self.look_up(workspace, arn).await;
            found.map_err(|error| format!("The state machine {arn} cannot be looked up: {error}."))
        })
    }
}
