//! The one binary: configuration, wiring, HTTP doors, command line, shutdown.

mod cli;
mod config;
mod http;
mod keys;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
