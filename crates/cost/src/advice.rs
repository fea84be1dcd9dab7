//! What to know before launch: the limits of AWS that these numbers come near.
//! Codes and thresholds: the service quotas page of the Developer Guide.

mod rules;

use crate::estimate::Estimate;
use crate::workload::Workload;
use serde::{Deserialize, Serialize};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AdviceSeverity))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Near a limit, or dearer or slower than need be.
    Warning,
    /// The run would fail.
    Error,
}

/// A piece of advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Advice {
    /// `L-01` … `L-16`.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// What, with the numbers.
    pub text: String,
    /// What to do.
    pub fix: String,
}

/// What is known about a job beside its workload; everything may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Bytes of the largest child input, after ItemSelector and ItemBatcher.
    pub largest_input_bytes: Option<u64>,
    /// Where that is, for example `item 4711 (orders/9.json)`.
    pub largest_input_name: Option<String>,
    /// Bytes of a child's output, on average.
    pub output_bytes: Option<u64>,
    /// Bytes of the item source.
    pub dataset_bytes: Option<u64>,
    /// The item source is compressed.
    pub dataset_compressed: bool,
    /// Milliseconds that a child stays below in 99 of 100 cases.
    pub child_p99_ms: Option<u64>,
    /// Map Runs that this one runs inside of, at once.
    pub outer_concurrency: Option<u64>,
    /// The state machine's name.
    pub machine_name: Option<String>,
    /// The Map's `Label`.
    pub label: Option<String>,
    /// The reader's `Prefix`.
    pub prefix: Option<String>,
    /// Objects of 0 bytes whose key ends with `/`.
    pub folder_placeholders: u64,
    /// The bucket's region, or its account when that differs.
    pub bucket_elsewhere: Option<String>,
    /// Failures are tolerated, by count or percentage.
    pub tolerates_failures: bool,
}

/// All advice for an estimate, the gravest first.
pub fn advise(workload: &Workload, facts: &Facts, estimate: &Estimate) -> Vec<Advice> {
    let job = rules::Job { workload, facts, estimate };
    let mut advice: Vec<Advice> =
        rules::RULES.iter().filter_map(|(code, rule)| Some(rule(&job)?.coded(code))).collect();
    advice.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.code.cmp(&b.code)));
    advice
}
