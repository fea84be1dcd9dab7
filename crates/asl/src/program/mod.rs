//! A definition, compiled: paths parsed, expressions compiled, states numbered.

mod compile;
pub(crate) mod expr;
mod fields;
mod kinds;
pub(crate) mod rules;
pub(crate) mod state;

use crate::Value;
use compile::{Compiler, language_of};
use fields::Fields;
use model::ExecutionType;
use serde::{Deserialize, Serialize};
use state::{Flow, FlowId, Kind, Language, Map, State};
use std::sync::Arc;

/// A state's number, the same in a program and in the programs of its distributed Maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateId(pub u32);

/// A distributed Map state: its state's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MapId(pub u32);

/// A compiled definition, or the part of it that a distributed Map runs. Cloning copies a pointer.
#[derive(Clone, Debug)]
pub struct Program {
    machine: Arc<Machine>,
    root: FlowId,
}

#[derive(Debug)]
struct Machine {
    states: Vec<State>,
    flows: Vec<Flow>,
    maps: Vec<MapId>,
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
        let value = Value::from_json(definition)
            .map_err(|e| CompileError { message: e.to_string(), location: String::new() })?;
        let fields = Fields::new(&value, "")?;
        let language = language_of(&fields)?.unwrap_or(Language::JsonPath);
        let mut compiler = Compiler::default();
        let root = compiler.flow(&value, "", language)?;
        let states = compiler.states.into_iter().map(|state| state.expect("every named state was compiled"));
        let machine = Machine {
            states: states.collect(),
            flows: compiler.flows,
            maps: compiler.maps,
            timeout_seconds: fields.number("TimeoutSeconds")?.map(|seconds| seconds as u64),
        };
        Ok(Program { machine: Arc::new(machine), root })
    }

    /// The program of a distributed Map's ItemProcessor; this program for a number that names no Map.
    pub fn map_child(&self, map: MapId) -> Program {
        let root = self.map(map).map_or(self.root, |map| map.processor);
        Program { machine: self.machine.clone(), root }
    }

    /// A state's name; empty for a number that the program does not have.
    pub fn state_name(&self, state: StateId) -> &str {
        self.machine.states.get(state.0 as usize).map_or("", |state| &state.name)
    }

    /// The machine's `TimeoutSeconds`. It binds the machine's executions, not a Map's children.
    pub fn timeout_seconds(&self) -> Option<u64> {
        if self.root == FlowId(0) { self.machine.timeout_seconds } else { None }
    }

    /// The distributed Maps of this program, those inside other distributed Maps included.
    pub fn distributed_maps(&self) -> impl Iterator<Item = DistributedMap<'_>> {
        self.machine.maps.iter().filter_map(|&map| {
            let distributed = self.map(map)?.distributed.as_ref()?;
            Some(DistributedMap {
                map,
                state_name: self.state_name(StateId(map.0)),
                label: distributed.label.as_deref(),
                execution_type: distributed.execution_type,
            })
        })
    }

    pub(crate) fn start_state(&self) -> StateId {
        self.flow(self.root).start
    }

    /// INVARIANT: ids come from this program's own states, or from an execution of this program.
    pub(crate) fn state(&self, id: StateId) -> &State {
        &self.machine.states[id.0 as usize % self.machine.states.len()]
    }

    pub(crate) fn flow(&self, id: FlowId) -> Flow {
        self.machine.flows[id.0 as usize % self.machine.flows.len()]
    }

    pub(crate) fn map(&self, map: MapId) -> Option<&Map> {
        match &self.machine.states.get(map.0 as usize)?.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }
}
