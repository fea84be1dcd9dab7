//! Map, distributed mode: from the state to the specification of its Map Run, and back.

use super::{flow, numbers};
use crate::Value;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step, error_fields};
use crate::execution::thread::{Phase, ThreadId};
use crate::execution::{Effect, MapRunEnd};
use crate::history::{Field, Kind as EventKind, Part};
use crate::map_run::{
    BatcherSpec, MapItems, MapRunSpec, ReaderConfig, ReaderSpec, ResultWriterSpec, SelectorScope,
};
use crate::payload::Payload;
use crate::program::expr::NumberField;
use crate::program::state::{Batcher, Distributed, Map, Reader, State, Writer};
use crate::scope::Scope;

/// Asks for the Map Run. `None` for the items: an ItemReader has them.
pub(crate) fn start(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    map: &Map,
    (input, items, max_concurrency): (&Payload, Option<Value>, u32),
) -> Result<Step, Failure> {
    let Some(distributed) = &map.distributed else { return Ok(Step::Wait) };
    let context = run.context(t, state, None);
    let scope = run.scope(t, input.value(), &context);
    let spec = MapRunSpec {
        map: map.id,
        state_name: state.name.to_string(),
        label: distributed.label.clone(),
        execution_type: distributed.execution_type,
        max_concurrency,
        tolerated_failure_count: tolerated_count(distributed, &scope)?,
        tolerated_failure_percentage: tolerated_percentage(distributed, &scope)?,
        batcher: distributed.batcher.as_ref().map(|batcher| self::batcher(batcher, &scope)).transpose()?,
        result_writer: distributed.writer.as_ref().map(|writer| self::writer(writer, &scope)).transpose()?,
        items: match (items, &distributed.reader) {
            (None, Some(reader)) => MapItems::Reader(self::reader(reader, &scope)?),
            (items, _) => MapItems::Inline(items.unwrap_or_default()),
        },
        selector: map.selector.as_ref().map(|_| SelectorScope {
            input: input.clone(),
            context: Payload::from_value(context.clone()),
            variables: run.thread(t).variables.clone(),
            seed: run.exec.rng.next_u64(),
            now: run.now,
        }),
    };
    let id = run.effect_id(t);
    run.thread_mut(t).phase = Phase::MapRun(id);
    run.effect(Effect::StartMapRun { id, spec: Box::new(spec) });
    Ok(Step::Wait)
}

fn tolerated_count(distributed: &Distributed, scope: &Scope<'_>) -> Result<Option<u64>, Failure> {
    let Some(field) = &distributed.tolerated_count else { return Ok(None) };
    let count = numbers::whole(field, scope)?;
    match u64::try_from(count) {
        Ok(count) => Ok(Some(count)),
        Err(_) => Err(numbers::negative(field, "ToleratedFailureCount")),
    }
}

fn tolerated_percentage(distributed: &Distributed, scope: &Scope<'_>) -> Result<Option<f64>, Failure> {
    let Some(field) = &distributed.tolerated_percentage else { return Ok(None) };
    let percentage = numbers::decimal(field, scope)?;
    match (0.0..=100.0).contains(&percentage) {
        true => Ok(Some(percentage)),
        false => Err(numbers::fault(field, "ToleratedFailurePercentage must be between 0 and 100.")),
    }
}

fn batcher(batcher: &Batcher, scope: &Scope<'_>) -> Result<BatcherSpec, Failure> {
    let count = |field: &Option<NumberField>| match field {
        None => Ok(None),
        Some(field) => match u64::try_from(numbers::whole(field, scope)?) {
            // As for MaxItems, 0 is no limit.
            Ok(count) => Ok(Some(count).filter(|&count| count > 0)),
            Err(_) => {
                Err(numbers::fault(field, &format!("field {} must be positive", numbers::plain_name(field))))
            }
        },
    };
    Ok(BatcherSpec {
        max_items: count(&batcher.max_items)?,
        max_input_bytes: count(&batcher.max_bytes)?,
        batch_input: batcher.batch_input.as_ref().map(|input| input.eval(scope)).transpose()?,
    })
}

