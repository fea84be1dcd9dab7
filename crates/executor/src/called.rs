//! `states:startExecution` and `aws-sdk:sfn:startExecution`: executions that Task states start.

use crate::child_name::child_name;
use crate::deps::Calling;
use crate::executor::Executor;
use crate::launch::Launch;
use crate::performer::Hands;
use crate::tasks::OnStop;
use crate::{Error, Machine};
use asl::integration::{CalledExecution, execution_ended, execution_started};
use asl::{Event, Outcome, Pattern, Payload, Resource, Value};
use model::{ExecutionType, Origin, Run, RunId, RunStatus};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Whether a resource starts an execution.
pub(crate) fn is_start(resource: &Resource) -> bool {
    match resource {
        Resource::StartExecution { .. } => true,
        Resource::Other { service, action, .. } => service == "aws-sdk:sfn" && action == "startExecution",
        _ => false,
    }
}

/// Starts the execution; for `.sync` it tells that it has started and waits for its end.
pub(crate) async fn start(hands: Hands, calling: Calling, events: UnboundedSender<Event>) -> Event {
    let id = calling.id;
    let task = calling.task.clone();
    let run = match begin(&hands, &calling).await {
        Ok(run) => run,
        Err((error, cause)) => return Event::TaskFailed { id, error, cause: Some(cause) },
    };
    let called = CalledExecution {
        execution_arn: run.arn.clone(),
        name: name_of(&run.arn).to_owned(),
        state_machine_arn: hands.inner.options.partition.state_machine(&run.job_name).as_str().to_owned(),
        input: Payload::from_text(run.input.as_str().into()),
        start_date: run.started_at,
    };
    let started = execution_started(id, &task, &called);
    if !matches!(task.resource.pattern(), Pattern::Sync | Pattern::Sync2) {
        return started;
    }
    // The caller may have ended.
    let _ = events.send(started);
    let executor = Executor { inner: Arc::clone(&hands.inner) };
    let ended = loop {
        match executor.ended(&hands.whose.workspace, &run.id).await {
            Ok(ended) => break ended,
            Err(Error::NotFound) => {
                return Event::TaskFailed {
                    id,
                    error: "States.TaskFailed".into(),
                    cause: Some(format!("The execution {} was removed.", run.arn)),
                };
            }
            Err(error) => {
                tracing::warn!(%error, "a called execution could not be looked up");
                tokio::time::sleep(crate::tokens::POLL).await;
            }
        }
    };
    let stopped_at = ended.stopped_at.unwrap_or_else(|| hands.inner.deps.clock.now());
    execution_ended(id, &task, &called, &outcome(ended), stopped_at)
}

/// Stops an execution that a `.sync` call started and nobody waits for any more.
pub(crate) fn stop(hands: &Hands, arn: String) {
    let (inner, workspace) = (Arc::clone(&hands.inner), hands.whose.workspace.clone());
    let tasks = hands.inner.tasks.clone();
    tasks.start("stop called execution", OnStop::Wait, async move {
        let stopped = async {
            match inner.deps.store.run_by_arn(&workspace, &arn).await? {
                Some(run) if !run.status.is_final() => {
                    let executor = Executor { inner: Arc::clone(&inner) };
                    executor.stop(&workspace, &run.id, "its caller", (None, None)).await
                }
                _ => Ok(()),
            }
        };
        match stopped.await {
            Ok(()) | Err(Error::Conflict(_)) => {}
            Err(error) => tracing::warn!(%arn, %error, "a called execution could not be stopped"),
        }
    });
}

/// The ARN that a Standard execution of this call has, whether it has been started or not.
pub(crate) fn arn_of(hands: &Hands, calling: &Calling) -> String {
    let machine = machine_name(text(calling, "StateMachineArn").unwrap_or_default());
    hands.inner.options.partition.execution(machine, &execution_name(calling)).as_str().to_owned()
}

