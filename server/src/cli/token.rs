//! `mapwright token create`

use crate::config::Instance;
use crate::wiring;
use anyhow::Context;
use model::Permission;
use service::{Accounts, NewToken};

/// What can be done to API tokens.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a token; prints JSON with its secret
    Create {
        /// The workspace's slug
        #[arg(long)]
        workspace: String,
        /// What it may do, separated by commas: read, operate, edit, administer, own
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<String>,
        /// What lists call it
        #[arg(long, default_value = "command line")]
        name: String,
        /// In how many days it stops working [default: never]
        #[arg(long)]
        expires_in_days: Option<u32>,
    },
}

/// Runs one of them.
pub async fn run(instance: &Instance, command: Command) -> anyhow::Result<()> {
    let Command::Create { workspace, scopes, name, expires_in_days } = command;
    let scopes = scopes
        .iter()
        .map(|scope| Permission::parse(scope).with_context(|| format!("\"{scope}\" is not a scope")))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let store = wiring::database(instance).await?;
    let accounts = Accounts::new(store.clone());
    let cx = accounts.enter_as_system(&workspace).await?;
    let token = accounts.create_token(&cx, NewToken { name, scopes, expires_in_days }).await?;
    println!("{}", serde_json::to_string(&token)?);
    store.close().await;
    Ok(())
}
