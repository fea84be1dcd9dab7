//! What a check is told about the machine.

use crate::Value;

/// Whose rules apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// What AWS Step Functions accepts.
    Strict,
    /// What this server accepts: comments, unknown fields and misplaced settings are warnings.
    #[default]
    Lenient,
}

/// The type of the state machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineType {
    /// Long-running, exactly once.
    #[default]
    Standard,
    /// At most five minutes, at least once.
    Express,
}

/// What a check is told about the machine and its data.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Whose rules apply.
    pub profile: Profile,
    /// The type that the machine has or will have.
    pub machine_type: MachineType,
    /// One item as the ItemReader hands it out, before ItemSelector; paths of the child are tried on it.
    pub item_sample: Option<Value>,
    /// The JSON document that the ItemReader will read, or its beginning, when it is known.
    pub manifest_sample: Option<Value>,
    /// How many items a Map Run will have, when it is known.
    pub expected_items: Option<u64>,
}

impl CheckOptions {
    /// AWS's own rules for a machine of this type.
    pub fn strict(machine_type: MachineType) -> Self {
        Self { profile: Profile::Strict, machine_type, ..Self::default() }
    }
}
