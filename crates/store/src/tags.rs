//! Tags of state machines and activities.

use crate::db::each;
use crate::{Error, Store};
use model::WorkspaceId;

impl Store {
    /// The tags of a resource as `(name, value)`, by name.
    pub async fn tags(&self, workspace: &WorkspaceId, arn: &str) -> Result<Vec<(String, String)>, Error> {
        Ok(each!(self.read, pool => sqlx::query_as(
            "SELECT name, value FROM tags WHERE workspace_id = $1 AND arn = $2 ORDER BY name")
            .bind(workspace.as_str()).bind(arn).fetch_all(pool).await?))
    }

    /// Sets tags of a resource; others stay.
    pub async fn put_tags(&self, workspace: &WorkspaceId, arn: &str, tags: &[(String, String)]) -> Result<(), Error> {
        if tags.is_empty() {
            return Ok(());
        }
        each!(self.write, pool => {
            let mut query = sqlx::QueryBuilder::new("INSERT INTO tags (workspace_id, arn, name, value) ");
            query.push_values(tags, |mut row, (name, value)| {
                row.push_bind(workspace.as_str().to_owned())
                    .push_bind(arn.to_owned())
                    .push_bind(name.clone())
                    .push_bind(value.clone());
            });
            query.push(" ON CONFLICT (workspace_id, arn, name) DO UPDATE SET value = excluded.value");
            query.build().execute(pool).await.map(drop)?;
        });
        Ok(())
    }

    /// Removes the named tags of a resource, or all of them.
    pub async fn remove_tags(
        &self,
        workspace: &WorkspaceId,
        arn: &str,
        names: Option<&[String]>,
    ) -> Result<(), Error> {
        if names.is_some_and(<[String]>::is_empty) {
            return Ok(());
        }
        each!(self.write, pool => {
            let mut query = sqlx::QueryBuilder::new("DELETE FROM tags WHERE workspace_id = ");
            query.push_bind(workspace.as_str().to_owned()).push(" AND arn = ").push_bind(arn.to_owned());
            if let Some(names) = names {
                query.push(" AND name IN (");
                let mut list = query.separated(", ");
                for name in names {
                    list.push_bind(name.clone());
                }
                query.push(")");
            }
            query.build().execute(pool).await.map(drop)?;
        });
        Ok(())
    }
}
