//! The only reader of the environment and of the command line.

use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where data is kept and what the server calls itself. Shared by every command.
#[derive(Args, Clone, Debug)]
pub struct Instance {
    /// The folder for the database, the embedded object store and the instance's keys
    #[arg(long, env = "MAPWRIGHT_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,
    /// The database, sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite in the data folder]
    #[arg(long, env = "MAPWRIGHT_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// The S3-compatible endpoint for the default store [default: the embedded store]
    #[arg(long, env = "MAPWRIGHT_S3_ENDPOINT", global = true)]
    pub s3_endpoint: Option<String>,
    /// The access key for --s3-endpoint
    #[arg(long, env = "MAPWRIGHT_S3_ACCESS_KEY", hide_env_values = true, default_value = "", global = true)]
    pub s3_access_key: String,
    /// The secret key for --s3-endpoint
    #[arg(long, env = "MAPWRIGHT_S3_SECRET_KEY", hide_env_values = true, default_value = "", global = true)]
    pub s3_secret_key: String,
    /// The account id in ARNs, twelve digits
    #[arg(long, env = "MAPWRIGHT_AWS_ACCOUNT_ID", default_value = "000000000000", value_parser = account_id, global = true)]
    pub aws_account_id: String,
    /// The region in ARNs
    #[arg(long, env = "MAPWRIGHT_AWS_REGION", default_value = "us-east-1", global = true)]
    pub aws_region: String,
    /// The Lambda service that answers for functions that are not registered here, for example http://127.0.0.1:3001
    #[arg(long, env = "MAPWRIGHT_LAMBDA_ENDPOINT", global = true)]
    pub lambda_endpoint: Option<String>,
    /// The access key for --lambda-endpoint
    #[arg(
        long,
        env = "MAPWRIGHT_LAMBDA_ACCESS_KEY",
        hide_env_values = true,
        default_value = "mapwright",
        global = true
    )]
    pub lambda_access_key: String,
    /// The secret key for --lambda-endpoint
    #[arg(
        long,
        env = "MAPWRIGHT_LAMBDA_SECRET_KEY",
        hide_env_values = true,
        default_value = "mapwright",
        global = true
    )]
    pub lambda_secret_key: String,
    /// Let workspaces call functions and stores on loopback and private addresses
    #[arg(long, env = "MAPWRIGHT_ALLOW_PRIVATE_ADDRESSES", default_value_t = false, global = true)]
    pub allow_private_addresses: bool,
}

/// What `mapwright serve` takes.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The address to listen on
    #[arg(long, env = "MAPWRIGHT_LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// The address of the embedded object store; port 0 takes any
    #[arg(long, env = "MAPWRIGHT_S3_LISTEN", default_value = "127.0.0.1:0")]
    pub s3_listen: SocketAddr,
    /// The folder with the browser's files
    #[arg(long, env = "MAPWRIGHT_SITE_DIR", default_value = "target/site")]
    pub site_dir: PathBuf,
    /// Make the administrator with this address at the first start
    #[arg(long, env = "MAPWRIGHT_ADMIN_EMAIL")]
    pub admin_email: Option<String>,
    /// The administrator's password
    #[arg(long, env = "MAPWRIGHT_ADMIN_PASSWORD", hide_env_values = true)]
    pub admin_password: Option<String>,
    /// Mark cookies Secure: set it when browsers reach the server by https
    #[arg(long, env = "MAPWRIGHT_SECURE_COOKIES", default_value_t = false)]
    pub secure_cookies: bool,
    /// REST requests that a token or a person may send in a minute; 0 = no limit
    #[arg(long, env = "MAPWRIGHT_RATE_LIMIT", default_value_t = 30_000)]
    pub rate_limit: u32,
    /// Children that may be in flight at once in the whole server
    #[arg(long, env = "MAPWRIGHT_MAX_IN_FLIGHT", default_value_t = 10_000)]
    pub max_in_flight: u32,
    /// Let administrators of workspaces run functions as processes of this machine, as this user.
    /// They can then do whatever this user can
    #[arg(long, env = "MAPWRIGHT_ALLOW_PROCESSES", default_value_t = false)]
    pub allow_processes: bool,
}

impl Instance {
    /// The database's URL.
    pub fn database_url(&self) -> String {
        let own = || format!("sqlite://{}/mapwright.sqlite", self.data_dir.display());
        self.database_url.clone().unwrap_or_else(own)
    }
}

fn account_id(text: &str) -> Result<String, String> {
    match text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("an account id has twelve digits".to_owned()),
    }
}
