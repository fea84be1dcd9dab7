//! How Lambda's answers show a function.

use crate::Service;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Function, FunctionKind, Package, ProcessFunction};
use serde_json::{Value, json};

impl Service {
    /// `FunctionConfiguration`
    pub(super) fn configuration(&self, function: &Function) -> Value {
        let mut shown = json!({
            "FunctionName": function.name,
            "FunctionArn": self.function_arn(&function.name),
            "LastModified": function.updated_at.to_rfc3339().replace('Z', "+0000"),
            "Version": "$LATEST",
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "TracingConfig": {"Mode": "PassThrough"},
            "RevisionId": revision(function),
        });
        match &function.kind {
            FunctionKind::Runtime(spec) | FunctionKind::Pipe(spec) => show_process(&mut shown, spec),
            FunctionKind::Http { url, .. } => {
                shown["Description"] = format!("The HTTP endpoint {url}").into()
            }
            FunctionKind::Lambda(spec) => {
                shown["Description"] = format!("The Lambda function {} in {}", spec.function, spec.region).into()
            }
            FunctionKind::Builtin { function } => {
                shown["Description"] = format!("The built-in function {function}").into()
            }
        }
        shown
    }
}

fn show_process(shown: &mut Value, spec: &ProcessFunction) {
    let none = Package::default();
    let package = spec.package.as_ref().unwrap_or(&none);
    shown["Role"] = package.role.as_str().into();
    shown["Description"] = package.description.as_str().into();
    shown["CodeSize"] = package.bytes.into();
    shown["CodeSha256"] = STANDARD.encode(hex::decode(&package.sha256).unwrap_or_default()).into();
    shown["Handler"] = spec.handler.as_str().into();
    shown["Timeout"] = spec.timeout_ms.div_ceil(1000).into();
    shown["MemorySize"] = spec.memory_mb.into();
    if !spec.runtime.is_empty() {
        shown["Runtime"] = spec.runtime.as_str().into();
    }
    if !spec.environment.is_empty() {
        shown["Environment"] = json!({"Variables": spec.environment});
    }
}

/// Changes with every change, in the form of a UUID.
fn revision(function: &Function) -> String {
    use sha2::{Digest, Sha256};
    let hash = hex::encode(Sha256::digest(format!("{} {}", function.name, function.updated_at.0)));
    [&hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32]].join("-")
}
