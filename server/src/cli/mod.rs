//! The command line.

mod access_key;
mod bench;
mod bench_functions;
mod client;
mod serve;
mod token;
mod user;

use crate::config::{Instance, Serve};
use clap::{Parser, Subcommand};
use client::exit;
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
    /// Launch a job on a server, and maybe wait for its end
    Run(client::Run),
    /// What a job over a manifest costs and how long it takes, before it is launched
    Estimate(client::Estimate),
    /// Where a run stands
    Status(client::Status),
    /// Run unsuccessful items again
    Redrive(client::Redrive),
    /// Fetch the result files of a run
    Results(client::Results),
    /// Check a definition without running it; needs no server
    Check(client::Check),
    /// Measurements
    #[command(subcommand)]
    Bench(bench::Command),
}

/// Parses, runs, and turns an error into one line and an exit code: `docs/CLI.md` tells which.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(wrong) => {
            let _ = wrong.print();
            return if wrong.use_stderr() { ExitCode::from(exit::REFUSED) } else { ExitCode::SUCCESS };
        }
    };
    let result = runtime().and_then(|runtime| runtime.block_on(execute(cli)));
    result.unwrap_or_else(|error| {
        eprintln!("mapwright: {error:#}");
        let unreachable = matches!(error.downcast_ref(), Some(client::Fault::Unreachable(_)));
        ExitCode::from(if unreachable { exit::UNREACHABLE } else { exit::REFUSED })
    })
}

async fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        None => serve::run(&cli.instance, &cli.serve).await?,
        Some(Command::Serve(serve)) => serve::run(&cli.instance, &serve).await?,
        Some(Command::User(command)) => user::run(&cli.instance, command).await?,
        Some(Command::AccessKey(command)) => access_key::run(&cli.instance, command).await?,
        Some(Command::Bench(command)) => bench::run(command).await?,
        Some(Command::Token(command)) => token::run(&cli.instance, command).await?,
        Some(Command::Run(command)) => return command.execute().await,
        Some(Command::Estimate(command)) => return command.execute().await,
        Some(Command::Status(command)) => return command.execute().await,
        Some(Command::Redrive(command)) => return command.execute().await,
        Some(Command::Results(command)) => return command.execute().await,
        Some(Command::Check(command)) => return command.execute(),
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
