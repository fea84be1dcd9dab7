//! What is metered: expected from a workload, or counted after a run.

use crate::bill::{express_billed_mb, express_memory_mb};
use crate::duration::peak_concurrency;
use crate::workload::{ExecutionMode, StateProfile, Workload};
use serde::{Deserialize, Serialize};

/// Everything that AWS (or this server) meters for a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Usage {
    /// Children started.
    pub children: u64,
    /// Standard transitions: the parent's states, one for every child started, and with STANDARD
    /// children every state that they enter.
    pub transitions: u64,
    /// Express starts.
    pub express_requests: u64,
    /// Megabytes × milliseconds of Express children, both rounded up as they are billed.
    pub express_mb_ms: u128,
    /// Functions.
    pub lambda: Vec<LambdaUsage>,
    /// PUT, COPY, POST and LIST requests.
    pub s3_puts: u64,
    /// GET requests.
    pub s3_gets: u64,
    /// Log data.
    pub log_bytes: u64,
    /// Milliseconds of this server.
    pub machine_ms: u64,
    /// Price of an hour of it, in billionths of a dollar.
    pub machine_hour_nano_usd: u64,
}

/// Processors of functions, which have prices of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Intel and AMD.
    #[default]
    X86,
    /// arm64.
    Arm,
}

/// What one function used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LambdaUsage {
    /// Invocations.
    pub requests: u64,
    /// Megabytes × milliseconds, cold starts included.
    pub mb_ms: u128,
    /// Processor.
    pub architecture: Architecture,
}

impl Usage {
    /// Invocations of all functions.
    pub fn lambda_requests(&self) -> u64 {
        self.lambda.iter().fold(0, |sum, function| sum.saturating_add(function.requests))
    }

    /// Megabytes × milliseconds of all functions on one processor.
    pub fn lambda_mb_ms(&self, architecture: Architecture) -> u128 {
        let here = self.lambda.iter().filter(|function| function.architecture == architecture);
        here.fold(0, |sum, function| sum.saturating_add(function.mb_ms))
    }
}

/// The usage to expect when every number of the workload is as likely as said.
/// `run_ms` is how long the run takes, which only this server's hours depend on.
pub fn usage(workload: &Workload, mode: ExecutionMode, run_ms: u64) -> Usage {
    let children = workload.children();
    let mut usage = Usage { children, ..Usage::default() };
    let start_and_end = if workload.count_start_and_end { 2 } else { 0 };
    let parent = workload.parent_states.saturating_add(start_and_end).saturating_add(children);
    match mode {
        ExecutionMode::Standard => {
            usage.transitions = parent.saturating_add(times(children, workload.entries_per_child()));
        }
        ExecutionMode::Express => {
            usage.transitions = parent;
            usage.express_requests = children;
            let memory =
                express_billed_mb(workload.express_memory_mb.unwrap_or_else(|| modelled_memory(workload)));
            let billed_ms = (workload.child_ms() / 100.0).ceil() as u64;
            usage.express_mb_ms = product([children, billed_ms, 100, memory]);
        }
        ExecutionMode::Here => {
            usage.machine_ms = run_ms;
            usage.machine_hour_nano_usd = workload.here_hour_nano_usd;
        }
    }
    let colds = peak_concurrency(workload, mode);
    usage.lambda = workload.states.iter().filter_map(|state| function(workload, state, colds)).collect();
    storage(workload, mode, &mut usage);
    usage.log_bytes = children.saturating_mul(workload.log_bytes_per_child);
    usage
}

fn modelled_memory(workload: &Workload) -> f64 {
    express_memory_mb(workload.definition_chars as f64 / 1000.0, 0.0, 0.0)
}

fn function(workload: &Workload, state: &StateProfile, environments: u64) -> Option<LambdaUsage> {
    let lambda = state.lambda.as_ref()?;
    let requests = times(workload.children(), state.visits.likely * (1.0 + state.retries.likely));
    let warm = product([requests, workload.attempt_ms(state).ceil() as u64, lambda.memory_mb]);
    let cold = product([environments.min(requests), lambda.init_ms.max(0.0).ceil() as u64, lambda.memory_mb]);
    let mb_ms = warm.saturating_add(cold);
    Some(LambdaUsage { requests, mb_ms, architecture: lambda.architecture })
}

/// S3 requests of the reader, of the tasks and of the result files.
fn storage(workload: &Workload, mode: ExecutionMode, usage: &mut Usage) {
    let tasks = |each: fn(&StateProfile) -> f64| -> u64 {
        let entered = |state: &StateProfile| state.visits.likely * (1.0 + state.retries.likely);
        let requests =
            workload.states.iter().map(|state| times(workload.items, each(state).max(0.0) * entered(state)));
        requests.fold(0, u64::saturating_add)
    };
    usage.s3_gets = tasks(|state| state.s3_gets_per_item);
    usage.s3_puts = tasks(|state| state.s3_puts_per_item);
    if mode == ExecutionMode::Here {
        return;
    }
    match workload.reader.lists {
        true => usage.s3_puts = usage.s3_puts.saturating_add(workload.items.div_ceil(1000)),
        false => usage.s3_gets = usage.s3_gets.saturating_add(workload.reader.files),
    }
    // A test object, the manifest, and a file each for what succeeded and what failed.
    usage.s3_puts = usage.s3_puts.saturating_add(if workload.result_writer { 4 } else { 0 });
}

/// `count` times an expected number, to the nearest whole.
fn times(count: u64, expected: f64) -> u64 {
    (count as f64 * expected).round() as u64
}

fn product<const N: usize>(factors: [u64; N]) -> u128 {
    factors.into_iter().fold(1, |product, factor| product.saturating_mul(u128::from(factor)))
}
