//! What a Map Run does, stored when it begins.

use crate::error::Error;
use asl::{MapId, MapRunSpec, Program};
use manifest::{BatchConfig, Checkpoint};
use model::{EarlyStop, Profile};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A manifest that replaces the definition's own ItemReader: an object of JSON lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestRef {
    /// The bucket, in the embedded store.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// How many items it has.
    pub items: u64,
}

/// Everything a Map Run needs after a restart, without its parent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// What the state asked for.
    pub(crate) spec: MapRunSpec,
    /// The definitions that children were run with: the launch's first, then those of redrives.
    /// The last one counts now.
    pub(crate) definitions: Vec<Arc<str>>,
    /// The Map state in each of them.
    pub(crate) maps: Vec<MapId>,
    /// The machine's name: children belong to `MACHINE/LABEL`.
    pub(crate) machine: String,
    /// `Label`, or the uuid that takes its place.
    pub(crate) label: String,
    pub(crate) profile: Profile,
    pub(crate) manifest: Option<ManifestRef>,
    /// A redrive of some children: what was never read stays unread.
    pub(crate) only_again: bool,
    /// When the run is not worth going on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) early_stop: Option<EarlyStop>,
    /// Keeps the children's task tokens from being guessed.
    #[serde(default)]
    pub(crate) secret: u64,
}

impl Plan {
    /// The number of the definition that children run with now.
    pub(crate) fn definition_number(&self) -> u8 {
        u8::try_from(self.definitions.len().saturating_sub(1)).unwrap_or(u8::MAX)
    }

    /// The definition that children run with now.
    pub(crate) fn definition(&self) -> Arc<str> {
        self.definitions.last().cloned().unwrap_or_default()
    }

    /// The program of the children.
    pub(crate) fn child_program(&self) -> Result<Program, String> {
        self.child_program_of(self.definition_number())
    }

    /// The program of children that ran with an earlier definition.
    pub(crate) fn child_program_of(&self, number: u8) -> Result<Program, String> {
        let at = usize::from(number);
        let (Some(definition), Some(map)) = (self.definitions.get(at), self.maps.get(at)) else {
            return Err(format!("the Map Run has no definition {number}"));
        };
        let program = Program::compile(definition).map_err(|e| e.to_string())?;
        Ok(program.map_child(*map))
    }

    /// Children run with another definition from now on.
    pub(crate) fn add_definition(&mut self, definition: &Arc<str>) -> Result<(), Error> {
        let program = Program::compile(definition)?;
        let name = &self.spec.state_name;
        let found = program.distributed_maps().find(|map| map.state_name == *name).map(|map| map.map);
        if self.definitions.len() >= usize::from(u8::MAX) {
            return Err(Error::Conflict("A Map Run can be redriven with 254 other definitions at most.".into()));
        }
        let map = found.ok_or_else(|| {
            Error::Conflict(format!("The new definition has no Distributed Map state \"{name}\"."))
        })?;
        self.maps.push(map);
        self.definitions.push(Arc::clone(definition));
        Ok(())
    }

    /// The parent's program, in which ItemSelector is evaluated.
    pub(crate) fn selector_program(&self) -> Result<Program, String> {
        let definition = self.definitions.first().ok_or("the Map Run has no definition")?;
        Program::compile(definition).map_err(|e| e.to_string())
    }

    pub(crate) fn execution_type(&self) -> model::ExecutionType {
        self.spec.execution_type
    }

    pub(crate) fn batching(&self) -> Option<BatchConfig> {
        self.spec.batcher.as_ref().map(|batcher| BatchConfig {
            max_items_per_batch: batcher.max_items,
            max_input_bytes_per_batch: batcher.max_input_bytes,
            batch_input: batcher.batch_input.as_ref().map(asl::Value::to_json),
        })
    }

    /// Items, when their number is known before they are read.
    pub(crate) fn known_items(&self) -> Option<u64> {
        let limit = match &self.spec.items {
            asl::MapItems::Reader(reader) => reader.config.max_items.and_then(|max| u64::try_from(max).ok()).filter(|max| *max > 0),
            asl::MapItems::Inline(_) => None,
        };
        let items = match (&self.manifest, &self.spec.items) {
            (Some(manifest), _) => manifest.items,
            (None, asl::MapItems::Inline(value)) => match (value.as_array(), value.as_object()) {
                (Some(items), _) => items.len() as u64,
                (None, Some(pairs)) => pairs.len() as u64,
                (None, None) => return None,
            },
            (None, asl::MapItems::Reader(_)) => return None,
        };
        Some(limit.map_or(items, |limit| items.min(limit)))
    }

    /// Children, when their number is known before items are read.
    pub(crate) fn known_children(&self) -> Option<u64> {
        let items = self.known_items()?;
        match &self.spec.batcher {
            None => Some(items),
            Some(batcher) => Some(items.div_ceil(batcher.max_items.filter(|max| *max > 0)?)),
        }
    }
}

/// How far reading has come: everything before it has an outcome or is kept elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The next child.
    pub(crate) child: u64,
    /// The next item.
    pub(crate) item: u64,
    /// Where to read it.
    pub(crate) at: Position,
    /// Nothing is left to read.
    pub(crate) done: bool,
}

/// A place in an item source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Position {
    /// Its beginning, or its `Cursor::item`-th item where items can be counted.
    #[default]
    Start,
    /// Within a file.
    File(Checkpoint),
    /// After a key of a listing.
    After(String),
}
