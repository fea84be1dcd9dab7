//! The items of a run as one file, written as it is read: a chunk of the ledger at a time.

use super::items::parsed;
use crate::context::Cx;
use crate::{Error, Service};
use bytes::Bytes;
use futures::Stream;
use futures::stream::try_unfold;
use ledger::{Segment, SegmentRef};
use model::{ItemRow, RunId, WorkspaceId};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ItemFilter, Store};

/// Bytes of a piece of the file, about.
const PIECE_BYTES: usize = 64 * 1024;

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// A JSON object a line.
    #[default]
    Jsonl,
    /// A header row and a row an item, RFC 4180.
    Csv,
}

/// Which items are exported, and how.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ExportItems {
    /// A Map Run of the run; the last one when absent.
    pub map_run: Option<String>,
    /// In the grammar of `model::ItemFilter`; all items when absent.
    pub filter: Option<String>,
    /// `jsonl` or `csv`.
    #[serde(default)]
    pub format: ExportFormat,
    /// Whether each item comes with its input, output and cause.
    #[serde(default)]
    pub payloads: bool,
}

const COLUMNS: [&str; 9] =
    ["index", "key", "status", "items", "attempts", "started_at", "duration_ms", "error", "failure_group"];
const PAYLOADS: [&str; 3] = ["input", "output", "cause"];

impl Service {
    /// The items of a run that a filter finds, in the order of their indexes. Memory does not grow
    /// with the run. While the run runs, each item is as it is when its turn comes.
    pub async fn export_items(
        &self,
        cx: &Cx,
        run: &RunId,
        export: ExportItems,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static + use<>, Error> {
        let filter = parsed(export.filter.as_deref())?;
        let map_run = self.map_run_of(cx, run, export.map_run.as_deref()).await?.id;
        let filter = self.store.item_filter(&cx.workspace.id, &map_run, &filter).await?;
        let exporter = Exporter {
            store: self.store.clone(),
            workspace: cx.workspace.id.clone(),
            map_run,
            filter,
            format: export.format,
            payloads: export.payloads,
            next_chunk: Some(0),
            rows: Vec::new().into_iter(),
            segment: None,
            begun: false,
        };
        Ok(try_unfold(exporter, |mut exporter| async move {
            Ok(exporter.piece().await?.map(|piece| (piece, exporter)))
        }))
    }
}

struct Exporter {
    store: Store,
    workspace: WorkspaceId,
    map_run: String,
    filter: ItemFilter,
    format: ExportFormat,
    payloads: bool,
    next_chunk: Option<u32>,
    rows: std::vec::IntoIter<(ItemRow, Option<SegmentRef>)>,
    /// The last segment that was opened: neighbours share it.
    segment: Option<(u32, Segment)>,
    begun: bool,
}

impl Exporter {
    /// The next piece of the file; `None` at its end.
    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let mut out = String::new();
        if !self.begun {
            self.begun = true;
            if self.format == ExportFormat::Csv {
                let names = COLUMNS.iter().chain(PAYLOADS.iter().filter(|_| self.payloads));
                out.push_str(&names.copied().collect::<Vec<_>>().join(","));
                out.push_str("\r\n");
            }
        }
        while out.len() < PIECE_BYTES {
            if let Some((row, record)) = self.rows.next() {
                self.line(&row, record, &mut out).await?;
                continue;
            }
            let Some(number) = self.next_chunk else { break };
            let found =
                self.store.items_of_chunk(&self.workspace, &self.map_run, &self.filter, number).await?;
            self.next_chunk = found.is_some().then_some(number + 1);
            self.rows = found.unwrap_or_default().into_iter();
        }
        Ok((!out.is_empty()).then(|| out.into()))
    }

    async fn line(
        &mut self,
        row: &ItemRow,
        record: Option<SegmentRef>,
        out: &mut String,
    ) -> Result<(), Error> {
        let mut fields = vec![
            json!(row.index),
            json!(row.key),
            json!(row.status),
            json!(row.items),
            json!(row.attempts),
            json!(row.started_at.map(|at| at.to_rfc3339())),
            json!(row.duration_ms),
            json!(row.error),
            json!(row.failure_group),
        ];
        if self.payloads {
            fields.extend(self.payloads_of(row, record).await?);
        }
        match self.format {
            ExportFormat::Jsonl => {
                let names = COLUMNS.iter().chain(&PAYLOADS).map(|name| (*name).to_owned());
                let line: serde_json::Map<String, Value> = names.zip(fields).collect();
                out.push_str(&Value::Object(line).to_string());
                out.push('\n');
            }
            ExportFormat::Csv => {
                let cells: Vec<String> = fields.iter().map(cell).collect();
                out.push_str(&cells.join(","));
                out.push_str("\r\n");
            }
        }
        Ok(())
    }

    /// Input, output and cause of the item's last attempt. JSON Lines embed the values, CSV their texts.
    async fn payloads_of(&mut self, row: &ItemRow, record: Option<SegmentRef>) -> Result<[Value; 3], Error> {
        let Some(SegmentRef { segment: number, slot }) = record else {
            return Ok([Value::Null, Value::Null, Value::Null]);
        };
        if self.segment.as_ref().is_none_or(|(open, _)| *open != number) {
            let segment = self.store.segment(&self.map_run, number).await?;
            self.segment = segment.map(|segment| (number, segment));
        }
        let found = self.segment.as_ref().and_then(|(_, segment)| segment.record(slot));
        let value = |text: &str| match self.format {
            ExportFormat::Jsonl => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            ExportFormat::Csv => json!(text),
        };
        // A child that waits for its redrive shows what it received, not how it failed before.
        let current = found.as_ref().filter(|record| record.status == row.status);
        Ok([
            found.as_ref().filter(|record| !record.input.is_empty()).map_or(Value::Null, |record| value(record.input)),
            current.and_then(|record| record.output_text()).map_or(Value::Null, value),
            current.and_then(|record| record.cause).map_or(Value::Null, |cause| json!(cause)),
        ])
    }
}

/// A CSV cell: quoted where RFC 4180 asks for it.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(cell(&json!("a b")), "a b");
        assert_eq!(cell(&json!("a,\"b\"\n")), "\"a,\"\"b\"\"\n\"");
        assert_eq!(cell(&json!(7)), "7");
        assert_eq!(cell(&Value::Null), "");
    }
}
