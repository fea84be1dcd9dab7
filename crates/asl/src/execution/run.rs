//! Running: strands take turns until every one of them waits.

use super::failure::{Failure, TIMEOUT};
use super::thread::{Phase, Thread, ThreadId};
use super::{Effect, EffectId, Execution, Outcome};
use crate::context::{Extra, Fixed};
use crate::history::{Field, Kind as EventKind, Part};
use crate::payload::Payload;
use crate::program::state::{Kind, Next, State};
use crate::program::{Program, StateId};
use crate::scope::Scope;
use crate::states;
use crate::{Outcome as Out, Value};
use model::limits::{MAX_HISTORY_EVENTS, MAX_PAYLOAD_BYTES};
use model::{ExecutionType, Timestamp};

/// States that one call of `start` or `handle` runs through before a strand yields. It bounds the
/// time of a call; a loop of Pass states goes on by a timer that is due at once.
const STATES_PER_CALL: u32 = 10_000;

/// Strands that inline Maps within inline Maps may keep alive at once; beyond it each runs one at a time.
const MAX_STRANDS: usize = 10_000;

/// An execution at work: the value, its program, and the time.
pub(crate) struct Run<'a> {
    pub exec: &'a mut Execution,
    pub program: &'a Program,
    pub now: Timestamp,
    budget: u32,
}

/// What running a state led to.
pub(crate) enum Step {
    /// The state is done.
    Exit(Exit),
    /// The thread waits, or has ended.
    Wait,
}

/// How a state is left.
pub(crate) struct Exit {
    pub output: Payload,
    /// What `Assign` sets: an object.
    pub assigned: Option<Value>,
    pub next: Next,
}

impl<'a> Run<'a> {
    pub fn new(exec: &'a mut Execution, program: &'a Program, now: Timestamp) -> Self {
        Self { exec, program, now, budget: STATES_PER_CALL }
    }

    /// Gives every ready strand its turn until all wait or the execution has ended.
    pub fn run(&mut self) {
        while self.exec.outcome.is_none() {
            let Some(t) = self.exec.ready.pop_front() else { break };
            self.turn(t);
        }
        // Strands that ended with the execution may have been put there once more.
        if self.exec.outcome.is_some() {
            self.exec.ready.clear();
        }
        self.exec.ready.shrink_to(16);
    }

    fn turn(&mut self, t: ThreadId) {
        loop {
            if self.exec.outcome.is_some() {
                return;
            }
            let thread = self.thread(t);
            let state = self.program.state(thread.state);
            match thread.phase {
                Phase::Entering => {
                    if self.budget == 0 {
                        return self.yield_turn(t);
                    }
                    self.budget -= 1;
                    self.enter(t, state);
                }
                Phase::Retrying => {}
                _ => return,
            }
            if self.exec.outcome.is_some() {
                return;
            }
            match self.execute(t, state) {
                Ok(Step::Exit(exit)) => self.exit(t, state, exit),
                Ok(Step::Wait) => return,
                Err(failure) => self.fail(t, failure),
            }
        }
    }

    fn yield_turn(&mut self, t: ThreadId) {
        let id = self.effect_id(t);
        self.thread_mut(t).phase = Phase::Yield(id);
        self.effect(Effect::SetTimer { id, at: self.now });
    }

    fn enter(&mut self, t: ThreadId, state: &'a State) {
        let number = u64::from(self.thread(t).state.0);
        let input = self.thread(t).input.clone();
        let after = self.thread(t).last_event;
        let fields = [(Field::Input, Part::Payload(&input)), (Field::State, Part::Number(number))];
        let id = self.chain(t, entered_kind(&state.kind), &fields);
        self.exec.transitions += 1;
        let now = self.now;
        let thread = self.thread_mut(t);
        thread.entered_event = id;
        thread.entered_after = after;
        thread.entered_at = now;
        thread.retries.clear();
    }

    fn execute(&mut self, t: ThreadId, state: &'a State) -> Result<Step, Failure> {
        match &state.kind {
            Kind::Pass { result } => states::pass::run(self, t, state, result.as_ref()),
            Kind::Task(task) => states::task::run(self, t, state, task),
            Kind::Choice(choice) => states::choice::run(self, t, state, choice),
            Kind::Wait(wait) => states::wait::run(self, t, state, wait),
            Kind::Succeed => states::succeed::run(self, t, state),
            Kind::Fail { error, cause } => states::fail::run(self, t, state, error.as_ref(), cause.as_ref()),
            Kind::Parallel { branches } => states::parallel::run(self, t, state, branches),
            Kind::Map(map) => states::map::run(self, t, state, map),
        }
    }

