//! 4,096 consecutive children as packed columns.

use crate::blob;
use crate::column::Column;
use crate::error::DecodeError;
use crate::tally::Tally;
use crate::varint::{self, Bytes};
use crate::wire::{decode_statuses, encode_statuses};
use model::{ItemStatus, Timestamp};

/// Children in a full chunk.
pub const CHUNK_CHILDREN: u64 = 4_096;

const FORMAT: u8 = 1;

/// Where a child's payloads and history lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentRef {
    /// The segment's number in the Map Run.
    pub segment: u32,
    /// The place in it.
    pub slot: u16,
}

/// What the ledger keeps of a child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Child {
    /// Where it stands.
    pub status: ItemStatus,
    /// When its last attempt began.
    pub started_at: Option<Timestamp>,
    /// How long its last attempt took, in milliseconds.
    pub duration_ms: u32,
    /// How often it was started, redrives included.
    pub attempts: u32,
    /// Items in it.
    pub items: u32,
    /// Its failure group, when it is unsuccessful.
    pub failure_group: Option<u32>,
    /// Its payloads and history. A pending child that has one waits for its redrive.
    pub segment: Option<SegmentRef>,
}

/// 4,096 consecutive children (fewer in the last chunk). Grows as children become known.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    number: u32,
    base_ms: i64,
    status: Vec<u8>,
    /// Milliseconds after `base_ms`, plus 1; 0 when the child was never started.
    started: Column,
    duration_ms: Column,
    attempts: Column,
    items: Column,
    /// Plus 1; 0 for none.
    group: Column,
    /// Plus 1; 0 for none.
    segment: Column,
    slot: Column,
    tally: Tally,
}

impl Chunk {
    /// An empty chunk: the children from `number × 4,096` on.
    pub fn new(number: u32) -> Self {
        Self {
            number,
            base_ms: 0,
            status: Vec::new(),
            started: Column::Uniform(0),
            duration_ms: Column::Uniform(0),
            attempts: Column::Uniform(0),
            items: Column::Uniform(0),
            group: Column::Uniform(0),
            segment: Column::Uniform(0),
            slot: Column::Uniform(0),
            tally: Tally::default(),
        }
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The index of its first child.
    pub fn first_index(&self) -> u64 {
        u64::from(self.number) * CHUNK_CHILDREN
    }

    /// How many children it knows.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// Whether it knows no child.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// Its children by status.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether all 4,096 children have an outcome.
    pub fn is_complete(&self) -> bool {
        self.tally.finished_children() == CHUNK_CHILDREN
    }

    /// The status of a child; pending when it isn't known yet.
    pub fn status(&self, offset: usize) -> ItemStatus {
        self.status.get(offset).map_or(ItemStatus::Pending, |code| ItemStatus::from_code(*code))
    }

    /// One child; the default (pending, no items) when it isn't known yet.
    pub fn child(&self, offset: usize) -> Child {
        if offset >= self.len() {
            return Child::default();
        }
        let started = self.started.at(offset);
        let segment = self.segment.at(offset);
        Child {
            status: self.status(offset),
            started_at: started
                .checked_sub(1)
                .map(|after| Timestamp(self.base_ms.saturating_add(i64::from(after)))),
            duration_ms: self.duration_ms.at(offset),
            attempts: self.attempts.at(offset),
            items: self.items.at(offset),
            failure_group: self.group.at(offset).checked_sub(1),
            segment: segment.checked_sub(1).map(|segment| SegmentRef {
                segment,
                slot: self.slot.at(offset) as u16,
            }),
        }
    }

    /// Every known child with its index.
    pub fn children(&self) -> impl Iterator<Item = (u64, Child)> + '_ {
        (0..self.len()).map(|offset| (self.first_index() + offset as u64, self.child(offset)))
    }

    /// Records what is known of a child now; children before it become known as pending.
    /// Offsets of 4,096 and more belong to another chunk and change nothing.
    pub fn set(&mut self, offset: usize, child: Child) {
        if offset >= CHUNK_CHILDREN as usize {
            return;
        }
        if offset >= self.len() {
            self.grow(offset + 1);
        }
        let len = self.len();
        self.tally.take(self.status(offset), self.items.at(offset));
        self.tally.add(child.status, child.items);
        self.status[offset] = child.status as u8;
        let started = child.started_at.map_or(0, |at| self.started_code(at));
        self.started.set(offset, started, len);
        self.duration_ms.set(offset, child.duration_ms, len);
        self.attempts.set(offset, child.attempts, len);
        self.items.set(offset, child.items, len);
        self.group.set(offset, child.failure_group.map_or(0, |g| g.saturating_add(1)), len);
        self.segment.set(offset, child.segment.map_or(0, |r| r.segment.saturating_add(1)), len);
        self.slot.set(offset, child.segment.map_or(0, |r| u32::from(r.slot)), len);
    }

