//! Fail.

use crate::Value;
use crate::execution::failure::Failure;
use crate::execution::run::{Run, Step};
use crate::execution::thread::ThreadId;
use crate::program::expr::TextField;
use crate::program::state::State;

/// Ends the strand with an error.
pub(crate) fn run(
    run: &mut Run<'_>,
    t: ThreadId,
    state: &State,
    error: Option<&TextField>,
    cause: Option<&TextField>,
) -> Result<Step, Failure> {
    let error = error.map(|field| text(run, t, state, field)).transpose()?;
    let cause = cause.map(|field| text(run, t, state, field)).transpose()?;
    Err(Failure::new(error, cause))
}

fn text(run: &mut Run<'_>, t: ThreadId, state: &State, field: &TextField) -> Result<String, Failure> {
    if let TextField::Literal(text) = field {
        return Ok(text.to_string());
    }
    let input = run.thread(t).input.clone();
    let context = run.context(t, state, None);
    let value = field.eval(&run.scope(t, input.value(), &context))?;
    match (&value, field) {
        (Value::String(text), _) => Ok(text.to_string()),
        (_, TextField::Path(path, name)) => Err(Failure::runtime(format!(
            "The {name} field refers to value \"{}\" which is not a valid string: {}",
            value.to_json(),
            path.text()
        ))),
        _ => Err(wrong_type(field, &value)),
    }
}

/// "returned an unexpected result type", for a JSONata field that must be a string.
fn wrong_type(field: &TextField, value: &Value) -> Failure {
    match field {
        TextField::Jsonata(template, _) => super::numbers::unexpected_type(template, "string", value),
        _ => Failure::runtime("expected a string"),
    }
}
