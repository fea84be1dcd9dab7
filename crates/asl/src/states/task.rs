//! Task.

use super::{flow, numbers};
use crate::Value;
use crate::execution::failure::{Failure, TIMEOUT};
use crate::execution::run::{Run, Step, error_fields};
use crate::execution::thread::{Phase, TaskWait, ThreadId};
use crate::execution::{Effect, EffectId, TaskCall};
use crate::history::{Field, Kind as EventKind, Part};
use crate::integration::{self, Pattern, Resource};
use crate::payload::Payload;
use crate::program::expr::NumberField;
use crate::program::state::{Kind, ResourceField, State, Task};
use model::limits::MAX_PAYLOAD_BYTES;
use std::sync::Arc;

/// Schedules the call.
pub(crate) fn run(run: &mut Run<'_>, t: ThreadId, state: &State, task: &Task) -> Result<Step, Failure> {
    let resource = match &task.resource {
        ResourceField::Known(resource) => resource,
        ResourceField::Unknown(text) => {
            return Err(Failure::runtime(format!("The resource provided {text} is not recognized.")));
        }
    };
    let call = run.effect_id(t);
    let waits =
        resource.pattern() == Pattern::WaitForTaskToken || matches!(resource, Resource::Activity { .. });
    let token = waits.then(|| integration::task_token(&run.exec.context.execution_id, call, &run.exec.rng));
    let input = flow::effective_input(run, t, state)?;
    let arguments = flow::arguments(run, t, state, &input, token.as_deref())?;
    let timeout_seconds = seconds(run, t, state, &input, task.timeout.as_ref())?;
    let heartbeat_seconds = seconds(run, t, state, &input, task.heartbeat.as_ref())?;
    let role_arn = credentials(run, t, state, &input, task)?;
    let invoke = TaskCall {
        state: run.thread(t).state,
        resource: resource.clone(),
        arguments,
        token: token.clone(),
        attempt: run.thread(t).retry_count(),
        timeout_seconds,
        heartbeat_seconds,
        role_arn,
    };
    record_scheduled(run, t, &invoke);
    run.effect(Effect::Invoke { id: call, call: Arc::new(invoke) });
    let timeout = timeout_seconds.map(|seconds| timer(run, t, seconds));
    let heartbeat = heartbeat_seconds.map(|seconds| timer(run, t, seconds));
    run.thread_mut(t).phase = Phase::Task(Box::new(TaskWait {
        call,
        timeout,
        heartbeat,
        heartbeat_seconds: heartbeat_seconds.unwrap_or(0),
        token,
        submitted: resource.pattern() == Pattern::RequestResponse,
    }));
    Ok(Step::Wait)
}

fn timer(run: &mut Run<'_>, t: ThreadId, seconds: u64) -> EffectId {
    let id = run.effect_id(t);
    let ms = i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
    run.effect(Effect::SetTimer { id, at: run.now.plus_ms(ms) });
    id
}

fn seconds(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    input: &Payload,
    field: Option<&NumberField>,
) -> Result<Option<u64>, Failure> {
    let Some(field) = field else { return Ok(None) };
    let context = run.context(t, state, None);
    let seconds = numbers::whole(field, &run.scope(t, input.value(), &context))?;
    match u64::try_from(seconds) {
        Ok(seconds) if seconds > 0 => Ok(Some(seconds)),
        _ => Err(numbers::not_positive(field, seconds)),
    }
}

fn credentials(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    input: &Payload,
    task: &Task,
) -> Result<Option<String>, Failure> {
    let Some(credentials) = &task.credentials else { return Ok(None) };
    let context = run.context(t, state, None);
    let value = credentials.eval(&run.scope(t, input.value(), &context))?;
    Ok(value.get("RoleArn").and_then(Value::as_str).map(str::to_owned))
}

fn record_scheduled(run: &mut Run<'_>, t: ThreadId, call: &TaskCall) {
    let (name, kind) = (call.resource.resource_name(), call.resource.resource_type());
    let region = model::arn::region(&run.exec.context.state_machine_id).to_owned();
    let mut fields = vec![(Field::Resource, Part::Text(&name))];
    let (scheduled, started) = match call.resource {
        Resource::LambdaFunction { .. } => {
            fields.push((Field::Input, Part::Payload(&call.arguments)));
            (EventKind::LambdaFunctionScheduled, Some(EventKind::LambdaFunctionStarted))
        }
        Resource::Activity { .. } => {
            fields.push((Field::Input, Part::Payload(&call.arguments)));
            (EventKind::ActivityScheduled, None)
        }
        _ => {
            fields.push((Field::ResourceType, Part::Text(&kind)));
            fields.push((Field::Region, Part::Text(&region)));
            fields.push((Field::Parameters, Part::Payload(&call.arguments)));
            (EventKind::TaskScheduled, Some(EventKind::TaskStarted))
        }
    };
    if let Some(seconds) = call.timeout_seconds {
        fields.push((Field::TimeoutSeconds, Part::Number(seconds)));
    }
    if let Some(seconds) = call.heartbeat_seconds {
        fields.push((Field::HeartbeatSeconds, Part::Number(seconds)));
    }
    if let Some(role) = &call.role_arn {
        fields.push((Field::CredentialsRoleArn, Part::Text(role)));
    }
    run.chain(t, scheduled, &fields);
    match started {
        Some(EventKind::TaskStarted) => {
            let fields = [(Field::Resource, Part::Text(&name)), (Field::ResourceType, Part::Text(&kind))];
            run.chain(t, EventKind::TaskStarted, &fields);
        }
        Some(kind) => _ = run.chain(t, kind, &[]),
        None => {}
    }
}

