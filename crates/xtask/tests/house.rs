//! The rules of the house, from `docs/ARCHITECTURE.md`: who may import whom, how long a file may
//! be, and that every path the documents name is there.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may import whom. `app` may import `service` because that edge exists under `ssr` only.
const TABLE: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("asl", &["model"]),
    ("manifest", &["model"]),
    ("ledger", &["model"]),
    ("cost", &["model"]),
    ("store", &["model", "ledger"]),
    ("objects", &["model"]),
    ("functions", &["model", "asl"]),
    ("executor", &["model", "asl", "manifest", "ledger", "cost", "store", "objects", "functions"]),
    ("service", &["model", "asl", "manifest", "ledger", "cost", "store", "objects", "functions", "executor"]),
    ("app", &["model", "asl", "manifest", "ledger", "cost", "service"]),
    ("xtask", &[]),
];

/// Libraries that have one home.
const HOMES: [(&str, &[&str]); 4] = [
    ("sqlx", &["store"]),
    ("aws-sdk-s3", &["objects"]),
    ("s3s", &["objects"]),
    ("askama", &["server"]),
];

/// Crates that know no async and no network.
const PURE: [&str; 5] = ["model", "asl", "manifest", "ledger", "cost"];

const LOOK_TWICE: usize = 700;

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("crates/xtask lies two folders deep").to_owned()
}

/// Every package of the workspace with its normal dependencies, by folder name.
fn packages() -> Vec<(String, Vec<String>)> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata answers");
    let normal = |package: &cargo_metadata::Package| {
        let kept = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        kept.map(|d| d.name.clone()).collect::<Vec<_>>()
    };
    metadata.packages.iter().map(|package| (folder(&package.name), normal(package))).collect()
}

fn folder(package: &str) -> String {
    match package {
        "mapwright" => "server".to_owned(),
        name => name.strip_prefix("mapwright-").unwrap_or(name).to_owned(),
    }
}

#[test]
fn crates_import_only_what_the_table_allows() {
    for (name, dependencies) in packages() {
        if name == "server" {
            continue;
        }
        let row = TABLE.iter().find(|(row, _)| *row == name);
        let (_, allowed) = row.unwrap_or_else(|| panic!("the crate {name} is not in the table"));
        for dependency in dependencies.iter().filter_map(|d| d.strip_prefix("mapwright-")) {
            assert!(allowed.contains(&dependency), "{name} imports {dependency}, which the table forbids");
        }
    }
}

#[test]
fn libraries_stay_in_their_homes_and_pure_crates_stay_pure() {
    for (name, dependencies) in packages() {
        for (library, homes) in HOMES {
            let imports = dependencies.iter().any(|d| d == library);
            assert!(!imports || homes.contains(&name.as_str()), "{name} imports {library}, which lives in {homes:?}");
        }
        if PURE.contains(&name.as_str()) {
            for forbidden in ["tokio", "reqwest", "hyper", "futures", "axum"] {
                assert!(!dependencies.iter().any(|d| d == forbidden), "{name} is sans-IO and imports {forbidden}");
            }
        }
    }
}

#[test]
fn pure_crates_ask_no_clock_and_open_no_file() {
    for name in PURE {
        let files = rust_files(&root().join("crates").join(name).join("src"));
        let of_tests = |file: &Path| file.ends_with("tests.rs") || file.parent().is_some_and(|p| p.ends_with("tests"));
        for file in files.into_iter().filter(|file| !of_tests(file)) {
            let text = std::fs::read_to_string(&file).expect("a source file is readable");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for call in ["SystemTime::now", "std::fs::", "std::env::var", "std::net::Tcp"] {
                assert!(!code.contains(call), "{} calls {call}; time and bytes come in from outside", file.display());
            }
        }
    }
}

#[test]
fn no_file_is_longer_than_the_limit() {
    for folder in ["app/src", "server/src", "crates"] {
        for file in rust_files(&root().join(folder)) {
            let path = file.to_string_lossy().into_owned();
            if path.contains("/tests/") || path.ends_with("tests.rs") || path.contains("/target/") {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("a source file is readable");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().count();
            assert!(lines <= LOOK_TWICE, "{path} has {lines} lines; split it");
        }
    }
}

#[test]
fn every_path_that_the_documents_name_is_there() {
    let mut documents: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .expect("there is a docs folder")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    documents.push(root().join("README.md"));
    let mut missing = BTreeSet::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).expect("a document is readable");
        for named in text.split('`').skip(1).step_by(2) {
            let is_path = ["app/", "server/", "crates/", "docs/", "migrations/", "style/", "public/", "end2end/"]
                .iter()
                .any(|folder| named.starts_with(folder));
            let plain = !named.contains(['*', '<', '{', ' ', '…', '$']);
            let path = named.split(':').next().unwrap_or(named);
            if is_path && plain && !root().join(path).exists() {
                missing.insert(format!("{} names {named}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}
