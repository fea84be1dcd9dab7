//! `cargo xtask serve | test | build`: everything a fresh machine needs, no other build tool.
//!
//! `serve` builds the browser bundle and the server and starts it. `test` installs what the tests
//! need (wasm target, Postgres, Chromium, Python packages) and runs all of them. Both say what they do.

mod postgres;
mod serve;
mod shell;
mod site;
mod test;

use anyhow::bail;

const HELP: &str = "\
cargo xtask serve [--dev] [-- SERVER OPTIONS]   build and start Mapwright on http://127.0.0.1:3000
cargo xtask test [unit|browser|clients]         run every test, or one part of them
cargo xtask build [--dev]                       build target/site and the server";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (own, rest) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (&arguments[..], &[][..]),
    };
    let has = |flag: &str| own.iter().any(|argument| argument == flag);
    let profile = if has("--dev") { site::Profile::Dev } else { site::Profile::Release };
    // What xtask does not know itself goes to the server: `cargo xtask serve --data-dir /srv/data`.
    let known = ["serve", "build", "test", "--dev"];
    let to_server: Vec<String> =
        own.iter().filter(|argument| !known.contains(&argument.as_str())).chain(rest).cloned().collect();
    match own.first().map(String::as_str) {
        Some("serve") => serve::run(profile, &to_server),
        Some("build") => serve::build(profile).map(drop),
        Some("test") => test::run(own.get(1).map(String::as_str)),
        Some("--help" | "help") | None => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no task \"{other}\"\n{HELP}"),
    }
}