/// An activity worker took the task.
pub(crate) fn started(run: &mut Run<'_>, t: ThreadId, worker_name: Option<&str>) {
    if !matches!(resource_of(run, t), Some(Resource::Activity { .. })) {
        return;
    }
    let fields = worker_name.map(|name| (Field::WorkerName, Part::Text(name)));
    run.chain(t, EventKind::ActivityStarted, fields.as_slice());
}

/// A job or callback request was accepted.
pub(crate) fn submitted(run: &mut Run<'_>, t: ThreadId, output: &Payload) {
    let Some(resource) = resource_of(run, t) else { return };
    if let Phase::Task(task) = &mut run.thread_mut(t).phase {
        task.submitted = true;
    }
    let (name, kind) = (resource.resource_name(), resource.resource_type());
    let fields = [
        (Field::Resource, Part::Text(&name)),
        (Field::ResourceType, Part::Text(&kind)),
        (Field::Output, Part::Payload(output)),
    ];
    run.chain(t, EventKind::TaskSubmitted, &fields);
}

/// The worker is alive: its heartbeat timer starts anew.
pub(crate) fn heartbeat(run: &mut Run<'_>, t: ThreadId) {
    let Phase::Task(task) = &run.thread(t).phase else { return };
    let (Some(old), seconds) = (task.heartbeat, task.heartbeat_seconds) else { return };
    run.effect(Effect::CancelTimer { id: old });
    let new = timer(run, t, seconds);
    if let Phase::Task(task) = &mut run.thread_mut(t).phase {
        task.heartbeat = Some(new);
    }
}

/// The result has come.
pub(crate) fn succeeded(run: &mut Run<'_>, t: ThreadId, output: Payload) {
    let (_, state) = run.state_of(t);
    let Some(resource) = resource_of(run, t) else { return };
    if output.len_bytes() > MAX_PAYLOAD_BYTES {
        let failure = Failure { terminal: false, ..Failure::output_too_large(&too_large_name(resource)) };
        return failed(run, t, failure);
    }
    cancel_timers(run, t);
    let (name, kind) = (resource.resource_name(), resource.resource_type());
    let fields = [
        (Field::Output, Part::Payload(&output)),
        (Field::Resource, Part::Text(&name)),
        (Field::ResourceType, Part::Text(&kind)),
    ];
    match resource {
        Resource::LambdaFunction { .. } => run.chain(t, EventKind::LambdaFunctionSucceeded, &fields[..1]),
        Resource::Activity { .. } => run.chain(t, EventKind::ActivitySucceeded, &fields[..1]),
        _ => run.chain(t, EventKind::TaskSucceeded, &fields),
    };
    match flow::exit_with_result(run, t, state, output) {
        Ok(exit) => run.exit(t, state, exit),
        Err(failure) => run.fail(t, failure),
    }
    run.exec.ready.push_back(t);
}

/// What the too large result is said to come from: the whole ARN of a function, or the service's action.
fn too_large_name(resource: &Resource) -> String {
    match resource {
        Resource::LambdaFunction { arn } | Resource::Activity { arn } => arn.as_ref().to_owned(),
        other => other.resource_type().into_owned(),
    }
}

/// The error has come.
pub(crate) fn failed(run: &mut Run<'_>, t: ThreadId, failure: Failure) {
    let Some(resource) = resource_of(run, t) else { return };
    let kind = match resource {
        Resource::LambdaFunction { .. } => EventKind::LambdaFunctionFailed,
        Resource::Activity { .. } => EventKind::ActivityFailed,
        _ if matches!(&run.thread(t).phase, Phase::Task(task) if !task.submitted) => {
            EventKind::TaskSubmitFailed
        }
        _ => EventKind::TaskFailed,
    };
    end_badly(run, t, kind, failure);
}

/// Too late, or a heartbeat was missed.
pub(crate) fn timed_out(run: &mut Run<'_>, t: ThreadId, heartbeat: bool) {
    let Some(resource) = resource_of(run, t) else { return };
    let kind = match resource {
        Resource::LambdaFunction { .. } => EventKind::LambdaFunctionTimedOut,
        Resource::Activity { .. } => EventKind::ActivityTimedOut,
        _ => EventKind::TaskTimedOut,
    };
    if let Phase::Task(task) = &run.thread(t).phase {
        let id = task.call;
        run.effect(Effect::CancelTask { id });
    }
    let failure = Failure { heartbeat, ..Failure::new(Some(TIMEOUT.to_owned()), None) };
    end_badly(run, t, kind, failure);
}

fn end_badly(run: &mut Run<'_>, t: ThreadId, kind: EventKind, failure: Failure) {
    cancel_timers(run, t);
    let Some(resource) = resource_of(run, t) else { return };
    let (name, service) = (resource.resource_name(), resource.resource_type());
    let mut fields = error_fields(failure.error.as_deref(), failure.cause.as_deref());
    if !matches!(resource, Resource::LambdaFunction { .. } | Resource::Activity { .. }) {
        fields.push((Field::Resource, Part::Text(&name)));
        fields.push((Field::ResourceType, Part::Text(&service)));
    }
    run.chain(t, kind, &fields);
    run.fail(t, failure);
    run.exec.ready.push_back(t);
}

fn cancel_timers(run: &mut Run<'_>, t: ThreadId) {
    if let Phase::Task(task) = &run.thread(t).phase {
        for id in task.timeout.into_iter().chain(task.heartbeat) {
            run.effect(Effect::CancelTimer { id });
        }
    }
    run.thread_mut(t).phase = Phase::Retrying;
}

fn resource_of<'a>(run: &Run<'a>, t: ThreadId) -> Option<&'a Resource> {
    match &run.state_of(t).1.kind {
        Kind::Task(task) => match &task.resource {
            ResourceField::Known(resource) => Some(resource),
            ResourceField::Unknown(_) => None,
        },
        _ => None,
    }
}
