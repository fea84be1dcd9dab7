//! Reading compact events back, in AWS's JSON shapes.

use super::Field;
use super::kind::Kind;
use crate::Value;
use crate::program::{Program, StateId};
use model::Timestamp;
use serde_json::{Map, json};
use std::sync::Arc;

/// An event as GetExecutionHistory shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEvent {
    /// From 1.
    pub id: u64,
    /// 0 for the first.
    pub previous_event_id: u64,
    /// When.
    pub timestamp: Timestamp,
    /// Its type.
    pub kind: Kind,
    /// The details; `None` for types without.
    pub details: Option<Map<String, serde_json::Value>>,
}

impl HistoryEvent {
    /// The event as AWS's API writes it; the time in seconds since the epoch.
    pub fn to_json(&self) -> serde_json::Value {
        let mut event = Map::new();
        event.insert("timestamp".into(), json!(self.timestamp.epoch_seconds()));
        event.insert("type".into(), json!(self.kind.name()));
        event.insert("id".into(), json!(self.id));
        event.insert("previousEventId".into(), json!(self.previous_event_id));
        if let (Some(key), Some(details)) = (self.kind.details_key(), &self.details) {
            event.insert(key, details.clone().into());
        }
        event.into()
    }
}

/// Renders segments of one execution, in order. A damaged segment ends where it is damaged.
pub fn render<'a>(program: &Program, segments: impl IntoIterator<Item = &'a [u8]>) -> Vec<HistoryEvent> {
    render_with(program, "", segments)
}

/// The same for an execution of `Execution::start_beside`, whose input is kept beside its history.
pub fn render_with<'a>(
    program: &Program,
    input: &str,
    segments: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<HistoryEvent> {
    let mut events = Vec::new();
    for segment in segments {
        let mut reader = Reader { bytes: segment, input, payloads: Vec::new(), program };
        let (Some(mut id), Some(base)) = (reader.varint(), reader.varint()) else { continue };
        let mut at = Timestamp(base as i64);
        while let Some(event) = reader.event(id, &mut at) {
            events.push(event);
            id += 1;
        }
    }
    events
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// What a reference to a first payload means that is not there.
    input: &'a str,
    payloads: Vec<Arc<str>>,
    program: &'a Program,
}

impl<'a> Reader<'a> {
    fn event(&mut self, id: u64, at: &mut Timestamp) -> Option<HistoryEvent> {
        let kind = Kind::from_code(self.byte()?)?;
        *at = at.plus_ms(self.varint()? as i64);
        let previous_event_id = id.saturating_sub(self.varint()?);
        let mut details = Map::new();
        loop {
            match self.byte()? {
                0 => break,
                code => self.field(Field::from_code(code)?, &mut details)?,
            }
        }
        let details = kind.details_key().map(|_| details);
        Some(HistoryEvent { id, previous_event_id, timestamp: *at, kind, details })
    }

    fn field(&mut self, field: Field, details: &mut Map<String, serde_json::Value>) -> Option<()> {
        let mut put = |name: &str, value: serde_json::Value| details.insert(name.to_owned(), value);
        match field {
            Field::State => put("name", self.state()?.into()),
            Field::EvaluatedState => put("state", self.state()?.into()),
            Field::Input => {
                put("input", (*self.payload()?).into());
                put("inputDetails", json!({"truncated": false}))
            }
            Field::Output => {
                put("output", (*self.payload()?).into());
                put("outputDetails", json!({"truncated": false}))
            }
            Field::Assigned => {
                let value = Value::from_json(&self.payload()?).ok()?;
                let texts = value.as_object()?.iter().map(|(name, v)| (name.to_string(), v.to_json().into()));
                put("assignedVariables", texts.collect::<Map<_, _>>().into());
                put("assignedVariablesDetails", json!({"truncated": false}))
            }
            Field::CredentialsRoleArn => put("taskCredentials", json!({"roleArn": self.text()?})),
            Field::Parameters => put("parameters", (*self.payload()?).into()),
            Field::Error => put("error", self.text()?.into()),
            Field::Cause => put("cause", self.text()?.into()),
            Field::Resource => put("resource", self.text()?.into()),
            Field::ResourceType => put("resourceType", self.text()?.into()),
            Field::Region => put("region", self.text()?.into()),
            Field::RoleArn => put("roleArn", self.text()?.into()),
            Field::MapRunArn => put("mapRunArn", self.text()?.into()),
            Field::WorkerName => put("workerName", self.text()?.into()),
            Field::Location => put("location", self.text()?.into()),
            Field::TimeoutSeconds => put("timeoutInSeconds", self.varint()?.into()),
            Field::HeartbeatSeconds => put("heartbeatInSeconds", self.varint()?.into()),
            Field::Index => put("index", self.varint()?.into()),
            Field::Length => put("length", self.varint()?.into()),
            Field::RedriveCount => put("redriveCount", self.varint()?.into()),
        };
        Some(())
    }

    fn state(&mut self) -> Option<&'a str> {
        let number = u32::try_from(self.varint()?).ok()?;
        Some(self.program.state_name(StateId(number)))
    }

    fn payload(&mut self) -> Option<Arc<str>> {
        match self.varint()? {
            0 => {
                let text: Arc<str> = self.text()?.into();
                self.payloads.push(text.clone());
                Some(text)
            }
            1 if self.payloads.is_empty() => {
                self.payloads.push(self.input.into());
                self.payloads.first().cloned()
            }
            number => self.payloads.get(usize::try_from(number - 1).ok()?).cloned(),
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }
}
