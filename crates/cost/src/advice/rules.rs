//! One function a rule; `None` when it has nothing to say.

use super::{Advice, Facts, Severity};
use crate::duration::{Brake, dispatch_per_s, peak_concurrency};
use crate::estimate::Estimate;
use crate::workload::{ExecutionMode, Workload};
use model::limits::{
    EXPRESS_TIMEOUT_MS, MAX_DEFINITION_CHARS, MAX_HISTORY_EVENTS, MAX_ITEMS, MAX_PAYLOAD_BYTES,
};

/// What the rules look at.
pub(super) struct Job<'a> {
    pub workload: &'a Workload,
    pub facts: &'a Facts,
    pub estimate: &'a Estimate,
}

/// A rule's finding, without its code.
pub(super) struct Finding(Severity, String, &'static str);

impl Finding {
    pub fn coded(self, code: &str) -> Advice {
        Advice { code: code.to_owned(), severity: self.0, text: self.1, fix: self.2.to_owned() }
    }
}

type Rule = fn(&Job<'_>) -> Option<Finding>;

pub(super) const RULES: [(&str, Rule); 16] = [
    ("L-01", input_size),
    ("L-02", result_size),
    ("L-03", express_time),
    ("L-04", dispatch),
    ("L-05", transitions),
    ("L-06", lambda_concurrency),
    ("L-07", nested_runs),
    ("L-08", history),
    ("L-09", names),
    ("L-10", dataset),
    ("L-11", prefix),
    ("L-12", bucket),
    ("L-13", retries),
    ("L-14", tolerance),
    ("L-15", definition),
    ("L-16", redrive_window),
];

const GB: u64 = 1 << 30;
const PAYLOAD: u64 = MAX_PAYLOAD_BYTES as u64;
const DAY_MS: u64 = 24 * 3600 * 1000;
/// Events that a state leaves in a history, as a rule of thumb.
const EVENTS_PER_STATE: f64 = 5.0;

impl Job<'_> {
    fn on_aws(&self) -> bool {
        self.estimate.mode != ExecutionMode::Here
    }
}

/// An error past the limit, a warning past `percent` of it.
fn near(value: f64, limit: f64, percent: f64) -> Option<Severity> {
    if value > limit {
        Some(Severity::Error)
    } else {
        (value > limit * percent / 100.0).then_some(Severity::Warning)
    }
}

fn input_size(job: &Job<'_>) -> Option<Finding> {
    let bytes = job.facts.largest_input_bytes?;
    let severity = near(bytes as f64, PAYLOAD as f64, 80.0)?;
    let name = job.facts.largest_input_name.as_deref().unwrap_or("A child");
    Some(Finding(
        severity,
        format!("{name} would receive {bytes} bytes; an input may have {PAYLOAD}."),
        "Pass less with ItemSelector, or put fewer items into a batch.",
    ))
}

fn result_size(job: &Job<'_>) -> Option<Finding> {
    let bytes = job.facts.output_bytes?.saturating_mul(job.estimate.children);
    (!job.workload.result_writer && bytes > PAYLOAD).then(|| {
        Finding(
            Severity::Error,
            format!("All results together have about {bytes} bytes; without a ResultWriter they may have {PAYLOAD}."),
            "Add a ResultWriter.",
        )
    })
}

fn express_time(job: &Job<'_>) -> Option<Finding> {
    if job.estimate.mode != ExecutionMode::Express {
        return None;
    }
    let ms = job
        .facts
        .child_p99_ms
        .map_or(job.workload.child_ms(), |p99| (p99 as f64).max(job.workload.child_ms()));
    let severity = near(ms, EXPRESS_TIMEOUT_MS as f64, 80.0)?;
    Some(Finding(
        severity,
        format!("A child may take {:.0} s; an Express child is ended after 300 s.", ms / 1000.0),
        "Put fewer items into a batch, or run the children as STANDARD.",
    ))
}

fn dispatch(job: &Job<'_>) -> Option<Finding> {
    let rate = dispatch_per_s(job.workload, job.estimate.mode);
    let ms = job.estimate.children as f64 / rate * 1000.0;
    let dominates = ms > 60_000.0 && 2.0 * ms > job.estimate.duration_ms.likely as f64;
    (job.on_aws() && dominates).then(|| {
        Finding(
            Severity::Warning,
            format!(
                "AWS starts at most {rate:.0} such children a second: starting all of them takes {:.0} min.",
                ms / 60_000.0
            ),
            "Put more items into a batch, or run the children as EXPRESS.",
        )
    })
}

fn transitions(job: &Job<'_>) -> Option<Finding> {
    let quota = job.workload.transition_quota();
    let running = peak_concurrency(job.workload, job.estimate.mode) as f64;
    let child_s = job.workload.child_ms() / 1000.0;
    let rate = running * (1.0 + job.workload.entries_per_child()) / child_s.max(0.001);
    let throttled = job.estimate.brake == Brake::Transitions || rate > quota as f64;
    (job.estimate.mode == ExecutionMode::Standard && throttled).then(|| {
        Finding(
            Severity::Warning,
            format!(
                "The children would make {rate:.0} transitions a second; the account's quota is {quota}."
            ),
            "Run the children as EXPRESS, put more items into a batch, or lower MaxConcurrency.",
        )
    })
}

fn lambda_concurrency(job: &Job<'_>) -> Option<Finding> {
    let calls = job.workload.states.iter().any(|state| state.lambda.is_some());
    let running = peak_concurrency(job.workload, job.estimate.mode);
    let quota = job.workload.lambda_concurrency;
    (calls && running > u64::from(quota)).then(|| {
        Finding(
            Severity::Warning,
            format!("Up to {running} children call functions at once; the account runs {quota}, the rest fail with Lambda.TooManyRequestsException."),
            "Lower MaxConcurrency, retry that error, or ask for a higher quota.",
        )
    })
}

fn nested_runs(job: &Job<'_>) -> Option<Finding> {
    let runs = job.facts.outer_concurrency?;
    (job.on_aws() && runs > 1_000).then(|| {
        Finding(
            Severity::Warning,
            format!("Up to {runs} Map Runs would be open at once; AWS keeps 1,000 open, the rest wait."),
            "Lower the outer MaxConcurrency, or read all objects in one Map Run with LOAD_AND_FLATTEN.",
        )
    })
}

fn history(job: &Job<'_>) -> Option<Finding> {
    if job.estimate.mode != ExecutionMode::Standard {
        return None;
    }
    let events = job.workload.entries_per_child() * EVENTS_PER_STATE;
    let severity = near(events, MAX_HISTORY_EVENTS as f64, 80.0)?;
    Some(Finding(
        severity,
        format!("A child's history may reach {events:.0} events; at {MAX_HISTORY_EVENTS} it fails."),
        "Put fewer items into a batch, or run the children as EXPRESS.",
    ))
}

fn names(job: &Job<'_>) -> Option<Finding> {
    let label = job.facts.label.as_deref().filter(|label| !model::names::is_valid_label(label));
    let name = job.facts.machine_name.as_deref().filter(|name| !model::names::is_valid_name(name));
    let wrong = label
        .map(|label| format!("The Label \"{label}\""))
        .or(name.map(|name| format!("The name \"{name}\"")))?;
    Some(Finding(
        Severity::Error,
        format!("{wrong} is not one that AWS accepts."),
        "Use letters, digits, - and _; a Label has at most 40 characters, a name 80.",
    ))
}

fn dataset(job: &Job<'_>) -> Option<Finding> {
    let bytes = job.facts.dataset_bytes.unwrap_or(0);
    if job.workload.items > MAX_ITEMS {
        let text =
            format!("AWS reads the first {MAX_ITEMS} items of {} and drops the rest.", job.workload.items);
        return Some(Finding(Severity::Error, text, "Split the manifest."));
    }
    if bytes > 10 * GB {
        let text = format!("The item source has {} GB; AWS reads up to 10 GB from a file.", bytes / GB);
        return Some(Finding(Severity::Error, text, "Split the file."));
    }
    (job.facts.dataset_compressed && bytes > 2 * GB).then(|| {
        let text =
            format!("The compressed item source has {} GB; unpacked it may pass AWS's 10 GB.", bytes / GB);
        Finding(Severity::Warning, text, "Split the file.")
    })
}

fn prefix(job: &Job<'_>) -> Option<Finding> {
    if job.facts.folder_placeholders > 0 {
        let text = format!(
            "{} listed objects are empty folder placeholders; they become items too.",
            job.facts.folder_placeholders
        );
        return Some(Finding(
            Severity::Warning,
            text,
            "Delete the placeholders, or let the child pass over items of Size 0.",
        ));
    }
    let prefix = job.facts.prefix.as_deref().filter(|prefix| !prefix.is_empty() && !prefix.ends_with('/'))?;
    Some(Finding(
        Severity::Note,
        format!("The Prefix \"{prefix}\" also lists \"{prefix}0/…\" and every other key that begins so."),
        "End the Prefix with /.",
    ))
}

fn bucket(job: &Job<'_>) -> Option<Finding> {
    let elsewhere = job.facts.bucket_elsewhere.as_deref()?;
    job.on_aws().then(|| {
        Finding(
            Severity::Error,
            format!("The bucket is in {elsewhere}; AWS lists and writes buckets only in the state machine's account and region."),
            "Use a bucket of the same account and region.",
        )
    })
}

fn retries(job: &Job<'_>) -> Option<Finding> {
    let entries = job.workload.entries_per_child();
    let first: f64 = job.workload.states.iter().map(|state| state.visits.likely).sum();
    (first > 0.0 && entries > 1.1 * first).then(|| {
        Finding(
            Severity::Warning,
            format!(
                "Retries add {:.0} % to the states entered, and each attempt is paid.",
                (entries / first - 1.0) * 100.0
            ),
            "Find out why attempts fail; wait longer between them.",
        )
    })
}

fn tolerance(job: &Job<'_>) -> Option<Finding> {
    (!job.facts.tolerates_failures && job.workload.items > 10_000).then(|| {
        Finding(
            Severity::Warning,
            format!("One failed item of {} fails the whole run.", job.workload.items),
            "Set ToleratedFailurePercentage or ToleratedFailureCount.",
        )
    })
}

fn definition(job: &Job<'_>) -> Option<Finding> {
    let chars = job.workload.definition_chars;
    let severity = near(chars as f64, MAX_DEFINITION_CHARS as f64, 80.0)?;
    Some(Finding(
        severity,
        format!("The definition has {chars} characters; it may have {MAX_DEFINITION_CHARS}."),
        "Move inline Items into a manifest.",
    ))
}

fn redrive_window(job: &Job<'_>) -> Option<Finding> {
    let days = job.estimate.duration_ms.high / DAY_MS;
    (job.on_aws() && days >= 14).then(|| {
        Finding(
            Severity::Warning,
            format!(
                "The run may take {days} days; children that failed more than 14 days ago cannot be redriven."
            ),
            "Split the manifest, or run more at once.",
        )
    })
}
