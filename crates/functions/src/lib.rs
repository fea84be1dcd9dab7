//! What a Task calls: built-in demo functions, HTTP endpoints that answer like Lambda, and
//! processes of this machine that run Lambda handlers.
//!
//! Knows names, events, answers, and what a function can take; it does not know what a state is, who
//! retries, or where registered functions are kept. The types that matter are [`Functions`], which
//! finds a function and calls it, [`Invocation`], [`Answer`], [`CallError`] and [`Gate`].
//!
//! ```
//! # use functions::{Functions, Invocation, NoDirectory, NoObjects, Options};
//! # use std::sync::Arc;
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! let functions = Functions::new(Options::default(), Arc::new(NoDirectory), Arc::new(NoObjects));
//! let workspace = model::WorkspaceId::new(0, [0; 10]);
//! let invocation = Invocation::new(workspace, "add", r#"{"numbers": [1, 2, 3]}"#);
//! let answer = runtime.block_on(functions.call(invocation))?;
//! assert_eq!(&*answer.payload, "6");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod builtin;
mod directory;
mod gate;
mod http;
mod invocation;
pub mod process;
mod registry;
mod source;

pub use builtin::{Builtin, Event, LocalFunction, Outcome, Raised, builtins};
pub use directory::{FunctionConfig, FunctionDirectory, NoDirectory};
pub use gate::{Gate, Pass, Verdict, Whose};
pub use http::sigv4;
pub use http::{HttpEndpoint, LambdaEndpoint, Notifier};
pub use invocation::{Answer, CallError, FunctionError, Invocation, Timing};
pub use process::{ProcessOptions, Processes};
pub use registry::{Functions, LambdaService, NO_PROCESSES, Options};
pub use source::{NoObjects, ObjectBytes, ObjectFault, ObjectSource};
