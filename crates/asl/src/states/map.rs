//! Map: what both modes share, and the inline mode.

use super::{flow, fork, map_run, numbers, parallel};
use crate::Value;
use crate::context::with_item;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step};
use crate::execution::thread::{Fork, Phase, ThreadId};
use crate::history::{Field, Kind as EventKind, Part};
use crate::map_run::MapItem;
use crate::payload::Payload;
use crate::program::state::{Kind, Language, Map, PathField, State};
use crate::value::Object;

/// Iterations that an inline Map without MaxConcurrency runs at once.
/// Source: Developer Guide, "Inline mode".
const INLINE_CONCURRENCY: u32 = 40;

/// Evaluates the items and starts the iterations or the Map Run.
pub(crate) fn run(run: &mut Run<'_>, t: ThreadId, state: &State, map: &Map) -> Result<Step, Failure> {
    let input = flow::effective_input(run, t, state)?;
    let max_concurrency = match &map.max_concurrency {
        None => 0,
        Some(field) => {
            let context = run.context(t, state, None);
            let number = numbers::whole(field, &run.scope(t, input.value(), &context))?;
            u32::try_from(number).map_err(|_| numbers::negative(field, "MaxConcurrency"))?
        }
    };
    if map.distributed.as_ref().is_some_and(|d| d.reader.is_some()) {
        started_event(run, t, 0);
        return map_run::start(run, t, state, map, (&input, None, max_concurrency));
    }
    let items = items(run, t, state, map, &input)?;
    let length = items.as_array().map(<[_]>::len).or(items.as_object().map(Object::len)).unwrap_or(0);
    started_event(run, t, length as u64);
    if map.distributed.is_some() {
        return map_run::start(run, t, state, map, (&input, Some(items), max_concurrency));
    }
    run.exec.stopped = None;
    run.thread_mut(t).phase = Phase::Fork(Box::new(Fork {
        input,
        items: Some(items),
        total: length as u32,
        next: 0,
        running: 0,
        limit: if max_concurrency == 0 { INLINE_CONCURRENCY } else { max_concurrency },
        results: vec![None; length],
    }));
    if length == 0 {
        fork::done(run, t);
    } else {
        start_iterations(run, t, None);
    }
    Ok(Step::Wait)
}

fn started_event(run: &mut Run<'_>, t: ThreadId, length: u64) {
    run.chain(t, EventKind::MapStateStarted, &[(Field::Length, Part::Number(length))]);
}

/// `ItemsPath` or `Items` on the state's input.
fn items(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    map: &Map,
    input: &Payload,
) -> Result<Value, Failure> {
    let context = run.context(t, state, None);
    let scope = run.scope(t, input.value(), &context);
    let jsonata = state.language == Language::Jsonata;
    let found = match (&map.items, &map.items_path) {
        (Some(items), _) => items.eval(&scope)?,
        (None, PathField::Path(path)) => path.eval(&scope).map_err(|e| e.in_field("ItemsPath"))?,
        (None, _) => input.value().clone(),
    };
    let fits = match &found {
        Value::Array(_) => true,
        Value::Object(_) => map.distributed.is_some() || map.items.is_some(),
        _ => false,
    };
    if fits {
        return Ok(found);
    }
    Err(match (&map.items, &map.items_path) {
        (Some(crate::program::expr::Expr::Jsonata(template)), _) => {
            numbers::unexpected_type(template, "array", &found)
        }
        (None, path) if !jsonata => {
            let path = if let PathField::Path(path) = path { path.text() } else { "$" };
            Failure::runtime(format!("Reference path \"{path}\" must point to array."))
        }
        _ => {
            let cause = format!("Map state input must be an array but was: {}", found.to_json());
            let error = Some(crate::eval_error::QUERY_EVALUATION_ERROR.to_owned());
            Failure { error, evaluation: Some(None), terminal: false, ..Failure::runtime(cause) }
        }
    })
}

/// Starts iterations up to the limit. `after` is the event that the first of them follows.
pub(crate) fn start_iterations(run: &mut Run<'_>, t: ThreadId, after: Option<u64>) {
    let (_, state) = run.state_of(t);
    let Kind::Map(map) = &state.kind else { return };
    let previous = after.unwrap_or(run.thread(t).last_event);
    loop {
        let crowded = run.is_crowded();
        let Some(fork) = fork::fork_of(run, t) else { return };
        if fork.running >= fork.limit || fork.next >= fork.total || (crowded && fork.running > 0) {
            return;
        }
        let index = fork.next;
        fork.next += 1;
        fork.running += 1;
        let (input, item) = (fork.input.clone(), member(fork.items.as_ref(), index));
        match select(run, t, (state, map), &input, index, item) {
            Ok(input) => {
                let event = fork::iteration_event(run, t, index, previous, EventKind::MapIterationStarted);
                let child = parallel::spawn(run, (t, index), map.processor, input);
                run.thread_mut(child).last_event = event;
            }
            // The iteration never starts; those that did are cut, unless the whole execution ends.
            Err(failure) => {
                if !failure.terminal {
                    fork::abort_iterations(run, t, previous);
                }
                run.fail(t, failure);
                run.exec.ready.push_back(t);
                return;
            }
        }
    }
}

/// The item at an index, and its key when the items are an object's members.
fn member(items: Option<&Value>, index: u32) -> (Option<String>, Value) {
    match items {
        Some(Value::Array(items)) => (None, items.get(index as usize).cloned().unwrap_or_default()),
        Some(Value::Object(members)) => match members.get_index(index as usize) {
            Some((key, value)) => (Some(key.to_string()), pair(key, value)),
            None => Default::default(),
        },
        _ => Default::default(),
    }
}

/// An object's member as an item.
pub(crate) fn pair(key: &str, value: &Value) -> Value {
    let mut members = Object::new();
    members.insert("Key".into(), key.into());
    members.insert("Value".into(), value.clone());
    members.into()
}

fn select(
    run: &mut Run<'_>,
    t: ThreadId,
    (state, map): (&State, &Map),
    input: &Payload,
    index: u32,
    (key, value): (Option<String>, Value),
) -> Result<Payload, Failure> {
    let value = Payload::from_value(value);
    let Some(selector) = &map.selector else { return Ok(value) };
    let item = MapItem { index: u64::from(index), value: &value, key: key.as_deref(), source: "STATE_DATA" };
    let context = run.context(t, state, None);
    let context = if state.uses_context { with_item(&context, &item) } else { context };
    let selected = selector.eval(&run.scope(t, input.value(), &context))?;
    Ok(Payload::from_value(selected))
}
