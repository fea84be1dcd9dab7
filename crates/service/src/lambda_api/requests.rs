//! What the operations take. Members that change nothing here are not read.

use serde::Deserialize;
use std::collections::BTreeMap;

/// `CreateFunction`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateFunction {
    /// 1 to 64 letters, digits, `-`, `_`; or an ARN.
    pub function_name: String,
    /// `python3.12`, `nodejs20.x`, `provided.al2023`.
    #[serde(default)]
    pub runtime: Option<String>,
    /// Kept and shown; nothing is checked against it.
    #[serde(default)]
    pub role: String,
    /// For example `app.handler`.
    #[serde(default)]
    pub handler: Option<String>,
    /// The code.
    #[serde(default)]
    pub code: Code,
    /// A sentence.
    #[serde(default)]
    pub description: String,
    /// Seconds; 3 as on AWS.
    #[serde(default)]
    pub timeout: Option<u64>,
    /// MiB; 128 as on AWS.
    #[serde(default)]
    pub memory_size: Option<u32>,
    /// Variables.
    #[serde(default)]
    pub environment: Option<Environment>,
    /// `Zip`; images do not run here.
    #[serde(default)]
    pub package_type: Option<String>,
    /// Layers do not exist here.
    #[serde(default)]
    pub layers: Vec<String>,
}

/// `Code`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Code {
    /// A zip file in base64.
    #[serde(default)]
    pub zip_file: Option<String>,
    /// A bucket of the workspace with the zip file.
    #[serde(default, rename = "S3Bucket")]
    pub s3_bucket: Option<String>,
    /// Its key.
    #[serde(default, rename = "S3Key")]
    pub s3_key: Option<String>,
}

/// `Environment`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Environment {
    /// Names and values.
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
}

/// `UpdateFunctionCode`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateCode {
    /// The code.
    #[serde(flatten)]
    pub code: Code,
    /// Checks only.
    #[serde(default)]
    pub dry_run: bool,
}

/// `UpdateFunctionConfiguration`: what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UpdateConfiguration {
    /// As in [`CreateFunction`].
    pub runtime: Option<String>,
    /// As in [`CreateFunction`].
    pub role: Option<String>,
    /// As in [`CreateFunction`].
    pub handler: Option<String>,
    /// As in [`CreateFunction`].
    pub description: Option<String>,
    /// Seconds.
    pub timeout: Option<u64>,
    /// MiB.
    pub memory_size: Option<u32>,
    /// Takes the place of all variables.
    pub environment: Option<Environment>,
}

/// `PutFunctionConcurrency`: here, how many processes the function may have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Concurrency {
    /// 1 to 64.
    pub reserved_concurrent_executions: u32,
}

/// `ListFunctions`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListFunctions {
    /// 1 to 50; 50 when absent.
    pub max_items: Option<usize>,
    /// The last name of the page before.
    pub marker: Option<String>,
}
