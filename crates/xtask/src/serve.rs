//! `cargo xtask serve` and `cargo xtask build`.

use crate::shell::{self, command, root, step};
use crate::site::{self, Profile};
use anyhow::anyhow;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// The whole workspace with the features that its tests use: what one of them built, the others use.
pub const WHOLE: [&str; 3] = ["--workspace", "--features", "mapwright-app/ssr"];

/// Builds the browser bundle and the server, both at once: the bundle's last step keeps one processor
/// busy for minutes. The answer is the server's path.
pub fn build(profile: Profile) -> anyhow::Result<PathBuf> {
    shell::c_tools()?;
    std::thread::scope(|scope| {
        let bundle = scope.spawn(|| site::build(profile));
        let built = step("building the server", || server(profile));
        bundle.join().unwrap_or_else(|_| Err(anyhow!("building the browser bundle panicked"))).and(built)
    })?;
    Ok(root().join("target").join(profile.folder()).join("mapwright"))
}

fn server(profile: Profile) -> anyhow::Result<()> {
    let mut cargo = command("cargo", &["build", "--bin", "mapwright"]);
    match profile {
        Profile::Dev => cargo.args(WHOLE),
        Profile::Release => cargo.args(["-p", "mapwright", "--release"]),
    };
    shell::run(&mut cargo)
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
