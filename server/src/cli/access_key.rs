//! `mapwright access-key create`

use crate::config::Instance;
use crate::{keys, wiring};
use anyhow::Context;
use model::Permission;
use service::secrets::Sealer;
use service::{AccessKeys, Accounts, NewAccessKey};

/// What can be done to access keys.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make an access key for AWS clients; prints JSON with its secret
    Create {
        /// The workspace's slug
        #[arg(long)]
        workspace: String,
        /// What it may do, separated by commas: read, operate, edit, administer, own [default: all but own]
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
        /// What lists call it
        #[arg(long, default_value = "command line")]
        name: String,
        /// The access key id [default: a new one]
        #[arg(long, env = "MAPWRIGHT_ACCESS_KEY_ID", hide_env_values = true)]
        id: Option<String>,
        /// The secret access key [default: a new one]
        #[arg(long, env = "MAPWRIGHT_SECRET_ACCESS_KEY", hide_env_values = true)]
        secret: Option<String>,
    },
}

/// Runs one of them.
pub async fn run(instance: &Instance, command: Command) -> anyhow::Result<()> {
    let Command::Create { workspace, scopes, name, id, secret } = command;
    let scopes = scopes
        .iter()
        .map(|scope| Permission::parse(scope).with_context(|| format!("\"{scope}\" is not a scope")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let store = wiring::database(instance).await?;
    let sealer = Sealer::new(&keys::instance_key(&instance.data_dir)?);
    let cx = Accounts::new(store.clone()).enter_as_system(&workspace).await?;
    let created =
        AccessKeys::new(store.clone(), sealer).create(&cx, NewAccessKey { name, scopes, id, secret }).await?;
    println!("{}", serde_json::to_string(&created)?);
    store.close().await;
    Ok(())
}
