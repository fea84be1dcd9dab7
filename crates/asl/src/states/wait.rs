//! Wait.

use super::{flow, numbers};
use crate::execution::Effect;
use crate::execution::failure::Failure;
use crate::execution::run::{Exit, Run, Step};
use crate::execution::thread::{Phase, ThreadId};
use crate::program::expr::TextField;
use crate::program::rules;
use crate::program::state::{State, Wait};
use model::Timestamp;

/// Sets the timer.
pub(crate) fn run(run: &mut Run<'_>, t: ThreadId, state: &State, wait: &Wait) -> Result<Step, Failure> {
    let input = flow::effective_input(run, t, state)?;
    let at = match wait {
        Wait::Seconds(field) => {
            let context = run.context(t, state, None);
            let seconds = numbers::wait_seconds(field, &run.scope(t, input.value(), &context))?;
            run.now.plus_ms(seconds.saturating_mul(1000))
        }
        Wait::Timestamp(field) => {
            let context = run.context(t, state, None);
            let value = field.eval(&run.scope(t, input.value(), &context))?;
            timestamp(field, &value)?
        }
    };
    if at <= run.now {
        return over(run, t, state).map(Step::Exit);
    }
    let id = run.effect_id(t);
    run.thread_mut(t).phase = Phase::Wait(id);
    run.effect(Effect::SetTimer { id, at });
    Ok(Step::Wait)
}

/// The instant has come.
pub(crate) fn over(run: &mut Run<'_>, t: ThreadId, state: &State) -> Result<Exit, Failure> {
    flow::exit_with_input(run, t, state)
}

fn timestamp(field: &TextField, value: &crate::Value) -> Result<Timestamp, Failure> {
    let text = value.as_str();
    if let Some(at) = rules::time(value) {
        return Ok(at);
    }
    let shown = text.map_or_else(|| value.to_json(), str::to_owned);
    let format = "ISO-8601 extended offset date-time format string";
    Err(match field {
        TextField::Path(path, _) => Failure::runtime(format!(
            "The TimestampPath parameter does not reference a valid {format}: {} == {shown}",
            path.text()
        )),
        TextField::Jsonata(template, name) => match text {
            Some(_) => {
                Failure::query(name, format!("The Timestamp field cannot be parsed as an {format}: {shown}"))
            }
            None => numbers::unexpected_type(template, "string", value),
        },
        TextField::Literal(_) => {
            Failure::runtime(format!("The Timestamp field cannot be parsed as an {format}: {shown}"))
        }
    })
}
