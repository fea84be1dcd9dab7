//! `mapwright check`: what can be said about a definition without running it, and without a server.

use super::exit;
use anyhow::Context;
use asl::check::{CheckOptions, Diagnostic, Profile, Severity, check};
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

/// What `mapwright check` takes.
#[derive(clap::Args, Debug)]
pub struct Check {
    /// The definition, ASL as JSON; - reads standard input
    file: PathBuf,
    /// Judge as AWS does, instead of what this server accepts
    #[arg(long)]
    strict: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Checks the definition.
    pub fn execute(self) -> anyhow::Result<ExitCode> {
        let text = self.read()?;
        let profile = if self.strict { Profile::Strict } else { Profile::Lenient };
        let found = check(&text, &CheckOptions { profile, ..CheckOptions::default() });
        match self.json {
            true => println!("{}", serde_json::to_string(&found)?),
            false => found.iter().for_each(|one| print!("{}", self.lines(one))),
        }
        let errors = found.iter().filter(|one| one.severity == Severity::Error).count();
        if !self.json && found.is_empty() {
            println!("{}: nothing to say", self.file.display());
        }
        Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
    }

    fn read(&self) -> anyhow::Result<String> {
        if self.file.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
            return Ok(text);
        }
        std::fs::read_to_string(&self.file).with_context(|| format!("cannot read {}", self.file.display()))
    }

    /// `FILE:LINE:COLUMN: error RULE: message`, as editors understand it, and the repair.
    fn lines(&self, found: &Diagnostic) -> String {
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        let place = format!("{}:{}:{}", self.file.display(), found.line, found.column);
        let fix = found.fix.as_ref().map(|fix| format!("    fix: {}\n", fix.title)).unwrap_or_default();
        format!("{place}: {severity} {}: {}\n{fix}", found.rule, found.message)
    }
}
