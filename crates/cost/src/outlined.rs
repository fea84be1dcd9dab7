//! From a definition's outline and a manifest's numbers to a workload, and everything that is said
//! about it at once.

use crate::advice::{Advice, Facts, advise};
use crate::compare::{Choice, CurvePoint, compare, concurrency_curve};
use crate::estimate::{Estimate, estimate};
use crate::price_book::{FreeTier, PriceBook, PriceError};
use crate::spread::Spread;
use crate::workload::{ExecutionMode, LambdaProfile, ReaderProfile, StateProfile, Workload};
use model::{Manifest, MapOutline, StateOutline, StateWork};
use serde::{Deserialize, Serialize};

/// The time of a call that nobody has measured, in milliseconds.
const UNKNOWN_CALL_MS: [f64; 3] = [250.0, 1_000.0, 4_000.0];

/// What no definition says. What is absent is taken from the definition, or assumed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EstimateInputs))]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Items of the manifest.
    #[serde(default)]
    pub items: u64,
    /// Bytes of an item, on average.
    #[serde(default)]
    pub item_bytes: Option<u64>,
    /// Items in a child.
    #[serde(default)]
    pub items_per_batch: Option<u64>,
    /// Children at once; 0 for as much as there is.
    #[serde(default)]
    pub max_concurrency: Option<u32>,
    /// Milliseconds of a Task for each item; between 250 and 4,000 when absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::spread::Form>))]
    #[serde(default)]
    pub task_ms: Option<Spread>,
    /// Attempts of a Task after the first, on average; none when absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::spread::Form>))]
    #[serde(default)]
    pub retries: Option<Spread>,
    /// Memory of the functions in MB; their lines are left out when absent.
    #[serde(default)]
    pub lambda_memory_mb: Option<u64>,
    /// The region of the prices; us-east-1 when absent.
    #[serde(default)]
    pub region: Option<String>,
    /// Leave AWS's free tier out.
    #[serde(default)]
    pub no_free_tier: bool,
}

impl Inputs {
    /// What a manifest says: its items and their size.
    pub fn of(manifest: &Manifest) -> Self {
        Self {
            items: manifest.items,
            item_bytes: Some(manifest.bytes.checked_div(manifest.items).unwrap_or(0)),
            ..Self::default()
        }
    }
}

impl Facts {
    /// What a manifest says: its size and its largest item.
    pub fn of(manifest: &Manifest) -> Self {
        let largest = &manifest.stats["largest"][0];
        let name = |index: u64| match largest["key"].as_str() {
            Some(key) => format!("Item {index} ({key})"),
            None => format!("Item {index}"),
        };
        Self {
            largest_input_bytes: largest["bytes"].as_u64(),
            largest_input_name: largest["index"].as_u64().map(name),
            dataset_bytes: Some(manifest.bytes),
            ..Self::default()
        }
    }
}

/// The workload of a definition.
pub fn workload(outline: &MapOutline, inputs: &Inputs) -> Workload {
    let otherwise = Workload::default();
    Workload {
        items: inputs.items,
        items_per_batch: inputs.items_per_batch.or(outline.items_per_batch).unwrap_or(1).max(1),
        states: outline.states.iter().map(|state| profile(state, inputs)).collect(),
        parent_states: outline.parent_states.max(1),
        max_concurrency: inputs.max_concurrency.or(outline.max_concurrency).unwrap_or(0),
        region: inputs.region.clone().unwrap_or(otherwise.region),
        definition_chars: outline.definition_chars,
        item_bytes: inputs.item_bytes.unwrap_or(otherwise.item_bytes),
        reader: ReaderProfile { lists: outline.lists, ..ReaderProfile::default() },
        result_writer: outline.result_writer,
        free_tier: if inputs.no_free_tier { FreeTier::default() } else { otherwise.free_tier },
        ..Workload::default()
    }
}

fn profile(state: &StateOutline, inputs: &Inputs) -> StateProfile {
    let [low, likely, high] = UNKNOWN_CALL_MS;
    let calls = matches!(state.work, StateWork::Function | StateWork::Call);
    let per_item_ms = inputs.task_ms.unwrap_or_else(|| Spread::between(low, likely, high));
    StateProfile {
        name: state.name.clone(),
        // Behind a Choice nobody knows the share: any may be right.
        visits: match state.certain {
            true => Spread::exactly(state.visits),
            false => {
                Spread::between(0.0, state.visits, if state.visits <= 1.0 { 1.0 } else { 2.0 * state.visits })
            }
        },
        fixed_ms: match state.work {
            StateWork::Wait(seconds) => Spread::exactly(seconds.unwrap_or(0.0) * 1000.0),
            _ => Spread::default(),
        },
        per_item_ms: if calls { per_item_ms } else { Spread::default() },
        retries: if calls { inputs.retries.unwrap_or_default() } else { Spread::default() },
        lambda: inputs
            .lambda_memory_mb
            .filter(|_| state.work == StateWork::Function)
            .map(|memory_mb| LambdaProfile { memory_mb, ..LambdaProfile::default() }),
        ..StateProfile::default()
    }
}

