//! `cargo xtask serve` and `cargo xtask build`.

use crate::shell::{self, command, root, step};
use crate::site::{self, Profile};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// Builds the browser bundle and the server; the answer is the server's path.
pub fn build(profile: Profile) -> anyhow::Result<PathBuf> {
    site::build(profile)?;
    step("building the server", || {
        shell::run(command("cargo", &["build", "-p", "mapwright"]).args(profile.server()))
    })?;
    Ok(root().join("target").join(profile.folder()).join("mapwright"))
}

/// Builds everything and becomes the server.
pub fn run_server(binary: &PathBuf, arguments: &[String]) -> anyhow::Error {
    let mut server = Command::new(binary);
    server.arg("serve").args(arguments).env("MAPWRIGHT_SITE_DIR", root().join("target/site"));
    server.exec().into()
}

/// `cargo xtask serve`
pub fn run(profile: Profile, arguments: &[String]) -> anyhow::Result<()> {
    let binary = build(profile)?;
    Err(run_server(&binary, arguments))
}
