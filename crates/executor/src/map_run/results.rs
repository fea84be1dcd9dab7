//! What the Map state gets when its Map Run has ended.

use super::patience::patiently;
use super::plan::Plan;
use asl::Payload;
use ledger::{CHUNK_CHILDREN, Child, Record, Segment, SegmentRef};
use model::limits::MAX_PAYLOAD_BYTES;
use model::{ItemStatus, MapRun};
use std::collections::HashMap;
use store::Store;

/// Segments held at once while results are read in the children's order: children that run at once end in
/// any order, so that a chunk's may lie in many.
const SEGMENTS_HELD: usize = 32;

/// A result that cannot be made; the Map Run fails with it.
#[derive(Debug)]
pub(crate) struct ResultFault {
    pub(crate) error: &'static str,
    pub(crate) cause: String,
    /// A later try may succeed.
    pub(crate) passing: bool,
}

impl ResultFault {
    pub(crate) fn unreadable(error: impl std::fmt::Display) -> Self {
        Self { error: "States.Runtime", cause: format!("The ledger cannot be read: {error}"), passing: false }
    }
}

/// Children in order, with their records.
pub(crate) struct Outcomes<'a> {
    store: &'a Store,
    map_run: &'a str,
    next: u32,
    segments: HashMap<u32, Segment>,
}

impl<'a> Outcomes<'a> {
    pub(crate) fn new(store: &'a Store, map_run: &'a str) -> Self {
        Self { store, map_run, next: 0, segments: HashMap::new() }
    }

    /// Calls `each` with every child of the next chunk, in order; `false` when there is none left.
    pub(crate) async fn next_chunk(
        &mut self,
        mut each: impl FnMut(u64, &Child, Option<Record<'_>>) -> Result<(), ResultFault>,
    ) -> Result<bool, ResultFault> {
        let chunks = patiently(|| self.store.chunks_from(self.map_run, self.next, 1));
        let chunks = chunks.await.map_err(ResultFault::unreadable)?;
        let Some(chunk) = chunks.into_iter().next() else {
            return Ok(false);
        };
        self.next = chunk.number() + 1;
        // What holds only children before these is not asked for again.
        let first = chunk.first_index();
        self.segments.retain(|_, segment| segment.last_index() >= Some(first));
        debug_assert!(chunk.len() as u64 <= CHUNK_CHILDREN);
        for (index, child) in chunk.children() {
            match child.segment {
                None => each(index, &child, None)?,
                Some(place) => {
                    self.load(place).await?;
                    let record = self.segments.get(&place.segment).and_then(|s| s.record(place.slot));
                    each(index, &child, record)?;
                }
            }
        }
        Ok(true)
    }

    async fn load(&mut self, place: SegmentRef) -> Result<(), ResultFault> {
        if self.segments.contains_key(&place.segment) {
            return Ok(());
        }
        if self.segments.len() >= SEGMENTS_HELD {
            self.segments.clear();
        }
        let segment = patiently(|| self.store.segment(self.map_run, place.segment));
        let segment = segment.await.map_err(ResultFault::unreadable)?;
        let segment = segment.ok_or_else(|| ResultFault::unreadable(format!("segment {} is lost", place.segment)))?;
        self.segments.insert(place.segment, segment);
        Ok(())
    }
}

/// The outputs of the successful children in their order, as one array of at most 256 KiB.
pub(crate) async fn inline_output(store: &Store, map_run: &MapRun, plan: &Plan) -> Result<Payload, ResultFault> {
    let flatten = plan.spec.result_writer.as_ref().and_then(|w| w.transformation.as_deref()) == Some("FLATTEN");
    let mut out = String::from("[");
    let mut outcomes = Outcomes::new(store, &map_run.id);
    loop {
        let more = outcomes.next_chunk(|_, child, record| {
            let output = record.as_ref().and_then(|record| record.output_text());
            if let Some(text) = output.filter(|_| child.status == ItemStatus::Succeeded) {
                let text = match flatten && text.starts_with('[') && text.ends_with(']') {
                    true => text[1..text.len() - 1].trim(),
                    false => text,
                };
                if out.len() > 1 && !text.is_empty() {
                    out.push(',');
                }
                out.push_str(text);
            }
            match out.len() < MAX_PAYLOAD_BYTES {
                true => Ok(()),
                false => Err(ResultFault {
                    passing: false,
                    error: "States.DataLimitExceeded",
                    cause: format!(
                        "The state/task '{}' returned a result with a size exceeding the maximum number of bytes service limit.",
                        map_run.state_name
                    ),
                }),
            }
        });
        if !more.await? {
            break;
        }
    }
    out.push(']');
    Ok(Payload::from_text(out.into()))
}
