//! Running other programs, and saying so.

use anyhow::{Context, bail};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

/// The repository's root.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).map(PathBuf::from).unwrap_or(manifest)
}

/// Says what begins, and how long it took when it has ended.
pub fn step<T>(what: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    eprintln!("\n▸ {what}");
    let begin = Instant::now();
    let result = work().with_context(|| format!("{what} failed"))?;
    eprintln!("  done in {:.1} s", begin.elapsed().as_secs_f32());
    Ok(result)
}

/// A command in the repository's root. It does not see what cargo told this program of its own package:
/// build scripts that look at that would run again, and half of the dependencies with them.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    for (name, _) in std::env::vars_os() {
        let own = ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end; an error when it does not end well.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {name}: is it installed?"))?;
    match status.success() {
        true => Ok(()),
        false => bail!("{name} ended with {status}"),
    }
}

/// What a command prints.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start {name}: is it installed?"))?;
    if !output.status.success() {
        bail!("{name} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Installs a folder's npm packages, unless those of its lock file are there.
pub fn npm_ci(folder: &str) -> anyhow::Result<()> {
    let folder = root().join(folder);
    let lock = fs::metadata(folder.join("package-lock.json"))?.modified()?;
    let installed = fs::metadata(folder.join("node_modules/.package-lock.json")).and_then(|m| m.modified());
    if installed.is_ok_and(|at| at >= lock) {
        return Ok(());
    }
    step(&format!("npm ci in {}", folder.display()), || {
        run(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
    })
}

/// Whether a file is there.
pub fn exists(path: &str) -> bool {
    std::path::Path::new(path).exists()
}

/// What C code among the dependencies is built with, beside the compiler that Rust itself links with.
pub fn c_tools() -> anyhow::Result<()> {
    apt_install(&["make"], || exists("/usr/bin/make"))
}

/// Installs Debian packages, unless `present` says they are there. As root directly, else by sudo.
pub fn apt_install(packages: &[&str], present: impl Fn() -> bool) -> anyhow::Result<()> {
    if present() {
        return Ok(());
    }
    let names = packages.join(" ");
    step(&format!("installing {names}"), || {
        let root = output(&mut command("id", &["-u"]))? == "0";
        let apt = |arguments: &[&str]| {
            let mut apt = match root {
                true => command("apt-get", arguments),
                false => command("sudo", &[&["apt-get"], arguments].concat()),
            };
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            run(&mut apt)
        };
        apt(&["update", "-qq"])?;
        apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())?;
        match present() {
            true => Ok(()),
            false => bail!("{names} could not be installed; install it by hand"),
        }
    })
}