fn writer(writer: &Writer, scope: &Scope<'_>) -> Result<ResultWriterSpec, Failure> {
    let arguments = writer.arguments.as_ref().map(|arguments| arguments.eval(scope)).transpose()?;
    let text = |name: &str| arguments.as_ref()?.get(name)?.as_str().map(str::to_owned);
    Ok(ResultWriterSpec {
        bucket: text("Bucket"),
        prefix: text("Prefix"),
        transformation: writer.transformation.clone(),
        output_type: writer.output_type.clone(),
    })
}

fn reader(reader: &Reader, scope: &Scope<'_>) -> Result<ReaderSpec, Failure> {
    let mut config = read_config(&reader.config);
    config.max_items = match &reader.max_items {
        None => None,
        // 0 reads all, as recorded. A negative number is for the reader to refuse, once the run has started.
        Some(field) => Some(numbers::whole(field, scope)?).filter(|&most| most != 0),
    };
    Ok(ReaderSpec {
        resource: reader.resource.clone(),
        arguments: match &reader.arguments {
            Some(arguments) => arguments.eval(scope)?,
            None => Value::Object(Default::default()),
        },
        config,
    })
}

fn read_config(config: &Value) -> ReaderConfig {
    let text = |name: &str| config.get(name).and_then(Value::as_str).map(str::to_owned);
    let headers = config.get("CSVHeaders").and_then(Value::as_array);
    ReaderConfig {
        input_type: text("InputType"),
        manifest_type: text("ManifestType"),
        transformation: text("Transformation"),
        csv_header_location: text("CSVHeaderLocation"),
        csv_headers: headers
            .map(|headers| headers.iter().filter_map(|h| h.as_str().map(str::to_owned)).collect()),
        csv_delimiter: text("CSVDelimiter"),
        max_items: None,
        items_pointer: text("ItemsPointer"),
    }
}

/// The run has an ARN.
pub(crate) fn started(run: &mut Run<'_>, t: ThreadId, arn: &str) {
    run.chain(t, EventKind::MapRunStarted, &[(Field::MapRunArn, Part::Text(arn))]);
}

/// The run was redriven.
pub(crate) fn redriven(run: &mut Run<'_>, t: ThreadId, arn: &str, count: u32) {
    let fields = [(Field::MapRunArn, Part::Text(arn)), (Field::RedriveCount, Part::Number(u64::from(count)))];
    run.chain(t, EventKind::MapRunRedriven, &fields);
}

/// The run has ended.
pub(crate) fn ended(run: &mut Run<'_>, t: ThreadId, end: MapRunEnd) {
    let (_, state) = run.state_of(t);
    match end {
        MapRunEnd::Succeeded { output } => {
            let id = run.chain(t, EventKind::MapRunSucceeded, &[]);
            let succeeded = run.record(id, EventKind::MapStateSucceeded, &[]);
            match flow::exit_with_result(run, t, state, output) {
                Ok(exit) => run.exit(t, state, exit),
                Err(failure) => {
                    run.thread_mut(t).last_event = succeeded;
                    run.fail(t, failure);
                }
            }
        }
        MapRunEnd::Failed { error, cause } => {
            run.chain(t, EventKind::MapRunFailed, &error_fields(Some(&error), cause.as_deref()));
            run.fail(t, Failure::new(Some(error), cause));
        }
        MapRunEnd::Aborted => {
            run.chain(t, EventKind::MapRunAborted, &[]);
            let cause = "The Map Run was aborted.".to_owned();
            run.fail(t, Failure::new(Some("States.TaskFailed".to_owned()), Some(cause)));
        }
    }
    run.exec.ready.push_back(t);
}
