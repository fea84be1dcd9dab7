//! ItemBatcher and ResultWriter.
//! Source: Developer Guide, "ItemBatcher (Map)" and "ResultWriter (Map)".

use super::catalog::{BATCHER, WRITER, WRITER_CONFIG};
use super::checker::Checker;
use super::fields::{Language, Shape, cut};
use super::place::Place;
use super::rule::Rule;

const BATCH: Rule = Rule::error("MW-BATCHER");
const WRITE: Rule = Rule::error("MW-WRITER");
const RESOURCE: Rule = Rule::error("MW-WRITER-RESOURCE").code("INVALID_RESOURCE");
const PUT: &str = ":states:::s3:putObject";

const LIMITS: [&str; 4] =
    ["MaxItemsPerBatch", "MaxItemsPerBatchPath", "MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"];

pub(super) fn batcher(checker: &mut Checker, state: &Place, language: Language) {
    let Some(batcher) = state.get("ItemBatcher") else { return };
    checker.fields(&batcher, &Shape { what: "ItemBatcher", lists: &[BATCHER], language });
    checker.exclusive(&batcher, &LIMITS[..2]);
    checker.exclusive(&batcher, &LIMITS[2..]);
    let limited = LIMITS.iter().any(|limit| batcher.node.member(limit).is_some());
    if !limited && batcher.node.members().is_some() {
        checker
            .add(BATCH, &batcher, "ItemBatcher needs MaxItemsPerBatch or MaxInputBytesPerBatch. Add one.")
            .aws("These fields are required: [MaxItemsPerBatch or MaxInputBytesPerBatch]");
    }
}

pub(super) fn result_writer(checker: &mut Checker, state: &Place, language: Language) {
    let Some(writer) = state.get("ResultWriter") else { return };
    checker.fields(&writer, &Shape { what: "ResultWriter", lists: &[WRITER], language });
    let Some(members) = writer.node.members() else { return };
    if members.is_empty() {
        checker.add(
            WRITE,
            &writer,
            "ResultWriter is empty. Say where to write (Resource and a bucket) or how (WriterConfig).",
        );
        return;
    }
    let arguments = writer.get(language.arguments());
    match (writer.get("Resource"), &arguments) {
        (Some(resource), _) if resource.node.as_str().is_some_and(|arn| !arn.ends_with(PUT)) => {
            let arn = resource.node.as_str().unwrap_or("");
            checker.add(
                RESOURCE,
                &resource,
                format!("A ResultWriter writes with arn:aws:states:::s3:putObject, not with {}.", cut(arn)),
            );
        }
        (Some(_), None) => checker.require(&writer, "ResultWriter", &[language.arguments()]),
        (None, Some(_)) => checker.require(&writer, "ResultWriter", &["Resource"]),
        _ => {}
    }
    if let Some(arguments) = arguments
        && let Some(members) = arguments.node.members()
        && !members.iter().any(|member| member.key.trim_end_matches(".$") == "Bucket")
    {
        checker
            .add(WRITE, &arguments, "ResultWriter needs a Bucket. Add it.")
            .aws("These fields are required: [Bucket]");
    }
    if let Some(config) = writer.get("WriterConfig") {
        checker.fields(&config, &Shape { what: "WriterConfig", lists: &[WRITER_CONFIG], language });
        checker.require(&config, "WriterConfig", &["Transformation", "OutputType"]);
    }
}
