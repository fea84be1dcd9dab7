//! What AWS's `ResultWriter` leaves in a bucket: result files and their `manifest.json`.

mod record;

pub use record::{ChildResult, RedriveStatus};

use crate::json_text::push_string;
use model::ItemStatus;
use model::limits::MAX_RESULT_FILE_BYTES;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `WriterConfig` of a `ResultWriter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WriterConfig {
    /// What of a successful child is written.
    pub transformation: ResultTransformation,
    /// How a file is laid out. Files are named `.json` either way, as AWS does.
    pub output_type: OutputType,
}

/// What of a successful child is written. Of others everything is, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ResultTransformation {
    /// The whole record of the execution.
    #[default]
    None,
    /// Its output.
    Compact,
    /// Its output, and when that is an array, its elements.
    Flatten,
}

/// How a file is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OutputType {
    /// One array.
    #[default]
    Json,
    /// A value a line.
    Jsonl,
}

/// The three kinds of result files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ResultKind {
    /// Children that ended with an error, by a time limit, or were stopped.
    Failed,
    /// Children that never started.
    Pending,
    /// Children that ended well.
    Succeeded,
}

impl ResultKind {
    /// In the order of `manifest.json`.
    pub const ALL: [Self; 3] = [Self::Failed, Self::Pending, Self::Succeeded];

    /// The kind of file that a child of this status is written to, once the run has ended.
    pub fn of(status: ItemStatus) -> Self {
        match status {
            ItemStatus::Succeeded => Self::Succeeded,
            ItemStatus::Pending | ItemStatus::Running | ItemStatus::Retrying => Self::Pending,
            ItemStatus::Failed | ItemStatus::TimedOut | ItemStatus::Aborted => Self::Failed,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Failed => "FAILED",
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
        }
    }
}

/// A finished result file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFile {
    /// Which results it holds.
    pub kind: ResultKind,
    /// The object's key.
    pub key: String,
    /// Bytes.
    pub size: u64,
}

/// Bytes to append to an object. Every piece but a file's last has at least the piece size, so
/// pieces can be the parts of a multipart upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The object's key.
    pub key: String,
    /// What comes next in it.
    pub bytes: Vec<u8>,
    /// The object is complete with these bytes.
    pub last: bool,
}

/// Writes result files while results come in. Memory: a piece for each kind of file.
pub struct ResultFiles {
    config: WriterConfig,
    folder: String,
    max_file_bytes: u64,
    piece_bytes: usize,
    open: [Option<OpenFile>; 3],
    next_number: [u32; 3],
    pieces: Vec<Piece>,
    files: Vec<ResultFile>,
}

struct OpenFile {
    key: String,
    size: u64,
    bytes: Vec<u8>,
}

/// The folder of a Map Run's results: `PREFIX/UUID`, and `PREFIX/UUID/Redrive-K` for its redrives.
pub fn results_folder(prefix: &str, map_run_uuid: &str, redrive: u32) -> String {
    let mut folder = match prefix.trim_end_matches('/') {
        "" => map_run_uuid.to_owned(),
        prefix => format!("{prefix}/{map_run_uuid}"),
    };
    if redrive > 0 {
        folder.push_str(&format!("/Redrive-{redrive}"));
    }
    folder
}

impl ResultFiles {
    /// Files in `folder`, see [`results_folder`].
    pub fn new(config: WriterConfig, folder: impl Into<String>) -> Self {
        Self {
            config,
            folder: folder.into(),
            max_file_bytes: MAX_RESULT_FILE_BYTES,
            piece_bytes: 8 * 1024 * 1024,
            open: [None, None, None],
            next_number: [0; 3],
            pieces: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Other limits than AWS's 5 GB for a file and 8 MiB for a piece.
    pub fn with_limits(mut self, max_file_bytes: u64, piece_bytes: usize) -> Self {
        self.max_file_bytes = max_file_bytes;
        self.piece_bytes = piece_bytes;
        self
    }

    /// Adds the result of a child.
    pub fn push(&mut self, child: &ChildResult<'_>) {
        let kind = ResultKind::of(child.status);
        match (kind, self.config.transformation, child.output) {
            (ResultKind::Succeeded, ResultTransformation::Compact, Some(output)) => self.add(kind, output),
            (ResultKind::Succeeded, ResultTransformation::Flatten, Some(output)) => {
                for part in flattened(output) {
                    self.add(kind, part);
                }
            }
            _ => self.add(kind, &child.record()),
        }
    }

    /// Ends every file. Later pushes begin new ones.
    pub fn finish(&mut self) {
        for kind in ResultKind::ALL {
            self.close(kind);
        }
    }

    /// The pieces made since the last call, in order.
    pub fn take_pieces(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.pieces)
    }

    /// The files that are complete.
    pub fn files(&self) -> &[ResultFile] {
        &self.files
    }

    /// Key of the run's `manifest.json`.
    pub fn manifest_key(&self) -> String {
        format!("{}/manifest.json", self.folder)
    }

    fn add(&mut self, kind: ResultKind, value: &str) {
        // Room for a comma or a line end, and for the closing bracket.
        let needed = value.len() as u64 + 2;
        let is_full = |file: &OpenFile| file.size + needed > self.max_file_bytes;
        if self.open[kind as usize].as_ref().is_some_and(is_full) {
            self.close(kind);
        }
        let (number, folder) = (&mut self.next_number[kind as usize], &self.folder);
        let file = self.open[kind as usize].get_or_insert_with(|| {
            let key = format!("{folder}/{}_{number}.json", kind.word());
            *number += 1;
            OpenFile { key, size: 0, bytes: Vec::new() }
        });
        if self.config.output_type == OutputType::Json {
            file.write(if file.size == 0 { b"[" } else { b"," });
        }
        file.write(value.as_bytes());
        if self.config.output_type == OutputType::Jsonl {
            file.write(b"\n");
        }
        if file.bytes.len() >= self.piece_bytes {
            let bytes = std::mem::take(&mut file.bytes);
            self.pieces.push(Piece { key: file.key.clone(), bytes, last: false });
        }
    }

    fn close(&mut self, kind: ResultKind) {
        if let Some(mut file) = self.open[kind as usize].take() {
            if self.config.output_type == OutputType::Json {
                file.write(b"]");
            }
            self.files.push(ResultFile { kind, key: file.key.clone(), size: file.size });
            self.pieces.push(Piece { key: file.key, bytes: file.bytes, last: true });
        }
    }
}

impl OpenFile {
    fn write(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.size += bytes.len() as u64;
    }
}

/// The elements of `output` when it is an array, else `output`: one level only, as `FLATTEN` does.
pub fn flattened(output: &str) -> Vec<&str> {
    match serde_json::from_str::<Vec<&RawValue>>(output) {
        Ok(elements) => elements.into_iter().map(RawValue::get).collect(),
        Err(_) => vec![output],
    }
}

/// `manifest.json`. For a redrive, `files` are all successes and this redrive's other files.
pub fn results_manifest(bucket: &str, map_run_arn: &str, files: &[ResultFile]) -> String {
    let mut out = String::from("{\"DestinationBucket\":");
    push_string(&mut out, bucket);
    out.push_str(",\"MapRunArn\":");
    push_string(&mut out, map_run_arn);
    out.push_str(",\"ResultFiles\":{");
    for (place, kind) in ResultKind::ALL.into_iter().enumerate() {
        out.push_str(if place == 0 { "\"" } else { "],\"" });
        out.push_str(kind.word());
        out.push_str("\":[");
        for (nth, file) in files.iter().filter(|file| file.kind == kind).enumerate() {
            out.push_str(if nth == 0 { "{\"Key\":" } else { ",{\"Key\":" });
            push_string(&mut out, &file.key);
            out.push_str(&format!(",\"Size\":{}}}", file.size));
        }
    }
    out.push_str("]}}");
    out
}

/// The Map state's output when results were written to a bucket.
pub fn results_output(bucket: &str, map_run_arn: &str, manifest_key: &str) -> String {
    let mut out = String::from("{\"MapRunArn\":");
    push_string(&mut out, map_run_arn);
    out.push_str(",\"ResultWriterDetails\":{\"Bucket\":");
    push_string(&mut out, bucket);
    out.push_str(",\"Key\":");
    push_string(&mut out, manifest_key);
    out.push_str("}}");
    out
}

#[cfg(test)]
mod tests;
