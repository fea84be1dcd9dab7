//! An execution with the effects that are still out: what is stored and goes on after a crash.

use asl::{Effect, EffectId, Event, Execution, Program, Start};
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// A running execution and what it waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Live {
    pub(crate) execution: Execution,
    /// Effects that have been taken from the execution and not been answered.
    pub(crate) outstanding: Vec<Effect>,
}

/// What the world outside has to do now.
#[derive(Debug)]
pub(crate) enum Step {
    Begin(Effect),
    Cancel(EffectId),
}

impl Live {
    pub(crate) fn start(program: &Program, start: Start, now: Timestamp) -> (Self, Vec<Step>) {
        let mut live = Self { execution: Execution::start(program, start, now), outstanding: Vec::new() };
        let steps = live.collect();
        (live, steps)
    }

    /// An execution that has just been started, and what it asks for.
    pub(crate) fn begun(mut self) -> (Self, Vec<Step>) {
        let steps = self.collect();
        (self, steps)
    }

    /// Takes an event and says what is to be done.
    pub(crate) fn handle(&mut self, program: &Program, event: Event, now: Timestamp) -> Vec<Step> {
        if let Some(id) = answered(&event) {
            self.outstanding.retain(|effect| effect_id(effect) != Some(id));
        }
        self.execution.handle(program, event, now);
        self.collect()
    }

    /// Goes on from the failed state; `None` when it cannot.
    pub(crate) fn redrive(&mut self, program: &Program, now: Timestamp) -> Option<Vec<Step>> {
        self.outstanding.clear();
        self.execution.redrive(program, now).then(|| self.collect())
    }

    /// Whether an effect has not been answered.
    pub(crate) fn awaits(&self, id: EffectId) -> bool {
        self.outstanding.iter().any(|effect| effect_id(effect) == Some(id))
    }

    /// After a restart: everything that is out is begun again.
    pub(crate) fn again(&self) -> Vec<Step> {
        self.outstanding.iter().cloned().map(Step::Begin).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an execution has only string keys and finite numbers")
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    fn collect(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some(effect) = self.execution.poll_effect() {
            match effect {
                Effect::CancelTask { id } | Effect::CancelTimer { id } | Effect::AbortMapRun { id } => {
                    self.outstanding.retain(|effect| effect_id(effect) != Some(id));
                    steps.push(Step::Cancel(id));
                }
                Effect::Finish => {}
                begun => {
                    self.outstanding.push(begun.clone());
                    steps.push(Step::Begin(begun));
                }
            }
        }
        steps
    }
}

/// The name of an effect that something comes back from.
pub(crate) fn effect_id(effect: &Effect) -> Option<EffectId> {
    match effect {
        Effect::Invoke { id, .. } | Effect::SetTimer { id, .. } | Effect::StartMapRun { id, .. } => Some(*id),
        _ => None,
    }
}

/// The effect that an event ends.
fn answered(event: &Event) -> Option<EffectId> {
    match event {
        Event::TaskSucceeded { id, .. }
        | Event::TaskFailed { id, .. }
        | Event::TimerFired { id }
        | Event::MapRunEnded { id, .. } => Some(*id),
        _ => None,
    }
}
