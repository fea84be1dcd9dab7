//! Which fields exist where, in which query language, and of what kind.
//! Source: Amazon States Language specification; AWS Step Functions Developer Guide, pages of the
//! state types and of Distributed Map.

use super::fields::{Field, Kind, ata, both, path};
use Kind::*;

const SECONDS: Kind = Int(0, 99_999_999);

/// The whole definition.
pub(super) const MACHINE: &[Field] = &[
    both("Comment", Text),
    both("StartAt", Text),
    both("States", Object),
    both("Version", OneOf(&["1.0"])),
    both("TimeoutSeconds", SECONDS),
    both("QueryLanguage", OneOf(&["JSONPath", "JSONata"])),
];

/// A Parallel branch or an ItemProcessor.
pub(super) const BRANCH: &[Field] = &[
    both("Comment", Text),
    both("StartAt", Text),
    both("States", Object),
    both("ProcessorConfig", Object),
];

/// An ItemProcessor's ProcessorConfig.
pub(super) const PROCESSOR_CONFIG: &[Field] = &[
    both("Mode", OneOf(&["INLINE", "DISTRIBUTED"])),
    both("ExecutionType", OneOf(&["STANDARD", "EXPRESS"])),
];

/// Fields of every state.
pub(super) const STATE: &[Field] =
    &[both("Type", Text), both("Comment", Text), both("QueryLanguage", OneOf(&["JSONPath", "JSONata"]))];

const NEXT: Field = both("Next", Text);
const END: Field = both("End", Bool);
const ASSIGN: Field = both("Assign", Template);
const OUTPUT: Field = ata("Output", Template);
const INPUT_PATH: Field = path("InputPath", PathOrNull);
const OUTPUT_PATH: Field = path("OutputPath", PathOrNull);
const RESULT_PATH: Field = path("ResultPath", ReferenceOrNull);
const RESULT_SELECTOR: Field = path("ResultSelector", ObjectTemplate);
const PARAMETERS: Field = path("Parameters", Template);
const ARGUMENTS: Field = ata("Arguments", Template);
const RETRY: Field = both("Retry", Array);
const CATCH: Field = both("Catch", Array);

const PASS: &[Field] =
    &[NEXT, END, ASSIGN, OUTPUT, INPUT_PATH, OUTPUT_PATH, RESULT_PATH, PARAMETERS, path("Result", Any)];

const TASK: &[Field] = &[
    both("Resource", Text),
    NEXT,
    END,
    ASSIGN,
    OUTPUT,
    INPUT_PATH,
    OUTPUT_PATH,
    RESULT_PATH,
    RESULT_SELECTOR,
    PARAMETERS,
    ARGUMENTS,
    RETRY,
    CATCH,
    both("TimeoutSeconds", IntExpr(1, 99_999_999)),
    path("TimeoutSecondsPath", Path),
    both("HeartbeatSeconds", IntExpr(1, 99_999_999)),
    path("HeartbeatSecondsPath", Path),
    both("Credentials", Template),
];

const CHOICE: &[Field] =
    &[both("Choices", Array), both("Default", Text), ASSIGN, OUTPUT, INPUT_PATH, OUTPUT_PATH];

const WAIT: &[Field] = &[
    NEXT,
    END,
    ASSIGN,
    OUTPUT,
    INPUT_PATH,
    OUTPUT_PATH,
    both("Seconds", IntExpr(0, 99_999_999)),
    path("SecondsPath", Path),
    both("Timestamp", Text),
    path("TimestampPath", Path),
];

const SUCCEED: &[Field] = &[OUTPUT, INPUT_PATH, OUTPUT_PATH];

const FAIL: &[Field] = &[
    both("Error", Text),
    path("ErrorPath", PathOrIntrinsic),
    both("Cause", Text),
    path("CausePath", PathOrIntrinsic),
    // Tolerated by AWS, without meaning.
    INPUT_PATH,
    OUTPUT_PATH,
];

const PARALLEL: &[Field] = &[
    both("Branches", Array),
    NEXT,
    END,
    ASSIGN,
    OUTPUT,
    INPUT_PATH,
    OUTPUT_PATH,
    RESULT_PATH,
    RESULT_SELECTOR,
    PARAMETERS,
    ARGUMENTS,
    RETRY,
    CATCH,
];

