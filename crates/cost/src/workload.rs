//! The numbers about a job that an estimate needs.

use crate::price_book::FreeTier;
use crate::spread::Spread;
use crate::usage::Architecture;
use model::ExecutionType;
use serde::{Deserialize, Serialize};

/// Where and how the children run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionMode {
    /// On AWS, children of type STANDARD.
    Standard,
    /// On AWS, children of type EXPRESS.
    Express,
    /// On this server.
    Here,
}

impl ExecutionMode {
    /// Every mode, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Here, Self::Standard, Self::Express];
}

impl From<ExecutionType> for ExecutionMode {
    fn from(kind: ExecutionType) -> Self {
        match kind {
            ExecutionType::Standard => Self::Standard,
            ExecutionType::Express => Self::Express,
        }
    }
}

/// A job and its manifest in numbers. Missing fields mean the values of [`Workload::default`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Workload {
    /// Items of the manifest.
    pub items: u64,
    /// Items that go into one child; at least 1.
    pub items_per_batch: u64,
    /// The states of a child.
    pub states: Vec<StateProfile>,
    /// States of the parent that are entered, the Map among them.
    pub parent_states: u64,
    /// `MaxConcurrency`; 0 for as much as there is.
    pub max_concurrency: u32,
    /// For prices and quotas.
    pub region: String,
    /// Characters of the definition.
    pub definition_chars: u64,
    /// Bytes of an item, on average.
    pub item_bytes: u64,
    /// Memory of an Express child in MB; `None` to compute it as AWS's pricing page does.
    pub express_memory_mb: Option<f64>,
    /// Where the items come from.
    pub reader: ReaderProfile,
    /// Results are written to S3.
    pub result_writer: bool,
    /// Log data of a child, in bytes.
    pub log_bytes_per_child: u64,
    /// Functions that may run at once in the account and region.
    pub lambda_concurrency: u32,
    /// Standard transitions a second; `None` for the region's default quota.
    pub transitions_per_s: Option<u64>,
    /// What the account need not pay; [`FreeTier::default`] for nothing.
    pub free_tier: FreeTier,
    /// Count the parent's start and end as transitions, as some readings of AWS's price page do.
    pub count_start_and_end: bool,
    /// Children that run at once on this server when `max_concurrency` allows it.
    pub here_concurrency: u32,
    /// Children that this server starts and records in a second.
    pub here_children_per_s: f64,
    /// Price of an hour of this server, in billionths of a dollar.
    pub here_hour_nano_usd: u64,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            items: 0,
            items_per_batch: 1,
            states: Vec::new(),
            parent_states: 1,
            max_concurrency: 0,
            region: "us-east-1".into(),
            definition_chars: 2_000,
            item_bytes: 200,
            express_memory_mb: None,
            reader: ReaderProfile::default(),
            result_writer: false,
            log_bytes_per_child: 0,
            lambda_concurrency: 1_000,
            transitions_per_s: None,
            free_tier: FreeTier::full(),
            count_start_and_end: false,
            here_concurrency: 1_000,
            here_children_per_s: 20_000.0,
            here_hour_nano_usd: 0,
        }
    }
}

/// Where the items come from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ReaderProfile {
    /// Items are listed, a thousand a request; otherwise files are read.
    pub lists: bool,
    /// Files that are read.
    pub files: u64,
    /// Items a second that the source gives; 0 when it is never what holds a run back.
    pub items_per_s: f64,
}

impl Default for ReaderProfile {
    fn default() -> Self {
        Self { lists: false, files: 1, items_per_s: 0.0 }
    }
}

/// A state of the child, as often as it is entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct StateProfile {
    /// Its name in the definition.
    pub name: String,
    /// Times that a child enters it, on average: below 1 behind a Choice, above 1 in a loop.
    pub visits: Spread,
    /// Milliseconds of one attempt that do not depend on the batch.
    pub fixed_ms: Spread,
    /// Milliseconds for every item of the batch.
    pub per_item_ms: Spread,
    /// Attempts after the first, on average.
    pub retries: Spread,
    /// The function that it calls, when its cost counts.
    pub lambda: Option<LambdaProfile>,
    /// S3 GET requests for every item.
    pub s3_gets_per_item: f64,
    /// S3 PUT requests for every item.
    pub s3_puts_per_item: f64,
}

impl StateProfile {
    /// A state that every child enters once and that takes `per_item_ms` for an item.
    pub fn task(name: impl Into<String>, per_item_ms: f64) -> Self {
        Self {
            name: name.into(),
            visits: Spread::exactly(1.0),
            per_item_ms: Spread::exactly(per_item_ms),
            ..Self::default()
        }
    }
}

/// A Lambda function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct LambdaProfile {
    /// Configured memory.
    pub memory_mb: u64,
    /// Processor.
    pub architecture: Architecture,
    /// Milliseconds of a cold start; billed once for every environment.
    pub init_ms: f64,
}

impl Default for LambdaProfile {
    fn default() -> Self {
        Self { memory_mb: 128, architecture: Architecture::X86, init_ms: 0.0 }
    }
}

impl Workload {
    /// A job of these states over so many items, everything else by default.
    pub fn new(items: u64, states: Vec<StateProfile>) -> Self {
        Self { items, states, ..Self::default() }
    }

    /// Items that go into one child.
    pub fn batch(&self) -> u64 {
        self.items_per_batch.clamp(1, self.items.max(1))
    }

    /// Children that the Map starts.
    pub fn children(&self) -> u64 {
        self.items.div_ceil(self.batch())
    }

    /// Times that states are entered in a child, retries included.
    pub fn entries_per_child(&self) -> f64 {
        self.states.iter().map(|state| state.visits.likely * (1.0 + state.retries.likely)).sum()
    }

    /// Milliseconds of a child, retries included, waiting between them not.
    pub fn child_ms(&self) -> f64 {
        self.states
            .iter()
            .map(|state| state.visits.likely * (1.0 + state.retries.likely) * self.attempt_ms(state))
            .sum()
    }

    /// Milliseconds of one attempt of a state.
    pub(crate) fn attempt_ms(&self, state: &StateProfile) -> f64 {
        state.fixed_ms.likely + state.per_item_ms.likely * self.batch() as f64
    }

    /// Standard transitions a second that the account may make.
    pub(crate) fn transition_quota(&self) -> u64 {
        let big_three = ["us-east-1", "us-west-2", "eu-west-1"].contains(&self.region.as_str());
        self.transitions_per_s.unwrap_or(if big_three { 5_000 } else { 800 }).max(1)
    }

    /// Children that may run at once.
    pub(crate) fn concurrency(&self, mode: ExecutionMode) -> u32 {
        let most = match mode {
            ExecutionMode::Here => self.here_concurrency,
            _ => model::limits::MAX_CONCURRENCY,
        };
        if self.max_concurrency == 0 { most.max(1) } else { self.max_concurrency.min(most).max(1) }
    }

    /// Every number that has a spread, with its name for people.
    pub(crate) fn spreads(&mut self) -> Vec<(String, &mut Spread)> {
        self.states
            .iter_mut()
            .flat_map(|state| {
                let name = &state.name;
                [
                    (format!("duration of {name}"), &mut state.fixed_ms),
                    (format!("time for an item in {name}"), &mut state.per_item_ms),
                    (format!("retry rate of {name}"), &mut state.retries),
                    (format!("share of children that reach {name}"), &mut state.visits),
                ]
            })
            .collect()
    }
}