/// Everything that is known before a launch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EstimateReport))]
pub struct Report {
    /// The numbers it is made from.
    pub workload: Workload,
    /// Where the definition says that it runs.
    pub mode: ExecutionMode,
    /// One estimate for this server, AWS Standard and AWS Express, in this order.
    pub estimates: Vec<Estimate>,
    /// Every mode with every batch size.
    pub choices: Vec<Choice>,
    /// Cost and time against MaxConcurrency, in the definition's mode.
    pub curve: Vec<CurvePoint>,
    /// What to know before launch, the gravest first.
    pub advice: Vec<Advice>,
    /// What had to be assumed, as sentences.
    pub assumed: Vec<String>,
}

impl Report {
    /// The estimate of a mode.
    pub fn of(&self, mode: ExecutionMode) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.mode == mode)
    }
}

/// Prices a definition in every way.
///
/// # Errors
/// A region that the book does not have.
pub fn report(
    outline: &MapOutline,
    inputs: &Inputs,
    facts: &Facts,
    book: &PriceBook,
) -> Result<Report, PriceError> {
    let workload = workload(outline, inputs);
    let mode = ExecutionMode::from(outline.execution_type);
    let estimates: Vec<Estimate> = ExecutionMode::ALL
        .into_iter()
        .map(|mode| estimate(&workload, mode, book))
        .collect::<Result<_, _>>()?;
    let facts = Facts {
        label: outline.label.clone().or_else(|| facts.label.clone()),
        prefix: outline.prefix.clone().or_else(|| facts.prefix.clone()),
        tolerates_failures: outline.tolerates_failures,
        ..facts.clone()
    };
    let advice = estimates
        .iter()
        .find(|estimate| estimate.mode == mode)
        .map(|estimate| advise(&workload, &facts, estimate))
        .unwrap_or_default();
    let mut assumed = outline.assumed.clone();
    if inputs.task_ms.is_none()
        && outline.states.iter().any(|state| matches!(state.work, StateWork::Function | StateWork::Call))
    {
        let [low, likely, high] = UNKNOWN_CALL_MS;
        assumed.push(format!(
            "No call has been measured: each is taken as {likely} ms for an item, between {low} and {high}."
        ));
    }
    if outline.states.iter().any(|state| state.work == StateWork::Wait(None)) {
        assumed.push("A Wait whose seconds are only known at run time is taken as no wait.".to_owned());
    }
    if inputs.lambda_memory_mb.is_none()
        && outline.states.iter().any(|state| state.work == StateWork::Function)
    {
        assumed.push("Lambda is not counted: its memory is not given.".to_owned());
    }
    Ok(Report {
        choices: compare(&workload, book)?,
        curve: concurrency_curve(&workload, mode, book)?,
        workload,
        mode,
        estimates,
        advice,
        assumed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(states: Vec<StateOutline>) -> MapOutline {
        MapOutline {
            map: Some("Each".into()),
            parent_states: 1,
            items_per_batch: Some(1),
            states,
            ..MapOutline::default()
        }
    }

    fn call(visits: f64, certain: bool) -> StateOutline {
        StateOutline { name: "Count".into(), work: StateWork::Function, visits, certain }
    }

    #[test]
    fn a_million_items_of_one_state_cost_what_aws_publishes() {
        let inputs = Inputs {
            items: 1_000_000,
            task_ms: Some(Spread::exactly(1000.0)),
            no_free_tier: true,
            ..Inputs::default()
        };
        let report =
            report(&outline(vec![call(1.0, true)]), &inputs, &Facts::default(), &PriceBook::built_in())
                .unwrap();
        let standard = report.of(ExecutionMode::Standard).unwrap();
        assert_eq!(standard.transitions, 2_000_001);
        assert_eq!(standard.cost.likely.to_string(), "$50.00");
        assert_eq!(report.of(ExecutionMode::Express).unwrap().cost.likely.to_string(), "$27.04");
        assert!(report.advice.iter().any(|advice| advice.code == "L-14"), "{:?}", report.advice);
    }

    #[test]
    fn what_is_not_known_widens_the_range_and_is_said() {
        let inputs = Inputs { items: 1000, no_free_tier: true, ..Inputs::default() };
        let report =
            report(&outline(vec![call(0.5, false)]), &inputs, &Facts::default(), &PriceBook::built_in())
                .unwrap();
        let standard = report.of(ExecutionMode::Standard).unwrap();
        assert!(standard.cost.low < standard.cost.likely && standard.cost.likely < standard.cost.high);
        assert_eq!(report.assumed.len(), 2, "{:?}", report.assumed);
    }
}
