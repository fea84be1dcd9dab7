//! What a definition says about the work of one child: what an estimate can read from it.

use crate::ExecutionType;
use serde::{Deserialize, Serialize};

/// The first distributed Map of a definition and the states of its children. A definition without
/// one is taken as the child itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapOutline {
    /// The Map state's name; `None` when the definition has no distributed Map.
    pub map: Option<String>,
    /// `ProcessorConfig.ExecutionType`.
    pub execution_type: ExecutionType,
    /// Items in a child: `MaxItemsPerBatch`, 1 without ItemBatcher; `None` when it is only known at run time.
    pub items_per_batch: Option<u64>,
    /// `MaxConcurrency`, 0 for as much as there is; `None` when it is only known at run time.
    pub max_concurrency: Option<u32>,
    /// The ItemReader lists objects.
    pub lists: bool,
    /// The ItemReader's `Prefix`.
    pub prefix: Option<String>,
    /// The Map's `Label`.
    pub label: Option<String>,
    /// There is a ResultWriter.
    pub result_writer: bool,
    /// A tolerated count or percentage of failures is set.
    pub tolerates_failures: bool,
    /// States of the parent on its common path, the Map among them.
    pub parent_states: u64,
    /// Characters of the definition.
    pub definition_chars: u64,
    /// The states of a child, in the order of the text.
    pub states: Vec<StateOutline>,
    /// What had to be assumed, as sentences.
    pub assumed: Vec<String>,
}

/// A state of the child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateOutline {
    /// Its name.
    pub name: String,
    /// What takes its time.
    pub work: StateWork,
    /// Times that a child enters it, likely; equal shares behind a Choice.
    pub visits: f64,
    /// Whether every child enters it just so often.
    pub certain: bool,
}

/// What takes a state's time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateWork {
    /// Nothing: Pass, Choice, Succeed, Fail, Map, Parallel.
    Nothing,
    /// A Wait of so many seconds; `None` when they are only known at run time.
    Wait(Option<f64>),
    /// A Task that calls a Lambda function.
    Function,
    /// A Task that calls something else.
    Call,
}