async fn begin(hands: &Hands, calling: &Calling) -> Result<Run, (String, String)> {
    let refuse = |code: &str, message: String| Err(refusal(&calling.task.resource, code, &message));
    let Some(machine_arn) = text(calling, "StateMachineArn") else {
        return refuse("ValidationException", "StateMachineArn must be given".into());
    };
    let input = match calling.task.arguments.value().get("Input") {
        None => "{}".to_owned(),
        Some(Value::String(text)) => text.to_string(),
        Some(other) => other.to_json(),
    };
    // What this call started before a restart goes on even when its machine was deleted meanwhile.
    let is_ours = |there: &Run| *there.started_by == *calling.execution_arn && there.input == input;
    let standard = there(hands, &arn_of(hands, calling)).await?;
    if let Some(ours) = standard.filter(is_ours) {
        return Ok(ours);
    }
    let found = hands.inner.deps.machines.find(&hands.whose.workspace, machine_arn).await;
    let machine = match found {
        Ok(Some(machine)) => machine,
        Ok(None) => {
            return refuse("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{machine_arn}'"));
        }
        Err(problem) => return Err(("States.Runtime".into(), problem)),
    };
    let sync = matches!(calling.task.resource.pattern(), Pattern::Sync | Pattern::Sync2);
    if sync && machine.execution_type == ExecutionType::Express {
        return refuse("StateMachineTypeNotSupported", "An Express execution cannot be waited for.".into());
    }
    let arn = new_arn(hands, calling, &machine);
    match there(hands, &arn).await? {
        Some(express) if is_ours(&express) => return Ok(express),
        Some(_) => return refuse("ExecutionAlreadyExists", format!("Execution Already Exists: '{arn}'")),
        None => {}
    }
    let launch = Launch {
        workspace: hands.whose.workspace.clone(),
        run: new_run(hands, calling, &machine, (arn, input)),
        definition: machine.definition,
        profile: machine.profile,
        manifest: None,
        guards: model::Guards::default(),
    };
    let executor = Executor { inner: Arc::clone(&hands.inner) };
    executor.launch(launch).await.map_err(|error| ("States.Runtime".to_owned(), error.to_string()))
}

async fn there(hands: &Hands, arn: &str) -> Result<Option<Run>, (String, String)> {
    let found = hands.inner.deps.store.run_by_arn(&hands.whose.workspace, arn).await;
    found.map_err(|error| ("States.Runtime".to_owned(), error.to_string()))
}

fn new_arn(hands: &Hands, calling: &Calling, machine: &Machine) -> String {
    let partition = &hands.inner.options.partition;
    let name = execution_name(calling);
    let arn = match machine.execution_type {
        ExecutionType::Standard => partition.execution(&machine.name, &name),
        // The same after a restart, so that no call starts two.
        ExecutionType::Express => partition.express_execution(&machine.name, &name, &child_name(&calling.idempotency_key, 1)),
    };
    arn.as_str().to_owned()
}

fn new_run(hands: &Hands, calling: &Calling, machine: &Machine, (arn, input): (String, String)) -> Run {
    let now = hands.inner.deps.clock.now();
    Run {
        id: RunId::new(now.0, rand::random()),
        job_id: machine.job_id.clone(),
        job_name: machine.name.clone(),
        job_version: machine.version,
        manifest_id: None,
        status: RunStatus::Running,
        arn,
        input,
        output: None,
        error: None,
        cause: None,
        started_by: calling.execution_arn.to_string(),
        note: String::new(),
        started_at: now,
        stopped_at: None,
        redrive_count: 0,
        redriven_at: None,
        origin: Origin { execution_type: machine.execution_type, ..Origin::default() },
    }
}

fn execution_name(calling: &Calling) -> String {
    text(calling, "Name").map_or_else(|| child_name(&calling.idempotency_key, 0), str::to_owned)
}

fn text<'a>(calling: &'a Calling, field: &str) -> Option<&'a str> {
    calling.task.arguments.value().get(field).and_then(Value::as_str)
}

/// `NAME` of a machine's ARN, or the text itself; a version or alias may follow.
fn machine_name(arn: &str) -> &str {
    let after = arn.split_once(":stateMachine:").map_or(arn, |(_, name)| name);
    after.split(':').next().unwrap_or(after)
}

/// The execution's name in its ARN.
pub(crate) fn name_of(arn: &str) -> &str {
    arn.split(':').nth(7).unwrap_or_default()
}

/// AWS's form of a refused request.
fn refusal(resource: &Resource, code: &str, message: &str) -> (String, String) {
    let prefix = if matches!(resource, Resource::StartExecution { .. }) { "StepFunctions" } else { "Sfn" };
    let error = format!("{prefix}.{}Exception", code.trim_end_matches("Exception"));
    let cause = match prefix {
        "Sfn" => format!("{message} (Service: Sfn, Status Code: 400, Request ID: local)"),
        _ => format!("{message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {code}; Request ID: local; Proxy: null)"),
    };
    (error, cause)
}

fn outcome(run: Run) -> Outcome {
    let Run { status, output, error, cause, .. } = run;
    match status {
        RunStatus::Succeeded => {
            Outcome::Succeeded { output: Payload::from_text(output.unwrap_or_default().into()) }
        }
        RunStatus::TimedOut => Outcome::TimedOut { error, cause },
        RunStatus::Aborted => Outcome::Aborted { error, cause },
        _ => Outcome::Failed { error, cause },
    }
}
