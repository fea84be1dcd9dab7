//! Everything that a distributed Map needs outside its parent: what is read, how items become
//! children's inputs, how many failures are tolerated, where results go.

use crate::Value;
use crate::context::with_item;
use crate::eval_error::EvalError;
use crate::payload::Payload;
use crate::program::{MapId, Program, StateId};
use crate::scope::{Rng, Scope, Variables};
use model::{ExecutionType, Timestamp};
use serde::{Deserialize, Serialize};

/// A Map Run as the state asks for it, with every path and expression resolved.
/// Self-contained: it can be stored and used after a restart, without the parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapRunSpec {
    /// The Map state within its program.
    pub map: MapId,
    /// The state's name.
    pub state_name: String,
    /// `Label`.
    pub label: Option<String>,
    /// Of the children.
    pub execution_type: ExecutionType,
    /// Where the items come from.
    pub items: MapItems,
    /// 0: no limit of its own.
    pub max_concurrency: u32,
    /// More failed items than this fail the run.
    pub tolerated_failure_count: Option<u64>,
    /// A greater share of failed items than this fails the run, 0–100.
    pub tolerated_failure_percentage: Option<f64>,
    /// `ItemBatcher`.
    pub batcher: Option<BatcherSpec>,
    /// `ResultWriter`.
    pub result_writer: Option<ResultWriterSpec>,
    /// What the ItemSelector sees besides the item; `None` when there is no ItemSelector.
    pub selector: Option<SelectorScope>,
}

/// What an ItemSelector sees of its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelectorScope {
    /// The Map state's input after InputPath.
    pub input: Payload,
    /// The parent's context object.
    pub context: Payload,
    /// The parent's variables.
    pub variables: Variables,
    /// Feeds random functions, together with the item's index.
    pub seed: u64,
    /// When the run was asked for.
    pub now: Timestamp,
}

impl MapRunSpec {
    /// An item's way to its child's input, before batching: the ItemSelector, or the item itself.
    ///
    /// # Errors
    /// When the ItemSelector cannot be evaluated on this item.
    pub fn select(&self, program: &Program, item: &MapItem<'_>) -> Result<Payload, EvalError> {
        let selector = program.map(self.map).and_then(|map| map.selector.as_ref());
        let (Some(selector), Some(seen)) = (selector, &self.selector) else { return Ok(item.value.clone()) };
        let looks = program.state(StateId(self.map.0)).uses_context;
        let context = if looks { with_item(seen.context.value(), item) } else { Value::Null };
        // Every item has numbers of its own, whatever order they are selected in.
        let rng = Rng::new(seen.seed ^ item.index.wrapping_mul(0xA24B_AED4_963E_E407));
        let mut scope = Scope::new(seen.input.value(), &context, &seen.variables, &rng);
        scope.now = seen.now;
        selector.eval(&scope).map(Payload::from_value)
    }
}

/// Where items come from.
#[expect(clippy::large_enum_variant, reason = "there is one in a Map Run")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MapItems {
    /// State data: an array, or an object whose members are the items.
    Inline(Value),
    /// An `ItemReader`.
    Reader(ReaderSpec),
}

/// `ItemReader`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReaderSpec {
    /// `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`.
    pub resource: String,
    /// `Parameters` or `Arguments`: Bucket, Key, Prefix …
    pub arguments: Value,
    /// `ReaderConfig` with `MaxItems` resolved.
    pub config: ReaderConfig,
}

/// `ReaderConfig`, in AWS's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReaderConfig {
    /// `CSV`, `JSON`, `JSONL`, `PARQUET`, `MANIFEST`.
    pub input_type: Option<String>,
    /// `S3_INVENTORY`, `ATHENA_DATA`.
    pub manifest_type: Option<String>,
    /// `NONE`, `LOAD_AND_FLATTEN`.
    pub transformation: Option<String>,
    /// `FIRST_ROW`, `GIVEN`.
    #[serde(rename = "CSVHeaderLocation")]
    pub csv_header_location: Option<String>,
    /// With `GIVEN`.
    #[serde(rename = "CSVHeaders")]
    pub csv_headers: Option<Vec<String>>,
    /// `COMMA`, `PIPE`, `SEMICOLON`, `SPACE`, `TAB`.
    #[serde(rename = "CSVDelimiter")]
    pub csv_delimiter: Option<String>,
    /// Items to read at most; `None` reads all. A negative number fails the run.
    pub max_items: Option<i64>,
    /// A JSON Pointer into a JSON file.
    pub items_pointer: Option<String>,
}

/// `ItemBatcher`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BatcherSpec {
    /// `MaxItemsPerBatch`.
    pub max_items: Option<u64>,
    /// `MaxInputBytesPerBatch`.
    pub max_input_bytes: Option<u64>,
    /// `BatchInput`, evaluated.
    pub batch_input: Option<Value>,
}

/// `ResultWriter`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultWriterSpec {
    /// `None`: the results are formatted into the state's output, nothing is written.
    pub bucket: Option<String>,
    /// May be empty.
    pub prefix: Option<String>,
    /// `NONE`, `COMPACT`, `FLATTEN`.
    pub transformation: Option<String>,
    /// `JSON`, `JSONL`.
    pub output_type: Option<String>,
}

/// One item on its way to a child.
#[derive(Clone, Copy, Debug)]
pub struct MapItem<'a> {
    /// From 0, in reading order.
    pub index: u64,
    /// The item.
    pub value: &'a Payload,
    /// The member's name, when the items are an object's members.
    pub key: Option<&'a str>,
    /// `STATE_DATA`, `S3://bucket` or `S3://bucket/key`.
    pub source: &'a str,
}
