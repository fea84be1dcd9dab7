//! Amazon States Language: parse, check, compile, run. Sans-IO.
//!
//! Deliberately unknown here: clocks, randomness, files, networks, async. Time comes in with each
//! event, randomness as a seed, and whatever must be done outside leaves as an effect.
//!
//! A [`Program`] is a compiled definition, an [`Execution`] a plain value that takes [`Event`]s and
//! gives [`Effect`]s, a [`Payload`] the JSON that travels.
//!
//! ```
//! use asl::{ContextSeed, Effect, Event, Execution, Outcome, Payload, Program, Start};
//! use model::{ExecutionType, Timestamp};
//!
//! let program = Program::compile(r#"{
//!     "StartAt": "Count",
//!     "States": {"Count": {
//!         "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:count",
//!         "ResultPath": "$.count", "End": true
//!     }}
//! }"#).unwrap();
//! let now = Timestamp(1_767_225_600_000);
//! let context = ContextSeed {
//!     execution_id: "arn:aws:states:us-east-1:000000000000:execution:machine:name".into(),
//!     execution_name: "name".into(),
//!     role_arn: "arn:aws:iam::000000000000:role/role".into(),
//!     start_time: now,
//!     redrive_count: 0,
//!     redrive_time: None,
//!     state_machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".into(),
//!     state_machine_name: "machine".into(),
//!     execution_type: ExecutionType::Standard,
//! };
//! let input = Payload::parse(r#"{"word":"map"}"#).unwrap();
//!
//! let mut execution = Execution::start(&program, Start { input, context, seed: 7 }, now);
//! let Some(Effect::Invoke { id, call }) = execution.poll_effect() else { panic!() };
//! assert_eq!(&*call.arguments.text(), r#"{"word":"map"}"#);
//!
//! let output = Payload::from_text("3".into());
//! execution.handle(&program, Event::TaskSucceeded { id, output }, now.plus_ms(40));
//! let Some(Outcome::Succeeded { output }) = execution.outcome() else { panic!() };
//! assert_eq!(&*output.text(), r#"{"word":"map","count":3}"#);
//!
//! let events = asl::history::render(&program, [execution.take_history().0.as_slice()]);
//! assert_eq!(events.last().unwrap().kind.name(), "ExecutionSucceeded");
//! ```

pub mod check;
mod context;
pub mod edit;
pub mod eval_error;
pub mod execution;
pub mod graph;
pub mod history;
pub mod integration;
pub mod intrinsics;
pub mod jsonata;
pub mod jsonpath;
pub mod map_run;
mod outline;
pub mod payload;
pub mod program;
pub mod scope;
mod states;
pub mod syntax;
pub mod template;
pub mod test_state;
pub mod value;
mod variables;

pub use eval_error::EvalError;
pub use execution::{ContextSeed, Effect, EffectId, Event, Execution, MapRunEnd, Outcome, Start, TaskCall};
pub use history::{HistoryBytes, HistoryEvent};
pub use integration::{LambdaAnswer, Pattern, Resource};
pub use jsonata::{Expression, JsonataTemplate};
pub use jsonpath::Path;
pub use map_run::{BatcherSpec, MapItem, MapItems, MapRunSpec, ReaderConfig, ReaderSpec, ResultWriterSpec};
pub use outline::outline;
pub use payload::Payload;
pub use program::{CompileError, DistributedMap, MapId, Program, StateId};
pub use scope::{Rng, Scope, Variables};
pub use variables::variable_references;
pub use template::{Query, Template, TemplateError};
pub use value::Value;
