//! Writing the files of a ResultWriter.

use super::never_began::NeverBegan;
use super::plan::Plan;
use super::results::{Outcomes, ResultFault};
use super::worker::Shop;
use crate::child_name::child_name;
use asl::Payload;
use asl::ResultWriterSpec;
use manifest::{ChildResult, OutputType, Piece, RedriveStatus, ResultFiles, ResultTransformation, WriterConfig};
use model::limits::MAX_RESULT_FILE_BYTES;
use model::{ExecutionType, ItemStatus, MapRun, Timestamp};
use objects::{MultipartUpload, Objects, PutOptions};
use std::collections::HashMap;
use std::sync::Arc;
use store::Store;

/// Bytes that are made before they are handed to the upload, which gathers them into parts.
const PIECE_BYTES: usize = 1024 * 1024;

/// Where and as whom results are written.
pub(crate) struct ResultWriting<'a> {
    pub(crate) store: &'a Store,
    pub(crate) objects: &'a Objects,
    pub(crate) plan: &'a Plan,
    pub(crate) map_run: &'a MapRun,
    pub(crate) shop: &'a Shop,
    pub(crate) never_began: Option<NeverBegan<'a>>,
}

/// The files of a Map Run that has been written.
pub(crate) struct Written {
    pub(crate) bucket: String,
    pub(crate) manifest_key: String,
    pub(crate) output: Payload,
}

impl ResultWriting<'_> {
    /// Writes every child's result in the children's order, then `manifest.json`. Running it
    /// again writes the same objects again.
    pub(crate) async fn write(self, spec: &ResultWriterSpec, bucket: &str) -> Result<Written, ResultFault> {
        let Self { store, objects, plan, map_run, shop, mut never_began } = self;
        let config = WriterConfig {
            transformation: match spec.transformation.as_deref() {
                Some("COMPACT") => ResultTransformation::Compact,
                Some("FLATTEN") => ResultTransformation::Flatten,
                _ => ResultTransformation::None,
            },
            output_type: match spec.output_type.as_deref() {
                Some("JSONL") => OutputType::Jsonl,
                _ => OutputType::Json,
            },
        };
        let prefix = spec.prefix.as_deref().unwrap_or_default();
        let folder = manifest::results_folder(prefix, &map_run.id, map_run.redrive_count);
        let mut files = ResultFiles::new(config, folder).with_limits(MAX_RESULT_FILE_BYTES, PIECE_BYTES);
        let mut uploads: HashMap<String, MultipartUpload> = HashMap::new();
        let mut outcomes = Outcomes::new(store, &map_run.id);
        let mut pieces = Vec::new();
        loop {
            // What is written so far is on its way while the next outcomes are read.
            let sending = send(objects, std::mem::take(&mut pieces), bucket, &mut uploads);
            let reading = outcomes
                .next_chunk(|index, child, record| {
                    if record.is_none() && !child.status.is_final() {
                        return Ok(());
                    }
                    // Outputs alone name nobody.
                    let named = child.status != ItemStatus::Succeeded || config.transformation == ResultTransformation::None;
                    let name = if named { child_name(&map_run.id, index) } else { String::new() };
                    let arn = match plan.execution_type() {
                        _ if !named => String::new(),
                        ExecutionType::Standard => format!("{}{name}", shop.arn_prefix),
                        ExecutionType::Express => format!("{}{name}:{name}", shop.arn_prefix),
                    };
                    let start = child.started_at.unwrap_or(map_run.started_at);
                    let ended = record.filter(|_| child.status.is_final());
                    files.push(&ChildResult {
                        status: child.status,
                        execution_arn: &arn,
                        name: &name,
                        state_machine_arn: &shop.machine_arn,
                        input: record.as_ref().map_or("null", |record| record.input),
                        output: ended.as_ref().and_then(|record| record.output_text()),
                        error: ended.as_ref().and_then(|record| record.error),
                        cause: ended.as_ref().and_then(|record| record.cause),
                        start,
                        stop: Timestamp(start.0 + i64::from(child.duration_ms)),
                        redrive_count: child.attempts.saturating_sub(1).min(map_run.redrive_count),
                        redrive_status: RedriveStatus::of(
                            child.status,
                            plan.execution_type() == ExecutionType::Express,
                        ),
                    });
                    Ok(())
                });
            let (sent, more) = tokio::join!(sending, reading);
            sent?;
            if !more? {
                break;
            }
            pieces = files.take_pieces();
        }
        while let Some(inputs) = next_of(&mut never_began).await {
            inputs.iter().for_each(|input| files.push(&pending(input)));
            send(objects, files.take_pieces(), bucket, &mut uploads).await?;
        }
        files.finish();
        send(objects, files.take_pieces(), bucket, &mut uploads).await?;
        let key = files.manifest_key();
        let manifest = manifest::results_manifest(bucket, &map_run.arn, files.files());
        objects.put(bucket, &key, manifest.into()).await.map_err(refused)?;
        let output = manifest::results_output(bucket, &map_run.arn, &key);
        Ok(Written { bucket: bucket.to_owned(), manifest_key: key, output: Payload::from_text(output.into()) })
    }
}

async fn next_of(never_began: &mut Option<NeverBegan<'_>>) -> Option<Vec<Arc<str>>> {
    never_began.as_mut()?.next().await
}

async fn send(
    objects: &Objects,
    pieces: Vec<Piece>,
    bucket: &str,
    uploads: &mut HashMap<String, MultipartUpload>,
) -> Result<(), ResultFault> {
    for piece in pieces {
        let upload = uploads.entry(piece.key.clone()).or_insert_with(|| {
            let options = PutOptions { content_type: Some("application/json".into()), ..PutOptions::default() };
            objects.upload(bucket, &piece.key, options)
        });
        upload.write(piece.bytes.into()).await.map_err(refused)?;
        if piece.last
            && let Some(upload) = uploads.remove(&piece.key)
        {
            upload.finish().await.map_err(refused)?;
        }
    }
    Ok(())
}

/// A child that never began.
fn pending(input: &str) -> ChildResult<'_> {
    ChildResult {
        status: ItemStatus::Pending,
        execution_arn: "",
        name: "",
        state_machine_arn: "",
        input,
        output: None,
        error: None,
        cause: None,
        start: Timestamp(0),
        stop: Timestamp(0),
        redrive_count: 0,
        redrive_status: RedriveStatus::of(ItemStatus::Pending, false),
    }
}

fn refused(error: objects::Error) -> ResultFault {
    ResultFault { error: "States.ResultWriterFailed", cause: error.to_string(), passing: error.is_transient() }
}
