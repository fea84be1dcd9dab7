//! Workspaces, their members and invitations.

use crate::db::each;
use crate::{Error, Store};
use model::{Invitation, Member, Role, Timestamp, User, UserId, Workspace, WorkspaceId};

fn role(text: &str) -> Result<Role, Error> {
    Role::parse(text).ok_or_else(|| Error::unreadable("role", text))
}

fn workspace((id, slug, name): (String, String, String)) -> Result<Workspace, Error> {
    let id = id.parse().map_err(|e| Error::unreadable("workspace id", e))?;
    Ok(Workspace { id, slug, name })
}

impl Store {
    /// Adds a workspace; the slug must be new.
    pub async fn add_workspace(&self, workspace: &Workspace, now: Timestamp) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO workspaces (id, slug, name, created_at) VALUES ($1, $2, $3, $4)")
            .bind(workspace.id.as_str())
            .bind(&workspace.slug)
            .bind(&workspace.name)
            .bind(now.0)
            .execute(pool).await.map(drop))
        .map_err(|e| Error::taken(e, "workspace", &workspace.slug))
    }

    /// The workspace with a slug.
    pub async fn workspace_by_slug(&self, slug: &str) -> Result<Option<Workspace>, Error> {
        let row: Option<(String, String, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, slug, name FROM workspaces WHERE slug = $1")
            .bind(slug).fetch_optional(pool).await?);
        row.map(workspace).transpose()
    }

    /// The workspace with an id.
    pub async fn workspace(&self, id: &WorkspaceId) -> Result<Option<Workspace>, Error> {
        let row: Option<(String, String, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT id, slug, name FROM workspaces WHERE id = $1")
            .bind(id.as_str()).fetch_optional(pool).await?);
        row.map(workspace).transpose()
    }

    /// Changes a workspace's shown name.
    pub async fn rename_workspace(&self, id: &WorkspaceId, name: &str) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("UPDATE workspaces SET name = $2 WHERE id = $1")
            .bind(id.as_str()).bind(name).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The workspaces of a person, by name, with the role in each.
    pub async fn workspaces_of(&self, user: &UserId) -> Result<Vec<(Workspace, Role)>, Error> {
        let rows: Vec<(String, String, String, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT w.id, w.slug, w.name, m.role FROM workspaces w
             JOIN members m ON m.workspace_id = w.id WHERE m.user_id = $1 ORDER BY w.name")
            .bind(user.as_str()).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, slug, name, held)| Ok((workspace((id, slug, name))?, role(&held)?)))
            .collect()
    }

    /// What a person may do in a workspace; `None` for a stranger.
    pub async fn role_of(&self, user: &UserId, workspace: &WorkspaceId) -> Result<Option<Role>, Error> {
        let row: Option<(String,)> = each!(self.read, pool => sqlx::query_as(
            "SELECT role FROM members WHERE workspace_id = $1 AND user_id = $2")
            .bind(workspace.as_str()).bind(user.as_str()).fetch_optional(pool).await?);
        row.map(|(held,)| role(&held)).transpose()
    }

    /// Makes a person a member, or changes the role of one.
    pub async fn set_member(&self, workspace: &WorkspaceId, user: &UserId, role: Role) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO members (workspace_id, user_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role")
            .bind(workspace.as_str()).bind(user.as_str()).bind(role.as_str())
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// Ends a membership.
    pub async fn remove_member(&self, workspace: &WorkspaceId, user: &UserId) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query("DELETE FROM members WHERE workspace_id = $1 AND user_id = $2")
            .bind(workspace.as_str()).bind(user.as_str()).execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The members of a workspace, by address.
    pub async fn members(&self, workspace: &WorkspaceId) -> Result<Vec<Member>, Error> {
        let rows: Vec<(String, String, String, i64, String)> = each!(self.read, pool => sqlx::query_as(
            "SELECT u.id, u.email, u.name, u.is_admin, m.role FROM members m
             JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1 ORDER BY u.email")
            .bind(workspace.as_str()).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, email, name, is_admin, held)| {
                let id = id.parse().map_err(|e| Error::unreadable("user id", e))?;
                let user = User { id, email, name, is_admin: is_admin != 0 };
                Ok(Member { user, role: role(&held)? })
            })
            .collect()
    }

    /// Keeps an invitation.
    pub async fn add_invitation(
        &self,
        workspace: &WorkspaceId,
        invitation: &Invitation,
    ) -> Result<(), Error> {
        each!(self.write, pool => sqlx::query(
            "INSERT INTO invitations (token_hash, workspace_id, email, role, expires_at)
             VALUES ($1, $2, $3, $4, $5)")
            .bind(&invitation.token_hash)
            .bind(workspace.as_str())
            .bind(&invitation.email)
            .bind(invitation.role.as_str())
            .bind(invitation.expires_at.0)
            .execute(pool).await.map(drop)?);
        Ok(())
    }

    /// The open invitations of a workspace, by address.
    pub async fn invitations(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, Error> {
        let rows: Vec<(String, String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT token_hash, email, role, expires_at FROM invitations
             WHERE workspace_id = $1 AND expires_at > $2 ORDER BY email")
            .bind(workspace.as_str()).bind(now.0).fetch_all(pool).await?);
        rows.into_iter().map(invitation).collect()
    }

    /// The invitation behind a link, while it is open.
    pub async fn invitation(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<(WorkspaceId, Invitation)>, Error> {
        let row: Option<(String, String, String, String, i64)> = each!(self.read, pool => sqlx::query_as(
            "SELECT workspace_id, token_hash, email, role, expires_at FROM invitations
             WHERE token_hash = $1 AND expires_at > $2")
            .bind(token_hash).bind(now.0).fetch_optional(pool).await?);
        row.map(|(workspace, hash, email, held, expires)| {
            let workspace = workspace.parse().map_err(|e| Error::unreadable("workspace id", e))?;
            Ok((workspace, invitation((hash, email, held, expires))?))
        })
        .transpose()
    }

    /// Takes an invitation back, or marks it used. Whether it was there.
    pub async fn remove_invitation(&self, workspace: &WorkspaceId, token_hash: &str) -> Result<bool, Error> {
        let removed = each!(self.write, pool => sqlx::query(
            "DELETE FROM invitations WHERE workspace_id = $1 AND token_hash = $2")
            .bind(workspace.as_str()).bind(token_hash).execute(pool).await?.rows_affected());
        Ok(removed > 0)
    }
}

fn invitation(
    (token_hash, email, held, expires): (String, String, String, i64),
) -> Result<Invitation, Error> {
    Ok(Invitation { token_hash, email, role: role(&held)?, expires_at: Timestamp(expires) })
}
