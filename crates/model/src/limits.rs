//! The hard limits of AWS Step Functions that this server keeps too.
//! Source: AWS Step Functions Developer Guide, "Service quotas".

/// Input or output of a task, state or execution, in UTF-8 bytes.
pub const MAX_PAYLOAD_BYTES: usize = 262_144;
/// A definition, in characters.
pub const MAX_DEFINITION_CHARS: usize = 1_048_576;
/// One item as the reader finds it, in bytes.
pub const MAX_READ_ITEM_BYTES: usize = 8 * 1024 * 1024;
/// Children of one Map Run that may run at once.
pub const MAX_CONCURRENCY: u32 = 10_000;
/// Items of one Map Run.
pub const MAX_ITEMS: u64 = 100_000_000;
/// A result file, in bytes; then the next one begins.
pub const MAX_RESULT_FILE_BYTES: u64 = 5 * 1024 * 1024 * 1024;
/// An Express execution, in milliseconds.
pub const EXPRESS_TIMEOUT_MS: i64 = 5 * 60 * 1000;
/// A Standard execution, in milliseconds.
pub const STANDARD_TIMEOUT_MS: i64 = 365 * 24 * 3600 * 1000;
/// One call of a Lambda function, in milliseconds. Source: AWS Lambda, "Lambda quotas".
pub const LAMBDA_TIMEOUT_MS: u64 = 15 * 60 * 1000;
/// Events in the history of a Standard execution.
pub const MAX_HISTORY_EVENTS: u64 = 25_000;
/// Names of machines, executions and states, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// A Map state's `Label`, in characters.
pub const MAX_LABEL_CHARS: usize = 40;
/// CSV headers of an ItemReader, in bytes.
pub const MAX_CSV_HEADER_BYTES: usize = 10_240;
