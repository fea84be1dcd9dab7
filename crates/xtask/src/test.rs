//! `cargo xtask test`: all tests, with all they need.

use crate::postgres::Cluster;
use crate::serve;
use crate::shell::{self, apt_install, command, exists, npm_ci, root, step};
use crate::site::Profile;
use anyhow::bail;
use std::path::Path;

/// Runs the Rust tests on both databases, then the browser's, then those of other clients; or one part.
pub fn run(part: Option<&str>) -> anyhow::Result<()> {
    match part {
        None => {
            unit()?;
            let binary = serve::build(Profile::Dev)?;
            browser(&binary).and_then(|()| clients(&binary))
        }
        Some("unit") => unit(),
        Some("browser") => browser(&serve::build(Profile::Dev)?),
        Some("clients") => clients(&serve::build(Profile::Dev)?),
        Some(other) => bail!("there is no part \"{other}\" of the tests: unit, browser or clients"),
    }
}

fn unit() -> anyhow::Result<()> {
    shell::c_tools()?;
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

fn browser(binary: &Path) -> anyhow::Result<()> {
    apt_install(&["chromium"], || exists("/usr/bin/chromium"))?;
    end2end(binary, "driving a browser through the main job", "journeys/")
}

/// Programs written for AWS, and one generated from the OpenAPI document.
fn clients(binary: &Path) -> anyhow::Result<()> {
    let can_make =
        || command("python3", &["-c", "import ensurepip, venv"]).output().is_ok_and(|o| o.status.success());
    apt_install(&["python3", "python3-venv"], can_make)?;
    end2end(binary, "running clients of AWS and of the OpenAPI document", "clients/")
}

/// Runs the tests in a folder of `end2end` against a server.
fn end2end(binary: &Path, what: &str, folder: &str) -> anyhow::Result<()> {
    npm_ci("end2end")?;
    step(what, || {
        let mut node = command("node", &["--test", "--test-reporter", "spec", folder]);
        node.current_dir(root().join("end2end"))
            .env("MAPWRIGHT_BINARY", binary)
            .env("MAPWRIGHT_SITE_DIR", root().join("target/site"))
            .env("CHROMIUM", "/usr/bin/chromium");
        shell::run(&mut node)
    })
}
