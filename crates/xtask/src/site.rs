//! What the browser gets: styles, scripts, the wasm bundle, `public/`.

use crate::shell::{command, npm_ci, output, root, run, step};
use anyhow::{Context, anyhow};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Where Leptos looks for what loads the bundle's parts.
const LOADER: &str = "./__wasm_split.______________________.js";
const WASM: &str = "wasm32-unknown-unknown";

/// How things are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Small and fast.
    Release,
}

impl Profile {
    /// The folder under `target` for the server.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds `target/site`.
pub fn build(profile: Profile) -> anyhow::Result<()> {
    let site = root().join("target/site");
    let pkg = site.join("pkg");
    fs::create_dir_all(&pkg)?;
    styles_and_scripts(&pkg)?;
    copy_public(&root().join("public"), &site)?;
    wasm_target()?;
    wasm(profile, &pkg)?;
    match profile {
        Profile::Release => step("compressing", || compress(&pkg)),
        Profile::Dev => drop_compressed(&pkg),
    }
}

fn styles_and_scripts(pkg: &Path) -> anyhow::Result<()> {
    npm_ci("app/web")?;
    let web = root().join("app/web");
    step("bundling styles and scripts", || run(command("node", &["build.mjs"]).arg(pkg).current_dir(&web)))
}

fn copy_public(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Adds the wasm target to the toolchain when it is not there.
pub fn wasm_target() -> anyhow::Result<()> {
    let sysroot = output(&mut command("rustc", &["--print", "sysroot"]))?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM).exists() {
        return Ok(());
    }
    step("adding the wasm target", || run(&mut command("rustup", &["target", "add", WASM])))
}

fn wasm(profile: Profile, pkg: &Path) -> anyhow::Result<()> {
    let (arguments, folder): (&[&str], _) = match profile {
        Profile::Dev => (&[], "debug"),
        Profile::Release => (&["--profile", "wasm-release"], "wasm-release"),
    };
    step("building the browser bundle", || {
        let mut cargo =
            command("cargo", &["rustc", "--quiet", "-p", "mapwright-app", "--lib", "--crate-type", "cdylib"]);
        cargo.args(["--target", WASM, "--features", "hydrate"]).args(arguments);
        // How the parts hang together is read from the relocations.
        cargo.args(["--", "-Clink-arg=--emit-relocs"]);
        run(&mut cargo)
    })?;
    let built = root().join("target").join(WASM).join(folder);
    let main = built.join("split").join("app.wasm");
    // What lies in `pkg` was made of the same bundle: nothing is to be done, and nothing to be compressed again.
    let (stamp, made_of) = (root().join("target/site-made-of"), stamp_of(&built.join("app.wasm"))?);
    let is_there = pkg.join("app_bg.wasm").exists();
    if is_there && fs::read_to_string(&stamp).is_ok_and(|before| before == made_of) {
        return Ok(());
    }
    // Whatever is interrupted from here on is done again.
    let _ = fs::remove_file(&stamp);
    step("splitting it", || split(&built.join("app.wasm"), &main, pkg))?;
    step("binding it to JavaScript", || {
        Bindgen::new()
            .input_path(&main)
            .web(true)?
            // The parts import the function table by its own name.
            .keep_lld_exports(true)
            .typescript(false)
            .omit_default_module_path(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(pkg)
            .with_context(|| format!("wasm-bindgen on {}", main.display()))
    })?;
    fs::write(stamp, made_of)?;
    Ok(())
}

/// Which file it is, and of when.
fn stamp_of(bundle: &Path) -> anyhow::Result<String> {
    Ok(format!("{} {:?}", bundle.display(), fs::metadata(bundle)?.modified()?))
}

/// Cuts what only deferred pages need out of the bundle, into files of their own.
fn split(bundle: &Path, main: &Path, pkg: &Path) -> anyhow::Result<()> {
    for old in fs::read_dir(pkg)?.filter_map(Result::ok) {
        let name = old.file_name().to_string_lossy().into_owned();
        if name.contains(".wasm") || name.contains("__wasm_split") {
            fs::remove_file(old.path())?;
        }
    }
    if let Some(folder) = main.parent() {
        fs::create_dir_all(folder)?;
    }
    let bytes = fs::read(bundle)?;
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = pkg;
    options.main_out_path = main;
    options.main_module = "./app.js";
    options.link_name = LOADER;
    let parts = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let manifest = pkg.join("__wasm_split_manifest.json");
    fs::write(manifest, serde_json::to_string(&parts.prefetch_map)?)?;
    Ok(())
}

fn compress(pkg: &Path) -> anyhow::Result<()> {
    run(command("node", &["compress.mjs"]).arg(pkg).current_dir(root().join("app/web")))
}

fn drop_compressed(pkg: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(pkg)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "br") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
