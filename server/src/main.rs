//! The one binary: configuration, wiring, HTTP doors, command line, shutdown.

// Pages are deeply nested types.
#![recursion_limit = "512"]

mod cli;
mod config;
mod engine;
mod http;
mod keys;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
