//! The use cases of the AWS Step Functions API, in AWS's words: one function for each operation,
//! on the same jobs and runs that pages and REST show.
//!
//! A state machine is a job, a revision of it a version of the job, an execution a run. Requests
//! and answers serialise to AWS's JSON. Source: API reference of 2016-11-23.

mod activities;
mod aliases;
mod arns;
mod called;
mod checks;
mod children;
mod error;
mod execution_view;
mod executions;
mod history;
mod machine_view;
mod machines;
mod map_runs;
mod paging;
mod redrives;
mod settings;
mod start;
mod tags;
mod tasks;
mod testing;
mod versions;

pub use activities::{ActivityArn, CreateActivity, ListActivities};
pub use aliases::{AliasArn, CreateAlias, ListAliases, UpdateAlias};
pub use called::RegisteredMachines;
pub use error::ApiError;
pub(crate) use redrives::Redrives;
pub use executions::{DescribeExecution, ListExecutions, RedriveExecution, StopExecution};
pub use history::GetExecutionHistory;
pub use machine_view::{DescribeStateMachine, ListStateMachines};
pub use machines::{CreateStateMachine, ExecutionArn, MachineArn, UpdateStateMachine};
pub use map_runs::{ListMapRuns, MapRunArn, UpdateMapRun};
pub use start::StartExecution;
pub use tags::{ListTags, TagResource, UntagResource};
pub use tasks::{GetActivityTask, SendTaskFailure, SendTaskHeartbeat, SendTaskSuccess};
pub use testing::ValidateDefinition;
pub use versions::{DeleteVersion, ListVersions, PublishVersion};