    fn grow(&mut self, len: usize) {
        let before = self.len();
        self.status.resize(len, ItemStatus::Pending as u8);
        self.tally.children[ItemStatus::Pending as usize] += (len - before) as u64;
        for column in [
            &mut self.started,
            &mut self.duration_ms,
            &mut self.attempts,
            &mut self.items,
            &mut self.group,
            &mut self.segment,
            &mut self.slot,
        ] {
            column.grow(before, len, 0);
        }
    }

    fn started_code(&mut self, at: Timestamp) -> u32 {
        if self.base_ms == 0 {
            self.base_ms = at.0;
        }
        if at.0 < self.base_ms {
            // A child that began before the first one that was recorded: move the base back.
            let earlier = u32::try_from(self.base_ms - at.0).unwrap_or(u32::MAX - 1);
            self.started.raise(earlier);
            self.base_ms -= i64::from(earlier);
        }
        u32::try_from(at.0 - self.base_ms).unwrap_or(u32::MAX - 1).saturating_add(1)
    }

    /// The bytes to store: some 2 a child.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4_096);
        out.push(FORMAT);
        varint::put(&mut out, self.len() as u64);
        varint::put_signed(&mut out, self.base_ms);
        encode_statuses(&self.status, &mut out);
        for column in [
            &self.started,
            &self.duration_ms,
            &self.attempts,
            &self.items,
            &self.group,
            &self.segment,
            &self.slot,
        ] {
            column.encode(&mut out);
        }
        blob::pack(&out)
    }

    /// Reads stored bytes.
    pub fn decode(number: u32, stored: &[u8]) -> Result<Self, DecodeError> {
        let plain = blob::unpack(stored)?;
        let mut bytes = Bytes::new(&plain);
        if bytes.byte("format")? != FORMAT {
            return Err(DecodeError::Impossible("format"));
        }
        let len = bytes.count(CHUNK_CHILDREN as usize, "length")?;
        let base_ms = bytes.signed("base")?;
        let status = decode_statuses(bytes.take(len.div_ceil(2), "statuses")?, len);
        let mut column = |what| Column::decode(&mut bytes, len, what);
        let mut chunk = Self {
            number,
            base_ms,
            status: status.into_iter().map(|status| status as u8).collect(),
            started: column("starts")?,
            duration_ms: column("durations")?,
            attempts: column("attempts")?,
            items: column("items")?,
            group: column("groups")?,
            segment: column("segments")?,
            slot: column("slots")?,
            tally: Tally::default(),
        };
        for offset in 0..len {
            let (status, items) = (chunk.status(offset), chunk.items.at(offset));
            chunk.tally.add(status, items);
        }
        Ok(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn child() -> impl Strategy<Value = Child> {
        (0u8..7, any::<u32>(), any::<u32>(), 1u32..5, 1u32..50, any::<Option<u8>>(), any::<Option<(u16, u8)>>())
            .prop_map(|(status, start, duration_ms, attempts, items, group, segment)| Child {
                status: ItemStatus::from_code(status),
                started_at: (start % 3 > 0)
                    .then(|| Timestamp(1_700_000_000_000 + i64::from(start % 100_000))),
                duration_ms,
                attempts,
                items,
                failure_group: group.map(u32::from),
                segment: segment.map(|(segment, slot)| SegmentRef {
                    segment: u32::from(segment),
                    slot: u16::from(slot),
                }),
            })
    }

    proptest! {
        #[test]
        fn what_is_set_comes_back(children in prop::collection::vec((0usize..300, child()), 1..80)) {
            let mut chunk = Chunk::new(3);
            let mut expected = std::collections::BTreeMap::new();
            for (offset, child) in children {
                chunk.set(offset, child);
                expected.insert(offset, child);
            }
            let read = Chunk::decode(3, &chunk.encode()).unwrap();
            for (offset, child) in &expected {
                prop_assert_eq!(&chunk.child(*offset), child);
                prop_assert_eq!(&read.child(*offset), child);
            }
            prop_assert_eq!(read.tally(), chunk.tally());
            prop_assert_eq!(read.tally().total_children(), chunk.len() as u64);
            prop_assert_eq!(read.encode(), chunk.encode());
        }

        #[test]
        fn damaged_bytes_never_panic(bytes: Vec<u8>) {
            let mut stored = vec![0];
            stored.extend(bytes);
            let _ = Chunk::decode(0, &stored);
        }
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn a_full_chunk_needs_few_bytes_a_child() {
        let mut chunk = Chunk::new(0);
        let mut noise = 12345u64;
        for offset in 0..4096usize {
            noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let failed = noise >> 54 == 0;
            chunk.set(offset, Child {
                status: if failed { ItemStatus::Failed } else { ItemStatus::Succeeded },
                started_at: Some(Timestamp(1_700_000_000_000 + offset as i64 / 100)),
                duration_ms: 80 + (noise >> 60) as u32,
                attempts: 1 + u32::from(failed),
                items: 1,
                failure_group: failed.then_some(2),
                segment: Some(SegmentRef { segment: offset as u32 / 256, slot: offset as u16 % 256 }),
            });
        }
        assert!(chunk.is_complete());
        let per_child = chunk.encode().len() as f64 / 4096.0;
        assert!(per_child < 2.0, "{per_child} bytes");
    }
}
