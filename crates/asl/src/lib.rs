//! Amazon States Language: parse, check, compile, run. Sans-IO.
//!
//! Deliberately unknown here: clocks, randomness, files, networks, async. Time comes in with each
//! event, randomness as a seed, and whatever must be done outside leaves as an effect.

pub mod check;
pub mod edit;
mod context;
pub mod eval_error;
pub mod execution;
pub mod history;
pub mod integration;
pub mod intrinsics;
pub mod jsonata;
pub mod jsonpath;
pub mod map_run;
pub mod payload;
pub mod program;
pub mod scope;
pub mod syntax;
mod states;
pub mod template;
pub mod value;

pub use eval_error::EvalError;
pub use execution::{
    ContextSeed, Effect, EffectId, Event, Execution, MapRunEnd, Outcome, Start, TaskCall,
};
pub use history::{HistoryBytes, HistoryEvent};
pub use integration::{LambdaAnswer, Pattern, Resource};
pub use jsonata::{Expression, JsonataTemplate};
pub use jsonpath::Path;
pub use map_run::{
    BatcherSpec, MapItem, MapItems, MapRunSpec, ReaderConfig, ReaderSpec, ResultWriterSpec,
};
pub use payload::Payload;
pub use program::{CompileError, DistributedMap, MapId, Program, StateId};
pub use scope::{Rng, Scope, Variables};
pub use template::{Query, Template, TemplateError};
pub use value::Value;
