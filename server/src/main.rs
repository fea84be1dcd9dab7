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

/// What one thread allocates another one frees, for every item: the system's allocator makes them wait for each other.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    cli::main()
}
