//! Reading cases.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Stands for `${ACCOUNT}`.
pub const ACCOUNT: &str = "000000000000";
/// Stands for `${REGION}`.
pub const REGION: &str = "us-east-1";

/// A case with its tokens substituted.
pub struct Case {
    pub id: String,
    pub category: String,
    pub test: String,
    pub value: Value,
    pub placeholders: Vec<String>,
}

/// The execution cases, and where they came from.
pub fn load() -> (String, Vec<Case>) {
    let (folder, note) = folder();
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    let cases: Vec<_> = files.iter().filter_map(|file| read(file)).collect();
    (note, cases)
}

fn folder() -> (PathBuf, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if let Some(folder) = std::env::var_os("MAPWRIGHT_CONFORMANCE") {
        let note = format!("MAPWRIGHT_CONFORMANCE = {}", folder.display());
        return (folder.into(), note);
    }
    let shared = root.join("../shared/conformance");
    if shared.is_dir() {
        return (shared, "../shared/conformance".into());
    }
    let copied = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    (copied, "tests/cases: the full collection is NOT here, only a copied subset is tested".into())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "json")
            && path.file_name() != Some("index.json".as_ref())
        {
            files.push(path);
        }
    }
}

fn read(file: &Path) -> Option<Case> {
    let text = std::fs::read_to_string(file).expect("a case can be read");
    let raw: Value = serde_json::from_str(&text).expect("a case is JSON");
    if raw["kind"] != "execution" {
        return None;
    }
    let mut tokens =
        vec![("${ACCOUNT}".to_owned(), ACCOUNT.to_owned()), ("${REGION}".to_owned(), REGION.to_owned())];
    let named = |value: &Value| value.as_str().or(value["token"].as_str()).map(str::to_owned);
    for key in ["buckets", "functions"] {
        for token in raw[key].as_array().into_iter().flatten().filter_map(named) {
            let name = token.trim_matches(['$', '{', '}']).to_lowercase().replace('_', "-");
            tokens.push((token, name));
        }
    }
    let value = substitute(&raw, &tokens);
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let placeholders = value["placeholders"].as_array().into_iter().flatten();
    let placeholders = placeholders.filter_map(|p| p.as_str().map(str::to_owned)).collect();
    Some(Case {
        id: text("id"),
        category: text("category"),
        test: value["source"]["test"]
            .as_str()
            .unwrap_or_default()
            .rsplit("::")
            .next()
            .unwrap_or_default()
            .to_owned(),
        placeholders,
        value,
    })
}

fn substitute(value: &Value, tokens: &[(String, String)]) -> Value {
    let text =
        |text: &str| tokens.iter().fold(text.to_owned(), |text, (token, name)| text.replace(token, name));
    match value {
        Value::String(s) => text(s).into(),
        Value::Array(items) => items.iter().map(|item| substitute(item, tokens)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (text(key), substitute(value, tokens))).collect()
        }
        other => other.clone(),
    }
}
