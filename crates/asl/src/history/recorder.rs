//! Writing events compactly.

use super::kind::Kind;
use super::{Field, HistoryBytes};
use crate::payload::Payload;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// Takes events, numbers them, and keeps their bytes until they are taken.
///
/// A segment: first id, base time, then events. An event: kind, milliseconds since the event
/// before, distance to its previous event, fields, 0. Payloads that were just written are referred to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Recorder {
    bytes: Vec<u8>,
    events: u64,
    last_time: Timestamp,
    /// Payloads in this segment so far.
    payloads: u32,
    #[serde(skip)]
    recent: [Option<(Payload, u32)>; 3],
}

/// The details of an event: tags and values.
pub(crate) enum Part<'a> {
    Number(u64),
    Text(&'a str),
    Payload(&'a Payload),
    /// A payload that is kept beside the history, and only referred to here: the execution's input.
    Kept(&'a Payload),
}

impl Recorder {
    /// Events so far; the id of the latest.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Records an event and gives its id.
    pub fn record(&mut self, now: Timestamp, previous: u64, kind: Kind, fields: &[(Field, Part<'_>)]) -> u64 {
        self.events += 1;
        if self.bytes.is_empty() {
            varint(&mut self.bytes, self.events);
            varint(&mut self.bytes, now.0.max(0) as u64);
            self.last_time = now;
        }
        self.bytes.push(kind as u8);
        varint(&mut self.bytes, now.since_ms(self.last_time).max(0) as u64);
        varint(&mut self.bytes, self.events.saturating_sub(previous));
        for (field, part) in fields {
            self.bytes.push(*field as u8);
            match part {
                Part::Number(number) => varint(&mut self.bytes, *number),
                Part::Text(text) => self.text(text),
                Part::Payload(payload) => self.payload(payload),
                Part::Kept(payload) => self.kept(payload),
            }
        }
        self.bytes.push(0);
        self.last_time = self.last_time.max(now);
        self.events
    }

    fn text(&mut self, text: &str) {
        varint(&mut self.bytes, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// 0 and the text, or 1 + the number of a payload of this segment.
    fn payload(&mut self, payload: &Payload) {
        let known = self.recent.iter().flatten().find(|(recent, _)| recent.is_same(payload));
        if let Some((_, number)) = known {
            varint(&mut self.bytes, u64::from(*number) + 1);
            return;
        }
        self.bytes.push(0);
        self.text(payload.as_text());
        self.recent.rotate_right(1);
        self.recent[0] = Some((payload.clone(), self.payloads));
        self.payloads += 1;
    }

    /// Refers to the segment's first payload, which it does not have: whoever reads it knows it.
    fn kept(&mut self, payload: &Payload) {
        varint(&mut self.bytes, 1);
        self.recent[0] = Some((payload.clone(), 0));
        self.payloads = 1;
    }

    /// The events since the last call.
    pub fn take(&mut self) -> HistoryBytes {
        self.payloads = 0;
        self.recent = Default::default();
        HistoryBytes(std::mem::take(&mut self.bytes))
    }
}

fn varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
