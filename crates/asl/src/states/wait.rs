//! Wait.

use super::{flow, numbers};
use crate::execution::Effect;
use crate::execution::failure::Failure;
use crate::execution::run::{Exit, Run, Step};
use crate::execution::thread::{Phase, ThreadId};
use crate::program::expr::TextField;
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
    if let Some(at) = text.and_then(strict_rfc3339) {
        return Ok(at);
    }
    let shown = text.map_or_else(|| value.to_json(), str::to_owned);
    let words = "cannot be parsed as an ISO-8601 extended offset date-time format string";
    Err(match field {
        TextField::Path(path, _) => {
            Failure::runtime(format!("The TimestampPath parameter {words}: {} == {shown}", path.text()))
        }
        TextField::Jsonata(template, name) => match text {
            Some(_) => Failure::query(name, format!("The Timestamp field {words}: {shown}")),
            None => numbers::unexpected_type(template, "string", value),
        },
        TextField::Literal(_) => Failure::runtime(format!("The Timestamp field {words}: {shown}")),
    })
}

/// RFC 3339 with a capital `T` and an offset, as AWS asks.
fn strict_rfc3339(text: &str) -> Option<Timestamp> {
    (text.as_bytes().get(10) == Some(&b'T')).then(|| Timestamp::parse_rfc3339(text)).flatten()
}