const MAP: &[Field] = &[
    both("ItemProcessor", Object),
    both("Iterator", Object),
    both("ItemReader", Object),
    ata("Items", Template),
    path("ItemsPath", Path),
    both("ItemSelector", Template),
    PARAMETERS,
    both("ItemBatcher", Object),
    both("MaxConcurrency", IntExpr(0, i64::MAX)),
    path("MaxConcurrencyPath", Reference),
    both("ToleratedFailurePercentage", NumberExpr(0.0, 100.0)),
    path("ToleratedFailurePercentagePath", Reference),
    both("ToleratedFailureCount", IntExpr(0, i64::MAX)),
    path("ToleratedFailureCountPath", Reference),
    both("Label", Text),
    both("ResultWriter", Object),
    NEXT,
    END,
    ASSIGN,
    OUTPUT,
    INPUT_PATH,
    OUTPUT_PATH,
    RESULT_PATH,
    RESULT_SELECTOR,
    RETRY,
    CATCH,
];

/// A Map state's ItemReader.
pub(super) const READER: &[Field] =
    &[both("Resource", Text), both("ReaderConfig", Object), PARAMETERS, ARGUMENTS];

/// An ItemReader's ReaderConfig.
pub(super) const READER_CONFIG: &[Field] = &[
    both("InputType", OneOf(&["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"])),
    both("ManifestType", OneOf(&["S3_INVENTORY", "ATHENA_DATA"])),
    both("Transformation", OneOf(&["NONE", "LOAD_AND_FLATTEN"])),
    both("CSVHeaderLocation", OneOf(&["FIRST_ROW", "GIVEN"])),
    both("CSVHeaders", Array),
    both("CSVDelimiter", OneOf(&["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"])),
    both("MaxItems", IntExpr(0, 100_000_000)),
    path("MaxItemsPath", Reference),
    both("ItemsPointer", Text),
];

/// A Map state's ItemBatcher.
pub(super) const BATCHER: &[Field] = &[
    both("MaxItemsPerBatch", IntExpr(0, i64::MAX)),
    path("MaxItemsPerBatchPath", Reference),
    both("MaxInputBytesPerBatch", IntExpr(0, 262_144)),
    path("MaxInputBytesPerBatchPath", Reference),
    both("BatchInput", Template),
];

/// A Map state's ResultWriter.
pub(super) const WRITER: &[Field] =
    &[both("Resource", Text), PARAMETERS, ARGUMENTS, both("WriterConfig", Object)];

/// A ResultWriter's WriterConfig.
pub(super) const WRITER_CONFIG: &[Field] = &[
    both("Transformation", OneOf(&["NONE", "COMPACT", "FLATTEN"])),
    both("OutputType", OneOf(&["JSON", "JSONL"])),
];

/// A rule of Retry.
pub(super) const RETRIER: &[Field] = &[
    both("ErrorEquals", Array),
    both("IntervalSeconds", Int(1, 99_999_999)),
    both("MaxAttempts", SECONDS),
    both("BackoffRate", Number(1.0, f64::MAX)),
    both("MaxDelaySeconds", Int(1, 31_622_400)),
    both("JitterStrategy", OneOf(&["FULL", "NONE"])),
    both("Comment", Text),
];

/// A rule of Catch.
pub(super) const CATCHER: &[Field] =
    &[both("ErrorEquals", Array), NEXT, RESULT_PATH, ASSIGN, OUTPUT, both("Comment", Text)];

/// The types of states and the fields each has besides [`STATE`].
pub(super) const TYPES: &[(&str, &[Field])] = &[
    ("Pass", PASS),
    ("Task", TASK),
    ("Choice", CHOICE),
    ("Wait", WAIT),
    ("Succeed", SUCCEED),
    ("Fail", FAIL),
    ("Parallel", PARALLEL),
    ("Map", MAP),
];

/// Every other list, with the words for where it applies: to say where a stray field belongs.
pub(super) const ELSEWHERE: &[(&str, &[Field])] = &[
    ("ItemReader.ReaderConfig", READER_CONFIG),
    ("ItemBatcher", BATCHER),
    ("ResultWriter.WriterConfig", WRITER_CONFIG),
    ("ItemProcessor.ProcessorConfig", PROCESSOR_CONFIG),
    ("a rule of Retry", RETRIER),
    ("the whole definition", MACHINE),
];
