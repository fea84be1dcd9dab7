//! How data passes through a state: InputPath, Parameters or Arguments, ResultSelector, ResultPath,
//! OutputPath or Output, Assign.

use crate::Value;
use crate::execution::failure::Failure;
use crate::execution::run::{Exit, Run};
use crate::execution::thread::ThreadId;
use crate::payload::Payload;
use crate::program::state::{Language, PathField, State};
use crate::scope::Scope;

/// The state's input after InputPath.
pub(crate) fn effective_input(run: &mut Run<'_>, t: ThreadId, state: &State) -> Result<Payload, Failure> {
    let raw = run.thread(t).input.clone();
    match &state.input_path {
        PathField::Whole => Ok(raw),
        PathField::Nothing => Ok(Payload::empty_object()),
        PathField::Path(path) => {
            let context = run.context(t, state, None);
            let found = path.eval(&run.scope(t, raw.value(), &context));
            Ok(Payload::from_value(found.map_err(|e| e.in_field("InputPath"))?))
        }
    }
}

/// `Parameters` or `Arguments` on the effective input, or that input itself.
pub(crate) fn arguments(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    input: &Payload,
    token: Option<&str>,
) -> Result<Payload, Failure> {
    let Some(arguments) = &state.arguments else { return Ok(input.clone()) };
    let context = run.context(t, state, token);
    Ok(Payload::from_value(arguments.eval(&run.scope(t, input.value(), &context))?))
}

/// How a state that has a result is left.
pub(crate) fn exit_with_result(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    result: Payload,
) -> Result<Exit, Failure> {
    let plain = state.result_selector.is_none()
        && state.output.is_none()
        && state.assign.is_none()
        && matches!(state.result_path, PathField::Whole)
        && matches!(state.output_path, PathField::Whole);
    if plain {
        return Ok(Exit { output: result, assigned: None, next: state.next });
    }
    let context = run.context(t, state, None);
    match state.language {
        Language::Jsonata => jsonata_exit(run, t, state, result, &context),
        Language::JsonPath => {
            let result = match &state.result_selector {
                Some(selector) => {
                    Payload::from_value(selector.eval(&run.scope(t, result.value(), &context))?)
                }
                None => result,
            };
            let assigned = match &state.assign {
                Some(assign) => Some(assign.eval(&run.scope(t, result.value(), &context))?),
                None => None,
            };
            let raw = run.thread(t).input.clone();
            let combined = match &state.result_path {
                PathField::Whole => result,
                PathField::Nothing => raw,
                PathField::Path(path) => {
                    Payload::from_value(path.assign(raw.value(), result.value().clone())?)
                }
            };
            let output = output_path(&state.output_path, &run.scope(t, &Value::Null, &context), combined)?;
            Ok(Exit { output, assigned, next: state.next })
        }
    }
}

/// How a state is left that passes its input on: Choice, Wait, Succeed.
pub(crate) fn exit_with_input(run: &mut Run<'_>, t: ThreadId, state: &State) -> Result<Exit, Failure> {
    let input = effective_input(run, t, state)?;
    let context = run.context(t, state, None);
    if state.language == Language::Jsonata {
        return jsonata_exit(run, t, state, input, &context);
    }
    let assigned = match &state.assign {
        Some(assign) => Some(assign.eval(&run.scope(t, input.value(), &context))?),
        None => None,
    };
    let output = output_path(&state.output_path, &run.scope(t, &Value::Null, &context), input)?;
    Ok(Exit { output, assigned, next: state.next })
}

fn jsonata_exit(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    result: Payload,
    context: &Value,
) -> Result<Exit, Failure> {
    let raw = run.thread(t).input.clone();
    if state.assign.is_none() && state.output.is_none() {
        return Ok(Exit { output: result, assigned: None, next: state.next });
    }
    let mut scope = run.scope(t, raw.value(), context);
    // A state that only passes its input on has no result.
    if !result.is_same(&raw) {
        scope = scope.with_result(result.value());
    }
    let assigned = state.assign.as_ref().map(|assign| assign.eval(&scope)).transpose()?;
    let output = match &state.output {
        Some(output) => Payload::from_value(output.eval(&scope)?),
        None => result,
    };
    Ok(Exit { output, assigned, next: state.next })
}

/// OutputPath on what ResultPath left.
pub(crate) fn output_path(
    path: &PathField,
    scope: &Scope<'_>,
    combined: Payload,
) -> Result<Payload, Failure> {
    match path {
        PathField::Whole => Ok(combined),
        PathField::Nothing => Ok(Payload::empty_object()),
        PathField::Path(path) => {
            let scope = Scope { input: combined.value(), ..*scope };
            Ok(Payload::from_value(path.eval(&scope).map_err(|e| e.in_field("OutputPath"))?))
        }
    }
}
