//! The command line.

mod access_key;
mod bench;
mod serve;
mod token;
mod user;

use crate::config::{Instance, Serve};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Distributed Map jobs on your own server: manifest, job, estimate, run, every item.
#[derive(Parser)]
#[command(name = "mapwright", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    instance: Instance,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server (the default)
    Serve(Serve),
    /// People who sign in
    #[command(subcommand)]
    User(user::Command),
    /// API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Access keys for AWS clients
    #[command(subcommand)]
    AccessKey(access_key::Command),
    /// Measurements
    #[command(subcommand)]
    Bench(bench::Command),
}

/// Parses, runs, and turns an error into one line and an exit code: 2 for a wrong command line,
/// 1 for everything else.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = runtime().and_then(|runtime| {
        runtime.block_on(async {
            match cli.command {
                None => serve::run(&cli.instance, &cli.serve).await,
                Some(Command::Serve(serve)) => serve::run(&cli.instance, &serve).await,
                Some(Command::User(command)) => user::run(&cli.instance, command).await,
                Some(Command::AccessKey(command)) => access_key::run(&cli.instance, command).await,
                Some(Command::Bench(command)) => bench::run(command).await,
                Some(Command::Token(command)) => token::run(&cli.instance, command).await,
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mapwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