    /// Leaves a state: records it, sets variables, and goes to the next state or ends the strand.
    pub fn exit(&mut self, t: ThreadId, state: &'a State, exit: Exit) {
        if exit.output.is_too_deep() {
            return self.end_failed(t, Failure::too_deep(&state.name));
        }
        if exit.output.len_bytes() > MAX_PAYLOAD_BYTES {
            return self.end_failed(t, Failure::output_too_large(&state.name));
        }
        let number = u64::from(self.thread(t).state.0);
        let assigned = exit.assigned.filter(|a| a.as_object().is_some_and(|members| !members.is_empty()));
        let shown = assigned.clone().map(Payload::from_value);
        if shown.as_ref().is_some_and(Payload::is_too_deep) {
            return self.end_failed(t, Failure::too_deep(&state.name));
        }
        if shown.as_ref().is_some_and(|shown| shown.len_bytes() > MAX_PAYLOAD_BYTES) {
            return self.end_failed(t, Failure::variables_too_large(&state.name));
        }
        let mut fields = [
            (Field::Output, Part::Payload(&exit.output)),
            (Field::State, Part::Number(number)),
            (Field::Assigned, Part::Number(0)),
        ];
        let mut used = 2;
        if let Some(shown) = &shown {
            fields[2].1 = Part::Payload(shown);
            used = 3;
        }
        self.chain(t, exited_kind(&state.kind), &fields[..used]);
        let thread = self.thread_mut(t);
        if let Some(members) = assigned.as_ref().and_then(Value::as_object) {
            for (name, value) in members {
                thread.variables.set(name.clone(), value.clone());
            }
        }
        match exit.next {
            Next::State(next) => {
                thread.input = exit.output;
                thread.state = next;
                thread.phase = Phase::Entering;
            }
            Next::End => self.end(t, exit.output),
        }
    }

    /// Ends a strand well.
    fn end(&mut self, t: ThreadId, output: Payload) {
        let thread = self.thread_mut(t);
        thread.phase = Phase::Ended;
        match thread.parent {
            Some((parent, index)) => states::fork::joined(self, parent, index, t, output),
            None => self.finish(Out::Succeeded { output }),
        }
    }

    /// Ends a strand badly: the fork that it belongs to fails, or the execution. What nothing can catch
    /// ends the execution from wherever it happens, and leaves no trace of the forks around it.
    pub fn end_failed(&mut self, t: ThreadId, failure: Failure) {
        match self.thread(t).parent {
            Some((parent, index)) if !failure.terminal => {
                states::fork::failed(self, parent, index, t, failure);
            }
            _ => {
                self.thread_mut(0).last_event = self.thread(t).last_event;
                self.finish(Out::Failed { error: failure.error, cause: failure.cause });
            }
        }
    }

    /// Ends the execution, once.
    pub fn finish(&mut self, outcome: Outcome) {
        if self.exec.outcome.is_some() {
            return;
        }
        if self.exec.stopped.is_none() {
            self.keep_fork(None);
        }
        self.abort_effects(0);
        record_end(self, self.thread(0).last_event, &outcome);
        if self.exec.timer_set.take().is_some() {
            self.effect(Effect::CancelTimer { id: EffectId::EXECUTION_TIMER });
        }
        self.effect(Effect::Finish);
        self.exec.outcome = Some(outcome);
        self.exec.ready.clear();
    }

