//! `mapwright user create`

use crate::config::Instance;
use crate::wiring;
use anyhow::Context;
use model::Role;
use serde_json::json;
use service::Accounts;

/// What can be done to people.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a person, and the workspace if it is new; prints JSON
    Create {
        /// The address to sign in with
        #[arg(long)]
        email: String,
        /// What pages call the person
        #[arg(long, default_value = "")]
        name: String,
        /// The password, at least 10 characters
        #[arg(long, env = "MAPWRIGHT_USER_PASSWORD", hide_env_values = true)]
        password: String,
        /// The workspace's slug
        #[arg(long, default_value = "main")]
        workspace: String,
        /// The role in that workspace: owner, admin, editor, operator, viewer
        #[arg(long, default_value = "owner")]
        role: String,
        /// May administer the whole instance
        #[arg(long)]
        admin: bool,
    },
}

/// Runs one of them.
pub async fn run(instance: &Instance, command: Command) -> anyhow::Result<()> {
    let Command::Create { email, name, password, workspace, role, admin } = command;
    let role = Role::parse(&role).with_context(|| format!("\"{role}\" is not a role"))?;
    let store = wiring::database(instance).await?;
    let accounts = Accounts::new(store.clone());
    let user = accounts.add_user(&email, &name, password, admin).await?;
    let place = match store.workspace_by_slug(&workspace).await? {
        Some(place) => {
            store.set_member(&place.id, &user.id, role).await?;
            place
        }
        None => accounts.add_workspace(&user, &workspace, &workspace).await?,
    };
    println!("{}", json!({ "id": user.id, "email": user.email, "workspace": place.slug }));
    store.close().await;
    Ok(())
}
