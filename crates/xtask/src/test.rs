//! `cargo xtask test`: all tests, with all they need.

use crate::postgres::Cluster;
use crate::serve;
use crate::shell::{self, apt_install, command, exists, root, step};
use crate::site::Profile;
use anyhow::bail;

/// Runs the Rust tests on both databases, then the browser's; or one half.
pub fn run(half: Option<&str>) -> anyhow::Result<()> {
    match half {
        None => unit().and_then(|()| browser()),
        Some("unit") => unit(),
        Some("browser") => browser(),
        Some(other) => bail!("there is no half \"{other}\" of the tests: unit or browser"),
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
    let end2end = root().join("end2end");
    if !end2end.join("node_modules").exists() {
        step("npm ci in end2end", || {
            shell::run(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(&end2end))
        })?;
    }
    let binary = serve::build(Profile::Dev)?;
    step("driving a browser through the main job", || {
        let mut node = command("node", &["--test", "--test-reporter", "spec", "journeys/"]);
        node.current_dir(&end2end)
            .env("MAPWRIGHT_BINARY", &binary)
            .env("MAPWRIGHT_SITE_DIR", root().join("target/site"))
            .env("CHROMIUM", "/usr/bin/chromium");
        shell::run(&mut node)
    })
}
