//! A Postgres of our own for the tests: fresh, private, gone afterwards.

use crate::shell::{apt_install, command, exists, output, run, step};
use anyhow::Context;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running cluster; dropping it stops it and removes its files.
pub struct Cluster {
    binaries: PathBuf,
    dir: PathBuf,
    port: u16,
    as_user: Option<&'static str>,
}

impl Cluster {
    /// Installs Postgres when it is not there, and starts a fresh cluster.
    pub fn start() -> anyhow::Result<Self> {
        apt_install(&["postgresql"], || binaries().is_some())?;
        let binaries = binaries().context("no Postgres under /usr/lib/postgresql")?;
        step("starting a Postgres for the tests", || {
            let root = output(&mut command("id", &["-u"]))? == "0";
            let dir = std::env::temp_dir().join(format!("mapwright-postgres-{}", std::process::id()));
            std::fs::create_dir_all(&dir)?;
            // Postgres refuses to run as root; the package made a user for it.
            let as_user = root.then_some("postgres");
            if let Some(user) = as_user {
                run(command("chown", &["-R", user]).arg(&dir))?;
            }
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let cluster = Self { binaries, dir, port, as_user };
            cluster.begin()?;
            Ok(cluster)
        })
    }

    /// `postgres://USER@HOST:PORT`, without a database's name.
    pub fn url(&self) -> String {
        format!("postgres://mapwright@127.0.0.1:{}", self.port)
    }

    fn begin(&self) -> anyhow::Result<()> {
        let data = self.dir.join("data");
        run(self
            .tool("initdb")
            .args(["-U", "mapwright", "-A", "trust", "-E", "UTF8", "-D"])
            .arg(&data)
            .stdout(Stdio::null()))?;
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=200",
            self.port,
            self.dir.display()
        );
        let log = self.dir.join("log");
        run(self
            .tool("pg_ctl")
            .args(["-w", "-o", &options, "-l"])
            .arg(&log)
            .arg("-D")
            .arg(&data)
            .arg("start")
            .stdout(Stdio::null()))
    }

    fn tool(&self, name: &str) -> Command {
        let path = self.binaries.join(name);
        let mut tool = match self.as_user {
            Some(user) => {
                let mut tool = Command::new("runuser");
                tool.args(["-u", user, "--"]).arg(path);
                tool
            }
            None => Command::new(path),
        };
        tool.current_dir(&self.dir);
        tool
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.dir.join("data");
        let stopped = run(self.tool("pg_ctl").args(["-m", "immediate", "-D"]).arg(data).arg("stop"));
        if let Err(error) = stopped {
            eprintln!("Postgres did not stop: {error}");
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| exists(&bin.join("initdb").to_string_lossy()))
        .collect();
    versions.sort();
    versions.pop().filter(|bin| Path::new(bin).is_dir())
}
