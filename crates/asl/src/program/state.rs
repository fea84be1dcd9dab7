//! The compiled form of states.

use super::expr::{Expr, NumberField, TextField};
use super::{MapId, StateId};
use crate::jsonpath::Path;
use crate::payload::Payload;
use crate::{Resource, Value};
use model::{ExecutionType, Timestamp};
use std::sync::Arc;

/// A machine, a branch or an item processor: a set of states with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FlowId(pub u32);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub start: StateId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    JsonPath,
    Jsonata,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Next {
    State(StateId),
    End,
}

/// InputPath, ResultPath, OutputPath: absent means `$`, `null` means nothing.
#[derive(Clone, Debug, Default)]
pub(crate) enum PathField {
    #[default]
    Whole,
    Nothing,
    Path(Path),
}

#[derive(Debug)]
pub(crate) struct State {
    pub name: Arc<str>,
    pub language: Language,
    pub kind: Kind,
    pub next: Next,
    pub input_path: PathField,
    /// `Parameters` (JSONPath) or `Arguments` (JSONata).
    pub arguments: Option<Expr>,
    pub result_selector: Option<Expr>,
    pub result_path: PathField,
    pub output_path: PathField,
    /// JSONata `Output`.
    pub output: Option<Expr>,
    pub assign: Option<Expr>,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    /// Whether any field may look at the context object.
    pub uses_context: bool,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Pass { result: Option<Payload> },
    Task(Box<Task>),
    Choice(Box<Choice>),
    Wait(Wait),
    Succeed,
    Fail { error: Option<TextField>, cause: Option<TextField> },
    Parallel { branches: Vec<FlowId> },
    Map(Box<Map>),
}

#[derive(Debug)]
pub(crate) struct Task {
    pub resource: ResourceField,
    pub timeout: Option<NumberField>,
    pub heartbeat: Option<NumberField>,
    pub credentials: Option<Expr>,
}

#[derive(Debug)]
pub(crate) enum ResourceField {
    Known(Resource),
    /// A text that names nothing callable: fails when the state runs, as on AWS.
    Unknown(Arc<str>),
}

#[derive(Debug)]
pub(crate) enum Wait {
    Seconds(NumberField),
    Timestamp(TextField),
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub branches: Vec<ChoiceBranch>,
    pub default: Option<StateId>,
}

#[derive(Debug)]
pub(crate) struct ChoiceBranch {
    pub rule: Rule,
    pub next: StateId,
    pub assign: Option<Expr>,
    pub output: Option<Expr>,
}

#[derive(Debug)]
pub(crate) enum Rule {
    And(Vec<Rule>),
    Or(Vec<Rule>),
    Not(Box<Rule>),
    Compare { variable: Path, test: Test },
    Condition(Expr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub(crate) enum Test {
    Text(Order, Operand<Arc<str>>),
    Number(Order, Operand<f64>),
    Time(Order, Operand<Timestamp>),
    Boolean(Operand<bool>),
    Matches(Arc<str>),
    Is(Is, bool),
}

#[derive(Debug)]
pub(crate) enum Operand<T> {
    Literal(T),
    Path(Path),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Is {
    Null,
    Present,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

#[derive(Debug)]
pub(crate) struct Map {
    pub id: MapId,
    pub processor: FlowId,
    /// `None`: inline.
    pub distributed: Option<Distributed>,
    pub items_path: PathField,
    /// JSONata `Items`.
    pub items: Option<Expr>,
    pub selector: Option<Expr>,
    pub max_concurrency: Option<NumberField>,
}

#[derive(Debug)]
pub(crate) struct Distributed {
    pub execution_type: ExecutionType,
    pub label: Option<String>,
    pub reader: Option<Reader>,
    pub batcher: Option<Batcher>,
    pub writer: Option<Writer>,
    pub tolerated_count: Option<NumberField>,
    pub tolerated_percentage: Option<NumberField>,
}

#[derive(Debug)]
pub(crate) struct Reader {
    pub resource: String,
    pub arguments: Option<Expr>,
    pub config: Value,
    pub max_items: Option<NumberField>,
}

#[derive(Debug)]
pub(crate) struct Batcher {
    pub max_items: Option<NumberField>,
    pub max_bytes: Option<NumberField>,
    pub batch_input: Option<Expr>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    pub arguments: Option<Expr>,
    pub transformation: Option<String>,
    pub output_type: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Retrier {
    pub errors: Vec<Arc<str>>,
    pub interval_seconds: f64,
    pub backoff_rate: f64,
    pub max_attempts: u32,
    pub max_delay_seconds: Option<f64>,
    pub full_jitter: bool,
}

#[derive(Debug)]
pub(crate) struct Catcher {
    pub errors: Vec<Arc<str>>,
    pub next: StateId,
    pub result_path: PathField,
    pub assign: Option<Expr>,
    pub output: Option<Expr>,
}
