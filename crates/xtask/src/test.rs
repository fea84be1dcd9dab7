//! `cargo xtask test`: all tests, with all they need.

use crate::postgres::Cluster;
use crate::serve;
use crate::shell::{self, apt_install, command, exists, root, step};
use crate::site::Profile;
use anyhow::bail;
use std::path::Path;

/// Runs the Rust tests on both databases, then the browser's, then those of other clients; or one part.
pub fn run(part: Option<&str>) -> anyhow::Result<()> {
    match part {
        None => unit().and_then(|()| browser()).and_then(|()| clients()),
        Some("unit") => unit(),
        Some("browser") => browser(),
        Some("clients") => clients(),
        Some(other) => bail!("there is no part \"{other}\" of the tests: unit, browser or clients"),
    }
}

fn unit() -> anyhow::Result<()> {
    // Handlers of functions that run as processes.
    apt_install(&["python3"], || exists("/usr/bin/python3"))?;
    let postgres = Cluster::start()?;
    step("testing every crate", || {
        let mut cargo = command("cargo", &["test", "--no-fail-fast"]);
        cargo.args(serve::WHOLE);
        cargo.env("MAPWRIGHT_TEST_POSTGRES", postgres.url());
        shell::run(&mut cargo)
    })
}

fn browser() -> anyhow::Result<()> {
    apt_install(&["chromium"], || exists("/usr/bin/chromium"))?;
    end2end("driving a browser through the main job", "journeys/")
}

/// Programs written for AWS, and one generated from the OpenAPI document.
fn clients() -> anyhow::Result<()> {
    let can_make =
        || command("python3", &["-c", "import ensurepip, venv"]).output().is_ok_and(|o| o.status.success());
    apt_install(&["python3", "python3-venv"], can_make)?;
    end2end("running clients of AWS and of the OpenAPI document", "clients/")
}

/// Runs the tests in a folder of `end2end` against a server that is built for them.
fn end2end(what: &str, folder: &str) -> anyhow::Result<()> {
    let end2end = root().join("end2end");
    // Made anew when another revision needs other packages.
    let (wanted, installed) =
        (end2end.join("package-lock.json"), end2end.join("node_modules/.package-lock.json"));
    let changed = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    if changed(&installed) < changed(&wanted) {
        step("npm ci in end2end", || {
            shell::run(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(&end2end))
        })?;
    }
    let binary = serve::build(Profile::Dev)?;
    step(what, || {
        let mut node = command("node", &["--test", "--test-reporter", "spec", folder]);
        node.current_dir(&end2end)
            .env("MAPWRIGHT_BINARY", &binary)
            .env("MAPWRIGHT_SITE_DIR", root().join("target/site"))
            .env("CHROMIUM", "/usr/bin/chromium");
        shell::run(&mut node)
    })
}