    /// Records an event of a strand; the next event will name it as its previous one.
    pub fn chain(&mut self, t: ThreadId, kind: EventKind, fields: &[(Field, Part<'_>)]) -> u64 {
        let id = self.record(self.thread(t).last_event, kind, fields);
        self.thread_mut(t).last_event = id;
        id
    }

    /// Records an event that the next one does not name as its previous one.
    /// After the end nothing more is recorded.
    pub fn record(&mut self, previous: u64, kind: EventKind, fields: &[(Field, Part<'_>)]) -> u64 {
        if self.exec.outcome.is_some() {
            return self.exec.history.events();
        }
        let limited = self.exec.context.execution_type == ExecutionType::Standard;
        if limited && self.exec.history.events() + 1 >= MAX_HISTORY_EVENTS && !is_end(kind) {
            let cause = "The execution reached the maximum number of history events (25000).";
            self.finish(Out::Failed { error: Some("States.Runtime".into()), cause: Some(cause.into()) });
            return self.exec.history.events();
        }
        self.exec.history.record(self.now, previous, kind, fields)
    }

    /// After the end nothing more is asked for.
    pub fn effect(&mut self, effect: Effect) {
        if self.exec.outcome.is_none() {
            self.exec.effects.push_back(effect);
        }
    }

    pub fn effect_id(&mut self, t: ThreadId) -> EffectId {
        self.exec.serial = self.exec.serial.wrapping_add(1);
        EffectId::new(t, self.exec.serial)
    }

    /// INVARIANT: a `ThreadId` comes from `ready`, a parent link or `spawn`, all of which hold live indices.
    pub fn thread(&self, t: ThreadId) -> &Thread {
        &self.exec.threads[t as usize]
    }

    pub fn thread_mut(&mut self, t: ThreadId) -> &mut Thread {
        &mut self.exec.threads[t as usize]
    }

    /// Puts a new strand into a free place.
    pub fn spawn(&mut self, thread: Thread) -> ThreadId {
        let free = self.exec.free.pop();
        let t = match free {
            Some(t) => {
                self.exec.threads[t as usize] = thread;
                t
            }
            None => {
                self.exec.threads.push(thread);
                (self.exec.threads.len() - 1) as ThreadId
            }
        };
        self.exec.ready.push_back(t);
        t
    }

    /// Whether so many strands live that no fork should add more than it needs to go on.
    pub fn is_crowded(&self) -> bool {
        self.exec.threads.len() - self.exec.free.len() >= MAX_STRANDS
    }

    /// The context object of a strand's state; `null` when the state cannot look at it.
    pub fn context(&mut self, t: ThreadId, state: &State, token: Option<&str>) -> Value {
        if !state.uses_context {
            return Value::Null;
        }
        let exec = &mut *self.exec;
        let fixed = exec.fixed.get_or_insert_with(|| Fixed::new(&exec.context, &exec.input));
        let thread = &exec.threads[t as usize];
        let counts = matches!(state.kind, Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_));
        let extra = Extra { retries: counts.then(|| thread.retry_count()), token };
        fixed.within(&state.name, thread.entered_at, &extra)
    }

    /// What a strand's expressions see.
    pub fn scope<'s>(&'s self, t: ThreadId, input: &'s Value, context: &'s Value) -> Scope<'s> {
        let mut scope = Scope::new(input, context, &self.thread(t).variables, &self.exec.rng);
        scope.now = self.now;
        scope
    }

    pub fn state_of(&self, t: ThreadId) -> (StateId, &'a State) {
        let id = self.thread(t).state;
        (id, self.program.state(id))
    }
}

fn is_end(kind: EventKind) -> bool {
    use EventKind::{ExecutionAborted, ExecutionFailed, ExecutionSucceeded, ExecutionTimedOut};
    matches!(kind, ExecutionAborted | ExecutionFailed | ExecutionSucceeded | ExecutionTimedOut)
}

fn record_end(run: &mut Run<'_>, previous: u64, outcome: &Outcome) {
    let (kind, error, cause) = match outcome {
        Out::Succeeded { output } => {
            let fields = [(Field::Output, Part::Payload(output))];
            run.record(previous, EventKind::ExecutionSucceeded, &fields);
            return;
        }
        // The event names an error that the execution itself does not have, and follows no other.
        Out::TimedOut { .. } => {
            run.record(0, EventKind::ExecutionTimedOut, &error_fields(Some(TIMEOUT), None));
            return;
        }
        Out::Failed { error, cause } => (EventKind::ExecutionFailed, error, cause),
        Out::Aborted { error, cause } => (EventKind::ExecutionAborted, error, cause),
    };
    run.record(previous, kind, &error_fields(error.as_deref(), cause.as_deref()));
}

/// `error` and `cause`, those that there are.
pub(crate) fn error_fields<'e>(error: Option<&'e str>, cause: Option<&'e str>) -> Vec<(Field, Part<'e>)> {
    let cause = cause.map(|cause| (Field::Cause, Part::Text(cause)));
    let error = error.map(|error| (Field::Error, Part::Text(error)));
    cause.into_iter().chain(error).collect()
}

fn entered_kind(kind: &Kind) -> EventKind {
    match kind {
        Kind::Pass { .. } => EventKind::PassStateEntered,
        Kind::Task(_) => EventKind::TaskStateEntered,
        Kind::Choice(_) => EventKind::ChoiceStateEntered,
        Kind::Wait(_) => EventKind::WaitStateEntered,
        Kind::Succeed => EventKind::SucceedStateEntered,
        Kind::Fail { .. } => EventKind::FailStateEntered,
        Kind::Parallel { .. } => EventKind::ParallelStateEntered,
        Kind::Map(_) => EventKind::MapStateEntered,
    }
}

/// A Fail state is never left.
fn exited_kind(kind: &Kind) -> EventKind {
    match kind {
        Kind::Pass { .. } | Kind::Fail { .. } => EventKind::PassStateExited,
        Kind::Task(_) => EventKind::TaskStateExited,
        Kind::Choice(_) => EventKind::ChoiceStateExited,
        Kind::Wait(_) => EventKind::WaitStateExited,
        Kind::Succeed => EventKind::SucceedStateExited,
        Kind::Parallel { .. } => EventKind::ParallelStateExited,
        Kind::Map(_) => EventKind::MapStateExited,
    }
}
